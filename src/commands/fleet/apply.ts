import { closeRecord, recordOf } from '../../change/read-memory.ts';
import { change } from '../../change/run-changes.ts';
import { stopsAt } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { requireRoomFor, writeSharedFile } from '../../files/write.ts';
import { wrote } from '../../report/findings.ts';
import { judgingOf } from '../../settings/certificate.ts';
import { inJson } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { type ApplyLimits, canaryHost, limitsOf } from './apply-limits.ts';
import { openCertificates } from './certificates.ts';
import { requireConsent, unavailable, yesFacts } from './consent.ts';
import { formatApplied, notePlan } from './format.ts';
import { afterGrace } from './grace.ts';
import { jobOf, outcomeOf, toDo } from './jobs.ts';
import { lockRecord } from './lock-record.ts';
import { isStdout, type OpenedFleet, openFleet, requireReportPlace } from './open-fleet.ts';
import type { ApplyOptions } from './options.ts';
import { type PlannedTenant, planFleet } from './plan-fleet.ts';
import { type Outcome, type Outcomes, reportFleet } from './plan-report.ts';
import { openProgress } from './progress.ts';
import { type FleetRecord, noteNewer, readRecord, recordPlace } from './read-record.ts';
import { type FleetReport, isUnfinished } from './report.ts';
import { TenantAccess } from './tenant-access.ts';
import { requireTrust } from './trust.ts';
import { verifyCertificates } from './verify-certificates.ts';

async function apply(options: ApplyOptions, context: Context): Promise<FleetReport> {
  const opened = await openFleet(options, context);
  if (options.yes !== true && !context.terminal.interactive)
    throw new CliError('prompt-unavailable', unavailable, { facts: yesFacts });
  const out = isStdout(options.out) ? null : options.out;
  if (out !== null) {
    requireReportPlace(out, opened.declared, [opened.recordPath]);
    requireRoomFor(out);
  }
  const limits = limitsOf(options, opened.fleet);
  await requireTrust(opened.trust);
  const unlock = lockRecord(opened);
  try {
    const report = await applyLocked(opened, limits, options, context);
    if (out !== null) {
      await writeSharedFile(out, jsonOf(report), context.signal);
      context.terminal.note(wrote(out, 'report'), 'ok');
    }
    return report;
  } finally {
    unlock();
  }
}

async function applyLocked(
  opened: OpenedFleet,
  limits: ApplyLimits,
  options: ApplyOptions,
  context: Context,
): Promise<FleetReport> {
  const record = await readRecord([opened.recordPath], opened, context, true);
  const planned = await planOpened(opened, record, options, context);
  const { file, recordPath, shard, trust } = opened;
  const facts = { file, record: recordPath, shard, trust: trust.hash, now: context.now() };
  const untouched = reportFleet(planned, new Map(), facts);
  notePlan(planned, opened.declared, context);
  noteNewer(planned, record, context);
  const due = toDo(planned, limits.all);
  if (untouched.counts.blocked > 0 || due.length === 0) return untouched;
  if (options.yes !== true) await requireConsent(untouched, due, context);
  const outcomes = await carryOut(due, { opened, record, limits, options }, context);
  return reportFleet(planned, outcomes, facts);
}

/** Opens the certificates, asks APNs about them if that is wanted, and plans. */
async function planOpened(
  { fleet, file }: OpenedFleet,
  { history }: FleetRecord,
  options: ApplyOptions,
  context: Context,
): Promise<readonly PlannedTenant[]> {
  const warnDays = options.warnDays ?? fleet.warnDays ?? undefined;
  const judging = judgingOf({ ...options, warnDays });
  const judgingFacts = { file, now: context.now(), warnDays: judging.warnDays };
  const planned = planFleet(fleet.tenants, {
    certificates: await openCertificates(fleet.tenants, judgingFacts, context),
    history,
    answers: new Map(),
    stops: (findings) => stopsAt(findings, judging),
  });
  return options.verify === true ? verifyCertificates(planned, options, context) : planned;
}

/** The terms of a run. */
interface Run {
  readonly opened: OpenedFleet;
  readonly record: FleetRecord;
  readonly limits: ApplyLimits;
  readonly options: ApplyOptions;
}

/**
 * Does what is due, and tells each outcome as it comes.
 * @throws {CliError} what no tenant is to blame for
 */
async function carryOut(
  due: readonly PlannedTenant[],
  { opened, record, limits, options }: Run,
  context: Context,
): Promise<Outcomes> {
  const { signal } = context;
  const end = afterGrace(signal);
  const access = new TenantAccess(options, end.signal, context);
  const jobs = due.map((item) => jobOf(item, record, access));
  const items = new Map(jobs.map(({ target }, index) => [target, due[index]]));
  const ledger = recordOf(record.memory, recordPlace(opened.recordPath, opened.trust), context);
  const isExplained = !context.terminal.flags.json && options.out !== '-';
  const progress = openProgress({ total: due.length, isExplained }, context);
  const outcomes = new Map<PlannedTenant, Outcome>();
  try {
    const canary = canaryHost(due, limits.canary);
    const running = { ...limits, canary, record: ledger, needsRecord: true, signal };
    for await (const event of change(jobs, running)) {
      const item = items.get(event.target);
      const outcome = outcomeOf(event);
      if (item === undefined || outcome === null) continue;
      outcomes.set(item, outcome);
      progress.done(item, outcome);
    }
  } finally {
    progress.stop();
    end.close();
    await closeRecord(ledger, context);
  }
  return outcomes;
}

function jsonOf(report: FleetReport): string {
  return `${inJson(report)}\n`;
}

export const command: CommandModule<ApplyOptions, FleetReport> = {
  work: apply,
  format: (report, style, { out }) => (out === '-' ? jsonOf(report) : formatApplied(report, style)),
  exitCode: ({ counts, ok }, _options, { signal }) => {
    if (signal.reason instanceof CliError) return signal.reason.exitCode;
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
    isUnknown: ({ tenants, counts: { blocked, failed, unanswered } }) =>
      blocked === 0 &&
      failed === unanswered &&
      tenants.every((tenant) => tenant.sent === null || !isUnfinished(tenant)),
  },
};
