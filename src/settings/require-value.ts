import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';

/** A value that a command cannot do without. */
interface Needed {
  /** What a person is asked: `Bundle ID of the app:` */
  readonly message: string;
  /** One fact, for whom cannot be asked: `No bundle ID was given` */
  readonly missing: string;
  /** `--bundle-id ID` */
  readonly option: string;
  /** The variable that may hold it. */
  readonly variable?: string;
  /** True, or what is wrong with an answer. */
  readonly validate?: (answer: string) => true | string;
}

/** The value that was given, else a person is asked for it. @throws {CliError} usage, interrupted */
export async function requireValue(
  given: string | undefined,
  { message, missing, option, variable, validate }: Needed,
  { terminal, prompt }: Pick<Context, 'terminal' | 'prompt'>,
): Promise<string> {
  const facts = variable === undefined ? { option } : { option, variable };
  const judge = validate ?? ((answer: string) => answer !== '' || 'A value is needed');
  if (given !== undefined) {
    const verdict = judge(given);
    if (verdict === true) return given;
    throw new CliError('usage', verdict, { facts });
  }
  if (!terminal.interactive) throw new CliError('usage', missing, { facts });
  return prompt.input({ message, validate: judge, unavailable: missing, facts });
}
