import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { agree } from './agree.ts';
import { readLeftover } from './found.ts';
import type { OpenBootstrap } from './open.ts';
import type { BootstrapOptions } from './options.ts';
import { reportOutcome, untouchedReport } from './outcome.ts';
import { applyRemoval, planRemoval, type Removal } from './remove.ts';
import type { BootstrapReport } from './report.ts';
import { isOurs } from './scope-plan.ts';
import type { StepName } from './step.ts';
import type { Verdicts } from './verify.ts';
import type { Wanted } from './wanted.ts';

/** What is added to another's work bears our words where it can; where it cannot, it is not known afterwards. */
function notesOn(
  { leftover: { application, role } }: Removal,
  { appId, role: name }: Wanted,
): readonly string[] {
  const notes: string[] = [];
  if (application !== null && !isOurs(application.document.members.Description))
    notes.push(
      `The application ${appId} is somebody else's: its settings, and what was added to scopes of others, stay.`,
    );
  if (role !== null && !isOurs(role.description))
    notes.push(`The role ${name} is somebody else's: its right, its members and its permissions stay.`);
  return notes;
}

/** Takes away what bears our words, and reads again. @throws {CliError} whatever ended it before anything was done */
export async function takeAway(
  { tenant, user, client, wanted }: OpenBootstrap,
  { dryRun = false, yes = false }: BootstrapOptions,
  context: Context,
): Promise<BootstrapReport> {
  const removal = planRemoval(wanted, await readLeftover(client, wanted));
  const { steps } = removal;
  for (const note of notesOn(removal, wanted)) context.terminal.note(note);
  if (dryRun || steps.every(({ action }) => action === 'keep'))
    return untouchedReport({ tenant, user, steps, dryRun });
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
