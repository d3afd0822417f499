import type { Profiles } from '../../auth/profile.ts';
import { profileNamed } from '../../auth/profiles.ts';
import { isSame, openRequests, requestsTo } from '../../auth/requests.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import { type KeyUse, keysInUse, keyUse } from '../../checks/key-in-use.ts';
import { daysLeft, validityOf } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { CliError, orNull } from '../../errors/cli-error.ts';
import { warnDaysOf } from '../../settings/numbers.ts';
import { requireProfile } from '../../settings/require-value.ts';
import { type GlobalOptions, readSettings } from '../../settings/settings.ts';
import { variable } from '../../settings/variable.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import type { CommandModule } from '../command.ts';
import {
  type CertificateStatus,
  formatStatus,
  type StatusFormat,
  type StatusReport,
} from './status/formats.ts';

export interface StatusOptions extends GlobalOptions {
  readonly tenant?: string;
  readonly allProfiles?: boolean;
  readonly warnDays?: string;
  readonly refresh?: boolean;
  readonly format?: StatusFormat;
}

export async function status(given: StatusOptions, context: Context): Promise<StatusReport> {
  // Credentials in the environment do not belong to the tenant that `--tenant` selects records of.
  const { tenant, ...options } = given;
  if (options.format !== undefined && context.terminal.flags.json)
    throw new CliError('usage', '--json and --format cannot be used together', {
      facts: { command: 'mfa-cli apns status' },
    });
  const warnDays = warnDaysOf(options);
  const read = await readSettings(options, context);
  if (tenant !== undefined) requireKnownTenant(parseTenantAddress(tenant), read.profiles);
  const settings = tenant === undefined ? read : { ...read, profiles: recordsAt(tenant, read.profiles) };
  if (options.profile !== undefined) requireProfile(settings.profiles, options.profile);
  const now = context.now();
  const isNamed = (options.profile ?? variable(context.env, 'MFA_CLI_PROFILE')) !== undefined;
  const ofAll = options.allProfiles === true || (tenant !== undefined && !isNamed);
  const names = ofAll ? Object.keys(settings.profiles.profiles) : [settings.profileName];
  // Load the tenant client only if a tenant is asked.
  const asked =
    options.refresh === true
      ? await (await import('./refresh.ts')).refreshRecord(names, settings, options, context)
      : null;
  const profiles = asked?.profiles ?? settings.profiles;
  const useOf = ({ tenant, clientAppKey }: Pick<CertificateRecord, 'tenant' | 'clientAppKey'>): KeyUse =>
    keyUse(keysInUse(requestsTo(profiles, tenant), asked?.latestKeyOf(tenant)), clientAppKey);
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
    requests: [...open.map((one) => ({ ...one, outcome: 'unknown' as const })), ...(settled ?? [])].map(
      (one) => ({ ...one, ...useOf(one) }),
    ),
    ok: open.length === 0 && certificates.every(({ state }) => state === 'valid'),
  };
}

function recordsOutside(name: string, { profiles }: Profiles): number {
  return Object.entries(profiles).flatMap(([other, { certificates }]) => (other === name ? [] : certificates))
    .length;
}

/** A check of a misspelled tenant would succeed for ever. @throws {CliError} usage, with the tenants that are known */
function requireKnownTenant(tenant: string, { profiles }: Profiles): void {
  const known = Object.values(profiles).flatMap(({ settings, session, certificates, requests = [] }) => [
    ...[settings.tenant, session?.tenant].map((one) => orNull(() => parseTenantAddress(one ?? ''))),
    ...[...certificates, ...requests].map((record) => record.tenant),
  ]);
  if (known.includes(tenant)) return;
  const tenants = [...new Set(known)].filter((one) => one !== null).join(', ') || 'none yet';
  throw new CliError('usage', `No profile and no record names ${tenant}. Tenants: ${tenants}`);
}

/** The profiles with the records of one tenant only. @throws {CliError} usage */
function recordsAt(address: string, { profiles, ...others }: Profiles): Profiles {
  const tenant = parseTenantAddress(address);
  const isThere = (record: { readonly tenant: string }): boolean => record.tenant === tenant;
  const reduced = Object.entries(profiles).map(([name, { certificates, requests = [], ...profile }]) => [
    name,
    { ...profile, certificates: certificates.filter(isThere), requests: requests.filter(isThere) },
  ]);
  return { ...others, profiles: Object.fromEntries(reduced) };
}

export const command: CommandModule<StatusOptions, StatusReport> = {
  work: status,
  format: formatStatus,
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
