import { formatDaysLeft, formatTable, widthOfTable } from '../../../report/fields.ts';
import {
  formatAnnotation,
  formatExpiryAnnotation,
  formatExpiryMetrics,
  formatGauge,
} from '../../../report/monitoring.ts';
import type { Style } from '../../../terminal/style.ts';
import { inCsv } from '../../../text/printable.ts';
import type { FleetState, FleetStatusReport, FleetStatusTenant } from '../report.ts';
import { byDaysLeft, countsInWords, originOf, reasonFor, states, stateWords, verdict } from '../report.ts';
import { formatCalendar } from './calendar.ts';
import { statusPage } from './page.ts';

/** For a person, for a browser, a calendar, a spreadsheet, a monitor, and the page of a workflow's run. */
export const fleetFormats = ['table', 'html', 'ics', 'csv', 'prometheus', 'github'] as const;

export type FleetFormat = (typeof fleetFormats)[number];

/** The report in that format. Its texts are `harmless`. */
export function formatFleetStatus(
  report: FleetStatusReport,
  format: FleetFormat,
  style: Style,
  now: Date,
): string {
  switch (format) {
    case 'table':
      return formatStatusTable(report, style);
    case 'html':
      return statusPage(report, now);
    case 'ics':
      return formatCalendar(report, now);
    case 'csv':
      return formatCsv(report);
    case 'prometheus':
      return formatMetrics(report);
    case 'github':
      return formatAnnotations(report);
  }
}

const endings: readonly (readonly [ending: string, FleetFormat])[] = [
  ['.html', 'html'],
  ['.htm', 'html'],
  ['.ics', 'ics'],
  ['.csv', 'csv'],
  ['.prom', 'prometheus'],
  ['.txt', 'table'],
];

/** What a file of that name holds; undefined where its ending does not say. */
export function formatOf(path: string): FleetFormat | undefined {
  return endings.find(([ending]) => path.toLowerCase().endsWith(ending))?.[1];
}

/** An annotation for each tenant that is not valid, the most urgent first: GitHub shows ten of each level. */
export function formatAnnotations(report: FleetStatusReport): string {
  const annotations = byDaysLeft(report.tenants).map(annotationOf).join('');
  return annotations === '' ? `${verdict(report)}.\n` : annotations;
}

const said = {
  differs: 'differs from what the file declares',
  unknown: 'is unknown',
};

function annotationOf(tenant: FleetStatusTenant): string {
  const { name, clientAppKey, state, recorded, daysLeft } = tenant;
  const key = clientAppKey === null ? '' : ` for ${clientAppKey}`;
  const what = `The push certificate${key} at ${new URL(tenant.tenant).host} (${name})`;
  if (state === 'never-set')
    return formatAnnotation('warning', 'certificate-never-set', `${what} was never set, or it was deleted.`);
  if (state === 'differs' || state === 'unknown')
    return formatAnnotation(
      'warning',
      `certificate-${state}`,
      `${what} ${said[state]}: ${reasonFor(tenant)}.`,
    );
  if (recorded?.notAfter == null || daysLeft === null) return '';
  return formatExpiryAnnotation(what, { state, notAfter: recorded.notAfter, daysLeft });
}

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
    .map((cells) => `${cells.map(inCsv).join(',')}\r\n`)
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

/** The two metrics of `apns status` for what was set, and the state of every tenant, which also has none. */
export function formatMetrics({ tenants }: FleetStatusReport): string {
  const expiries = tenants.flatMap(({ name, tenant, clientAppKey, recorded, daysLeft }) =>
    recorded?.notAfter == null || daysLeft === null
      ? []
      : {
          labels: { name, tenant, client_app_key: clientAppKey ?? '', topic: recorded.topic ?? '' },
          notAfter: recorded.notAfter,
          daysLeft,
        },
  );
  const samples = tenants.flatMap(({ name, tenant, state: actual }) =>
    states.map((state) => ({ labels: { name, tenant, state }, value: state === actual ? 1 : 0 })),
  );
  return [
    formatExpiryMetrics(expiries),
    formatGauge('mfa_cli_fleet_tenant_state', '1 for the state that the tenant is in, else 0.', samples),
  ].join('');
}

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
