import { describe, expect, test } from 'vitest';
import type { CertificateRecord } from '../../../src/auth/stored-schemas.ts';
import {
  type RenewState,
  type Round,
  recordedKey,
  recordsOf,
  stageOf,
  standingOf,
} from '../../../src/commands/apns/renew/state.ts';

const now = new Date('2026-11-24T16:00:00Z');
const inDays = (days: number): string => new Date(now.getTime() + days * 86_400_000).toISOString();

function record(
  fingerprint: string,
  days: number,
  changes: Partial<CertificateRecord> = {},
): CertificateRecord {
  return {
    tenant: 'https://a.example',
    clientAppKey: 'com.example.app',
    topic: 'com.example.app',
    fingerprint,
    notAfter: inDays(days),
    setAt: inDays(days - 395),
    ...changes,
  };
}

function round(changes: Partial<Round> = {}): Round {
  const at = inDays(-1);
  return {
    begunAt: at,
    name: 'n',
    publicKey: 'k',
    requestedAt: at,
    packed: null,
    verifiedAt: null,
    sets: [],
    ...changes,
  };
}

const packed = (fingerprint: string, days: number): Partial<Round> => ({
  packed: { file: 'n.p12', fingerprint, notAfter: inDays(days), at: inDays(-1) },
});
const stateOf = (...rounds: readonly Round[]): RenewState => ({
  version: 1,
  bundleId: 'com.example.app',
  teamId: 'A1B2C3D4E5',
  rounds: [...rounds],
});

describe('a renewal', () => {
  test.each<[string, readonly Round[], readonly CertificateRecord[], number | null, boolean, boolean]>([
    // what, renewals, records, --if-days-left; whether it is due, whether one is under way
    ['begins where nothing is known', [], [], 30, true, false],
    ['begins at once without a bound', [], [record('old', 200)], null, true, false],
    ['waits for its bound', [], [record('old', 31)], 30, false, false],
    ['begins at its bound', [], [record('old', 30)], 30, true, false],
    ['begins after the end', [], [record('old', -1)], 0, true, false],
    ['goes on without a bound', [round()], [record('old', 200)], null, true, true],
    ['under way waits for a bound, too', [round()], [record('old', 200)], 30, false, true],
    ['that was set is over', [round(packed('new', 394))], [record('new', 394)], null, false, false],
    [
      'that was set is followed 30 days before the end',
      [round(packed('new', 30))],
      [record('new', 30)],
      null,
      true,
      false,
    ],
    [
      'that was set waits for an earlier bound',
      [round(packed('new', 30))],
      [record('new', 30)],
      10,
      false,
      false,
    ],
    [
      'that was set and replaced by hand is over',
      [round(packed('new', 300))],
      [record('later', 350), record('new', 300)],
      null,
      false,
      false,
    ],
    [
      'that was packed goes on to another tenant',
      [round(packed('new', 300))],
      [record('old', 5)],
      30,
      true,
      true,
    ],
    ['that was packed a year ago is over', [round(packed('new', 20))], [record('old', 5)], 30, true, false],
    [
      'that was packed goes on below a bound beyond its end',
      [round(packed('new', 395))],
      [record('old', 5)],
      400,
      true,
      true,
    ],
  ])('%s', (_what, rounds, records, ifDaysLeft, isDue, isOpen) => {
    const standing = standingOf(stateOf(...rounds), records, ifDaysLeft, now);
    expect([standing.isDue, standing.open !== null]).toEqual([isDue, isOpen]);
  });

  test.each<[string, Round | null]>([
    ['fresh', null],
    ['fresh', round({ requestedAt: null })],
    ['requested', round()],
    ['packed', round(packed('new', 395))],
    ['verified', round({ ...packed('new', 395), verifiedAt: inDays(0) })],
  ])('is %s', (stage, standing) => {
    expect(stageOf(standing)).toBe(stage);
  });
});

describe('the records', () => {
  const here = record('here', 100);
  const elsewhere = record('elsewhere', 200, { tenant: 'https://b.example' });
  const otherApp = record('other-app', 300, { topic: 'com.example.b', clientAppKey: 'b' });
  const otherKey = record('other-key', 150, { clientAppKey: 'lab' });
  const kept = record('kept', 50);
  const profile = { settings: {}, session: null };
  const profiles = {
    current: null,
    profiles: {
      a: { ...profile, certificates: [here, elsewhere] },
      b: { ...profile, certificates: [otherApp, otherKey] },
    },
  };
  const found = (tenant: string | null, clientAppKey: string | null = null): readonly string[] =>
    recordsOf({ profiles, clientAppKey, tenant: () => tenant }, stateOf(round({ sets: [{ ...kept }] }))).map(
      ({ fingerprint }) => fingerprint,
    );

  test('are those of the app at the tenant, the latest first, those of the directory among them', () => {
    expect(found('https://a.example')).toEqual(['other-key', 'here', 'kept']);
    expect(found(null)).toEqual(['elsewhere', 'other-key', 'here', 'kept']);
    expect(found('https://a.example', 'b')).toEqual(['other-app']);
    expect(found('https://c.example')).toEqual([]);
  });

  test.each([
    ['the one that all have', [here, kept], 'com.example.app'],
    ['none of several', [here, otherKey], null],
    ['none of none', [], null],
  ])('name as the client app key %s', (_what, records, key) => {
    expect(recordedKey(records)).toBe(key);
  });
});
