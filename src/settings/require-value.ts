import type { Profile, Profiles } from '../auth/profile.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { givenTenant, mfaCli } from '../errors/hint.ts';
import type { RequiredSetting } from '../errors/usage.ts';
import { nameOf } from '../files/read.ts';
import { isNote, longestNote } from '../text/note.ts';
import { capitalized, listed, nearestName } from '../text/phrasing.ts';
import { typingMistake } from '../text/typing.ts';
import { type GivenP12, lacksPassword } from './certificate.ts';
import { orThrow, type Settings } from './settings.ts';

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

/** The error for several missing settings of a pipeline. */
export function lacking(
  lacks: readonly RequiredSetting[],
  password = "the .p12's password",
): CliError {
  const words = { tenant: 'a tenant', credentials: 'credentials', p12: 'a .p12', password };
  const named = { ...words, key: 'a client app key', yes: 'the confirmation' };
  const message = `Missing: ${listed(lacks.map((name) => named[name]))}`;
  return new CliError('usage', message, { facts: { lacks } });
}

/**
 * Reports several missing values of a pipeline in one error, before it sets or checks a
 * certificate. A single missing value is reported where it is needed, and a person is
 * asked for each.
 * @throws {CliError} usage
 */
export function requireGiven(
  p12: GivenP12,
  settings: Settings,
  sends: boolean,
  { terminal }: Context,
): void {
  if (terminal.interactive) return;
  const lacks = sends ? lacksToConnect(settings) : [];
  const location = orThrow(p12.location);
  if (location === null) lacks.push('p12');
  if (lacksPassword(p12) && (lacks.length > 1 || lacks.includes('p12'))) lacks.push('password');
  const file =
    location === null ? null : 'path' in location ? nameOf(location.path) : location.variable;
  if (lacks.length > 1)
    throw lacking(lacks, file === null ? 'its password' : `the password of ${file}`);
}

/** Warns before a request puts secrets into a query. */
export function warnOfQuery(sendAs: string | null, content: string, { terminal }: Context): void {
  if (sendAs === 'query')
    terminal.warn(
      `Servers and proxies log addresses, queries included: their logs will contain ${content}`,
    );
}

/** The tenant and the credentials, if they are missing. @throws {CliError} usage */
export function lacksToConnect(settings: Settings): RequiredSetting[] {
  const { tenant, credentials, profile } = settings;
  const lacks: RequiredSetting[] = orThrow(tenant) === null ? ['tenant'] : [];
  if (credentials === null && profile.session === null) lacks.push('credentials');
  if (lacks.length === 2) requireOwnProfile(settings);
  return lacks;
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

/**
 * The profile of that name.
 * @param mayBeNew whether the hint offers to create it
 * @param source the variable that names it, or null
 * @throws {CliError} usage
 */
export function requireProfile(
  { profiles }: Profiles,
  name: string,
  mayBeNew = true,
  source: string | null = null,
): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined) return profile;
  const names = Object.keys(profiles);
  const near = nearestName(name.slice(0, 100), names);
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  const from = source === null ? '' : ` of ${source}`;
  const message = `The profile "${name}"${from} does not exist${meant}`;
  const choice = names.length === 0 ? null : `choose an existing profile (${names.join(', ')})`;
  if (!mayBeNew) {
    const facts = choice === null ? {} : { fix: `${capitalized(choice)}.` };
    throw new CliError('usage', message, { facts });
  }
  const ways = [...(choice === null ? [] : [choice]), 'create it'].join(', or ');
  const fix = {
    text: '{ways}: {command}.',
    values: { ways: capitalized(ways) },
    command: mfaCli('login', '--profile', name, givenTenant),
  };
  throw new CliError('usage', message, { facts: { fix } });
}

/**
 * Requires the profile of the settings to exist, unless it is `default`.
 * @param mayBeNew whether the hint offers to create it
 * @throws {CliError} usage
 */
export function requireOwnProfile(
  { profiles, profileName, overrides }: Pick<Settings, 'profiles' | 'profileName' | 'overrides'>,
  mayBeNew = true,
): void {
  if (profileName === 'default') return;
  const source = overrides.find(({ key }) => key === 'profile')?.variable ?? null;
  requireProfile(profiles, profileName, mayBeNew, source);
}

/**
 * Refuses a user's name that was pasted with quotes or a wrong dash.
 * @throws {CliError} usage
 */
export function requireUserName(name: string | undefined, option: string): void {
  const slip = typingMistake(name ?? '');
  if (slip !== null)
    throw new CliError('usage', `The user name ${name} ${slip}`, { facts: { option } });
}

/** True for an Apple team or key ID, else the reason. */
export function judgeAppleId(text: string, what: 'team' | 'key'): true | string {
  return (
    /^[A-Z0-9]{10}$/.test(text) ||
    `"${text}" is not a ${what} ID, which has ten characters, A to Z and 0 to 9`
  );
}

/**
 * True for a bundle ID that Apple accepts (letters, digits and hyphens in parts separated
 * by dots), else the reason.
 */
export function judgeBundleId(text: string): true | string {
  return (
    /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text) ||
    `"${text}" is not a bundle ID, such as com.example.app`
  );
}

/** A text about a certificate, trimmed; null: none was given. @throws {CliError} usage */
export function givenNote(text: string | undefined, option: string): string | null {
  if (text === undefined) return null;
  if (isNote(text.trim())) return text.trim();
  throw new CliError('usage', `${option} must be one line of at most ${longestNote} characters`);
}
