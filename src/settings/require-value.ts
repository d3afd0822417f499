import type { Profile, Profiles } from '../auth/profile.ts';
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
  if (given !== undefined) return requireValid(given, judge, facts);
  if (!terminal.interactive) throw new CliError('usage', missing, { facts });
  return prompt.input({ message, validate: judge, unavailable: missing, facts });
}

/** A value that was given, where nothing is wrong with it. @throws {CliError} usage */
export function requireValid(
  given: string,
  judge: (text: string) => true | string,
  facts: { readonly option: string; readonly variable?: string },
): string {
  const verdict = judge(given);
  if (verdict === true) return given;
  throw new CliError('usage', verdict, { facts });
}

/** The profile of that name. @throws {CliError} usage, naming those that there are */
export function requireProfile({ profiles }: Profiles, name: string): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined) return profile;
  const names = Object.keys(profiles);
  throw new CliError('usage', `No profile "${name}". Profiles: ${names.join(', ') || 'none yet'}`);
}

/** True for the ID that Apple gives a team or a key; else what is wrong. */
export function judgeAppleId(text: string, what: 'team' | 'key'): true | string {
  return (
    /^[A-Z0-9]{10}$/.test(text) || `"${text}" is not a ${what} ID: it has ten characters of A to Z and 0 to 9`
  );
}

/** True for a bundle ID as Apple takes it: letters, digits and hyphens in parts that dots separate; else what is wrong. */
export function judgeBundleId(text: string): true | string {
  return (
    /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text) ||
    `"${text}" is not a bundle ID: it looks like com.example.app`
  );
}
