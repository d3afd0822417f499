import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { listed } from '../text/phrasing.ts';

interface Needed {
  readonly given: string | null | undefined;
  /** The question: `Bundle ID of the app:` */
  readonly message: string;
  /** Its name: `bundle ID` */
  readonly name: string;
  /** `--bundle-id ID` */
  readonly option: string;
  readonly variable?: string;
  readonly validate?: (answer: string) => true | string;
}

/**
 * The given values, else the user's answers; without a terminal, all missing ones are one
 * error.
 * @throws {CliError} usage, interrupted
 */
export async function requireValues<Name extends string>(
  needed: Readonly<Record<Name, Needed>>,
  { terminal, prompt }: Pick<Context, 'terminal' | 'prompt'>,
): Promise<Record<Name, string>> {
  const all = Object.entries<Needed>(needed);
  const missing = all.map(([, need]) => need).filter(({ given }) => given == null);
  if (missing.length > 1 && !terminal.interactive)
    throw new CliError('usage', `Missing: ${listed(missing.map(({ name }) => name))}`, {
      facts: { options: missing },
    });
  const values: [string, string][] = [];
  for (const [key, { given, message, name, option, variable, validate }] of all) {
    const facts = variable === undefined ? { option } : { option, variable };
    const judge = validate ?? ((answer: string) => answer !== '' || 'Enter a value');
    const unavailable = `No ${name} was given`;
    if (given == null && !terminal.interactive) throw new CliError('usage', unavailable, { facts });
    const value =
      given == null
        ? await prompt.input({ message, validate: judge, unavailable, facts })
        : requireValid(given, judge, facts);
    values.push([key, value]);
  }
  return Object.fromEntries(values) as Record<Name, string>;
}

/** The given value, if it is valid. @throws {CliError} usage */
export function requireValid(
  given: string,
  judge: (text: string) => true | string,
  facts: { readonly option: string; readonly variable?: string },
): string {
  const verdict = judge(given);
  if (verdict === true) return given;
  throw new CliError('usage', verdict, { facts });
}
