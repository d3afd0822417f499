import { formatDaysLeft } from '../../../report/dates.ts';
import { formatTable } from '../../../report/fields.ts';
import type { Style } from '../../../terminal/style.ts';
import { widthOf } from '../../../text/layout.ts';
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

/**
 * For a terminal: the verdict, the tenants with the fewest days left first, why where no date says it, and where all of it
 * is from. Where the address has no room in a row it is left out: the name stands for it.
 */
export function formatStatusTable(report: FleetStatusReport, style: Style): string {
  const { tenants, warnDays, ok } = report;
  const head = `${(ok ? style.green : style.red)(`${verdict(report)}.`)}\n`;
  if (tenants.length === 0) return head;
  const sorted = byDaysLeft(tenants);
  const rows = sorted.map((tenant) => [
    tenant.name,
    colored(tenant, style),
    ends(tenant, style, warnDays),
    tenant.clientAppKey ?? '',
    new URL(tenant.tenant).host,
  ]);
  const columns = ['NAME', 'STATE', 'VALID UNTIL', 'CLIENT APP KEY', 'TENANT'];
  const isTooWide = (head: readonly string[]): boolean => widthOfTable(head, rows) > style.columns;
  const fewer = columns.slice(0, -1);
  const shown = isTooWide(columns) && !isTooWide(fewer) ? fewer : columns;
  const table = formatTable(
    shown,
    rows.map((row) => row.slice(0, shown.length)),
    style,
  );
  return `${head}${style.dim(countsInWords(tenants))}\n\n${table}\n${reasons(sorted)}${originOf(report)}\n`;
}

function widthOfTable(head: readonly string[], rows: readonly (readonly string[])[]): number {
  return head.reduce(
    (sum, title, column) =>
      sum + 2 + rows.reduce((most, row) => Math.max(most, widthOf(row[column] ?? '')), widthOf(title)),
    -2,
  );
}

function reasons(tenants: readonly FleetStatusTenant[]): string {
  const lines = tenants.flatMap((tenant) => {
    const reason = reasonFor(tenant);
    return reason === null ? [] : `${tenant.name}: ${reason}.\n`;
  });
  return lines.length === 0 ? '' : `${lines.join('')}\n`;
}

function colored({ state }: FleetStatusTenant, style: Style): string {
  const { one } = stateWords[state];
  if (state === 'valid') return style.green(one);
  return state === 'expired' ? style.red(one) : style.yellow(one);
}

function ends({ recorded, daysLeft, state, expected }: FleetStatusTenant, style: Style, warnDays: number) {
  const end = recorded?.notAfter ?? null;
  const none = expected === null && state === 'valid' ? 'none is to be there' : '-';
  const text = end === null || daysLeft === null ? none : formatDaysLeft(end, daysLeft, style, warnDays);
  return `${text}${marks[state]}`;
}
