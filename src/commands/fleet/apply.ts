import type { Context } from '../../context.ts';
import { exitCodeOf } from '../../errors/advice.ts';
import { CliError } from '../../errors/cli-error.ts';
import { lockFile } from '../../files/lock-file.ts';
import { requireRoomFor, writeSharedFile } from '../../files/write.ts';
import { addExamples, addJudgingOptions } from '../../settings/options.ts';
import { count } from '../../text/count.ts';
import { harmless } from '../../text/printable.ts';
import type { CommandModule, Declaration } from '../command.ts';
import { type Outcomes, toDo } from './apply-plan.ts';
import { carryOut } from './carry-out.ts';
import { addFleetOptions } from './fleet-options.ts';
import { formatApplied, formatPlan, noteUnanswered } from './format.ts';
import { type LimitOptions, limitsOf } from './limits.ts';
import { isUnanswered } from './make-plan.ts';
import { type OpenedFleet, openFleet } from './open-fleet.ts';
import { reportFleet } from './outcome-report.ts';
import { type PlanOptions, prepareFleet } from './prepare.ts';
import { requireWritableRecord, settleRecord } from './record/record-file.ts';
import type { FleetReport } from './report.ts';
import { verifyFleet } from './verify.ts';
import { isStdout, requireNoInput } from './write-status.ts';

export interface ApplyOptions extends PlanOptions, LimitOptions {
  readonly verify?: boolean;
  readonly yes?: boolean;
  readonly out?: string;
}

export const declaration: Declaration = {
  words: ['fleet', 'apply'],
  summary: 'give each tenant what the fleet file declares',
  options(command) {
    addFleetOptions(command)
      .option('--concurrency <n>', 'tenants at once; default: 8')
      .option('--all', 'send also what is the same already, and delete what is absent')
      .option('--canary <name>', 'this tenant first, and the rest only if it went well')
      .option('--max-failures <n>', 'begin no further tenant after so many failures')
      .option('--verify', 'ask APNs about each certificate first')
      .option('--yes', 'do not ask')
      .option('--out <file>', 'write the report to this file, as JSON, over what is there');
    addJudgingOptions(command).option('--force', 'send in spite of findings');
    addExamples(
      command,
      'mfa-cli fleet apply',
      'mfa-cli fleet apply --canary acme --max-failures 3 --verify --yes',
    );
  },
};

/** Of a longer plan the question shows the counts and the warnings; `fleet plan` shows it all. */
const mostRows = 40;

const unavailable = 'The changes must be confirmed, and there is no terminal to ask on';
const yesFacts = { option: '--yes' };

async function apply(options: ApplyOptions, context: Context): Promise<FleetReport> {
  if (options.yes !== true && !context.terminal.interactive)
    throw new CliError('prompt-unavailable', unavailable, { facts: yesFacts });
  const opened = await openFleet(options, context);
  const out = isStdout(options.out) ? null : options.out;
  if (out !== null) {
    await requireNoInput(out, opened.declared, [opened.recordPath]);
    requireRoomFor(out);
  }
  const limits = limitsOf(options, opened.fleet, context);
  const unlock = lockFile(opened.recordPath, {
    unlockable: `The record ${opened.recordPath} cannot be locked`,
    held: (holder, lock) =>
      `Another fleet apply${holder} is writing the record ${opened.recordPath}: ${lock} is there`,
  });
  try {
    requireWritableRecord(opened.recordPath);
    const report = await applyLocked(opened, limits, options, context);
    if (out !== null) await writeSharedFile(out, jsonOf(report), context.signal);
    return report;
  } finally {
    unlock();
  }
}

async function applyLocked(
  opened: OpenedFleet,
  limits: ReturnType<typeof limitsOf>,
  options: ApplyOptions,
  context: Context,
): Promise<FleetReport> {
  const prepared = await prepareFleet(opened, options, context);
  const planned =
    options.verify === true ? await verifyFleet(prepared.planned, context, options) : prepared.planned;
  const report = (outcomes: Outcomes): FleetReport => reportFleet(planned, outcomes, prepared.facts);
  const untouched = report(new Map());
  noteUnanswered(planned.filter(isUnanswered), context);
  const jobs = toDo(planned, limits.all);
  if (untouched.counts.blocked > 0 || jobs.length === 0) return untouched;
  if (options.yes !== true) await confirm(untouched, jobs.length, context);
  // What an apply that was killed left in the journal, before a new one is begun.
  settleRecord(opened.recordPath, prepared.record);
  return report(await carryOut({ ...prepared, planned }, opened.recordPath, limits, options, context));
}

function jsonOf(report: FleetReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** @throws {CliError} interrupted, when the answer is no */
async function confirm(report: FleetReport, jobs: number, { prompt, terminal }: Context): Promise<void> {
  terminal.present(formatPlan(harmless(report), await terminal.style('stderr'), mostRows));
  const question = { message: `Send to ${count(jobs, 'tenant')}?`, unavailable, facts: yesFacts };
  if (!(await prompt.confirm(question))) throw new CliError('interrupted', 'Nothing was sent');
}

export const command: CommandModule<ApplyOptions, FleetReport> = {
  work: apply,
  format: (report, style, { out }) => (out === '-' ? jsonOf(report) : formatApplied(report, style)),
  exitCode({ counts, ok }, _options, { signal }) {
    if (signal.reason instanceof CliError) return exitCodeOf(signal.reason);
    if (counts.blocked > 0) return 4;
    return ok ? 0 : 8;
  },
};
