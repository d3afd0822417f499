import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventTransparency } from 'ical-generator';
import { formatDaysLeft, inParts } from '../../../report/fields.ts';
import {
  formatAnnotation,
  formatExpiryAnnotation,
  formatExpiryMetrics,
  formatGauge,
} from '../../../report/monitoring.ts';
import { formatTable } from '../../../report/table.ts';
import type { Style } from '../../../terminal/style.ts';
import { count } from '../../../text/phrasing.ts';
import { inCsvRows } from '../../../text/printable.ts';
import { fleetCommand } from '../file/fleet.ts';
import {
  countsInWords,
  type FleetStatusReport,
  type FleetStatusTenant,
  grouped,
  mostUrgentFirst,
  originOf,
  reasonFor,
  states,
  stateWords,
  verdict,
  wordsForOthers,
} from '../report.ts';
import { statusPage } from './page.ts';
import { toneOf } from './page-styles.ts';

interface Writer {
  /** The file endings for the format. */
  readonly endings: readonly string[];
  write(report: FleetStatusReport, style: Style, now: Date): string;
}

/** For a browser, a calendar, a spreadsheet, a monitor, a workflow run's page, and a person. */
const formats = {
  html: { endings: ['html', 'htm'], write: (report, _style, now) => statusPage(report, now) },
  ics: { endings: ['ics'], write: (report, _style, now) => formatCalendar(report, now) },
  csv: { endings: ['csv'], write: formatCsv },
  prometheus: { endings: ['prom'], write: formatMetrics },
  github: { endings: [], write: formatAnnotations },
  table: { endings: ['txt'], write: formatStatusTable },
} satisfies Readonly<Record<string, Writer>>;

export type FleetFormat = keyof typeof formats;

const writers: readonly (readonly [FleetFormat, Writer])[] = Object.entries(formats).map(
  ([format, writer]) => [format as FleetFormat, writer],
);

/** The report in that format. Its texts must be `harmless`. */
export function formatFleetStatus(
  report: FleetStatusReport,
  format: FleetFormat,
  style: Style,
  now: Date,
): string {
  return formats[format].write(report, style, now);
}

/** `.html, .ics or .txt`: the endings that select a format. */
export const knownEndings = writers
  .flatMap(([, { endings }]) => endings.map((ending) => `.${ending}`))
  .join(', ')
  .replace(/, (\S+)$/, ' or $1');

/** The format of a file by its ending; undefined if no format has it. */
export function formatOf(path: string): FleetFormat | undefined {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return writers.find(([, { endings }]) => endings.includes(ending))?.[0];
}

/** An annotation for each tenant that is not valid, the most urgent first: GitHub shows ten of each level. */
export function formatAnnotations(report: FleetStatusReport): string {
  const annotations = mostUrgentFirst(report.tenants).map(annotationOf).join('');
  return annotations === '' ? `${verdict(report)}.\n` : annotations;
}

function annotationOf(tenant: FleetStatusTenant): string {
  const { name, clientAppKey, state, recorded, daysLeft } = tenant;
  const key = clientAppKey === null ? '' : ` for ${clientAppKey}`;
  const what = `The push certificate${key} at ${new URL(tenant.tenant).host} (${name})`;
  if (state === 'never-set')
    return formatAnnotation('warning', 'certificate-never-set', `${what} was never set, or was deleted.`);
  if (state === 'differs' || state === 'unknown')
    return formatAnnotation(
      'warning',
      `certificate-${state}`,
      `${what} ${state === 'differs' ? 'differs from what the file declares' : 'is unknown'}: ${reasonFor(tenant)}.`,
    );
  if (recorded?.notAfter == null || daysLeft === null) return '';
  return formatExpiryAnnotation(what, { state, notAfter: recorded.notAfter, daysLeft });
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
  in_use: ({ inUse }) => (inUse === null ? null : String(inUse)),
  in_use_from: ({ inUseFrom }) => inUseFrom,
  ignored_since: ({ ignoredSince }) => ignoredSince,
  other_keys: (tenant) => wordsForOthers(tenant).join('; ') || null,
};

/** For a spreadsheet (RFC 4180): UTF-8, a header, a row for each tenant, the most urgent first. */
export function formatCsv({ tenants }: FleetStatusReport): string {
  const rows = mostUrgentFirst(tenants).map((tenant) => Object.values(columns).map((cell) => cell(tenant)));
  return inCsvRows([Object.keys(columns), ...rows]);
}

/** The two metrics of `apns status` for set certificates, and the state of every tenant. */
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
    formatGauge('mfa_cli_fleet_tenant_state', "1 for the tenant's state, else 0.", samples),
  ].join('');
}

/** The mark and the color of a state: an error only where no push arrives any more. */
const looks = {
  ok: { mark: 'ok', color: 'green' },
  warn: { mark: 'warning', color: 'yellow' },
  bad: { mark: 'error', color: 'red' },
  plain: { mark: 'warning', color: 'dim' },
} as const;

/** A longer list ends with its counts and its verdict again, which have left the screen. */
const screen = 20;

