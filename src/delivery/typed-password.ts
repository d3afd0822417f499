import type { Context } from '../context.ts';
import { CliError, type ErrorCode, type ErrorFacts } from '../errors/cli-error.ts';
import type { Secret } from '../text/secret.ts';

/** How often a wrong password may be typed. */
const tries = 3;

/** What is opened with a password that is typed. */
interface Locked<T> {
  /** The name that messages call the file by. */
  readonly name: string;
  /** For the advice, where nobody can be asked. */
  readonly facts: ErrorFacts;
  /** The codes that ask for another try. */
  readonly wrong: readonly ErrorCode[];
  open(password: Secret): Promise<T>;
}

/** Asks until the password opens the file, at most three times. @throws {CliError} prompt-unavailable, interrupted, those of `open` */
export async function openWithTyped<T>(
  { name, facts, wrong, open }: Locked<T>,
  { prompt, terminal }: Context,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const password = await prompt.password({
      message: `Password of ${name}:`,
      unavailable: `${name} needs a password, and there is no terminal to ask on`,
      facts,
    });
    try {
      return await open(password);
    } catch (error) {
      const again = error instanceof CliError && wrong.includes(error.code);
      if (!again || attempt === tries) throw error;
      const left = tries - attempt;
      terminal.show(
        `✗ Wrong password, or the file is damaged. ${left} ${left === 1 ? 'try' : 'tries'} left.`,
      );
    }
  }
}
