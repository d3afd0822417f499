import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventTransparency } from 'ical-generator';
import { mainObjection, wordsAgainst } from '../../change/reach-words.ts';
import { type Markup, markup, renderDocument, sourceOf, strictPolicy } from '../../report/html.ts';
import { formatAnnotation, formatExpiryAnnotation } from '../../report/monitoring.ts';
import { wordsForOwner } from '../../report/ownership.ts';
import { watchedColumns } from '../../report/watched-columns.ts';
import { count } from '../../text/phrasing.ts';
import { inCsvRows, onOneLine } from '../../text/printable.ts';
import { formatMetrics, objectionsIn } from './format-status.ts';
import {
  areQuiet,
  type CertificateStatus,
  ignoredIn,
  type RequestStatus,
  type StatusReport,
} from './status-report.ts';

/** For programs and pages. The texts of the report must be `harmless`. */
export const statusFormats = {
  csv: formatCsv,
  github: formatAnnotations,
  ics: formatCalendar,
  html: formatPage,
  prometheus: formatMetrics,
} satisfies Readonly<Record<string, (report: StatusReport, now: Date) => string>>;

type Column = (certificate: CertificateStatus) => string | number | null;

const columns: Readonly<Record<string, Column>> = {
  tenant: ({ tenant }) => tenant,
  client_app_key: ({ clientAppKey }) => clientAppKey,
  state: ({ state }) => state,
  days_left: ({ daysLeft }) => daysLeft,
  not_after: ({ notAfter }) => notAfter,
  topic: ({ topic }) => topic,
  fingerprint: ({ fingerprint }) => fingerprint,
  environments: ({ environments }) => environments?.join(' ') ?? null,
  set_at: ({ setAt }) => setAt,
  ...watchedColumns,
};

/** For a spreadsheet (RFC 4180): a header, and a row for each certificate. */
function formatCsv({ certificates }: StatusReport): string {
  const rows = certificates.map((one) => Object.values(columns).map((cell) => cell(one)));
  return inCsvRows([Object.keys(columns), ...rows]);
}

/** The certificates that matter: a tenant ignores the others. */
function watched({ certificates }: StatusReport): readonly CertificateStatus[] {
  const ignored = ignoredIn(certificates);
  return certificates.filter((certificate) => !ignored.has(certificate));
}

/** Annotations of a GitHub Actions run, for what ends the command with 4. */
function formatAnnotations(report: StatusReport): string {
  const { requests } = report;
  const lines = [
    ...watched(report).map(annotationOf),
    ...requests.filter(({ outcome }) => outcome === 'unknown').map(annotationOfRequest),
  ].join('');
  return lines === '' ? `${verdict(report)}.\n` : lines;
}

function annotationOf(certificate: CertificateStatus): string {
  const { state, notAfter, daysLeft, against } = certificate;
  const where = placeOf(certificate);
  const annotation =
    state === 'unknown' || notAfter === null || daysLeft === null
      ? ''
      : formatExpiryAnnotation(
          `The push certificate for ${where}`,
          { state, notAfter, daysLeft },
          wordsForOwner(certificate),
        );
  const others = against.filter(({ code }) => code !== 'certificate-expired');
  const words = wordsAgainst(others, { subject: `Pushes for ${where}` });
  const objection = mainObjection(others);
  if (words === null || objection === null) return annotation;
  return `${annotation}${formatAnnotation('warning', objection.code, words)}`;
}

function annotationOfRequest(request: RequestStatus): string {
  const done = request.asked === 'set' ? 'set' : 'deleted';
  const words = `The tenant may have ${done} the push certificate for ${placeOf(request)}.`;
  return formatAnnotation('warning', 'outcome-unknown', words);
}

function placeOf({
  clientAppKey,
  tenant,
}: Pick<CertificateStatus, 'clientAppKey' | 'tenant'>): string {
  return `${onOneLine(clientAppKey)} at ${hostOf(tenant)}`;
}

