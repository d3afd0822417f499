import type { SettingKey } from '../auth/profile.ts';
import { CliError } from '../errors/cli-error.ts';
import { shellWord } from '../text/shell.ts';

/** Where a value was given. */
export type Source =
  | { readonly option: string }
  | { readonly variable: string }
  | { readonly profile: string; readonly key: SettingKey };

/** The error for a wrong value. @param expected `a port from 1 to 65535` */
export function invalidValue(text: string, source: Source, expected: string): CliError {
  return new CliError('usage', `${nameOf(source)} must be ${expected}, not "${text}"`, {
    facts: factsOf(source),
  });
}

/** Names the variable or the profile's setting in an error about its value or file; an option is in sight. */
export function namingSource(source: Source, cause: unknown): unknown {
  if (!(cause instanceof CliError) || cause.code === 'interrupted' || 'option' in source) return cause;
  const facts = { ...cause.facts, ...factsOf(source) };
  return new CliError(cause.code, `${nameOf(source)}: ${cause.message}`, { cause, facts });
}

function nameOf(source: Source): string {
  if ('option' in source) return source.option;
  if ('variable' in source) return source.variable;
  return `The setting ${source.key} of the profile "${source.profile}"`;
}

function factsOf(source: Source) {
  if ('option' in source) return {};
  if ('variable' in source) return { fix: `Correct ${source.variable}, or unset it.` };
  const { key, profile } = source;
  return { fix: `Correct it: \`mfa-cli profile set ${key} VALUE --profile ${shellWord(profile)}\`.` };
}
