import { unansweredRequest } from '../../change/judge-reach.ts';
import {
  rehearsalCaveat,
  wordsAgainst,
  wordsForProven,
  wordsForUnproven,
} from '../../change/reach-words.ts';
import type { KeyUse } from '../../checks/client-app-key-in-use.ts';
import {
  formatDaysLeft,
  inParts,
  wordsForDaysLeft,
  wordsForHeld,
  wordsForPhones,
} from '../../report/fields.ts';
import {
  formatExpiryMetrics,
  formatGauge,
  formatObjectionMetrics,
} from '../../report/monitoring.ts';
import { wordsForOwner } from '../../report/ownership.ts';
import { formatTable } from '../../report/table.ts';
import type { Mark, Style } from '../../terminal/style.ts';
import { count, listed } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import {
  type CertificateStatus,
  ignoredIn,
  type RequestStatus,
  type StatusReport,
} from './status-report.ts';

function nothingOnRecord({ profile, elsewhere, records }: StatusReport): string {
  const place = records.length === 0 ? 'on this machine' : `in ${listed(records.map(onOneLine))}`;
  const anywhere = elsewhere === 0 ? place : 'for this tenant';
  const owner = profile === null ? anywhere : `for the profile "${profile}"`;
  const others =
    elsewhere === 0
      ? ''
      : ` Other tenants have ${count(elsewhere, 'certificate')}: run \`mfa-cli apns status --all-profiles\`.`;
  return `No certificate is on record ${owner}.${others}`;
}

function formatNothing(report: StatusReport): string {
  const told = (report.latest ?? []).map(({ tenant, latest }) =>
    latest.outcome === 'none'
      ? `${tenant} says that no client app key is set.\n`
      : `${tenant} does not report which client app key was set last.\n`,
  );
  const way = 'Set one with `mfa-cli apns set cert.p12`.';
  const unasked =
    report.latest === undefined ? 'The tenant may have one that was set elsewhere.\n' : '';
  return `${nothingOnRecord(report)} ${way}\n${unasked}${told.join('')}`;
}

function openIn({ requests }: StatusReport): readonly RequestStatus[] {
  return requests.filter(({ outcome }) => outcome === 'unknown');
}

/** Of the states that cause exit 4. */
const marks: Readonly<Record<CertificateStatus['state'], Mark | null>> = {
  valid: null,
  unknown: null,
  'expires-soon': 'warning',
  expired: 'error',
};

const resolutionHint =
  'Ask the tenant with --refresh: its answer may show whether the certificate is there. Otherwise set or delete that key again.';

export function formatText(report: StatusReport, style: Style): string {
  const { certificates, requests, warnDays } = report;
  const sentences = requests.map((request) => `${sentenceFor(request, style)}\n`).join('');
  const missing = openIn(report).length > 0 ? `${sentences}${resolutionHint}\n` : sentences;
  const ignoredWords = ignoredKeys(report).map((words) => `${words}\n`);
  const objections = [formatObjections(report, style), ...ignoredWords].join('');
  if (certificates.length === 0)
    return missing === '' ? formatNothing(report) : `${objections}${missing}`;
  const asked = report.latest !== undefined;
  const several = certificates.some(({ inUse }) => inUse !== true);
  const ignored = ignoredIn(certificates);
  const rows = certificates.map((certificate) => {
    const { profile, tenant, clientAppKey, held } = certificate;
    const mark = ignored.has(certificate) ? null : markOf(certificate);
    return [
      mark === null ? '' : style.mark(mark),
      clientAppKey,
      tenant,
      profile ?? '-',
      ...(several ? [wordsForUse(certificate)] : []),
      ...(asked ? [held === undefined ? '-' : wordsForHeld(held)] : []),
      formatEnd(certificate, style, warnDays),
    ];
  });
  const use = several ? ['In use'] : [];
  const heldHead = asked ? ['Held'] : [];
  const head = ['', 'Client app key', 'Tenant', 'Profile', ...use, ...heldHead, 'Valid until'];
  const narrowing = { least: ['Profile'], long: ['Client app key', 'Tenant', 'Profile', 'Held'] };
  const origin = asked
    ? "The dates come from this machine's record: a tenant reports a topic at most, never the certificate.\n"
    : 'This is what this machine set last; the tenant may hold something else.\n';
  const counts = new Map(certificates.map(({ tenant, phones }) => [tenant, phones ?? null]));
  const phones = [...counts]
    .map(([tenant, count]) => `${tenant}: ${wordsForPhones(count)}.\n`)
    .join('');
  const told = `${asked ? phones : ''}${reachOf(certificates)}${origin}`;
  const owners = formatOwners(certificates);
  const below = `${owners}${missing === '' ? '' : `${missing}\n`}${told}`;
  return inParts(objections, formatTable(head, rows, style, narrowing), below);
}

