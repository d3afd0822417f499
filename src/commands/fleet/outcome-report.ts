import { daysLeft } from '../../checks/validity.ts';
import type { CliError } from '../../errors/cli-error.ts';
import type { Outcome, Outcomes } from './apply-plan.ts';
import type { PlannedTenant } from './make-plan.ts';
import type { FleetAction, FleetError, FleetReport, FleetReportTenant } from './report.ts';

/** What a report needs beside the plan. */
export interface ReportFacts extends Pick<FleetReport, 'file' | 'record' | 'shard'> {
  readonly now: Date;
  /** With its hints. */
  describe(error: CliError): FleetError;
}

/** The report of a plan, or, with its outcomes, of what was applied. */
export function reportFleet(
  planned: readonly PlannedTenant[],
  outcomes: Outcomes | null,
  { file, record, shard, now, describe }: ReportFacts,
): FleetReport {
  const tenants = planned.map((item) => reportTenant(item, outcomes?.get(item) ?? null, now, describe));
  const unfinished = outcomes === null ? [] : tenants.filter(isUnfinished);
  const failed = tenants.some(({ action, error }) => action === 'blocked' || error !== null);
  return {
    file,
    record,
    shard,
    tenants,
    counts: countTenants(tenants),
    ok: !failed && unfinished.length === 0,
  };
}

function reportTenant(
  { tenant, clientAppKey, action, certificate, findings, error }: PlannedTenant,
  outcome: Outcome | null,
  now: Date,
  describe: (error: CliError) => FleetError,
): FleetReportTenant {
  const { fingerprint = null, topic = null, notAfter = null } = certificate ?? {};
  const failure = outcome?.error ?? error;
  return {
    name: tenant.name,
    tenant: tenant.tenant,
    clientAppKey,
    certificate: tenant.certificate?.name ?? null,
    action,
    sent: outcome?.sent ?? false,
    fingerprint,
    topic,
    notAfter,
    daysLeft: notAfter === null ? null : daysLeft(new Date(notAfter), now),
    error: failure === null ? null : describe(failure),
    findings,
  };
}

/** Whether it was to be changed and was not. */
export function isUnfinished({ action, sent }: FleetReportTenant): boolean {
  return !sent && changes(action);
}

/** Whether an action sends something. */
export function changes(action: FleetAction): boolean {
  return action === 'set' || action === 'replace' || action === 'delete';
}

/** How many of each action, how many were sent, and how many failed; what is blocked did not fail. */
export function countTenants(tenants: readonly FleetReportTenant[]): FleetReport['counts'] {
  const counts = { set: 0, replace: 0, same: 0, delete: 0, absent: 0, blocked: 0, sent: 0, failed: 0 };
  for (const { action, sent, error } of tenants) {
    counts[action]++;
    if (sent) counts.sent++;
    if (error !== null && action !== 'blocked') counts.failed++;
  }
  return counts;
}
