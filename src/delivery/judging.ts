import { type Finding, hasLevel } from '../checks/finding.ts';
import { defaultWarnDays } from '../checks/validity.ts';
import { CliError } from '../errors/cli-error.ts';

/** How strictly a file is judged. */
export interface JudgingOptions {
  readonly failOn?: 'error' | 'warning';
  readonly warnDays?: string;
  /** Where the command has it: nothing stops. */
  readonly force?: boolean;
}

/**
 * From how many days left on a certificate expires soon.
 * @param otherwise what holds where the option is not given; null: the default
 * @throws {CliError} usage
 */
export function warnDaysOf(
  { warnDays }: { readonly warnDays?: string },
  otherwise: number | null = null,
): number {
  if (warnDays === undefined) return otherwise ?? defaultWarnDays;
  if (!/^\d{1,5}$/.test(warnDays))
    throw new CliError('usage', `"${warnDays}" is not a number of days`, {
      facts: { option: '--warn-days N' },
    });
  return Number(warnDays);
}

/** Whether the command ends with 4 for these findings, and sends nothing. */
export function stopsAt(
  findings: readonly Finding[],
  { failOn = 'error', force }: Omit<JudgingOptions, 'warnDays'>,
): boolean {
  return force !== true && hasLevel(findings, failOn);
}
