import { stopsAt } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { requireRoomFor, writeSharedFile } from '../../files/write.ts';
import { wrote } from '../../report/findings.ts';
import { judgingOf } from '../../settings/certificate.ts';
import { inJson } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { type ApplyLimits, limitsOf } from './apply-limits.ts';
import { carryOutGated, openGate } from './canary-proof.ts';
import { carryOut } from './carry-out.ts';
import { openCertificates } from './certificates.ts';
import { requireConsent, unavailable, yesFacts } from './consent.ts';
import { type FleetMemory, noteNewer, readFleetMemory } from './fleet-memory.ts';
import { formatApplied, notePlan } from './format.ts';
import { toDo } from './jobs.ts';
import { lockRecord } from './lock-record.ts';
import { namesNoFile, type OpenedFleet, openFleet, requireReportPlace } from './open-fleet.ts';
import type { ApplyOptions } from './options.ts';
import { type PlannedTenant, planFleet } from './plan-fleet.ts';
import { noOutcomes, type ReportFacts, reportFleet } from './plan-report.ts';
import { type FleetReport, isUnfinished } from './report.ts';
import {
  type OpenedPlan,
  openPlan,
  reportedPlan,
  requireAsPlanned,
  requireSameSources,
} from './saved-plan/approved-plan.ts';
import { optionsUnder, wordsForTerms } from './saved-plan/terms.ts';
import { requireTrust } from './trust.ts';
import { verifyCertificates } from './verify-certificates.ts';

async function apply(given: ApplyOptions, context: Context): Promise<FleetReport> {
  const saved = await openPlan(given, context);
  const options = saved === null ? given : optionsUnder(given, saved.plan, context.env);
  const opened = await openFleet(options, context);
  if (saved !== null) requireSameSources(saved, { opened, options });
  if (saved === null && options.yes !== true && !context.terminal.interactive)
    throw new CliError('prompt-unavailable', unavailable, { facts: yesFacts });
  const out = namesNoFile(options.out) ? null : options.out;
  if (out !== null) {
    const used = saved === null ? [] : [saved.file];
    requireReportPlace(out, opened.wholeFleet, [opened.recordPath, ...used]);
    requireRoomFor(out);
  }
  const limits = limitsOf(options, opened.fleet);
  await requireTrust(opened.trust);
  const unlock = lockRecord(opened);
  try {
    const report = await applyLocked({ opened, limits, options, saved }, context);
    if (out !== null) {
      await writeSharedFile(out, jsonOf(report), context.signal);
      context.terminal.note(wrote(out, 'report'), 'ok');
    }
    return report;
  } finally {
    unlock();
  }
}

/** An apply whose options are judged. */
interface ReadyApply {
  readonly opened: OpenedFleet;
  readonly limits: ApplyLimits;
  readonly options: ApplyOptions;
  /** Null: it makes its own plan. */
  readonly saved: OpenedPlan | null;
}

async function applyLocked(
  { opened, limits, options, saved }: ReadyApply,
  context: Context,
): Promise<FleetReport> {
  const memory = await readFleetMemory([opened.recordPath], opened, context, 'write');
  const planned = await planOpened(opened, memory, options, context);
  if (saved !== null) requireAsPlanned(saved, planned, memory, { opened, options });
  const facts = reportFacts(opened, saved, context.now());
  // As if nothing were sent: for the question, and as the report where nothing is due.
  const untouched = reportFleet(planned, noOutcomes, facts);
  notePlan(planned, opened.wholeFleet, context);
  noteNewer(planned, memory, context);
  const planHash = saved?.hash ?? null;
  const due = toDo(planned, limits.all, planHash);
  if (untouched.counts.blocked > 0 || due.length === 0) return untouched;
  const gate = await openGate(planned, options, context);
  if (isAsked(options, saved)) {
    if (saved !== null) context.terminal.note(wordsForTerms(saved.plan.terms));
    await requireConsent(untouched, due, context);
  }
  const run = { opened, memory, limits, options, planHash };
  if (gate === null) return reportFleet(planned, await carryOut(due, run, context), facts);
  const { outcomes, ...gateFacts } = await carryOutGated(due, gate, run, context);
  const { canaryName } = limits;
  return reportFleet(planned, outcomes, { ...facts, ...gateFacts, canaryName });
}

/** Only its hash approves a saved plan without a question: `--yes` does not. */
function isAsked({ yes }: ApplyOptions, saved: OpenedPlan | null): boolean {
  return saved === null ? yes !== true : !saved.isApproved;
}

function reportFacts(
  { file, recordPath, shard, trust }: OpenedFleet,
  saved: OpenedPlan | null,
  now: Date,
): ReportFacts {
  const plan = saved === null ? {} : { plan: reportedPlan(saved) };
  return { file, record: recordPath, shard, trust: trust.hash, now, ...plan };
}

/** Opens the certificates, asks APNs about them if that is wanted, and plans. */
async function planOpened(
  { fleet, file }: OpenedFleet,
  { history }: FleetMemory,
  options: ApplyOptions,
  context: Context,
): Promise<readonly PlannedTenant[]> {
  const warnDays = options.warnDays ?? fleet.warnDays ?? undefined;
  const judging = judgingOf({ ...options, warnDays });
  const openingFacts = {
    file,
    now: context.now(),
    warnDays: judging.warnDays,
    opensDeclared: true,
  };
  const planned = planFleet(fleet.tenants, {
    certificates: await openCertificates(fleet.tenants, openingFacts, context),
    history,
    // An apply goes by the ledgers alone.
    answers: new Map(),
    stops: (findings) => stopsAt(findings, judging),
  });
  return options.verify === true ? verifyCertificates(planned, options, context) : planned;
}

function jsonOf(report: FleetReport): string {
  return `${inJson(report)}\n`;
}

export const command: CommandModule<ApplyOptions, FleetReport> = {
  work: apply,
  format: (report, style, { out }) => (out === '-' ? jsonOf(report) : formatApplied(report, style)),
  exitCode: ({ counts, ok, error }, _options, { signal }) => {
    if (signal.reason instanceof CliError) return signal.reason.exitCode;
    if (error !== undefined) return error.exitCode;
    if (counts.blocked > 0) return 4;
    return ok ? 0 : 8;
  },
  atEnd: {
    did: ({ tenants }) => {
      const sent = tenants.filter((tenant) => tenant.sent === true);
      if (sent.length === 0) return null;
      return sent.every(({ action }) => action === 'delete' || action === 'absent')
        ? 'deleted'
        : 'set';
    },
    // `failed` includes `unanswered`: no tenant failed for another reason.
    isUnknown: ({ tenants, counts: { blocked, failed, unanswered } }) =>
      blocked === 0 &&
      failed === unanswered &&
      tenants.every((tenant) => tenant.sent === null || !isUnfinished(tenant)),
  },
};
