import { describe, expect, test } from 'vitest';
import { historyOf, lastSet, tenantHistory } from '../../src/change/history.ts';
import { recordedStanding, type StandingFacts, standingOf } from '../../src/change/judge-reach.ts';
import type { LedgerLine } from '../../src/change/ledger-line.ts';
import { type FindingCode, finding } from '../../src/checks/finding.ts';
import { acme, doneAt, lineOf } from './examples.ts';

const now = new Date('2027-03-01T00:00:00Z');
const certificate = {
  notBefore: '2027-01-01T00:00:00Z',
  notAfter: '2028-01-31T00:00:00Z',
  environments: ['sandbox', 'production'],
  environment: null,
  against: [],
};
const standing = (facts: Partial<StandingFacts> = {}) =>
  standingOf({ now, certificate, isLocal: false, ...facts });
const codesIn = (facts: Partial<StandingFacts>) => standing(facts).against.map(({ code }) => code);
const found = (code: FindingCode, level?: 'info') =>
  finding(code, 'Found.', level === undefined ? {} : { level });

test('nothing is known of a certificate that nothing speaks against', () => {
  expect(standing()).toEqual({ reach: 'not-known', against: [] });
});

describe('a certificate is proven', () => {
  const proof = { outcome: 'approved', appConfirmed: true };

  test('by a push that was approved in its own app', () => {
    expect(standing({ proof }).reach).toBe('proven');
  });

  test.each([
    ['no push was approved', { ...proof, outcome: 'denied' }],
    ['another app showed it', { ...proof, appConfirmed: false }],
    ['nobody knows which app showed it', { ...proof, appConfirmed: null }],
  ])('not where %s', (_what, other) => {
    expect(standing({ proof: other }).reach).toBe('not-known');
  });

  test('no longer once something speaks against it', () => {
    const later = standing({ proof, now: new Date('2028-02-01T00:00:00Z') });
    expect(later).toMatchObject({ reach: 'against', against: [{ code: 'certificate-expired' }] });
  });
});

test.each<[string, Partial<StandingFacts>, readonly string[]]>([
  [
    'its end, once it has passed',
    { certificate: { ...certificate, notAfter: '2027-02-28T23:59:59.999Z' } },
    ['certificate-expired'],
  ],
  [
    'not the moment of its end',
    { certificate: { ...certificate, notAfter: now.toISOString() } },
    [],
  ],
  [
    'its beginning',
    { certificate: { ...certificate, notBefore: '2027-03-01T00:00:01Z' } },
    ['certificate-not-yet-valid'],
  ],
  [
    'the sandbox that nobody asked for',
    { certificate: { ...certificate, environments: ['sandbox'] } },
    ['sandbox-only'],
  ],
  [
    'not the sandbox that was asked for',
    { certificate: { ...certificate, environments: ['sandbox'], environment: 'sandbox' } },
    [],
  ],
  [
    'what the ledger has kept against it',
    { certificate: { ...certificate, against: ['topic-mismatch', 'push-kind-unsupported'] } },
    ['topic-mismatch', 'push-kind-unsupported'],
  ],
  [
    'a finding about its kind',
    { findings: [found('push-kind-unsupported')] },
    ['push-kind-unsupported'],
  ],
  ['not a finding about its encryption', { findings: [found('encryption-legacy')] }, []],
  ['not an end to come', { findings: [found('certificate-expires-soon')] }, []],
  ['not what is only told', { findings: [found('sandbox-only', 'info')] }, []],
  ['an issuer that is not Apple', { findings: [found('issuer-not-apple')] }, ['issuer-not-apple']],
  [
    'no issuer at a tenant on this machine',
    { findings: [found('issuer-not-apple')], isLocal: true },
    [],
  ],
  [
    'a refusal of APNs',
    { verification: { accepted: false, explanation: 'No.', isApple: true } },
    ['apns-refused'],
  ],
  [
    'no refusal of a stand-in',
    { verification: { accepted: false, explanation: 'No.', isApple: false } },
    [],
  ],
  [
    'another topic at the tenant',
    { held: { topic: 'other', outcome: 'differs' } },
    ['held-differs'],
  ],
  ['no tenant that does not tell', { held: { topic: null, outcome: 'unknown' } }, []],
  ['a missing answer', { isUnanswered: true }, ['outcome-unknown']],
])('against it speaks %s', (_what, facts, codes) => {
  expect(codesIn(facts)).toEqual(codes);
});

describe('of the last set of a ledger', () => {
  const proof = { asked: 'prove', outcome: 'approved', appConfirmed: true } as const;
  const proven = [...doneAt('a', 0), lineOf('b', 10, proof)];
  const key = 'com.example.app';

  function standingAfter(...later: readonly LedgerLine[]) {
    const history = tenantHistory(historyOf([...proven, ...later]), acme);
    const set = lastSet(history, key);
    if (set === null) throw new Error('no set');
    return recordedStanding(history, set, { now });
  }

  test('a proof holds where nothing was asked since', () => {
    expect(standingAfter()).toEqual({ reach: 'proven', against: [] });
  });

  test.each(['set', 'delete'] as const)(
    'a %s without an answer since speaks against it',
    (asked) => {
      const codes = standingAfter(lineOf('c', 20, { asked, outcome: 'unknown' })).against;
      expect(codes.map(({ code }) => code)).toEqual(['outcome-unknown']);
    },
  );

  test('one of another key does not', () => {
    const other = {
      asked: 'delete',
      outcome: 'unknown',
      clientAppKey: 'com.example.other',
    } as const;
    expect(standingAfter(lineOf('c', 20, other)).reach).toBe('proven');
  });
});
