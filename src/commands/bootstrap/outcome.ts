import type { Context } from '../../context.ts';
import { hintsFor } from '../../errors/advice.ts';
import { CliError } from '../../errors/cli-error.ts';
import { harmless } from '../../text/printable.ts';
import { failedStep } from './failure.ts';
import type { Verdicts } from './plan.ts';
import { type BootstrapReport, formatSteps, type ReportedStep } from './report.ts';
import type { Step } from './wanted.ts';

interface Outcome {
  readonly tenant: string;
  readonly user: string | null;
  readonly steps: readonly Step[];
  /** The steps that the tenant answered. */
  readonly done: ReadonlySet<Step['step']>;
  /** What reading again showed; null: that was not possible. */
  readonly verdicts: Verdicts | null;
  /** What ended it early; null: all steps were answered. */
  readonly error: CliError | null;
}

/**
 * The report of what was done. Where nothing was, the failure itself is thrown.
 * @throws {CliError} the failure; tenant-refused for a tenant that says that it did what it did not
 */
export function reportOutcome({ tenant, user, steps, done, verdicts, error }: Outcome): BootstrapReport {
  const reported = steps.map((step): ReportedStep => ({ ...step, verified: verdictOn(step, verdicts) }));
  const open = reported.filter(({ action }) => action !== 'keep');
  const lied = reported.find(({ step, action, verified }) =>
    action === 'keep' ? verdicts?.[step] === false : done.has(step) && verified === false,
  );
  const failure = error ?? (lied === undefined ? null : notDone(tenant, lied));
  const base = { tenant, user, steps: reported, dryRun: false };
  if (failure === null) return { ...base, ok: true, error: null };
  const some = open.some(({ step, verified }) => verified ?? done.has(step));
  if (!some || failure.code === 'interrupted') throw failure;
  const { code, message } = failure;
  return { ...base, ok: false, error: { code, message, hints: hintsFor(failure) } };
}

/** The report of a run that had nothing to do, or was not to do it. */
export function untouchedReport({
  tenant,
  user,
  steps,
  dryRun,
}: Pick<BootstrapReport, 'tenant' | 'user' | 'dryRun'> & Pick<Outcome, 'steps'>): BootstrapReport {
  const untouched = steps.map((step): ReportedStep => ({ ...step, verified: null }));
  return { tenant, user, steps: untouched, dryRun, ok: true, error: null };
}

function verdictOn({ step, action }: Step, verdicts: Verdicts | null): boolean | null {
  return action === 'keep' ? null : (verdicts?.[step] ?? null);
}

function notDone(tenant: string, { step, name, action }: Step): CliError {
  return failedStep(
    step,
    name,
    new CliError(
      'tenant-refused',
      `${tenant} answered with success, and reading again shows that it is not done`,
    ),
    action === 'remove',
  );
}

/** Shows a plan, and asks whether it may be done. @throws {CliError} prompt-unavailable; interrupted, when the answer is no */
export async function agree(
  steps: readonly Step[],
  notes: readonly string[],
  { tenant, yes }: { readonly tenant: string; readonly yes: boolean },
  { terminal, prompt }: Context,
): Promise<void> {
  if (!terminal.flags.quiet) {
    terminal.present(formatSteps(harmless(steps), await terminal.style('stderr')).trimEnd());
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
