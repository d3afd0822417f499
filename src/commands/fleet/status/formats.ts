import { basename, extname } from 'node:path';
import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventTransparency } from 'ical-generator';
import { wordsAgainst } from '../../../change/reach-words.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { formatDaysLeft, inParts, wordsForDaysLeft } from '../../../report/fields.ts';
import {
  formatAnnotation,
  formatExpiryAnnotation,
  formatExpiryMetrics,
  formatGauge,
  formatObjectionMetrics,
} from '../../../report/monitoring.ts';
import { type Ownership, ownershipOf, wordsForOwner } from '../../../report/ownership.ts';
import { formatTable } from '../../../report/table.ts';
import { watchedColumns } from '../../../report/watched-columns.ts';
import type { Style } from '../../../terminal/style.ts';
import { alternatives, count } from '../../../text/phrasing.ts';
import { inCsvRows } from '../../../text/printable.ts';
import { shellLine } from '../../../text/shell.ts';
import { fleetCommand } from '../file/fleet.ts';
import {
  countsInWords,
  differenceFrom,
  type FleetStatusReport,
  type FleetStatusTenant,
  grouped,
  mostUrgentFirst,
  reasonFor,
  states,
  stateWords,
  untoldObjection,
  verdict,
} from '../report.ts';
import { firstNames, originOf } from './origin.ts';
import { statusPage } from './page.ts';
import { toneOf } from './page-styles.ts';

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
  const { name, clientAppKey } = tenant;
  const key = clientAppKey === null ? '' : ` for ${clientAppKey}`;
  const where = `${key} at ${new URL(tenant.tenant).host} (${name})`;
  const objection = untoldObjection(tenant);
  const owner = wordsForOwner(tenant);
  const told = annotationOfState(tenant, `The push certificate${where}`, owner);
  if (objection === null) return told;
  const words = wordsAgainst([objection], { subject: `Pushes${where}` }) ?? '';
  return `${told}${formatAnnotation('warning', objection.code, words)}`;
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

/**
 * For a terminal: the verdict, the tenants, the most urgent first, the reasons that no
 * date shows, and the sources.
 */
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
    const word = style[look.color](stateWords[state].one);
    const { host } = new URL(tenant.tenant);
    return [mark, name, word, ends(tenant, style, warnDays), clientAppKey ?? '-', host];
  });
  const titles = ['', 'Name', 'State', 'Valid until', 'Client app key', 'Tenant'];
  const narrowing = { least: ['Tenant', 'Client app key'], long: ['Name', 'Client app key'] };
  return inParts(
    `${head}${style.dim(countsInWords(tenants))}\n`,
    formatTable(titles, rows, style, narrowing),
    reasons(sorted),
    owners(sorted),
    originOf(report)
      .map((sentence) => `${sentence}\n`)
      .join(''),
  );
}

function reasons(tenants: readonly FleetStatusTenant[]): string {
  return tenants
    .map((tenant) => ({ name: tenant.name, reason: reasonFor(tenant) }))
    .map(({ name, reason }) => (reason === null ? '' : `${name}: ${reason}.\n`))
    .join('');
}

/** Whose the certificates are: those of one owner on one line. */
function owners(tenants: readonly FleetStatusTenant[]): string {
  return [...grouped(tenants, wordsForOwner)]
    .map(([words, same]) => (words === null ? '' : `${firstNames(same)}: ${words}.\n`))
    .join('');
}

function ends(
  { recorded, daysLeft, state, expected }: FleetStatusTenant,
  style: Style,
  warnDays: number,
) {
  const end = recorded?.notAfter ?? null;
  if (end !== null && daysLeft !== null) {
    const isByDate = state === 'valid' || state === 'expires-soon' || state === 'expired';
    return isByDate
      ? formatDaysLeft(end, daysLeft, style, warnDays)
      : wordsForDaysLeft(end, daysLeft);
  }
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
 * A calendar (RFC 5545) with an all-day event for each certificate of the file on its
 * expiry date, the first one if its tenants received several. The UID comes from the
 * names of the file and of the certificate, so that importing the calendar again moves
 * the event of a renewed certificate.
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
      id: `${certificate}.${basename(file)}@mfa-cli`,
      // A calendar replaces an imported event only with a later one.
      sequence: Math.floor(now.getTime() / 60_000) - firstMinute,
      stamp: now,
      lastModified: now,
      start: new Date(date),
      allDay: true,
      transparency: ICalEventTransparency.TRANSPARENT,
      summary: `Push certificate "${certificate}" expires (${count(ending.length, 'tenant')})`,
      description: describe(ending, shellLine(fleetCommand('apply', file))),
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

interface Dated extends Ownership, Pick<FleetStatusTenant, 'name' | 'tenant' | 'against'> {
  readonly certificate: string;
  /** `2027-12-24` */
  readonly date: string;
}

/** The tenants of each certificate, the earliest expiry first. */
function endingsOf(tenants: readonly FleetStatusTenant[]): Iterable<readonly Dated[]> {
  const dated = tenants.flatMap((one): Dated | [] => {
    const { name, tenant, against, expected, recorded } = one;
    if (expected === null || recorded?.notAfter == null) return [];
    const { certificate } = expected;
    const date = recorded.notAfter.slice(0, 10);
    return { name, tenant, against, certificate, date, ...ownershipOf(one) };
  });
  dated.sort((one, other) => Date.parse(one.date) - Date.parse(other.date));
  return grouped(dated, ({ certificate }) => certificate).values();
}

function describe(tenants: readonly Dated[], apply: string): string {
  const lines = tenants.slice(0, namedTenants).map(({ name, tenant, date, against }) => {
    const later = date === tenants[0]?.date ? '' : `, ${date}`;
    const untold = against.filter(({ code }) => code !== 'certificate-expired');
    const doubt = wordsAgainst(untold, { subject: 'pushes' });
    const why = doubt === null ? '' : `: ${doubt}`;
    return `- ${name} (${new URL(tenant).host}${later})${why}`;
  });
  if (tenants.length > namedTenants) lines.push('…');
  const owned = [...grouped(tenants, wordsForOwner).keys()].filter((words) => words !== null);
  return [
    `Without a valid push certificate no sign-in prompt reaches a phone. Renew it, and run "${apply}".`,
    ...owned.map((words) => `${words}.`),
    '',
    ...lines,
  ].join('\n');
}
