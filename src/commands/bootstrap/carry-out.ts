import type { Context } from '../../context.ts';
import { hintsFor } from '../../errors/advice.ts';
import { CliError } from '../../errors/cli-error.ts';
import { harmless } from '../../text/printable.ts';
import type { BootstrapOptions } from './open.ts';
import type { Verdicts } from './plan.ts';
import { type BootstrapReport, formatSteps, type ReportedStep } from './report.ts';
import { failedStep, type Step, type StepName } from './steps.ts';

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

/** After a failure reading again may fail as well, and then nothing is known: null. */
async function verdictsAfter(failure: CliError | null, work: Work): Promise<Verdicts | null> {
  if (failure?.code === 'interrupted') return null;
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
  if (!some || failure.code === 'interrupted') throw failure;
  const { code, message } = failure;
  return { ...base, ok: false, error: { code, message, hints: hintsFor(failure) } };
}

function notDone(tenant: string, step: Step): CliError {
  const words = `${tenant} answered with success, and reading again shows that it is not done`;
  return failedStep(step, new CliError('tenant-refused', words));
}
