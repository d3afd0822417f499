import { formatDaysLeft } from '../../report/dates.ts';
import { formatTable } from '../../report/fields.ts';
import type { Style } from '../../terminal/style.ts';
import type { FleetState, FleetStatusReport, FleetStatusTenant } from '../report.ts';
import { byDaysLeft, countsInWords, originOf, reasonFor, stateWords, verdict } from './summary.ts';

/** Behind what ends with exit 4, since a pipe has no color. */
const marks: Readonly<Record<FleetState, string>> = {
  expired: '  ✗',
  'expires-soon': '  !',
  differs: '  !',
  'never-set': '  !',
  unknown: '  !',
  valid: '',
};

/** For a terminal: the verdict, the tenants with the fewest days left first, and where all of it is from. */
export function formatStatusTable(report: FleetStatusReport, style: Style): string {
  const { tenants, warnDays, ok } = report;
  const head = `${(ok ? style.green : style.red)(`${verdict(report)}.`)}\n`;
  if (tenants.length === 0) return head;
  const rows = byDaysLeft(tenants).map((tenant) => [
    tenant.name,
    colored(tenant, style),
    ends(tenant, style, warnDays),
    new URL(tenant.tenant).host,
    tenant.clientAppKey ?? '',
  ]);
  const table = formatTable(['NAME', 'STATE', 'VALID UNTIL', 'TENANT', 'CLIENT APP KEY'], rows, style);
  return `${head}${style.dim(countsInWords(tenants))}\n\n${table}\n${originOf(report)}\n`;
}

function colored({ state }: FleetStatusTenant, style: Style): string {
  const { one } = stateWords[state];
  if (state === 'valid') return style.green(one);
  return state === 'expired' ? style.red(one) : style.yellow(one);
}

/** Until when; why, where that is not all; and the mark. */
function ends(tenant: FleetStatusTenant, style: Style, warnDays: number): string {
  const { recorded, daysLeft, state, expected } = tenant;
  const end = recorded?.notAfter ?? null;
  const date = end === null || daysLeft === null ? '' : formatDaysLeft(end, daysLeft, style, warnDays);
  const none = expected === null && state === 'valid' ? 'none is to be there' : '';
  const parts = [date, reasonFor(tenant) ?? none].filter((part) => part !== '');
  return `${parts.join('; ')}${marks[state]}`;
}
