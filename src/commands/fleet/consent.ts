import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { count } from '../../text/phrasing.ts';
import { formatPlan } from './format.ts';
import type { PlannedTenant } from './plan-fleet.ts';
import type { FleetReport } from './report.ts';

/**
 * Above the question, a longer plan shows only counts and warnings; `fleet plan` shows it
 * all.
 */
const maxRows = 40;

export const unavailable = 'The changes must be confirmed in a terminal';
export const yesFacts = { option: '--yes' };

/** Shows the plan and asks. @throws {CliError} interrupted: the user says no */
export async function requireConsent(
  report: FleetReport,
  due: readonly PlannedTenant[],
  { prompt, terminal }: Context,
): Promise<void> {
  await terminal.present(report, (shown, style) => formatPlan(shown, style, maxRows));
  const deletes = due.filter(({ judged }) => judged === null).length;
  const sets = due.length - deletes;
  const words = [
    ...(sets > 0 ? [`set the certificate at ${count(sets, 'tenant')}`] : []),
    ...(deletes > 0 ? [`delete the certificate at ${count(deletes, 'tenant')}`] : []),
  ].join(' and ');
  const question = {
    message: `${words[0]?.toUpperCase()}${words.slice(1)}?`,
    unavailable,
    facts: yesFacts,
  };
  if (!(await prompt.confirm(question))) throw new CliError('interrupted', 'Nothing was sent');
}
