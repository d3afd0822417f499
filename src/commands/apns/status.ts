import { profileNamed } from '../../auth/profiles.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import { daysLeft, type Validity, validityOf } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { formatDaysLeft, formatTable } from '../../report/fields.ts';
import { formatAnnotation, formatExpiryAnnotation, formatExpiryMetrics } from '../../report/monitoring.ts';
import { requireProfile } from '../../settings/require-value.ts';
import { type GlobalOptions, readSettings, warnDaysOf } from '../../settings/settings.ts';
import type { Held } from '../../tenant/certificates.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import type { CommandModule } from '../command.ts';
import { wordsForHeld } from './records.ts';

export interface StatusOptions extends GlobalOptions {
  readonly allProfiles?: boolean;
  readonly warnDays?: string;
  readonly refresh?: boolean;
  readonly format?: StatusFormat;
}

export async function status(options: StatusOptions, context: Context): Promise<StatusReport> {
  if (options.format !== undefined && context.terminal.flags.json)
    throw new CliError('usage', '--json and --format exclude each other', {
      facts: { command: 'mfa-cli apns status' },
    });
  const warnDays = warnDaysOf(options);
  const settings = await readSettings(options, context);
  const { profiles, profileName } = settings;
  if (options.profile !== undefined) requireProfile(profiles, options.profile);
  const now = context.now();
  const names = options.allProfiles === true ? Object.keys(profiles.profiles) : [profileName];
  const kept = names.flatMap((profile) =>
    profileNamed(profiles, profile).certificates.map((record) => ({ profile, ...record })),
  );
  // What speaks with a tenant is loaded only where one is asked.
  const held =
    options.refresh === true
      ? await (await import('./held.ts')).askHeld(kept, settings, options, context)
      : [];
  const certificates = kept
    .map((record, index): CertificateStatus => {
      const notAfter = new Date(record.notAfter);
      const state = validityOf(notAfter, now, warnDays);
      const said = held[index];
      return {
        ...record,
        daysLeft: daysLeft(notAfter, now),
        state,
        ...(said === undefined ? {} : { held: said }),
      };
    })
    .sort((one, other) => one.daysLeft - other.daysLeft);
  return {
    source: 'machine',
    warnDays,
    certificates,
    ok: certificates.every(({ state }) => state === 'valid'),
  };
}

export const command: CommandModule<StatusOptions, StatusReport> = {
  work: status,
  format: formatStatus,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};

/** For a person, as annotations of a GitHub workflow, or as metrics. */
export type StatusFormat = 'text' | 'github' | 'prometheus';

/** What this machine set last for one client app key. */
export interface CertificateStatus extends CertificateRecord {
  readonly profile: string;
  readonly daysLeft: number;
  readonly state: Validity;
  /** What the tenant says of it, where it was asked. */
  readonly held?: Held;
}

export interface StatusReport {
  /** Always `machine`: the days are of its record, also where the tenant was asked, which tells a topic at most. */
  readonly source: 'machine';
  readonly warnDays: number;
  /** Fewest days left first. */
  readonly certificates: readonly CertificateStatus[];
  readonly ok: boolean;
}

/** The report in the format that was asked for. */
export function formatStatus(
  report: StatusReport,
  style: Style,
  { format }: { readonly format?: StatusFormat },
): string | Uint8Array {
  if (format === 'github') return Buffer.from(formatAnnotations(report));
  if (format === 'prometheus') return Buffer.from(formatMetrics(report));
  return formatText(report, style);
}

/** Behind what ends with exit 4, since a pipe has no color. */
const marks: Readonly<Record<Validity, string>> = {
  valid: '',
  'expires-soon': '  !',
  expired: '  ✗',
};

const nothingSet = 'No certificate was set from this machine.';

function formatText({ certificates, warnDays }: StatusReport, style: Style): string {
  if (certificates.length === 0) return `${nothingSet}\n`;
  const asked = certificates.some(({ held }) => held !== undefined);
  const rows = certificates.map(
    ({ profile, tenant, clientAppKey, notAfter, daysLeft: days, state, held }) => [
      profile,
      tenant,
      clientAppKey,
      ...(asked ? [held === undefined ? '' : wordsForHeld(held)] : []),
      `${formatDaysLeft(notAfter, days, style, warnDays)}${marks[state]}`,
    ],
  );
  const head = ['PROFILE', 'TENANT', 'CLIENT APP KEY', ...(asked ? ['HELD'] : []), 'VALID UNTIL'];
  const origin = asked
    ? 'The dates are those of what this machine set last: a tenant tells a topic at most, and never which certificate.\n'
    : 'This is what this machine set last; the tenant may hold something else.\n';
  return `${formatTable(head, rows, style)}\n${origin}`;
}

/** An error for what has expired, a warning for what soon does; and one for no record, since such a job never warns. */
function formatAnnotations({ certificates, warnDays }: StatusReport): string {
  if (certificates.length === 0) return formatAnnotation('warning', 'certificate-unknown', nothingSet);
  const annotations = certificates.flatMap(({ profile, tenant, clientAppKey, topic, held, ...expiry }) => {
    const what = `The push certificate for ${clientAppKey} at ${tenant} (profile ${profile})`;
    const differs = `${what} was set with the topic ${topic}; the tenant says that it holds ${held?.topic ?? 'none'}.`;
    return [
      formatExpiryAnnotation(what, expiry),
      ...(held?.outcome === 'differs' ? [formatAnnotation('warning', 'certificate-differs', differs)] : []),
    ].filter((annotation) => annotation !== '');
  });
  if (annotations.length > 0) return annotations.join('');
  return `No certificate that was set from this machine expires within ${count(warnDays, 'day')}.\n`;
}

function formatMetrics({ certificates }: StatusReport): string {
  return formatExpiryMetrics(
    certificates.map(({ profile, tenant, clientAppKey, topic, notAfter, daysLeft }) => ({
      labels: { profile, tenant, client_app_key: clientAppKey, topic },
      notAfter,
      daysLeft,
    })),
  );
}
