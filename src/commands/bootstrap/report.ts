import type { Context } from '../../context.ts';
import { hintsFor } from '../../errors/advice.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Style } from '../../terminal/style.ts';
import { widthOf } from '../../text/layout.ts';
import { harmless, onOneLine } from '../../text/printable.ts';
import type { BootstrapOptions } from './open.ts';
import type { Verdicts } from './plan.ts';
import { failedStep, type Step, type StepName } from './steps.ts';

export interface BootstrapReport {
  readonly tenant: string;
  /** Null where the tenant does not tell. */
  readonly user: string | null;
  readonly steps: readonly ReportedStep[];
  readonly dryRun: boolean;
  readonly ok: boolean;
  /** What ended it, where not all was done. */
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hints: readonly string[];
  } | null;
}

interface ReportedStep extends Step {
  /** Whether reading again showed it; null where nothing was done, or where the tenant does not tell. */
  readonly verified: boolean | null;
}

/** The steps on one screen: all the fields of what is new are told by --dry-run. */
function formatPlan(steps: readonly Step[], style: Style): string {
  const short = steps.map((step) => (step.action === 'create' ? { ...step, changes: [] } : step));
  const hidden = steps.some(({ action, changes }) => action === 'create' && changes.length > 0);
  return `${formatSteps(short, style)}${hidden ? style.dim('  --dry-run shows every setting.\n') : ''}`.trimEnd();
}

/** One line a step, and below it one a field that is to be different. */
function formatSteps(steps: readonly Step[], style: Style, mark?: (step: Step) => string): string {
  const widest = Math.max(0, ...steps.map(({ step }) => step.length));
  const longest = Math.max(0, ...steps.map(({ name }) => widthOf(onOneLine(name))));
  return steps
    .map((step) => {
      const colored = step.action === 'keep' ? style.dim : step.action === 'remove' ? style.red : style.green;
      const action = colored(step.action.padEnd(6));
      const name = onOneLine(step.name);
      const told = mark?.(step) ?? '';
      const gap = told === '' ? '' : ' '.repeat(longest - widthOf(name) + 2);
      const line = `  ${action}  ${step.step.padEnd(widest)}  ${style.bold(name)}${gap}${told}\n`;
      return `${line}${step.changes.map((change) => `            ${formatChange(change)}\n`).join('')}`;
    })
    .join('');
}

