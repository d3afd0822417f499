import { profileNamed } from '../../auth/profile-changes.ts';
import { daysLeft } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import { warnDaysOf } from '../../inputs/judging.ts';
import { addExamples } from '../../inputs/options.ts';
import { requireProfile } from '../../inputs/require-profile.ts';
import { type GlobalOptions, readSettings } from '../../inputs/settings.ts';
import { formatDaysLeft } from '../../report/dates.ts';
import { formatTable } from '../../report/fields.ts';
import { formatAnnotation } from '../../report/github.ts';
import { formatGauge } from '../../report/prometheus.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/count.ts';
import type { CommandModule, Declaration } from '../command.ts';

/** For a person, as annotations of a GitHub workflow, or as metrics. */
type StatusFormat = 'text' | 'github' | 'prometheus';

export interface StatusOptions extends GlobalOptions {
  readonly allProfiles?: boolean;
  readonly warnDays?: string;
  readonly format?: StatusFormat;
}

export const declaration: Declaration = {
  words: ['apns', 'status'],
  summary: 'show what this machine set last, with days left',
  options(command) {
    command
      .option('--all-profiles', 'all profiles, not only the one in force')
      .option('--warn-days <days>', 'exit 4 with this many days left or fewer', '30')
      .addOption(
        command
          .createOption('--format <format>', 'how to print it; default: text')
          .choices(['text', 'github', 'prometheus']),
      );
    addExamples(
      command,
      'mfa-cli apns status',
      'mfa-cli apns status --all-profiles --warn-days 45',
      'mfa-cli apns status --all-profiles --format github',
      'mfa-cli apns status --all-profiles --format prometheus > mfa_cli.prom',
    );
  },
};

/** What this machine set last for one client app key. */
export interface CertificateStatus {
  readonly profile: string;
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly topic: string;
  readonly fingerprint: string;
  readonly notAfter: string;
  readonly daysLeft: number;
  readonly state: 'valid' | 'expires-soon' | 'expired';
  readonly setAt: string;
}

export interface StatusReport {
  /** Always `machine`: the tenant is not asked, since it has no documented way to tell. */
  readonly source: 'machine';
  readonly warnDays: number;
  /** Fewest days left first. */
  readonly certificates: readonly CertificateStatus[];
  readonly ok: boolean;
}

export async function status(options: StatusOptions, context: Context): Promise<StatusReport> {
  if (options.format !== undefined && context.terminal.flags.json)
    throw new CliError('usage', '--json and --format exclude each other', {
      facts: { command: 'mfa-cli apns status' },
    });
  const warnDays = warnDaysOf(options);
  const { profiles, profileName } = await readSettings(options, context);
  if (options.profile !== undefined) requireProfile(profiles, options.profile);
  const now = context.now();
  const names = options.allProfiles === true ? Object.keys(profiles.profiles) : [profileName];
  const certificates = names
    .flatMap((profile) =>
      profileNamed(profiles, profile).certificates.map((record) => ({ profile, ...record })),
    )
    .map((record): CertificateStatus => {
      const days = daysLeft(new Date(record.notAfter), now);
      return { ...record, daysLeft: days, state: stateOf(record.notAfter, days, warnDays, now) };
    })
    .sort((one, other) => one.daysLeft - other.daysLeft);
  return {
    source: 'machine',
    warnDays,
    certificates,
    ok: certificates.every(({ state }) => state === 'valid'),
  };
}

function stateOf(notAfter: string, days: number, warnDays: number, now: Date): CertificateStatus['state'] {
  if (Date.parse(notAfter) <= now.getTime()) return 'expired';
  return days <= warnDays ? 'expires-soon' : 'valid';
}

function format(report: StatusReport, style: Style, options: StatusOptions): string | Uint8Array {
  if (options.format === 'github') return Buffer.from(formatAnnotations(report));
  if (options.format === 'prometheus') return Buffer.from(formatMetrics(report));
  return formatText(report, style);
}

/** Behind what ends with exit 4, since a pipe has no color. */
const marks: Readonly<Record<CertificateStatus['state'], string>> = {
  valid: '',
  'expires-soon': '  !',
  expired: '  ✗',
};

const nothingSet = 'No certificate was set from this machine.';

function formatText({ certificates, warnDays }: StatusReport, style: Style): string {
  const origin = 'This is what this machine set last; the tenant may hold something else.\n';
  if (certificates.length === 0) return `${nothingSet}\n`;
  const rows = certificates.map(({ profile, tenant, clientAppKey, notAfter, daysLeft: days, state }) => [
    profile,
    tenant,
    clientAppKey,
    `${formatDaysLeft(notAfter, days, style, warnDays)}${marks[state]}`,
  ]);
  return `${formatTable(['PROFILE', 'TENANT', 'CLIENT APP KEY', 'VALID UNTIL'], rows, style)}\n${origin}`;
}

/** An error for what has expired, a warning for what soon does; and one for no record, since such a job never warns. */
function formatAnnotations({ certificates, warnDays }: StatusReport): string {
  if (certificates.length === 0) return formatAnnotation('warning', 'certificate-unknown', nothingSet);
  const annotations = certificates.flatMap(
    ({ state, profile, tenant, clientAppKey, notAfter, daysLeft: days }) => {
      const what = `The push certificate for ${clientAppKey} at ${tenant} (profile ${profile})`;
      const date = notAfter.slice(0, 10);
      if (state === 'expired')
        return formatAnnotation('error', 'certificate-expired', `${what} expired on ${date}.`);
      if (state === 'valid') return [];
      const left = `${what} expires on ${date}, in ${count(days, 'day')}.`;
      return formatAnnotation('warning', 'certificate-expires-soon', left);
    },
  );
  if (annotations.length > 0) return annotations.join('');
  return `No certificate that was set from this machine expires within ${count(warnDays, 'day')}.\n`;
}

/** Seconds since 1970, as Prometheus has its times, and whole days. */
function formatMetrics({ certificates }: StatusReport): string {
  const samples = (measure: (certificate: CertificateStatus) => number) =>
    certificates.map((certificate) => {
      const { profile, tenant, clientAppKey, topic } = certificate;
      return {
        labels: { profile, tenant, client_app_key: clientAppKey, topic },
        value: measure(certificate),
      };
    });
  return [
    formatGauge(
      'mfa_cli_certificate_expiry_timestamp_seconds',
      'End of the push certificate that this machine set last, in seconds since 1970.',
      samples(({ notAfter }) => Date.parse(notAfter) / 1000),
    ),
    formatGauge(
      'mfa_cli_certificate_days_left',
      'Whole days until the push certificate that this machine set last ends, negative once it has.',
      samples(({ daysLeft: days }) => days),
    ),
  ].join('');
}

export const command: CommandModule<StatusOptions, StatusReport> = {
  work: status,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};