/** For a terminal: the verdict, the tenants, the most urgent first, the reasons that no date shows, and the sources. */
export function formatStatusTable(report: FleetStatusReport, style: Style): string {
  const { tenants, warnDays } = report;
  const sorted = mostUrgentFirst(tenants);
  const { mark } = looks[toneOf(sorted[0]?.state ?? 'valid')];
  const head = `${style.verdict(mark, `${verdict(report)}.`)}\n`;
  if (tenants.length === 0) return head;
  const rows = sorted.map((tenant) => {
    const { name, state, clientAppKey } = tenant;
    const look = looks[toneOf(state)];
    const mark = state === 'valid' ? '' : style.mark(look.mark);
    const [word, { host }] = [style[look.color](stateWords[state].one), new URL(tenant.tenant)];
    return [mark, name, word, ends(tenant, style, warnDays), clientAppKey ?? '-', host];
  });
  const titles = ['', 'Name', 'State', 'Valid until', 'Client app key', 'Tenant'];
  const narrowing = { least: ['Tenant', 'Client app key'], long: ['Name', 'Client app key'] };
  const counts = `${countsInWords(tenants)}\n`;
  const isLong = Number.isFinite(style.columns) && tenants.length > screen;
  return inParts(
    `${head}${style.dim(counts.trimEnd())}\n`,
    formatTable(titles, rows, style, narrowing),
    reasons(sorted),
    `${originOf(report)}\n`,
    isLong ? `${head}${counts}` : '',
  );
}

function reasons(tenants: readonly FleetStatusTenant[]): string {
  const lines = tenants.flatMap((tenant) => {
    const reason = reasonFor(tenant);
    return [...(reason === null ? [] : [reason]), ...wordsForOthers(tenant)].map(
      (words) => `${tenant.name}: ${words}.\n`,
    );
  });
  return lines.join('');
}

function ends({ recorded, daysLeft, state, expected }: FleetStatusTenant, style: Style, warnDays: number) {
  const end = recorded?.notAfter ?? null;
  if (end !== null && daysLeft !== null) return formatDaysLeft(end, daysLeft, style, warnDays);
  return expected === null && state === 'valid' ? 'none declared' : '-';
}

/** Alarms besides the one at the warning limit, in days before the end. */
const lastAlarms = [7, 1];

/** Alarms ring at 9: an all-day event starts at midnight. */
const alarmHour = 9;

/** The most tenants that an event names: calendars cut long texts. */
const namedTenants = 50;

const day = 24 * 60 * 60;

/**
 * A calendar (RFC 5545) with an all-day event for each certificate of the file on its expiry date, the first one if its tenants
 * received several. The UID comes from the names of the file and of the certificate, so that importing the calendar again
 * moves the event of a renewed certificate.
 */
export function formatCalendar({ file, tenants, warnDays }: FleetStatusReport, now: Date): string {
  const calendar = ical({
    name: 'Push certificates',
    prodId: { company: 'mfa-cli', product: 'fleet status', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
  });
  const days = [...new Set([warnDays, ...lastAlarms])].filter((number) => number > 0);
  for (const ending of endingsOf(tenants)) {
    const [{ certificate, date } = { certificate: '', date: '' }] = ending;
    calendar.createEvent({
      id: uidOf(file, certificate),
      // A calendar replaces an imported event only with a later one.
      sequence: Math.floor(now.getTime() / 60_000) - firstMinute,
      stamp: now,
      lastModified: now,
      start: new Date(date),
      allDay: true,
      transparency: ICalEventTransparency.TRANSPARENT,
      summary: `Push certificate "${certificate}" expires (${count(ending.length, 'tenant')})`,
      description: describe(ending, fleetCommand('apply', file)),
      alarms: days.map((before) => ({
        type: ICalAlarmType.display,
        trigger: before * day - alarmHour * 60 * 60,
        description: `Push certificate "${certificate}" expires in ${count(before, 'day')}`,
      })),
    });
  }
  return `${calendar.toString()}\r\n`;
}

/** 2020 in minutes since 1970: a sequence has 31 bits. */
const firstMinute = Date.parse('2020-01-01T00:00:00Z') / 60_000;

function uidOf(file: string, certificate: string): string {
  const hash = createHash('sha256')
    .update(`${basename(file)}\n${certificate}`)
    .digest('hex');
  return `${hash.slice(0, 32)}@mfa-cli`;
}

interface Dated extends Pick<FleetStatusTenant, 'name' | 'tenant'> {
  readonly certificate: string;
  /** `2027-12-24` */
  readonly date: string;
}

/** The tenants of each certificate, the earliest expiry first. */
function endingsOf(tenants: readonly FleetStatusTenant[]): Iterable<readonly Dated[]> {
  const dated = tenants.flatMap(({ name, tenant, expected, recorded }): Dated | [] =>
    expected === null || recorded?.notAfter == null
      ? []
      : { name, tenant, certificate: expected.certificate, date: recorded.notAfter.slice(0, 10) },
  );
  dated.sort((one, other) => Date.parse(one.date) - Date.parse(other.date));
  return grouped(dated, ({ certificate }) => certificate).values();
}

function describe(tenants: readonly Dated[], apply: string): string {
  const lines = tenants.slice(0, namedTenants).map(({ name, tenant, date }) => {
    const later = date === tenants[0]?.date ? '' : `, ${date}`;
    return `- ${name} (${new URL(tenant).host}${later})`;
  });
  const more = tenants.length - lines.length;
  return [
    `Without a valid push certificate no sign-in prompt reaches a phone. Renew it, and run "${apply}".`,
    '',
    ...lines,
    ...(more > 0 ? [`and ${count(more, 'more tenant')}`] : []),
  ].join('\n');
}