/** By its form alone: a ledger may name a host that is none. */
function hostOf(tenant: string): string {
  return tenant.replace(/^https?:\/\//, '');
}

function verdict(report: StatusReport): string {
  const { certificates, warnDays, ok } = report;
  if (certificates.length === 0) return 'No certificate is on record';
  if (ok) return `No push certificate expires within ${count(warnDays, 'day')}`;
  const needing = watched(report).filter((certificate) => !areQuiet([certificate])).length;
  if (needing === 0) return 'The outcome of a request is unknown';
  return `${count(needing, 'push certificate')} ${needing === 1 ? 'needs' : 'need'} attention`;
}

const day = 24 * 60 * 60;

/** Alarms ring at 9: an all-day event starts at midnight. */
const alarmHour = 9;

/** Alarms besides the one at the warning limit, in days before the end. */
const lastAlarms = [7, 1];

/** 2020 in minutes since 1970: a sequence has 31 bits. */
const firstMinute = Date.parse('2020-01-01T00:00:00Z') / 60_000;

/** A calendar (RFC 5545) with an all-day event for each certificate that matters. */
function formatCalendar(report: StatusReport, now: Date): string {
  const calendar = ical({
    name: 'Push certificates',
    prodId: { company: 'mfa-cli', product: 'apns status', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
  });
  const days = [...new Set([report.warnDays, ...lastAlarms])].filter((number) => number > 0);
  for (const certificate of watched(report)) {
    const { notAfter, clientAppKey, tenant } = certificate;
    if (notAfter === null) continue;
    const where = placeOf(certificate);
    const owner = wordsForOwner(certificate);
    calendar.createEvent({
      id: `${clientAppKey}.${hostOf(tenant)}@mfa-cli`,
      // A calendar replaces an imported event only with a later one.
      sequence: Math.floor(now.getTime() / 60_000) - firstMinute,
      stamp: now,
      lastModified: now,
      start: new Date(notAfter.slice(0, 10)),
      allDay: true,
      transparency: ICalEventTransparency.TRANSPARENT,
      summary: `Push certificate of ${where} expires`,
      description: [
        'Without a valid push certificate no sign-in prompt reaches a phone.',
        ...(owner === null ? [] : [`${owner}.`]),
      ].join('\n'),
      alarms: days.map((before) => ({
        type: ICalAlarmType.display,
        trigger: before * day - alarmHour * 60 * 60,
        description: `Push certificate of ${where} expires in ${count(before, 'day')}`,
      })),
    });
  }
  return `${calendar.toString()}\r\n`;
}

const styles = `:root{color-scheme:light dark;font-family:system-ui,sans-serif}
body{margin:2rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid #8886;padding:.4rem .6rem;text-align:left;vertical-align:top}`;

/** One page that loads nothing, and runs nothing. */
function formatPage(report: StatusReport, now: Date): string {
  const heading = verdict(report);
  const policy = `${strictPolicy}; style-src ${sourceOf(styles)}`;
  const titles = ['Client app key', 'Tenant', 'State', 'Valid until', 'Days left', 'Whose'];
  return renderDocument({
    title: `${heading} - mfa-cli`,
    styles,
    head: markup`<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
`,
    body: markup`<main class="wide">
<p class="brand">mfa-cli apns status</p>
<h1>${heading}</h1>
<p class="lead">Made ${now.toISOString().slice(0, 10)} from the record; dates are in UTC.</p>
${objectionsIn(report).map((words) => markup`<p>${words}</p>\n`)}<table>
<thead><tr>${titles.map((title) => markup`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${report.certificates.map((certificate) => row(certificate, report))}
</tbody>
</table>
</main>`,
  });
}

function row(certificate: CertificateStatus, { certificates }: StatusReport): Markup {
  const { clientAppKey, tenant, state, notAfter, daysLeft, against } = certificate;
  const isIgnored = ignoredIn(certificates).has(certificate);
  const doubt = wordsAgainst(against, { subject: 'pushes' });
  const cells = [
    hostOf(tenant),
    isIgnored ? 'ignored: another key was set' : `${state}${doubt === null ? '' : `: ${doubt}`}`,
    notAfter?.slice(0, 10) ?? '',
    daysLeft === null ? '' : String(daysLeft),
    wordsForOwner(certificate) ?? '',
  ];
  return markup`<tr><th scope="row">${onOneLine(clientAppKey)}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>
`;
}
