import { readLeftover } from '../../bootstrap/found.ts';
import { applyRemoval, planRemoval } from '../../bootstrap/remove.ts';
import type { StepName } from '../../bootstrap/step.ts';
import type { Verdicts } from '../../bootstrap/verify.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import { agree } from './agree.ts';
import type { OpenBootstrap } from './open.ts';
import type { BootstrapOptions } from './options.ts';
import { reportOutcome } from './outcome.ts';
import type { BootstrapReport } from './report.ts';

/** Takes away what bears our words, and reads again. @throws {CliError} whatever ended it before anything was done */
export async function takeAway(
  { tenant, user, client, wanted }: OpenBootstrap,
  { dryRun = false, yes = false }: BootstrapOptions,
  context: Context,
): Promise<BootstrapReport> {
  const removal = planRemoval(wanted, await readLeftover(client, wanted));
  const { steps } = removal;
  if (dryRun || steps.every(({ action }) => action === 'keep'))
    return {
      tenant,
      user,
      steps: steps.map((step) => ({ ...step, verified: null })),
      dryRun,
      ok: true,
      error: null,
    };
  await agree(steps, [], { tenant, yes }, context);
  const done = new Set<StepName>();
  let failure: CliError | null = null;
  try {
    await applyRemoval(removal, wanted, client, (step) => void done.add(step));
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    failure = error;
  }
  const verdicts = await verdictsAfter(failure);
  return reportOutcome({ tenant, user, steps, done, verdicts, error: failure });

  /** What is still to be taken away is not done. */
  async function verdictsAfter(failed: CliError | null): Promise<Verdicts | null> {
    if (failed?.code === 'interrupted') return null;
    try {
      const left = planRemoval(wanted, await readLeftover(client, wanted)).steps;
      return Object.fromEntries(
        steps.map(({ step }) => [
          step,
          !left.some((other) => other.step === step && other.action !== 'keep'),
        ]),
      );
    } catch (error) {
      if (failed === null || !(error instanceof CliError)) throw error;
      return null;
    }
  }
}