function formatChange({ field, old, new: next }: Step['changes'][number]): string {
  return old === null ? `${field}: ${shown(next)}` : `${field}: ${shown(old)} → ${shown(next)}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : onOneLine(String(value));
}

export function formatReport(report: BootstrapReport, style: Style): string {
  const { tenant, steps, dryRun, ok, error } = harmless(report);
  // Whoever was asked has just read the changes.
  const shown = dryRun || !style.conversation ? steps : steps.map((step) => ({ ...step, changes: [] }));
  const list = formatSteps(shown, style, (step) => marked(step as ReportedStep, style, dryRun));
  return `${headline(tenant, steps, { dryRun, ok }, style)}\n${list}${
    error === null
      ? ''
      : `\n${style.red('✗')} ${error.message}.\n${error.hints.map((hint) => `  ${hint}\n`).join('')}`
  }`;
}

function headline(
  tenant: string,
  steps: readonly ReportedStep[],
  { dryRun, ok }: { dryRun: boolean; ok: boolean },
  style: Style,
): string {
  const open = steps.filter(({ action }) => action !== 'keep');
  if (!ok) return `${style.red('✗')} ${tenant}: done in part.`;
  if (open.length === 0) return `${style.green('✓')} ${tenant}: nothing to do.`;
  if (dryRun) return `${tenant}: this would be done; nothing was.`;
  const unknown = open.some(({ verified }) => verified === null);
  return unknown
    ? `${style.green('✓')} ${tenant}: done. What the tenant tells was verified by reading it again.`
    : `${style.green('✓')} ${tenant}: done, and verified by reading it again.`;
}

function marked({ action, verified }: ReportedStep, style: Style, dryRun: boolean): string {
  if (action === 'keep' || dryRun) return '';
  if (verified === true) return style.green('✓ verified');
  const wrong = action === 'remove' ? '✗ still there' : '✗ not there';
  return verified === false ? style.red(wrong) : style.yellow('not told by the tenant');
}

interface Work {
  readonly tenant: string;
  readonly user: string | null;
  readonly steps: readonly Step[];
  /** Told along with the steps before anybody agrees to them. */
  readonly notes: readonly string[];
  /** Does the steps, and calls `done` as soon as the tenant has answered one. */
  act(done: (step: StepName) => void): Promise<void>;
  /** Reads the tenant again. */
  verify(): Promise<Verdicts>;
}

/**
 * Shows steps, asks, does them and reads again; a run that has nothing to do, or is not to do it, does none of that.
 * @throws {CliError} prompt-unavailable, interrupted; the failure, where nothing was done; tenant-refused for a tenant that
 *   says that it did what it did not
 */
export async function carryOut(
  work: Work,
  { dryRun = false, yes = false }: BootstrapOptions,
  context: Context,
): Promise<BootstrapReport> {
  const { tenant, user, steps } = work;
  if (dryRun || steps.every(({ action }) => action === 'keep')) {
    const untouched = steps.map((step): ReportedStep => ({ ...step, verified: null }));
    return { tenant, user, steps: untouched, dryRun, ok: true, error: null };
  }
  await agree(work, yes, context);
  const done = new Set<StepName>();
  let error: CliError | null = null;
  try {
    await work.act((step) => void done.add(step));
  } catch (failure) {
    if (!(failure instanceof CliError)) throw failure;
    error = failure;
  }
  return reportOutcome(work, done, await verdictsAfter(error, work), error);
}

/** @throws {CliError} prompt-unavailable; interrupted, when the answer is no */
async function agree(
  { tenant, steps, notes }: Work,
  yes: boolean,
  { terminal, prompt }: Context,
): Promise<void> {
  if (!terminal.flags.quiet) {
    terminal.present(formatPlan(harmless(steps), await terminal.style('stderr')));
    for (const note of notes) terminal.note(note);
  }
  if (yes) return;
  const agreed = await prompt.confirm({
    message: `Do this at ${new URL(tenant).host}?`,
    unavailable: 'A confirmation is needed, and there is no terminal to ask on',
    facts: { option: '--yes, or --dry-run' },
  });
  if (!agreed) throw new CliError('interrupted', 'Nothing was changed');
}

/** After a failure reading again may fail as well, and then nothing is known: null. */
async function verdictsAfter(failure: CliError | null, work: Work): Promise<Verdicts | null> {
  if (failure !== null && isInterrupted(failure)) return null;
  try {
    return await work.verify();
  } catch (error) {
    if (failure === null || !(error instanceof CliError)) throw error;
    return null;
  }
}

/** @throws {CliError} as carryOut */
function reportOutcome(
  { tenant, user, steps }: Work,
  done: ReadonlySet<StepName>,
  verdicts: Verdicts | null,
  error: CliError | null,
): BootstrapReport {
  const reported = steps.map(
    (step): ReportedStep => ({
      ...step,
      verified: step.action === 'keep' ? null : (verdicts?.[step.step] ?? null),
    }),
  );
  const lied = reported.find(({ step, action, verified }) =>
    action === 'keep' ? verdicts?.[step] === false : done.has(step) && verified === false,
  );
  const failure = error ?? (lied === undefined ? null : notDone(tenant, lied));
  const base = { tenant, user, steps: reported, dryRun: false };
  if (failure === null) return { ...base, ok: true, error: null };
  const open = reported.filter(({ action }) => action !== 'keep');
  const some = open.some(({ step, verified }) => verified ?? done.has(step));
  if (!some || isInterrupted(failure)) throw failure;
  const { code, message } = failure;
  return { ...base, ok: false, error: { code, message, hints: hintsFor(failure) } };
}

/** Also where it ended the wait for the answer to a step. */
function isInterrupted({ code, facts }: CliError): boolean {
  return code === 'interrupted' || facts.signal !== undefined;
}

function notDone(tenant: string, step: Step): CliError {
  const words = `${tenant} answered with success, and reading again shows that it is not done`;
  return failedStep(step, new CliError('tenant-refused', words));
}
