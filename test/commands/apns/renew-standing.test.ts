import { describe, expect, test } from 'vitest';
import { historyOf } from '../../../src/change/history.ts';
import type { LedgerFacts } from '../../../src/change/ledger-line.ts';
import {
  type KnownCertificate,
  knownCertificates,
  recordedKey,
} from '../../../src/commands/apns/renew/known-certificates.ts';
import { standingOf } from '../../../src/commands/apns/renew/renewal.ts';
import type { RenewState, Round } from '../../../src/commands/apns/renew/state.ts';
import { doneAt, lineOf } from '../../change/examples.ts';

const now = new Date('2026-11-24T16:00:00Z');
const inDays = (days: number): string => new Date(now.getTime() + days * 86_400_000).toISOString();

function record(
  fingerprint: string,
  days: number,
  changes: Partial<KnownCertificate> = {},
): KnownCertificate {
  return {
    tenant: 'https://a.example',
    clientAppKey: 'com.example.app',
    topic: 'com.example.app',
    fingerprint,
    notAfter: inDays(days),
    setAt: inDays(days - 395),
    notBefore: null,
    environments: null,
    owner: null,
    ticket: null,
    team: null,
    environment: null,
    against: [],
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
    ['that was packed is over at its bound', 'new 10', ['old 5'], 10, true, false],
    ['that was packed goes on a day before', 'new 11', ['old 5'], 10, true, true],
    ['that was packed goes on below a bound beyond its end', 'new 395', ['old 5'], 400, true, true],
  ])('%s', (_what, renewal, records, ifDaysLeft, isDue, isOpen) => {
    const rounds =
      renewal === null ? [] : [round(renewal === 'begun' ? {} : packed(...read(renewal)))];
    const known = records.map((text) => record(...read(text)));
    const standing = standingOf(stateOf(...rounds), known, ifDaysLeft, now);
    expect([standing.isDue, standing.open !== null]).toEqual([isDue, isOpen]);
  });
});

describe('the certificates of an app', () => {
  const a = 'https://a.example';
  const b = 'https://b.example';
  const lines = (id: string, seconds: number, given: Partial<LedgerFacts>) =>
    doneAt(id, seconds, { tenant: a, fingerprint: id.repeat(64), ...given });
  const history = historyOf([
    ...lines('0', 0, {}),
    ...lines('1', 10, {}),
    ...lines('2', 20, { tenant: b }),
    ...lines('3', 30, { topic: 'com.example.b', clientAppKey: 'b' }),
    ...lines('4', 40, { clientAppKey: 'lab' }),
    lineOf('5', 50, { tenant: a, clientAppKey: 'lab', fingerprint: '5'.repeat(64) }),
    ...lines('6', 60, { clientAppKey: 'gone' }),
    ...lines('7', 70, { clientAppKey: 'gone', asked: 'delete', topic: null }),
  ]);
  const found = (tenant: string | null, clientAppKey: string | null = null): string =>
    knownCertificates(history, { tenant, clientAppKey }, 'com.example.app')
      .map(({ fingerprint }) => fingerprint[0])
      .join('');

  test('are those that were set for a key that was not deleted since, the latest first', () => {
    expect(found(a)).toBe('410');
    expect(found(null)).toBe('4210');
    expect(found('https://c.example')).toBe('');
  });

  test('have each fact of their line, and the time of the answer', () => {
    const given = { clientAppKey: 'lab', owner: 'mobile', ticket: 'CHG-7', environment: 'sandbox' };
    const [sent, done] = lines('8', 0, { ...given, against: ['topic-mismatch'] });
    const known = historyOf([sent, done].filter((line) => line !== undefined));
    const place = { tenant: a, clientAppKey: 'lab' };
    expect(knownCertificates(known, place, 'com.example.app')).toEqual([
      {
        ...given,
        tenant: a,
        topic: 'com.example.app',
        fingerprint: '8'.repeat(64),
        notBefore: '2027-01-01T00:00:00.000Z',
        notAfter: '2028-01-31T00:00:00.000Z',
        environments: ['sandbox', 'production'],
        team: { id: 'ABCDE12345', name: 'Example Ltd' },
        against: ['topic-mismatch'],
        setAt: done?.at,
      },
    ]);
  });

  test('of a key are its own, whatever their topic', () => {
    expect(found(a, 'b')).toBe('3');
    expect(found(a, 'gone')).toBe('');
  });
});

describe('the records', () => {
  const here = record('here', 100);
  const kept = record('kept', 50);
  const otherKey = record('other-key', 150, { clientAppKey: 'lab' });

  test.each([
    ['the one that all have', [here, kept], 'com.example.app'],
    ['none of several', [here, otherKey], null],
    ['none of none', [], null],
  ])('name as the client app key %s', (_what, records, key) => {
    expect(recordedKey(records)).toBe(key);
  });
});
