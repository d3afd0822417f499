import type { SettingKey } from '../auth/profile.ts';
import type { Environment } from '../context.ts';
import { CliError, hasCode, restated } from '../errors/cli-error.ts';
import type { ReadFacts } from '../errors/file.ts';
import { mfaCli } from '../errors/hint.ts';

export const ownPrefix = 'MFA_CLI_';

/** The value of a variable. An empty one counts as unset. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

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

/**
 * Names the variable or the profile's setting in an error about its value or file; an
 * option is in sight.
 */
export function namingSource(source: Source, cause: unknown): unknown {
  if (!(cause instanceof CliError) || cause.code === 'interrupted' || 'option' in source)
    return cause;
  const message = `${nameOf(source)}: ${cause.message}`;
  return hasCode(cause, 'usage', 'file-not-found', 'file-unreadable')
    ? restated(cause, { message, facts: factsOf(source) })
    : restated(cause, { message });
}

function nameOf(source: Source): string {
  if ('option' in source) return source.option;
  if ('variable' in source) return source.variable;
  return `The setting ${source.key} of the profile "${source.profile}"`;
}

function factsOf(source: Source): Pick<ReadFacts, 'fix'> {
  if ('option' in source) return {};
  if ('variable' in source) return { fix: `Correct ${source.variable}, or unset it.` };
  const { key, profile } = source;
  return {
    fix: {
      text: 'Correct it: {command}.',
      command: mfaCli('profile', 'set', key, 'VALUE', '--profile', profile),
    },
  };
}

/**
 * A TCP port from text.
 * @param lowest 1 for a redirect URI, which cannot name port 0
 * @throws {CliError} usage
 */
export function parsePort(text: string, source: Source, lowest: 0 | 1 = 0): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= lowest && port <= 65_535) return port;
  throw invalidValue(text, source, `a port from ${lowest} to 65535`);
}

/** The most days of an option. */
export const maxDays = 99_999;

/** A number of days from an option. @throws {CliError} usage */
export function parseDays(text: string, option: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw invalidValue(text, { option }, `a whole number of days up to ${maxDays}`);
}

/** Milliseconds of `90s`, `20m`, `1h`, `2d`. @throws {CliError} usage */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (number === undefined)
    throw new CliError('usage', `"${text}" is not a duration, such as 90s, 20m or 1h`);
  const milliseconds = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[
    unit as 's' | 'm' | 'h' | 'd'
  ];
  return Number(number) * milliseconds;
}

/** The longest wait of an option: a day. A Node.js timer takes at most 24 days. */
export const maxSeconds = 86_400;

/** A number of seconds from an option, as `--hook-timeout`. @throws {CliError} usage */
export function parseSeconds(text: string, option: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= maxSeconds) return seconds;
  throw invalidValue(text, { option }, `a number of seconds from 1 to ${maxSeconds}`);
}

/** That no browser started, with the variable that chose its command. */
export function noBrowserWords(env: Environment): string {
  const command = variable(env, 'BROWSER');
  return command === undefined ? 'No browser started' : `BROWSER (${command}) started no browser`;
}
