import { describe, expect, test } from 'vitest';
import type { PastRequest } from '../../../src/change/history.ts';
import type { JudgedCertificate } from '../../../src/commands/fleet/certificates.ts';
import type { PlannedTenant } from '../../../src/commands/fleet/plan-fleet.ts';
import {
  type ReportFacts,
  reportFleet,
  type TenantOutcome,
} from '../../../src/commands/fleet/plan-report.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { doneAt, fingerprint } from '../../change/examples.ts';
import { testNow } from '../../support/context.ts';
import { fleetTenant } from '../../support/fleet-status.ts';

const judged: JudgedCertificate = {
  identity: null,
  password: null,
  topic: 'com.example.app',
  fingerprint,
  notAfter: '2027-11-24T16:00:00Z',
  findings: [],
};

function planned(name: string, given: Partial<PlannedTenant> = {}): PlannedTenant {
  return {
    tenant: fleetTenant(name),
    clientAppKey: 'app.key',
    keyFrom: 'given',
    other: null,
    action: 'set',
    judged,
    previous: null,
    proof: null,
    findings: [],
    error: null,
    ...given,
  };
}

const facts: ReportFacts = {
  file: 'f.yaml',
  record: 'r.jsonl',
  shard: '0/2',
  trust: 'sha256:t',
  now: testNow,
};
const proof = {
  tenant: 'https://t1.example',
  user: 'ada@example.com',
  mechanism: 'OTP',
  outcome: 'approved',
  appConfirmed: true,
  seconds: 3,
} as const;
const failure = new CliError('tenant-refused', 'no');
const [t1, t2] = [planned('t1'), planned('t2')];

/** The report of what was sent to t1 and t2. */
function applied(outcomes: readonly (TenantOutcome | null)[], more: Partial<ReportFacts> = {}) {
  const known = [t1, t2].flatMap((item, index) => {
    const outcome = outcomes[index] ?? null;
    return outcome === null ? [] : [[item, outcome] as const];
  });
  return reportFleet([t1, t2], new Map(known), { ...facts, ...more });
}

const done: TenantOutcome = { sent: true, error: null };
const lost: TenantOutcome = { sent: null, error: failure };
const refused: TenantOutcome = { sent: false, error: failure };

test('a report has the names of what it was made from, each in its place', () => {
  expect(reportFleet([], null, facts)).toMatchObject({
    file: 'f.yaml',
    record: 'r.jsonl',
    shard: '0/2',
    trust: 'sha256:t',
  });
});

test.each<[string, readonly (TenantOutcome | null)[], Partial<ReportFacts>, boolean]>([
  ['all are set', [done, done], {}, true],
  ['one was not begun', [done, null], {}, false],
  ['one has no answer', [done, lost], {}, false],
  ['one was refused', [refused, done], {}, false],
  ['the proof failed', [done, done], { error: { exitCode: 6 } as never }, false],
])('whether an apply is well: %s', (_what, outcomes, more, ok) => {
  expect(applied(outcomes, more).ok).toBe(ok);
});

describe('a plan', () => {
  test('is well though everything is still to do', () => {
    expect(reportFleet([t1, t2], null, facts)).toMatchObject({ ok: true });
  });

  test.each<Partial<PlannedTenant>>([{ action: 'blocked' }, { error: failure }])(
    'is not well with %o',
    (given) => {
      expect(reportFleet([planned('t1', given), t2], null, facts).ok).toBe(false);
    },
  );
});

test.each([
  ['t1', true, ['proven', 'not-known']],
  ['t2', true, ['not-known', 'proven']],
  ['t1', false, ['not-known', 'not-known']],
  [null, true, ['not-known', 'not-known']],
])('a proof is that of the canary %s alone (its app confirmed: %s)', (canaryName, is, reaches) => {
  const { tenants } = applied([done, done], { canaryName, proof: { ...proof, appConfirmed: is } });
  expect(tenants.map(({ reach }) => reach)).toEqual(reaches);
});

test('a missing answer speaks against a set, and a refusal does not', () => {
  const codes = applied([lost, refused]).tenants.map(({ against }) =>
    against.map(({ code }) => code),
  );
  expect(codes).toEqual([['outcome-unknown'], []]);
});

test.each([
  ['the certificate', judged, fingerprint, '2027-11-24T16:00:00Z', 365],
  [
    'the record of the same',
    { ...judged, notAfter: null },
    fingerprint,
    '2028-01-31T00:00:00.000Z',
    432,
  ],
  [
    'nobody, where the record has another',
    { ...judged, notAfter: null },
    'cd'.repeat(32),
    null,
    null,
  ],
  ['nobody, where none is declared', null, fingerprint, null, null],
])('the end is told by %s', (_what, given, recorded, notAfter, daysLeft) => {
  const line = doneAt('a', 0, { fingerprint: recorded })[1];
  const previous = { id: 'a', line, outcome: 'done', at: line?.at } as PastRequest;
  const { tenants } = reportFleet([planned('t1', { judged: given, previous })], null, facts);
  expect(tenants[0]).toMatchObject({ notAfter, daysLeft });
});