/**
 * The owner of each certificate that has one, or a team: those of one owner on one line.
 */
function formatOwners(certificates: readonly CertificateStatus[]): string {
  const keys = new Map<string, string[]>();
  for (const certificate of certificates) {
    const words = wordsForOwner(certificate);
    if (words === null) continue;
    const known = keys.get(words) ?? [];
    keys.set(words, [...new Set([...known, onOneLine(certificate.clientAppKey)])]);
  }
  return [...keys].map(([words, names]) => `${names.join(', ')}: ${words}.\n`).join('');
}

function markOf({ state, reach }: CertificateStatus): Mark | null {
  return marks[state] ?? (reach === 'against' ? 'warning' : null);
}

/** Without the color of a valid certificate if something speaks against it. */
function formatEnd(
  { notAfter, daysLeft, state, reach }: CertificateStatus,
  style: Style,
  warnDays: number,
): string {
  if (notAfter === null || daysLeft === null) return 'unknown: not on this record';
  if (state === 'valid' && reach === 'against') return wordsForDaysLeft(notAfter, daysLeft);
  return formatDaysLeft(notAfter, daysLeft, style, warnDays);
}

/**
 * The objections to pushes for each key in use, also for one that has nothing but a
 * request without an answer. A sentence each.
 */
export function objectionsIn(report: StatusReport): readonly string[] {
  const { certificates } = report;
  const ignored = ignoredIn(certificates);
  const listed = new Set(certificates.map(placeOf));
  const unlisted = openIn(report).filter((request) => !listed.has(placeOf(request)));
  const words = [
    ...certificates
      .filter((certificate) => !ignored.has(certificate))
      .map((certificate) => {
        const { against, held } = certificate;
        const unless = held === undefined ? ', unless another certificate was set elsewhere' : '';
        return wordsAgainst(against, { subject: subjectFor(certificate), unless });
      }),
    ...unlisted.map((request) =>
      wordsAgainst([unansweredRequest], { subject: subjectFor(request) }),
    ),
  ];
  return [...new Set(words.filter((each) => each !== null))];
}

function formatObjections(report: StatusReport, style: Style): string {
  return objectionsIn(report)
    .map((words) => `${style.verdict('warning', words)}\n`)
    .join('');
}

/** The keys that get no pushes, as their tenant pushes with another: a sentence each. */
function ignoredKeys({ certificates }: StatusReport): readonly string[] {
  return [...ignoredIn(certificates)].flatMap(({ tenant, clientAppKey }) => {
    const used = certificates.find((other) => other.tenant === tenant && other.inUse === true);
    if (used === undefined) return [];
    const source = used.inUseFrom === 'tenant' ? 'according to the tenant' : 'by this record';
    const keys = `for ${onOneLine(clientAppKey)} at ${tenant}: the tenant pushes with ${onOneLine(used.clientAppKey)}`;
    return `No pushes ${keys}, the key set last ${source}.`;
  });
}

type Place = Pick<CertificateStatus, 'clientAppKey' | 'tenant'>;

function placeOf({ clientAppKey, tenant }: Place): string {
  return JSON.stringify([tenant, clientAppKey]);
}

function subjectFor({ clientAppKey, tenant }: Place): string {
  return `Pushes for ${onOneLine(clientAppKey)} at ${tenant}`;
}

/**
 * The certificates in use that a push has proven, and those of which nothing is known.
 */
