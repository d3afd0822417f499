import type { Context } from '../../context.ts';
import { hintsFor } from '../../errors/advice.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Destination } from '../../errors/hint.ts';
import { inParts } from '../../report/fields.ts';
import type { Style } from '../../terminal/style.ts';
import { padded, widthOf } from '../../text/layout.ts';
import { count } from '../../text/phrasing.ts';
import { harmless, onOneLine } from '../../text/printable.ts';
import type { BootstrapOptions } from './options.ts';
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
  /**
   * Whether the step was in effect when read again; null: nothing was done, or the tenant
   * does not say.
   */
  readonly verified: boolean | null;
}

/**
 * The number of changes and the steps, on one screen; --dry-run lists all the fields of
 * new things.
 */
function formatPlan(tenant: string, steps: readonly Step[], style: Style): string {
  const short = steps.map((step) => (step.action === 'create' ? { ...step, changes: [] } : step));
  const hidden = steps.some(({ action, changes }) => action === 'create' && changes.length > 0);
  const rest = hidden ? style.dim('  --dry-run shows every setting.') : '';
  return `${style.bold(planned(tenant, steps))}\n\n${formatRows(short, style)}${rest}`.trimEnd();
}

function planned(tenant: string, steps: readonly Step[]): string {
  return `${count(changed(steps).length, 'change')} at ${new URL(tenant).host}`;
}

function changed<Some extends Step>(steps: readonly Some[]): readonly Some[] {
  return steps.filter(({ action }) => action !== 'keep');
}

function formatRows(
  steps: readonly Step[],
  style: Style,
  result: (step: Step) => string | null = () => null,
): string {
  const widest = Math.max(0, ...steps.map(({ step }) => step.length));
  const longest = Math.max(0, ...steps.map((step) => widthOf(subjectOf(step, style))));
  return steps
    .map((step) => {
      const color = style[colors[step.action]];
      const cells = [
        color(step.action.padEnd(6)),
        step.step.padEnd(widest),
        padded(subjectOf(step, style), longest),
        result(step) ?? '',
      ];
      const line = `  ${cells.join('  ')}`.trimEnd();
      const changes = step.changes.map((change) => `            ${formatChange(change)}\n`);
      return `${line}\n${changes.join('')}`;
    })
    .join('');
}

const colors = { keep: 'dim', create: 'green', change: 'green', remove: 'red' } as const;

function subjectOf({ step, name }: Step, { bold }: Style): string {
  const subject = bold(onOneLine(name));
  return step.endsWith('permission') ? `the role may use ${subject}` : subject;
}

function formatChange({ field, old, new: next }: Step['changes'][number]): string {
  return old === null ? `${field}: ${shown(next)}` : `${field}: ${shown(old)} → ${shown(next)}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ');
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value)
    : onOneLine(String(value));
}

/**
 * The result. In a conversation the question has just shown the steps: only those without
 * a proof are left to tell.
 */
export function formatReport(report: BootstrapReport, style: Style): string {
  const { tenant, steps, dryRun, ok, error } = harmless(report);
  const wasShown = style.conversation && !dryRun && ok && changed(steps).length > 0;
  const shown = wasShown ? changed(steps).filter(({ verified }) => verified !== true) : steps;
  const short =
    style.conversation && !dryRun ? shown.map((step) => ({ ...step, changes: [] })) : shown;
  const hints = error?.hints.map((hint) => `  ${hint}\n`) ?? [];
  const failure =
    error === null ? '' : `${style.mark('error', `${error.message}.`)}\n${hints.join('')}`;
  const rows = formatRows(short, style, (step) => resultOf(step as ReportedStep, style, dryRun));
  return inParts(`${headline(tenant, steps, { dryRun, ok }, style)}\n`, rows, failure);
}

function headline(
  tenant: string,
  steps: readonly ReportedStep[],
  { dryRun, ok }: { dryRun: boolean; ok: boolean },
  style: Style,
): string {
  const open = changed(steps);
  if (!ok) return style.verdict('error', `Only some of ${planned(tenant, steps)} were made`);
  if (open.length === 0) return style.verdict('ok', `Nothing to do at ${new URL(tenant).host}`);
  if (dryRun) return style.bold(`${planned(tenant, steps)}. Nothing was changed (dry run).`);
  const isProved = open.every(({ verified }) => verified === true);
  return style.verdict('ok', `Made${isProved ? ' and verified' : ''} ${planned(tenant, steps)}`);
}

function resultOf(
  { action, verified }: ReportedStep,
  style: Style,
  dryRun: boolean,
): string | null {
  if (action === 'keep' || dryRun) return null;
  if (verified === true) return style.mark('ok', 'verified');
  return verified === false
    ? style.mark('error', action === 'remove' ? 'still there' : 'missing')
    : style.mark('info', 'not reported by the tenant');
}

interface Work {
  readonly tenant: string;
  readonly user: string | null;
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
  /** Carries out the steps, and calls `done` after the tenant has answered one. */
  act(done: (step: StepName) => void): Promise<void>;
  verify(): Promise<Verdicts>;
}

/**
 * Shows steps, asks, carries them out and reads again; without anything to do, or with
 * `--dry-run`, it only reports.
 * @throws {CliError} prompt-unavailable, interrupted; the failure, if nothing was done;
 *   tenant-refused, if the tenant reported a success that reading again does not show
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
  const verdicts = await verdictsAfter(error, work);
  return reportOutcome(work, { done, verdicts, error }, context.destination);
}

async function agree(
  { tenant, steps, notes }: Work,
  yes: boolean,
  { terminal, prompt }: Context,
): Promise<void> {
  if (!yes || !terminal.flags.quiet) {
    await terminal.present(steps, (shown, style) => `${formatPlan(tenant, shown, style)}\n`);
    for (const note of notes) terminal.show(note);
  }
  if (yes) return;
  const agreed = await prompt.confirm({
    message: `Apply these changes to ${new URL(tenant).host}?`,
    unavailable: 'The changes must be confirmed in a terminal',
    facts: { option: '--yes or --dry-run' },
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

interface Outcome {
  readonly done: ReadonlySet<StepName>;
  readonly verdicts: Verdicts | null;
  /** The failure that ended the run early. */
  readonly error: CliError | null;
}

function reportOutcome(
  { tenant, user, steps }: Work,
  { done, verdicts, error }: Outcome,
  to: Destination,
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
  return { ...base, ok: false, error: { code, message, hints: hintsFor(failure, to) } };
}

/** Also an interruption while a step waited for its answer. */
function isInterrupted(error: CliError): boolean {
  if (error.code === 'outcome-unknown') return error.facts.signal !== undefined;
  return error.code === 'interrupted';
}

function notDone(tenant: string, step: Step): CliError {
  const words = `${tenant} answered with success, but the change is not in effect`;
  return failedStep(step, new CliError('tenant-refused', words));
}
