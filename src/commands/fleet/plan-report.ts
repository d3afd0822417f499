import { triesOf } from '../../change/await-outcome.ts';
import { type Standing, standingOf } from '../../change/judge-reach.ts';
import { daysLeft } from '../../checks/validity.ts';
import { hintsFor } from '../../errors/advice.ts';
import type { CliError } from '../../errors/cli-error.ts';
import type { Destination } from '../../errors/hint.ts';
import { isLoopback } from '../../network/proxy.ts';
import type { FleetTenant } from './file/fleet.ts';
import type { PlannedTenant } from './plan-fleet.ts';
import {
  countTenants,
  type FleetReport,
  type FleetReportTenant,
  isUnfinished,
  unreached,
} from './report.ts';

/** The outcome for a tenant. */
export interface Outcome {
  /** Null: the tenant may have done it, and no answer says so. */
  readonly sent: boolean | null;
  readonly error: CliError | null;
}

export type Outcomes = ReadonlyMap<PlannedTenant, Outcome>;

export interface ReportFacts
  extends Pick<FleetReport, 'file' | 'record' | 'shard' | 'trust' | 'plan'> {
  readonly now: Date;
}

/** The report of a plan, or of an apply with its outcomes. */
export function reportFleet(
  planned: readonly PlannedTenant[],
  outcomes: Outcomes | null,
  { file, record, shard, trust, plan, now }: ReportFacts,
): FleetReport {
  const tenants = planned.map((item) => reportTenant(item, outcomes?.get(item) ?? null, now));
  const unfinished = outcomes === null ? [] : tenants.filter(isUnfinished);
  const failed = tenants.some(({ action, error }) => action === 'blocked' || error !== null);
  return {
    file,
    record,
    shard,
    trust,
    ...(plan === undefined ? {} : { plan }),
    tenants,
    counts: countTenants(tenants),
    ok:
      !failed && unfinished.length === 0 && (outcomes === null || unreached(tenants).length === 0),
  };
}

function reportTenant(item: PlannedTenant, outcome: Outcome | null, now: Date): FleetReportTenant {
  const { tenant, clientAppKey, keyFrom, action, certificate, findings, error } = item;
  const { fingerprint = null, topic = null } = certificate ?? {};
  const notAfter = endOf(item);
  return {
    name: tenant.name,
    tenant: tenant.tenant,
    clientAppKey,
    keyFrom,
    certificate: tenant.certificate?.name ?? null,
    action,
    sent: outcome === null ? false : outcome.sent,
    tries: triesOf(outcome?.error ?? null),
    fingerprint,
    topic,
    notAfter,
    daysLeft: notAfter === null ? null : daysLeft(new Date(notAfter), now),
    ...standingAt(item, outcome, now),
    error: failureOf(outcome?.error ?? error, tenant),
    findings,
  };
}

/** Of the certificate or, if it was not opened, as the ledger has the same one. */
function endOf({ certificate, previous }: PlannedTenant): string | null {
  if (certificate === null || certificate.notAfter !== null) return certificate?.notAfter ?? null;
  const isSame = previous?.line.fingerprint === certificate.fingerprint;
  return isSame ? (previous?.line.notAfter ?? null) : null;
}

/** Of the certificate or, if it does not open, of the one that the ledger has. */
export function standingAt(
  { tenant, certificate, previous, findings }: PlannedTenant,
  outcome: Outcome | null,
  now: Date,
): Standing {
  const isUnopened = tenant.certificate !== null && certificate === null;
  const last = isUnopened && previous?.line.asked === 'set' ? previous : null;
  return standingOf({
    now,
    findings,
    certificate: last?.line ?? null,
    isLocal: isLoopback(new URL(tenant.tenant).hostname),
    isUnanswered: outcome?.sent === null || last?.outcome === 'unknown',
  });
}

function failureOf(error: CliError | null, tenant: FleetTenant): FleetReportTenant['error'] {
  if (error === null) return null;
  return {
    code: error.code,
    message: error.lines[0],
    hints: hintsFor(error, destinationOf(tenant)),
  };
}

/** For a command in a hint about that tenant. */
function destinationOf({ tenant, signIn }: FleetTenant): Destination {
  return {
    tenant,
    profile: 'profile' in signIn ? signIn.profile : null,
    appId: null,
    clientId: null,
  };
}
