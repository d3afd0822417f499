import { historyOf } from '../../src/change/history.ts';
import type { LedgerLine } from '../../src/change/ledger-line.ts';
import type { Fleet, FleetCertificate, FleetTenant } from '../../src/commands/fleet/file/fleet.ts';
import type { FleetStatusReport } from '../../src/commands/fleet/report.ts';
import { fleetStatus, type StatusFacts, withKeys } from '../../src/commands/fleet/status/states.ts';
import { testNow } from './context.ts';

const day = 24 * 60 * 60 * 1000;

export const app: FleetCertificate = {
  name: 'app',
  p12: { path: '/nowhere/app.p12', written: 'app.p12' },
  password: null,
  fingerprint: null,
  topic: 'com.example.app',
  environment: null,
  owner: null,
  ticket: null,
};

export function fleetTenant(name: string, tenant: Partial<FleetTenant> = {}): FleetTenant {
  return {
    name,
    url: `https://${name}.id.cyberark.cloud`,
    certificate: app,
    clientAppKey: null,
    signIn: { profile: name },
    labels: {},
    ...tenant,
  };
}

function fleetOf(tenants: readonly FleetTenant[]): Fleet {
  return {
    file: 'mfa-fleet.yaml',
    warnDays: null,
    certificates: new Map([[app.name, app]]),
    tenants,
  };
}

let written = 0;

/** A certificate that was set, and expires so many days after the tests' time. */
export function setLine(name: string, days: number, more: Partial<LedgerLine> = {}): LedgerLine {
  written += 1;
  return {
    id: `line-${written}`,
    at: '2026-01-01T00:00:00.000Z',
    tenant: `https://${name}.id.cyberark.cloud`,
    clientAppKey: 'com.example.app',
    asked: 'set',
    topic: 'com.example.app',
    fingerprint: 'ab'.repeat(32),
    notBefore: '2025-01-01T00:00:00.000Z',
    notAfter: new Date(testNow.getTime() + days * day + day / 2).toISOString(),
    environments: ['production'],
    environment: null,
    team: { id: 'ABCDE12345', name: 'Example Ltd' },
    against: [],
    by: null,
    owner: null,
    ticket: null,
    sentAs: 'json',
    outcome: 'done',
    appConfirmed: null,
    plan: null,
    of: null,
    ...more,
  };
}

/** What a line about a deletion lacks. */
export const deleted = {
  asked: 'delete',
  topic: null,
  fingerprint: null,
  notBefore: null,
  notAfter: null,
  environments: null,
  team: null,
} as const satisfies Partial<LedgerLine>;

/** The status of a fleet whose record has these lines. */
export function statusOf(
  tenants: readonly FleetTenant[],
  lines: readonly LedgerLine[],
  facts: Partial<StatusFacts> = {},
): FleetStatusReport {
  const inTime = lines.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const history = historyOf(inTime);
  const fleet = fleetOf(tenants);
  const own = new Set(lines.map(({ id }) => id));
  return fleetStatus(fleet, withKeys(fleet, fleet, { history, inRecord: own }), {
    recordPath: 'r.jsonl',
    now: testNow,
    warnDays: 30,
    history,
    answers: new Map(),
    ...facts,
  });
}
