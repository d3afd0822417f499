import type { Profiles } from '../../auth/profile.ts';
import { profileNamed } from '../../auth/profiles.ts';
import { isSame, type OpenRequest, openRequests, requestsByTenant } from '../../auth/requests.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import { type KeyUse, keysInUse, keyUse } from '../../checks/key-in-use.ts';
import { daysLeft, defaultWarnDays, type Validity, validityOf } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { formatDaysLeft, wordsForHeld, wordsForPhones } from '../../report/fields.ts';
import { formatExpiryMetrics, formatGauge } from '../../report/monitoring.ts';
import { formatTable } from '../../report/table.ts';
import { noConnection } from '../../settings/options.ts';
import { requireProfile } from '../../settings/require-value.ts';
import { readSettings } from '../../settings/resolve.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import type { Held } from '../../tenant/read-back.ts';
import type { Mark, Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import type { CommandModule } from '../command.ts';
import type { StatusOptions } from './options.ts';

/** The certificate that this machine set last for a client app key, and whether the tenant uses that key. */
interface CertificateStatus extends CertificateRecord, KeyUse {
  readonly profile: string;
  readonly daysLeft: number;
  readonly state: Validity;
  /** The tenant's report, if it was asked. */
  readonly held?: Held;
  /** The iPhones enrolled at the tenant, if it was asked; null if it does not say. */
  readonly phones?: PhoneCount | null;
}

/** A request without an answer. */
interface RequestStatus extends Omit<OpenRequest, 'outcome'>, KeyUse {
  /** Other than `unknown` if the tenant's report has just settled it. */
  readonly outcome: 'unknown' | 'done' | 'not-done';
}

export interface StatusReport {
  /** Always `machine`: the dates come from its record, even if the tenant was asked, which reports at most a topic. */
  readonly source: 'machine';
  readonly warnDays: number;
  /** The only profile with the listed records; null: every profile was read. */
  readonly profile: string | null;
  /** The number of certificates on record in other profiles, which are not listed. */
  readonly elsewhere: number;
  /** Fewest days left first. */
  readonly certificates: readonly CertificateStatus[];
  readonly requests: readonly RequestStatus[];
  /** Whether every certificate is valid for more than `warnDays` days, and no outcome is unknown. */
  readonly ok: boolean;
}

export async function status(options: StatusOptions, context: Context): Promise<StatusReport> {
  if (options.format !== undefined && context.terminal.flags.json)
    throw new CliError('usage', '--json and --format cannot be used together', {
      facts: { command: ['mfa-cli', 'apns', 'status'] },
    });
  const { warnDays = defaultWarnDays } = options;
  const settings = await readSettings({ ...noConnection, ...options }, context);
  if (options.profile !== undefined) requireProfile(settings.profiles, options.profile);
  const now = context.now();
  const ofAll = options.allProfiles === true;
  const names = ofAll ? Object.keys(settings.profiles.profiles) : [settings.profileName];
  // Load the tenant client only if a tenant is asked.
  const asked =
    options.refresh === true
      ? await (await import('./refresh.ts')).refreshRecord(names, settings, options, context)
      : null;
  const profiles = asked?.profiles ?? settings.profiles;
  const requests = requestsByTenant(profiles);
  const useOf = ({
    tenant,
    clientAppKey,
  }: Pick<CertificateRecord, 'tenant' | 'clientAppKey'>): KeyUse =>
    keyUse(keysInUse(requests.get(tenant) ?? [], asked?.latestKeyOf(tenant)), clientAppKey);
  const certificates = names
    .flatMap((profile) =>
      profileNamed(profiles, profile).certificates.map((record) => ({ profile, ...record })),
    )
    .map((record): CertificateStatus => {
      const notAfter = new Date(record.notAfter);
      const held = asked?.heldFor(record);
      return {
        ...record,
        daysLeft: daysLeft(notAfter, now),
        state: validityOf(notAfter, now, warnDays),
        ...useOf(record),
        ...(held === undefined ? {} : { held, phones: asked?.phonesFor(record) ?? null }),
      };
    })
    .sort((one, other) => one.daysLeft - other.daysLeft);
  const open = openRequests(profiles).filter(({ profile }) => names.includes(profile));
  const settled = asked?.settled.map(({ request, done }) => ({
    ...request,
    outcome: done ? ('done' as const) : ('not-done' as const),
  }));
  return {
    source: 'machine',
    warnDays,
    profile: ofAll ? null : settings.profileName,
    elsewhere: ofAll ? 0 : recordsOutside(settings.profileName, profiles),
    certificates,
    requests: [
      ...open.map((one) => ({ ...one, outcome: 'unknown' as const })),
      ...(settled ?? []),
    ].map((one) => ({ ...one, ...useOf(one) })),
    ok: open.length === 0 && certificates.every(({ state }) => state === 'valid'),
  };
}

function recordsOutside(name: string, { profiles }: Profiles): number {
  return Object.entries(profiles).flatMap(([other, { certificates }]) =>
    other === name ? [] : certificates,
  ).length;
}

function nothingOnRecord({ profile, elsewhere }: StatusReport): string {
  const owner = profile === null ? 'on this machine' : `for the profile "${profile}"`;
  const others =
    elsewhere === 0
      ? ''
      : ` Other profiles have ${count(elsewhere, 'certificate')}: run \`mfa-cli apns status --all-profiles\`.`;
  return `No certificate is on record ${owner}.${others}`;
}

function openIn({ requests }: StatusReport): readonly RequestStatus[] {
  return requests.filter(({ outcome }) => outcome === 'unknown');
}

/** Of the rows that cause exit 4. */
const marks: Readonly<Record<Validity, Mark | null>> = {
  valid: null,
  'expires-soon': 'warning',
  expired: 'error',
};

const wayOut =
  'The next set or delete of that key settles it. --refresh settles it if the tenant reports enough.';

function formatText(report: StatusReport, style: Style): string {
  const { certificates, requests, warnDays } = report;
  const sentences = requests.map((request) => `${sentenceFor(request, style)}\n`).join('');
  const missing = openIn(report).length > 0 ? `${sentences}${wayOut}\n` : sentences;
  if (certificates.length === 0)
    return missing === ''
      ? `${nothingOnRecord(report)} Set one with \`mfa-cli apns set cert.p12\`.\n`
      : missing;
  const asked = certificates.some(({ held }) => held !== undefined);
  const several = certificates.some(({ inUse }) => inUse !== true);
  const rows = certificates.map((certificate) => {
    const { profile, tenant, clientAppKey, notAfter, daysLeft, state, held } = certificate;
    const mark = marks[state];
    return [
      ...[mark === null ? '' : style.mark(mark), clientAppKey, tenant, profile],
      ...(several ? [wordsForUse(certificate)] : []),
      ...(asked ? [held === undefined ? '-' : wordsForHeld(held)] : []),
      formatDaysLeft(notAfter, daysLeft, style, warnDays),
    ];
  });
  const [use, heldHead] = [several ? ['In use'] : [], asked ? ['Held'] : []];
  const head = ['', 'Client app key', 'Tenant', 'Profile', ...use, ...heldHead, 'Valid until'];
  const narrowing = { least: ['Profile'], long: ['Client app key', 'Tenant', 'Profile', 'Held'] };
  const origin = asked
    ? "The dates come from this machine's record: a tenant reports a topic at most, never the certificate.\n"
    : 'This is what this machine set last; the tenant may hold something else.\n';
  const told = new Map(certificates.map(({ tenant, phones }) => [tenant, phones ?? null]));
  const phones = [...told]
    .map(([tenant, count]) => `${tenant}: ${wordsForPhones(count)}.\n`)
    .join('');
  const below = `${missing === '' ? '' : `${missing}\n`}${asked ? phones : ''}${origin}`;
  return `${formatTable(head, rows, style, narrowing)}\n${below}`;
}

function wordsForUse({ inUse, ignoredSince }: KeyUse): string {
  if (inUse === null) return 'unknown';
  if (inUse) return 'yes';
  return ignoredSince === null ? 'no, ignored' : `no, ignored since ${ignoredSince.slice(0, 10)}`;
}

function sentenceFor(request: RequestStatus, style: Style): string {
  const { outcome, asked } = request;
  if (outcome === 'unknown') return style.mark('warning', unknownSentence(request));
  const done = outcome === 'done' ? 'the tenant did it' : `the tenant did not ${asked} it`;
  return style.mark('ok', `${nameOf(request)} is settled: ${done}.`);
}

function unknownSentence(request: RequestStatus): string {
  const done = request.asked === 'set' ? 'set' : 'deleted';
  return `${nameOf(request)} (profile "${request.profile}"): the tenant did not answer, and may have ${done} it.`;
}

/** `The set of a push certificate for com.example.app at https://acme.example on 2026-11-24 (SHA-256 0123abcd…)`. */
function nameOf({ asked, clientAppKey, tenant, at, fingerprint }: RequestStatus): string {
  const which =
    asked === 'set' && fingerprint !== null ? ` (SHA-256 ${fingerprint.slice(0, 8)}…)` : '';
  const noun = asked === 'set' ? 'set' : 'deletion';
  const what = `${noun} of a push certificate for ${clientAppKey} at ${tenant}`;
  return `The ${what} on ${at.slice(0, 10)}${which}`;
}

function formatMetrics(report: StatusReport): string {
  const expiry = formatExpiryMetrics(
    report.certificates.map(({ profile, tenant, clientAppKey, topic, ...rest }) => ({
      ...rest,
      labels: { profile, tenant, client_app_key: clientAppKey, topic },
    })),
  );
  const gauge = formatGauge(
    'mfa_cli_outcome_unknown',
    'A set or delete of a push certificate without an answer.',
    openIn(report).map(({ profile, tenant, clientAppKey, asked }) => ({
      labels: { profile, tenant, client_app_key: clientAppKey, asked },
      value: 1,
    })),
  );
  return `${expiry}${gauge}`;
}

export const command: CommandModule<StatusOptions, StatusReport, string | Uint8Array> = {
  work: status,
  format: (report, style, { format }) =>
    format === 'prometheus' ? Buffer.from(formatMetrics(report)) : formatText(report, style),
  exitCode: ({ ok }) => (ok ? 0 : 4),
  atEnd: {
    did: () => null,
    isUnknown: ({ certificates }) => certificates.every(({ state }) => state === 'valid'),
    // If several profiles set a certificate for one key, the last one counts.
    dues: ({ certificates }) =>
      certificates.filter(
        (one) => !certificates.some((other) => isSame(other, one) && other.setAt > one.setAt),
      ),
  },
};
