import { type Finding, stopsAt } from '../../checks/finding.ts';
import { daysLeft } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { hintsFor } from '../../errors/advice.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Destination } from '../../errors/hint.ts';
import { judgingOf } from '../../settings/certificate.ts';
import type { JudgingOptions } from '../../settings/options.ts';
import type { ReadBack } from '../../tenant/read-back.ts';
import type { FleetTenant } from './file/fleet.ts';
import { openFleetCertificates } from './fleet-tenant.ts';
import { settleByWord } from './in-use.ts';
import { type PlannedTenant, planFleet } from './make-plan.ts';
import type { OpenedFleet } from './open-fleet.ts';
import { readOwnRecords } from './record.ts';
import { countTenants, type FleetReport, type FleetReportTenant, isUnfinished } from './report.ts';

export interface Outcome {
  /** Null: the tenant did not answer, and may have done it. */
  readonly sent: boolean | null;
  readonly error: CliError | null;
}

export type Outcomes = ReadonlyMap<PlannedTenant, Outcome>;

export interface ReportFacts extends Pick<FleetReport, 'file' | 'record' | 'shard' | 'trust'> {
  readonly now: Date;
}

/** The report of a plan, or of an apply with its outcomes. */
export function reportFleet(
  planned: readonly PlannedTenant[],
  outcomes: Outcomes | null,
  { file, record, shard, trust, now }: ReportFacts,
): FleetReport {
  const tenants = planned.map((item) => reportTenant(item, outcomes?.get(item) ?? null, now));
  const unfinished = outcomes === null ? [] : tenants.filter(isUnfinished);
  const failed = tenants.some(({ action, error }) => action === 'blocked' || error !== null);
  return {
    file,
    record,
    shard,
    trust,
    tenants,
    counts: countTenants(tenants),
    ok: !failed && unfinished.length === 0,
  };
}

function reportTenant(
  { tenant, clientAppKey, action, certificate, findings, error }: PlannedTenant,
  outcome: Outcome | null,
  now: Date,
): FleetReportTenant {
  const { fingerprint = null, topic = null, notAfter = null } = certificate ?? {};
  const failure = outcome?.error ?? error;
  return {
    name: tenant.name,
    tenant: tenant.tenant,
    clientAppKey,
    certificate: tenant.certificate?.name ?? null,
    action,
    sent: outcome === null ? false : outcome.sent,
    tries: triesOf(outcome?.error ?? null),
    fingerprint,
    topic,
    notAfter,
    daysLeft: notAfter === null ? null : daysLeft(new Date(notAfter), now),
    error:
      failure === null
        ? null
        : {
            code: failure.code,
            message: failure.lines[0],
            hints: hintsFor(failure, destinationOf(tenant)),
          },
    findings,
  };
}

/** How often a request without an answer was sent. */
function triesOf(error: CliError | null): number | null {
  return error?.code === 'outcome-unknown' ? (error.facts.tries ?? null) : null;
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

export type PreparedFleet = Awaited<ReturnType<typeof prepareFleet>>;

/**
 * Reads the record, opens each certificate once, and plans. If the file may not be used, this reads and runs nothing that it
 * names: the action is `unknown` then.
 * @param refusal why the file may not be used, or null
 * @throws {CliError} usage (a record of another fleet), file-unreadable, fleet-untrusted, interrupted
 */
export async function prepareFleet(
  opened: OpenedFleet,
  refusal: CliError | null,
  options: JudgingOptions,
  context: Context,
) {
  const { fleet, file, recordPath, shard, trust } = opened;
  const judging = judgingOf({
    ...options,
    warnDays: options.warnDays ?? fleet.warnDays ?? undefined,
  });
  const { warnDays } = judging;
  const now = context.now();
  const read = await readOwnRecords([recordPath], opened, context).catch((error: unknown) => {
    if (refusal === null || !(error instanceof CliError) || error.code !== 'fleet-untrusted')
      throw error;
    return null;
  });
  const record = read ?? { entries: [] };
  const certificates =
    refusal === null
      ? await openFleetCertificates(fleet.tenants, { file, now, warnDays }, context)
      : new Map([...fleet.certificates.keys()].map((name) => [name, refusal]));
  const known = {
    certificates,
    stops: (findings: readonly Finding[]) => stopsAt(findings, judging),
  };
  const planned = planFleet(fleet.tenants, record, known);
  return {
    record,
    planned:
      read === null
        ? planned.map((item): PlannedTenant => ({ ...item, action: 'unknown', error: refusal }))
        : planned,
    facts: { file, record: recordPath, shard, trust: trust.hash, now },
    /** The plan with the tenants' reports, by name. */
    refreshed: (answers: ReadonlyMap<string, ReadBack>) =>
      planFleet(fleet.tenants, settleByWord(record, planned, answers), { ...known, answers }),
  };
}
