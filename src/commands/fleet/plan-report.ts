import { type SeenPush, type Standing, standingOf } from '../../change/judge-reach.ts';
import { triesOf } from '../../change/run-and-await-outcome.ts';
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
export interface TenantOutcome {
  /** Null: the tenant may have done it, and no answer says so. */
  readonly sent: boolean | null;
  readonly error: CliError | null;
}

export type TenantOutcomes = ReadonlyMap<PlannedTenant, TenantOutcome>;

export interface ReportFacts
  extends Pick<FleetReport, 'file' | 'record' | 'shard' | 'trust' | 'plan' | 'proof' | 'error'> {
  readonly now: Date;
  /** The name of the tenant that `proof` is about. */
  readonly canaryName?: string | null;
}

/** For the report of an apply that did nothing. */
export const noOutcomes: TenantOutcomes = new Map();

/**
 * The report of a plan, or of an apply.
 * @param outcomes null: of a plan, in which nothing is left undone
 */
export function reportFleet(
  planned: readonly PlannedTenant[],
  outcomes: TenantOutcomes | null,
  facts: ReportFacts,
): FleetReport {
  const { file, record, shard, trust, plan, proof, error } = facts;
  const tenants = planned.map((item) => reportTenant(item, outcomes?.get(item) ?? null, facts));
  const unfinished = outcomes === null ? [] : tenants.filter(isUnfinished);
  const failed = tenants.some(({ action, error }) => action === 'blocked' || error !== null);
  return {
    file,
    record,
    shard,
    trust,
    ...(plan === undefined ? {} : { plan }),
    ...(proof === undefined ? {} : { proof }),
    ...(error === undefined ? {} : { error }),
    tenants,
    counts: countTenants(tenants),
    ok:
      !failed &&
      error === undefined &&
      unfinished.length === 0 &&
      (outcomes === null || unreached(tenants).length === 0),
  };
}

function reportTenant(
  item: PlannedTenant,
  outcome: TenantOutcome | null,
  { now, canaryName, proof }: ReportFacts,
): FleetReportTenant {
  const seen = item.tenant.name === canaryName && proof !== undefined ? proof : item.proof;
  const { tenant, clientAppKey, keyFrom, action, judged, findings, error } = item;
  const { fingerprint = null, topic = null } = judged ?? {};
  const notAfter = endOf(item);
  return {
    name: tenant.name,
    tenant: tenant.url,
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
    ...standingAt({ ...item, proof: seen }, outcome, now),
    error: failureOf(outcome?.error ?? error, tenant),
    findings,
  };
}

/** Of the certificate or, if it was not opened, as the ledger has the same one. */
function endOf({ judged, previous }: PlannedTenant): string | null {
  if (judged === null) return null;
  if (judged.notAfter !== null) return judged.notAfter;
  const isSame = previous?.line.fingerprint === judged.fingerprint;
  return isSame ? (previous?.line.notAfter ?? null) : null;
}

interface StandingFacts extends Omit<PlannedTenant, 'proof'> {
  readonly proof: SeenPush | null;
}

/** Of the certificate or, if it does not open, of the one that the ledger has. */
export function standingAt(
  { tenant, judged, previous, findings, proof }: StandingFacts,
  outcome: TenantOutcome | null,
  now: Date,
): Standing {
  const isUnopened = tenant.certificate !== null && judged === null;
  const last = isUnopened && previous?.line.asked === 'set' ? previous : null;
  return standingOf({
    now,
    findings,
    certificate: last?.line ?? null,
    isLocal: isLoopback(new URL(tenant.url).hostname),
    isUnanswered: outcome?.sent === null || last?.outcome === 'unknown',
    proof,
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
function destinationOf({ url, signIn }: FleetTenant): Destination {
  return {
    tenant: url,
    profile: 'profile' in signIn ? signIn.profile : null,
    appId: null,
    clientId: null,
  };
}
