import { type Finding, hasLevel } from '../checks/finding.ts';
import { defaultWarnDays } from '../checks/validity.ts';
import { CliError } from '../errors.ts';

/** How strictly a file is judged. */
export interface JudgingOptions {
  readonly failOn?: 'error' | 'warning';
  readonly warnDays?: string;
  /** Where the command has it: nothing stops. */
  readonly force?: boolean;
}

/** From how many days left on a certificate expires soon. @throws {CliError} usage */
export function warnDaysOf({ warnDays }: { readonly warnDays?: string }): number {
  if (warnDays === undefined) return defaultWarnDays;
  if (!/^\d{1,5}$/.test(warnDays))
    throw new CliError('usage', `"${warnDays}" is not a number of days`, {
      facts: { option: '--warn-days N' },
    });
  return Number(warnDays);
}

/** Whether the command ends with 4 for these findings, and sends nothing. */
export function stopsAt(findings: readonly Finding[], { failOn = 'error', force }: JudgingOptions): boolean {
  return force !== true && hasLevel(findings, failOn);
}
