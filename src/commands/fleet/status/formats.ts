import { extname } from 'node:path';
import { wordsAgainst } from '../../../change/reach-words.ts';
import { CliError } from '../../../errors/cli-error.ts';
import {
  formatAnnotation,
  formatExpiryAnnotation,
  formatExpiryMetrics,
  formatGauge,
  formatObjectionMetrics,
} from '../../../report/monitoring.ts';
import { wordsForOwner } from '../../../report/ownership.ts';
import { watchedColumns } from '../../../report/watched-columns.ts';
import type { Style } from '../../../terminal/style.ts';
import { alternatives } from '../../../text/phrasing.ts';
import { inCsvRows } from '../../../text/printable.ts';
import type { FleetStatusReport, FleetStatusTenant } from '../report.ts';
import { formatCalendar } from './calendar.ts';
import { statusPage } from './page.ts';
import { formatStatusTable } from './status-table.ts';
import {
  differenceFrom,
  mostUrgentFirst,
  states,
  unstatedObjection,
  verdict,
} from './status-words.ts';

interface Format {
  /** The ending of a file's name that selects the format. */
  readonly ending: string | null;
  /** A file of the format, in the words of a sentence. */
  readonly title: string;
  /** The texts of the report must be `harmless`. */
  write(report: FleetStatusReport, style: Style, now: Date): string;
}

/**
 * For a person, a browser, a calendar, a spreadsheet, a monitor, and a workflow run's
 * page.
 */
export const formats = {
  table: { ending: '.txt', title: 'table', write: formatStatusTable },
  html: { ending: '.html', title: 'page', write: (report, _style, now) => statusPage(report, now) },
  ics: {
    ending: '.ics',
    title: 'calendar',
    write: (report, _style, now) => formatCalendar(report, now),
  },
  csv: { ending: '.csv', title: 'spreadsheet', write: formatCsv },
  prometheus: { ending: '.prom', title: 'metrics', write: formatMetrics },
  github: { ending: null, title: 'annotations', write: formatAnnotations },
} satisfies Readonly<Record<string, Format>>;

export type FleetFormat = keyof typeof formats;

/**
 * The format of a file by the ending of its name; a table without one.
 * @throws {CliError} usage: no format has it
 */
export function formatOf(path: string): FleetFormat {
  const ending = extname(path).toLowerCase();
  const names = Object.keys(formats) as FleetFormat[];
  const format = ending === '' ? 'table' : names.find((name) => formats[name].ending === ending);
  if (format !== undefined) return format;
  const endings = alternatives(names.flatMap((name) => formats[name].ending ?? []));
  throw new CliError('usage', `No format has the ending ${ending}`, {
    facts: { fix: `Use a name that ends in ${endings}, or give --format FORMAT.` },
  });
}

/**
 * An annotation for each tenant that is not valid, the most urgent first: GitHub shows
 * ten of each level.
 */
export function formatAnnotations(report: FleetStatusReport): string {
  const annotations = mostUrgentFirst(report.tenants).map(annotationOf).join('');
  return annotations === '' ? `${verdict(report)}.\n` : annotations;
}

function annotationOf(tenant: FleetStatusTenant): string {
  const { name, tenant: url, clientAppKey } = tenant;
  const key = clientAppKey === null ? '' : ` for ${clientAppKey}`;
  const where = `${key} at ${new URL(url).host} (${name})`;
  const objection = unstatedObjection(tenant);
  const owner = wordsForOwner(tenant);
  const annotation = annotationOfState(tenant, `The push certificate${where}`, owner);
  if (objection === null) return annotation;
  const words = wordsAgainst([objection], { subject: `Pushes${where}` }) ?? '';
  return `${annotation}${formatAnnotation('warning', objection.code, words)}`;
}

/** @param owner in words without a period, or null */
function annotationOfState(tenant: FleetStatusTenant, what: string, owner: string | null): string {
  const { state, recorded, daysLeft } = tenant;
  if (state === 'expired' || state === 'expires-soon' || state === 'valid') {
    if (recorded?.notAfter == null || daysLeft === null) return '';
    const expiry = { state, notAfter: recorded.notAfter, daysLeft };
    return formatExpiryAnnotation(what, expiry, owner);
  }
  const difference = differenceFrom(tenant);
  if (state === 'differs' && difference === null) return '';
  const words = {
    'never-set': `is not on record${difference === null ? '' : `: ${difference}`}`,
    differs: `differs from what the file declares: ${difference}`,
    unknown: `is unknown: ${difference}`,
  };
  return formatAnnotation('warning', `certificate-${state}`, `${what} ${words[state]}.`);
}

const columns: Readonly<Record<string, (tenant: FleetStatusTenant) => string | number | null>> = {
  name: ({ name }) => name,
  tenant: ({ tenant }) => tenant,
  client_app_key: ({ clientAppKey }) => clientAppKey,
  certificate: ({ expected }) => expected?.certificate ?? null,
  state: ({ state }) => state,
  days_left: ({ daysLeft }) => daysLeft,
  not_after: ({ recorded }) => recorded?.notAfter ?? null,
  topic: ({ recorded }) => recorded?.topic ?? null,
  fingerprint: ({ recorded }) => recorded?.fingerprint ?? null,
  expected_topic: ({ expected }) => expected?.topic ?? null,
  held: ({ held }) => held?.outcome ?? null,
  held_topic: ({ held }) => held?.topic ?? null,
  ...watchedColumns,
};

/**
 * For a spreadsheet (RFC 4180): UTF-8, a header, a row for each tenant, the most urgent
 * first.
 */
export function formatCsv({ tenants }: FleetStatusReport): string {
  const rows = mostUrgentFirst(tenants).map((tenant) =>
    Object.values(columns).map((cell) => cell(tenant)),
  );
  return inCsvRows([Object.keys(columns), ...rows]);
}

/** The metrics of `apns status` for set certificates, and the state of every tenant. */
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
  const objections = tenants.flatMap(({ name, tenant, against }) =>
    against.map(({ code }) => ({ name, tenant, code })),
  );
  return [
    formatExpiryMetrics(expiries),
    formatObjectionMetrics(objections),
    formatGauge(
      'mfa_cli_fleet_tenant_state',
      "1 for the tenant's current state, 0 for the others.",
      samples,
    ),
  ].join('');
}
