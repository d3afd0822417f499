import { defaultWarnDays } from '../checks/validity.ts';
import { invalidValue, type Source } from './source.ts';

/** A TCP port from text. @param lowest 1 for a redirect URI, which cannot name port 0 @throws {CliError} usage */
export function parsePort(text: string, source: Source, lowest: 0 | 1 = 0): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= lowest && port <= 65_535) return port;
  throw invalidValue(text, source, `a port from ${lowest} to 65535`);
}

/** The number of days left at which a certificate expires soon. @throws {CliError} usage */
export function warnDaysOf(
  { warnDays }: { readonly warnDays?: string },
  otherwise: number | null = null,
): number {
  return parseDays(warnDays, '--warn-days') ?? otherwise ?? defaultWarnDays;
}

/** A number of days from an option; null without it. @throws {CliError} usage */
export function parseDays(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,5}$/.test(text)) throw invalidValue(text, { option }, 'a whole number of days up to 99999');
  return Number(text);
}

/** The longest wait of an option: a day. A Node.js timer takes at most 24 days. */
const mostSeconds = 86_400;

/** A number of seconds from an option, as `--hook-timeout`. @throws {CliError} usage */
export function parseSeconds(text: string | undefined, option: string, otherwise: number): number {
  const seconds = Number(text ?? otherwise);
  if (/^\d+$/.test(text ?? '1') && seconds >= 1 && seconds <= mostSeconds) return seconds;
  throw invalidValue(text ?? '', { option }, `a number of seconds from 1 to ${mostSeconds}`);
}
