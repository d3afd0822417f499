import { profileNamed } from '../../auth/profile-changes.ts';
import { daysLeft } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import { formatDaysLeft } from '../../report/dates.ts';
import { formatTable } from '../../report/fields.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import { readStored } from '../session.ts';
import type { StatusOptions } from './status.options.ts';

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
  const warnDays = parseDays(options.warnDays ?? '30');
  const { profiles, sources } = await readStored(options, context);
  const now = context.now();
  const names = options.allProfiles === true ? Object.keys(profiles.profiles) : [sources.profileName];
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

function parseDays(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new CliError('usage', `"${text}" is not a number of days`);
  return Number(text);
}

function format({ certificates, warnDays }: StatusReport, style: Style): string {
  const origin = 'This is what this machine set last; the tenant may hold something else.\n';
  if (certificates.length === 0) return `No certificate was set from this machine.\n`;
  const rows = certificates.map(({ profile, tenant, clientAppKey, notAfter, daysLeft: days }) => [
    profile,
    tenant,
    clientAppKey,
    formatDaysLeft(notAfter, days, style, warnDays),
  ]);
  return `${formatTable(['PROFILE', 'TENANT', 'CLIENT APP KEY', 'VALID UNTIL'], rows, style)}\n${origin}`;
}

export const command: CommandModule<StatusOptions, StatusReport> = {
  work: status,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};
