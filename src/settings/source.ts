import type { SettingKey } from '../auth/profile.ts';
import { CliError } from '../errors/cli-error.ts';
import { shellWord } from '../text/shell.ts';

/** Where a value was given. */
export type Source =
  | { readonly option: string }
  | { readonly variable: string }
  | { readonly profile: string; readonly key: SettingKey };

/** The error for a value that its source does not take. @param expected `a port from 1 to 65535` */
export function invalidValue(text: string, source: Source, expected: string): CliError {
  return new CliError('usage', `${nameOf(source)} is "${text}", not ${expected}`, { facts: factsOf(source) });
}

/** Names the variable or the profile's setting in an error about its value; an option is in sight. @throws {CliError} */
export function namingSource<T>(source: Source, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof CliError) || cause.code !== 'usage' || 'option' in source) throw cause;
    throw new CliError('usage', `${nameOf(source)}: ${cause.message}`, { cause, facts: factsOf(source) });
  }
}

function nameOf(source: Source): string {
  if ('option' in source) return source.option;
  if ('variable' in source) return source.variable;
  return `The setting ${source.key} of the profile "${source.profile}"`;
}

function factsOf(source: Source) {
  if ('option' in source) return {};
  if ('variable' in source) return { unset: source.variable };
  const { key, profile } = source;
  return { correct: `mfa-cli profile set ${key} VALUE --profile ${shellWord(profile)}` };
}
