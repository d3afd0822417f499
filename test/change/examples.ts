import type { LedgerFacts, LedgerLine } from '../../src/change/ledger-line.ts';

export const acme = 'https://acme.example';
export const fingerprint = 'ab'.repeat(32);
export const start = Date.parse('2027-03-01T08:00:00.000Z');

/** A set that is about to leave. */
export function factsOf(given: Partial<LedgerFacts> = {}): LedgerFacts {
  return {
    tenant: acme,
    clientAppKey: 'com.example.app',
    asked: 'set',
    topic: 'com.example.app',
    fingerprint,
    notBefore: '2027-01-01T00:00:00.000Z',
    notAfter: '2028-01-31T00:00:00.000Z',
    environments: ['sandbox', 'production'],
    environment: null,
    team: { id: 'ABCDE12345', name: 'Example Ltd' },
    against: [],
    by: 'alice@acme.example',
    owner: null,
    ticket: null,
    sentAs: null,
    outcome: 'sending',
    appConfirmed: null,
    plan: null,
    of: null,
    ...given,
  };
}

/** A line, this many seconds after the start. */
export function lineOf(id: string, seconds: number, given: Partial<LedgerFacts> = {}): LedgerLine {
  return {
    ...factsOf(given),
    id,
    at: new Date(start + seconds * 1000).toISOString(),
  };
}

/** A set or delete that the tenant has done, in its two lines. */
export function doneAt(
  id: string,
  seconds: number,
  given: Partial<LedgerFacts> = {},
): readonly LedgerLine[] {
  return [
    lineOf(id, seconds, given),
    lineOf(`${id}-done`, seconds + 1, { ...given, outcome: 'done', sentAs: 'json', of: id }),
  ];
}
