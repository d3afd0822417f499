import type { Profile, Profiles } from '../auth/profile.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { nearestName } from '../text/phrasing.ts';
import { shellWord } from '../text/shell.ts';

interface Needed {
  /** The question: `Bundle ID of the app:` */
  readonly message: string;
  readonly missing: string;
  readonly option: string;
  readonly variable?: string;
  readonly validate?: (answer: string) => true | string;
}

/** The given value, else the user's answer. @throws {CliError} usage, interrupted */
export async function requireValue(
  given: string | undefined,
  { message, missing, option, variable, validate }: Needed,
  { terminal, prompt }: Pick<Context, 'terminal' | 'prompt'>,
): Promise<string> {
  const facts = variable === undefined ? { option } : { option, variable };
  const judge = validate ?? ((answer: string) => answer !== '' || 'Enter a value');
  if (given !== undefined) return requireValid(given, judge, facts);
  if (!terminal.interactive) throw new CliError('usage', missing, { facts });
  return prompt.input({ message, validate: judge, unavailable: missing, facts });
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

/** The profile of that name. @throws {CliError} usage */
export function requireProfile({ profiles }: Profiles, name: string): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined) return profile;
  const names = Object.keys(profiles);
  const near = nearestName(name.slice(0, 100), names);
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  const choice =
    names.length === 0 ? 'Create' : `Choose an existing profile (${names.join(', ')}), or create`;
  const fix = `${choice} it: \`mfa-cli login --profile ${shellWord(name)}\`.`;
  throw new CliError('usage', `The profile "${name}" does not exist${meant}`, { facts: { fix } });
}

/** True for an Apple team or key ID, else the reason. */
export function judgeAppleId(text: string, what: 'team' | 'key'): true | string {
  return (
    /^[A-Z0-9]{10}$/.test(text) ||
    `"${text}" is not a ${what} ID, which has ten characters, A to Z and 0 to 9`
  );
}

/** True for a bundle ID that Apple accepts (letters, digits and hyphens in parts separated by dots), else the reason. */
export function judgeBundleId(text: string): true | string {
  return (
    /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text) || `"${text}" is not a bundle ID, such as com.example.app`
  );
}
