import { describe, expect, test } from 'vitest';
import type { CertificateRecord } from '../../../src/auth/stored-schemas.ts';
import {
  type RenewState,
  type Round,
  recordedKey,
  recordsOf,
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
    issuing: null,
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
  /** `new 300`: what a renewal packed, or what was set, and its days; `begun`: a renewal that packed nothing yet. */
  const read = (text: string): [string, number] => {
    const [fingerprint = '', days = ''] = text.split(' ');
    return [fingerprint, Number(days)];
  };

  test.each([
    // what; the renewal; the records; --if-days-left; whether it is due, whether one is under way
    ['begins where nothing is known', null, [], 30, true, false],
    ['begins at once without a bound', null, ['old 200'], null, true, false],
    ['waits for its bound', null, ['old 31'], 30, false, false],
    ['begins at its bound', null, ['old 30'], 30, true, false],
    ['begins after the end', null, ['old -1'], 0, true, false],
    ['goes on without a bound', 'begun', ['old 200'], null, true, true],
    ['under way waits for a bound, too', 'begun', ['old 200'], 30, false, true],
    ['that was set is over', 'new 394', ['new 394'], null, false, false],
    ['that was set is followed 30 days before the end', 'new 30', ['new 30'], null, true, false],
    ['that was set waits for an earlier bound', 'new 30', ['new 30'], 10, false, false],
    [
      'that was set and replaced by hand is over',
      'new 300',
      ['later 350', 'new 300'],
      null,
      false,
      false,
    ],
    ['that was packed goes on to another tenant', 'new 300', ['old 5'], 30, true, true],
    ['that was packed a year ago is over', 'new 20', ['old 5'], 30, true, false],
    ['that was packed goes on below a bound beyond its end', 'new 395', ['old 5'], 400, true, true],
  ])('%s', (_what, renewal, records, ifDaysLeft, isDue, isOpen) => {
    const rounds =
      renewal === null ? [] : [round(renewal === 'begun' ? {} : packed(...read(renewal)))];
    const known = records.map((text) => record(...read(text)));
    const standing = standingOf(stateOf(...rounds), known, ifDaysLeft, now);
    expect([standing.isDue, standing.open !== null]).toEqual([isDue, isOpen]);
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
    recordsOf({ profiles, clientAppKey, tenant }, stateOf(round({ sets: [{ ...kept }] }))).map(
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