function reachOf(certificates: readonly CertificateStatus[]): string {
  const used = certificates.filter(({ inUse }) => inUse !== false);
  const keysOf = (reach: CertificateStatus['reach']): string =>
    listed(used.filter((one) => one.reach === reach).map(({ clientAppKey }) => clientAppKey));
  const sandbox = listed(used.filter(isForSandbox).map(({ clientAppKey }) => clientAppKey));
  const proven = used.map(provenSentence).join('');
  const unproven = keysOf('not-known');
  return [
    sandbox === ''
      ? ''
      : `For the sandbox only, as requested: ${sandbox}. Apps from the App Store or TestFlight get no pushes with it.\n`,
    proven,
    unproven === '' ? '' : `${wordsForUnproven(unproven)}\n`,
  ].join('');
}

function provenSentence(certificate: CertificateStatus): string {
  const { provenAt } = certificate;
  if (provenAt === null) return '';
  return `${wordsForProven({ ...certificate, at: provenAt })}: a push was approved, and its app confirmed.${rehearsalCaveat(certificate.tenant)}\n`;
}

/** Whether it serves the sandbox alone, and that was asked for. */
function isForSandbox({ environments, environment }: CertificateStatus): boolean {
  return environments?.includes('production') === false && environment === 'sandbox';
}

function wordsForUse({ inUse, ignoredSince }: KeyUse): string {
  if (inUse === null) return 'unknown';
  if (inUse) return 'yes';
  const since = ignoredSince === null ? '' : ` on ${ignoredSince.slice(0, 10)}`;
  return `no, another key was set${since}`;
}

function sentenceFor(request: RequestStatus, style: Style): string {
  const { outcome, asked } = request;
  if (outcome === 'unknown') return style.mark('warning', unknownSentence(request));
  const done = outcome === 'done' ? 'the tenant did it' : `the tenant did not ${asked} it`;
  return style.mark('ok', `${nameOf(request)} is settled: ${done}.`);
}

function unknownSentence(request: RequestStatus): string {
  const done = request.asked === 'set' ? 'set' : 'deleted';
  const profile = request.profile === null ? '' : ` (profile "${request.profile}")`;
  return `${nameOf(request)}${profile}: its outcome is unknown. The tenant may have ${done} it.`;
}

/**
 * `The request to set the push certificate for com.example.app at https://acme.example on
 * 2026-11-24 (SHA-256 0123abcd…)`.
 */
function nameOf({ asked, clientAppKey, tenant, at, fingerprint }: RequestStatus): string {
  const which =
    asked === 'set' && fingerprint !== null ? ` (SHA-256 ${fingerprint.slice(0, 8)}…)` : '';
  const what = `request to ${asked} the push certificate for ${clientAppKey} at ${tenant}`;
  return `The ${what} on ${at.slice(0, 10)}${which}`;
}

export function formatMetrics(report: StatusReport): string {
  const expiry = formatExpiryMetrics(
    report.certificates.flatMap(({ notAfter, daysLeft, topic, ...certificate }) =>
      notAfter === null || daysLeft === null
        ? []
        : [{ notAfter, daysLeft, labels: { ...labelsOf(certificate), topic: topic ?? '' } }],
    ),
  );
  const gauge = formatGauge(
    'mfa_cli_outcome_unknown',
    'A request to set or delete a push certificate whose outcome is unknown.',
    openIn(report).map((request) => ({
      labels: { ...labelsOf(request), asked: request.asked },
      value: 1,
    })),
  );
  const ignored = ignoredIn(report.certificates);
  const objections = formatObjectionMetrics(
    report.certificates
      .filter((certificate) => !ignored.has(certificate))
      .flatMap((certificate) =>
        certificate.against.map(({ code }) => ({ ...labelsOf(certificate), code })),
      ),
  );
  return `${expiry}${objections}${gauge}`;
}

function labelsOf({
  profile,
  tenant,
  clientAppKey,
}: Pick<CertificateStatus, 'profile' | 'tenant' | 'clientAppKey'>) {
  return { profile: profile ?? '', tenant, client_app_key: clientAppKey };
}
