import { CliError } from '../../errors/cli-error.ts';
import { stepByHand } from './portal.ts';
import type { StepName } from './step.ts';

/** Ends that say all there is to say: no step is at fault. */
const ownWords = ['interrupted', 'usage', 'prompt-unavailable', 'file-exists', 'file-unwritable'];

/** Does a part of a step; a failure names the step, the right that it takes, and how it is done by hand. */
export async function atStep<T>(
  step: StepName,
  name: string,
  work: () => Promise<T>,
  removes = false,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CliError) || ownWords.includes(error.code)) throw error;
    throw failedStep(step, name, error, removes);
  }
}

export function failedStep(step: StepName, name: string, error: CliError, removes = false): CliError {
  const { right, way } = stepByHand(step, removes);
  return new CliError(error.code, `Step ${step}${name === '' ? '' : ` (${name})`}: ${error.message}`, {
    cause: error,
    facts: { ...error.facts, step, right, byHand: way },
  });
}
