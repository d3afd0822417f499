import { settledMemory } from '../../change/refresh/settle-past-requests.ts';
import { stopsAt } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import { type CliError, hasCode } from '../../errors/cli-error.ts';
import { judgingOf } from '../../settings/certificate.ts';
import type { CommandModule } from '../command.ts';
import { type JudgedCertificates, openCertificates } from './certificates.ts';
import { type FleetMemory, noteNewer, readFleetMemory } from './fleet-memory.ts';
import { formatPlan, notePlan } from './format.ts';
import { settledByAnswers } from './key-history.ts';
import { type OpenedFleet, openFleet } from './open-fleet.ts';
import type { FleetPlanOptions } from './options.ts';
import { type KnownOfFleet, type PlannedTenant, planFleet } from './plan-fleet.ts';
import { reportFleet } from './plan-report.ts';
import { changes, type FleetReport, type FleetReportTenant } from './report.ts';
import { planPlace, savePlan } from './saved-plan/save-plan.ts';
import { requireTrust } from './trust.ts';

async function plan(options: FleetPlanOptions, context: Context): Promise<FleetReport> {
  const opened = await openFleet(options, context);
  const { fleet, file, recordPath, shard, trust } = opened;
  const place = planPlace(options, opened, context.now());
  if (options.refresh === true) await requireTrust(trust);
  const refusal = await trust.confirm();
  noteUntrusted(refusal, context);

  const warnDays = options.warnDays ?? fleet.warnDays ?? undefined;
  const judging = judgingOf({ ...options, warnDays });
  const now = context.now();
  const facts = { file, record: recordPath, shard, trust: trust.hash, now };
  const openingFacts = { file, now, warnDays: judging.warnDays, opensDeclared: false };
  const memory = await readIfTrusted(opened, refusal, context);
  const known: KnownOfFleet = {
    certificates:
      refusal === null
        ? await openCertificates(fleet.tenants, openingFacts, context)
        : unopened(opened, refusal),
    history: memory?.history ?? { tenants: new Map(), alerts: new Map() },
    answers: new Map(),
    stops: (findings) => stopsAt(findings, judging),
  };
  const planned = planFleet(fleet.tenants, known);
  const unsaved = place === null ? facts : { ...facts, plan: null };
  if (memory === null) return reportFleet(unknown(planned, refusal), null, unsaved);
  notePlan(planned, opened.wholeFleet, context);
  noteNewer(planned, memory, context);
  if (place !== null) {
    const plan = await savePlan(planned, place, { opened, memory, options }, context);
    return reportFleet(planned, null, { ...facts, plan });
  }
  if (options.refresh !== true) return reportFleet(planned, null, facts);

  // Load the tenant client only if a tenant is asked.
  const { askTenants } = await import('./ask-tenants.ts');
  const answers = await askTenants(planned, options, context);
  const settled = settledByAnswers(known.history, planned, answers);
  const { history } = settledMemory(memory, settled);
  const refreshed = planFleet(fleet.tenants, { ...known, history, answers });
  return reportFleet(refreshed, null, facts);
}

function noteUntrusted(refusal: CliError<'fleet-untrusted'> | null, { terminal }: Context): void {
  const untrusted = refusal?.lines.slice(1) ?? [];
  if (untrusted.length === 0) return;
  if (refusal?.facts.changed !== true) terminal.note('Not trusted yet:');
  for (const line of untrusted) terminal.note(line);
}

/**
 * The knowledge of the tenants; null: others may change the record, and the file is not
 * trusted either.
 * @throws {CliError} as readFleetMemory
 */
async function readIfTrusted(
  opened: OpenedFleet,
  refusal: CliError | null,
  context: Context,
): Promise<FleetMemory | null> {
  try {
    return await readFleetMemory([opened.recordPath], opened, context);
  } catch (error) {
    if (refusal === null || !hasCode(error, 'fleet-untrusted')) throw error;
    return null;
  }
}

/** An untrusted file: nothing that it names is read or run. */
function unopened({ fleet }: OpenedFleet, refusal: CliError): JudgedCertificates {
  return new Map([...fleet.certificates.keys()].map((name) => [name, refusal]));
}

/** A plan of which nothing is known. */
function unknown(
  planned: readonly PlannedTenant[],
  error: CliError | null,
): readonly PlannedTenant[] {
  return planned.map((item) => ({ ...item, action: 'unknown', error }));
}

/**
 * Whether only a variable or a file is missing, so that nothing of the certificate is
 * known.
 */
function lacksInput({ error, findings, fingerprint }: FleetReportTenant): boolean {
  const isMissing = error?.code === 'usage' || error?.code === 'file-not-found';
  return isMissing && fingerprint === null && findings.length === 0;
}

export const command: CommandModule<FleetPlanOptions, FleetReport> = {
  work: plan,
  format: (report, style) => formatPlan(report, style),
  exitCode: ({ counts, tenants }, { exitCode }) => {
    if (counts.unknown > 0) return 2;
    if (counts.blocked > 0)
      return tenants.every((each) => each.action !== 'blocked' || lacksInput(each)) ? 2 : 4;
    return exitCode === true && tenants.some(({ action }) => changes(action)) ? 8 : 0;
  },
};
