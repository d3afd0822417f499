import { formatDaysLeft } from '../../report/dates.ts';
import { formatTable } from '../../report/fields.ts';
import type { Style } from '../../terminal/style.ts';
import type { FleetState, FleetStatusReport, FleetStatusTenant } from '../report.ts';
import { byDaysLeft, countsInWords, stateWords, verdict } from './summary.ts';

/** Behind what ends with exit 4, since a pipe has no color. */
const marks: Readonly<Record<FleetState, string>> = {
  expired: '  ✗',
  'expires-soon': '  !',
  differs: '  !',
  'never-set': '  ✗',
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

/** Where the report is from: it never claims more. */
export function originOf({ tenants }: FleetStatusReport): string {
  const asked = tenants.filter(({ held }) => held !== null);
  if (asked.length === 0) return 'This is what the record says was set last; the tenants were not asked.';
  const told = asked.filter(({ held }) => held?.outcome !== 'unknown').length;
  return `The tenants were asked what they hold, and ${told} of ${asked.length} told; the dates are those of the record.`;
}

function colored({ state }: FleetStatusTenant, style: Style): string {
  const { one } = stateWords[state];
  if (state === 'valid') return style.green(one);
  return state === 'expired' || state === 'never-set' ? style.red(one) : style.yellow(one);
}

function ends({ recorded, daysLeft, state, expected }: FleetStatusTenant, style: Style, warnDays: number) {
  const end = recorded?.notAfter ?? null;
  const none = expected === null ? 'none is to be there' : '';
  const text = end === null || daysLeft === null ? none : formatDaysLeft(end, daysLeft, style, warnDays);
  return `${text}${marks[state]}`.trimStart();
}
