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
  /** Null: the tenant does not say. */
  readonly user: string | null;
  readonly steps: readonly ReportedStep[];
  readonly dryRun: boolean;
  readonly ok: boolean;
  /** The failure that ended the run early. */
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hints: readonly string[];
  } | null;
}

interface ReportedStep extends Step {
  /** Whether the step was in effect when read again; null: nothing was done, or the tenant does not say. */
  readonly verified: boolean | null;
}

/** The steps on one screen; --dry-run lists all the fields of new things. */
function formatPlan(steps: readonly Step[], style: Style): string {
  const short = steps.map((step) => (step.action === 'create' ? { ...step, changes: [] } : step));
  const hidden = steps.some(({ action, changes }) => action === 'create' && changes.length > 0);
  return `${formatSteps(short, style)}${hidden ? style.dim('  --dry-run shows every setting.\n') : ''}`.trimEnd();
}

/** One line a step, and one a changed field. */
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
  // The confirmation has just shown the changes.
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
  if (!ok) return `${style.red('✗')} ${tenant}: only partly done.`;
  if (open.length === 0) return `${style.green('✓')} ${tenant}: nothing to do.`;
  if (dryRun) return `${tenant}: would make these changes. Nothing was changed.`;
  const unknown = open.some(({ verified }) => verified === null);
  return unknown
    ? `${style.green('✓')} ${tenant}: done. Everything that the tenant reports was verified.`
    : `${style.green('✓')} ${tenant}: done and verified.`;
}

function marked({ action, verified }: ReportedStep, style: Style, dryRun: boolean): string {
  if (action === 'keep' || dryRun) return '';
  if (verified === true) return style.green('✓ verified');
  const wrong = action === 'remove' ? '✗ still there' : '✗ missing';
  return verified === false ? style.red(wrong) : style.yellow('not reported by the tenant');
}

interface Work {
  readonly tenant: string;
  readonly user: string | null;
  readonly steps: readonly Step[];
  /** Shown with the steps before the confirmation. */
  readonly notes: readonly string[];
  /** Carries out the steps, and calls `done` after the tenant has answered one. */
  act(done: (step: StepName) => void): Promise<void>;
  /** Reads the tenant again. */
  verify(): Promise<Verdicts>;
}

/**
 * Shows steps, asks, carries them out and reads again; without anything to do, or with `--dry-run`, it only reports.
 * @throws {CliError} prompt-unavailable, interrupted; the failure, if nothing was done; tenant-refused, if the tenant
 *   reported a success that reading again does not show
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

/** @throws {CliError} prompt-unavailable; interrupted, if the answer is no */
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
    message: `Apply these changes to ${new URL(tenant).host}?`,
    unavailable: 'A confirmation needs a terminal',
    facts: { option: '--yes, or --dry-run' },
  });
  if (!agreed) throw new CliError('interrupted', 'Nothing was changed');
}

/** Null: after a failure, reading again failed as well. */
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

/** Also an interruption while a step waited for its answer. */
function isInterrupted({ code, facts }: CliError): boolean {
  return code === 'interrupted' || facts.signal !== undefined;
}

function notDone(tenant: string, step: Step): CliError {
  const words = `${tenant} answered with success, but the change is not in effect`;
  return failedStep(step, new CliError('tenant-refused', words));
}
