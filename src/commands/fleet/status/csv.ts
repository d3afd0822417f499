import type { FleetStatusReport, FleetStatusTenant } from '../report.ts';
import { byDaysLeft } from './summary.ts';

const head = [
  'name',
  'tenant',
  'client_app_key',
  'certificate',
  'state',
  'days_left',
  'not_after',
  'topic',
  'fingerprint',
  'expected_topic',
  'held',
  'held_topic',
];

/** For a spreadsheet (RFC 4180): UTF-8, a header, a row a tenant, fewest days left first. */
export function formatCsv({ tenants }: FleetStatusReport): string {
  return [head, ...byDaysLeft(tenants).map(cellsOf)]
    .map((cells) => `${cells.map(formatCell).join(',')}\r\n`)
    .join('');
}

function cellsOf(tenant: FleetStatusTenant): readonly (string | number | null)[] {
  const { name, clientAppKey, state, expected, recorded, held, daysLeft } = tenant;
  return [
    name,
    tenant.tenant,
    clientAppKey,
    expected?.certificate ?? null,
    state,
    daysLeft,
    recorded?.notAfter ?? null,
    recorded?.topic ?? null,
    recorded?.fingerprint ?? null,
    expected?.topic ?? null,
    held?.outcome ?? null,
    held?.topic ?? null,
  ];
}

/**
 * A number is a number, negative ones, too. Text that a spreadsheet would take for a formula has an apostrophe before it,
 * also behind what another spreadsheet takes for the end of a cell.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function formatCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return `${value}`;
  const text = value.replace(/(?<=^|[;\t\r\n])(?=[=+\-@\t\r＝＋－＠])/g, "'");
  return /[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
