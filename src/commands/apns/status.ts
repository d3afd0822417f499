import type { TenantHistory } from '../../change/history.ts';
import { certificatesAt } from '../../change/history.ts';
import { otherLedger } from '../../change/ledger-file.ts';
import { historyAt, type Memory, readMemory, readNamed } from '../../change/read-memory.ts';
import { noteSettlements, settledMemory } from '../../change/refresh/settle-past-requests.ts';
import { defaultWarnDays } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { CliError, orNull } from '../../errors/cli-error.ts';
import { isThere } from '../../files/directory.ts';
import { noConnection } from '../../settings/options.ts';
import { warnOfOverrides } from '../../settings/overrides.ts';
import { requireProfile } from '../../settings/require-profile.ts';
import { readSettings } from '../../settings/resolve.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import { variable } from '../../settings/values.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import { harmless } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { formatText } from './format-status.ts';
import type { StatusOptions } from './options.ts';
import type { TenantAnswers } from './refresh.ts';
import { statusFormats } from './status-formats.ts';
import {
  areQuiet,
  certificatesOf,
  ignoredIn,
  requestsOf,
  type StatusReport,
} from './status-report.ts';

async function status(options: StatusOptions, context: Context): Promise<StatusReport> {
  if (options.format !== undefined && context.terminal.flags.json)
    throw new CliError('usage', '--json and --format cannot be used together', {
      facts: { command: ['mfa-cli', 'apns', 'status'] },
    });
  const settings = await readSettings({ ...noConnection, ...options }, context);
  if (options.profile !== undefined) requireProfile(settings.profiles, options.profile);
  const named = namedLedgers(options, context);
  const scope = scopeOf(options, settings, named, context);
  for (const path of named)
    if (!isThere(path)) throw new CliError('file-not-found', `The record ${path} does not exist`);
  if (scope !== null) warnOfOverrides(settings, ['tenant'], context);
  const places = named.map((path) => otherLedger(path));
  const read =
    places.length > 0
      ? await readNamed(places, context)
      : await readMemory({ tenants: null }, context);

  const tenants = tenantsIn(scope, read, options.refresh === true ? settings : null);
  const asked = tenants.map((tenant) => ({
    history: historyAt(read, tenant),
    profile: askingProfile(tenant, settings),
  }));
  // Load the tenant client only if a tenant is asked.
  const reported =
    options.refresh === true
      ? await (await import('./refresh.ts')).askTenants(asked, settings, options, context)
      : new Map<string, TenantAnswers>();
  const settled = [...reported.values()].flatMap((each) => each.settled);
  await noteSettlements(read, settled, places[0] ?? null, context);
  const memory = settledMemory(read, settled);

  const terms = { now: context.now(), warnDays: options.warnDays ?? defaultWarnDays };
  const known = tenants.map((tenant) => ({
    history: historyAt(memory, tenant),
    profile: profileAt(tenant, settings),
    reported: reported.get(tenant) ?? null,
  }));
  const certificates = known
    .flatMap((each) => certificatesOf(each, terms))
    .sort((one, other) => (one.daysLeft ?? Infinity) - (other.daysLeft ?? Infinity));
  const requests = known.flatMap(requestsOf);
  const latest = [...reported].map(([tenant, each]) => ({ tenant, latest: each.latest }));
  return {
    source: 'machine',
    records: named,
    warnDays: terms.warnDays,
    profile: scope !== null && isOfProfile(options, named) ? settings.profileName : null,
    elsewhere: countElsewhere(memory, tenants),
    certificates,
    requests,
    ...(options.refresh === true ? { latest } : {}),
    ok: requests.every(({ outcome }) => outcome !== 'unknown') && areQuiet(certificates),
  };
}

/** The ledgers to read in place of the machine's. */
function namedLedgers({ record }: StatusOptions, { env }: Context): readonly string[] {
  const inEnvironment = variable(env, 'MFA_CLI_RECORD');
  return record ?? (inEnvironment === undefined ? [] : [inEnvironment]);
}

/** Whether only the tenants of one profile are listed. */
function isOfProfile(
  { tenant, profile, allProfiles }: StatusOptions,
  named: readonly string[],
): boolean {
  return (
    tenant === undefined && allProfiles !== true && (named.length === 0 || profile !== undefined)
  );
}

/**
 * The tenants to list; null: all that are known. A profile without a tenant filters
 * nothing, unless it was named.
 * @throws {CliError} usage
 */
function scopeOf(
  options: StatusOptions,
  settings: Settings,
  named: readonly string[],
  { env }: Context,
): readonly string[] | null {
  if (options.tenant !== undefined) return [orThrow(settings.tenant) ?? ''];
  if (!isOfProfile(options, named)) return null;
  // A wrong setting of the profile stops only who has no session either.
  const session = settings.profile.session?.tenant ?? null;
  const own = session === null ? orThrow(settings.tenant) : orNull(() => orThrow(settings.tenant));
  const tenants = [...new Set([own, session])].filter((tenant) => tenant !== null);
  const isNamed = (options.profile ?? variable(env, 'MFA_CLI_PROFILE')) !== undefined;
  return tenants.length === 0 && !isNamed ? null : tenants;
}

/**
 * @param settings of a run that asks tenants: those of profiles without a record as well
 */
function tenantsIn(
  scope: readonly string[] | null,
  { history }: Memory,
  settings: Settings | null,
): readonly string[] {
  if (scope !== null) return scope;
  const ofProfiles = settings === null ? [] : Object.keys(settings.profiles.profiles);
  const more = ofProfiles.flatMap((name) => tenantsOfProfile(name, settings as Settings));
  return [...new Set([...history.tenants.keys(), ...more])];
}

function tenantsOfProfile(name: string, { profiles }: Settings): readonly string[] {
  const profile = profiles.profiles[name];
  const given = profile?.settings.tenant;
  const address = given === undefined ? null : orNull(() => parseTenantAddress(given));
  return [profile?.session?.tenant ?? null, address].filter((tenant) => tenant !== null);
}

/** The profile that signs in at a tenant: the current one if it does, else the first. */
function profileAt(tenant: string, settings: Settings): string | null {
  const { profileName, profiles } = settings;
  const isOverridden = settings.overrides.some(({ key }) => key === 'tenant');
  if (!isOverridden && orNull(() => orThrow(settings.tenant)) === tenant) return profileName;
  const names = [profileName, ...Object.keys(profiles.profiles)];
  return names.find((name) => tenantsOfProfile(name, settings).includes(tenant)) ?? null;
}

/**
 * The profile whose settings ask a tenant: the current one also where a variable names
 * the tenant.
 */
function askingProfile(tenant: string, settings: Settings): string | null {
  if (orNull(() => orThrow(settings.tenant)) === tenant) return settings.profileName;
  return profileAt(tenant, settings);
}

function countElsewhere({ history }: Memory, listed: readonly string[]): number {
  const others = [...history.tenants].filter(([tenant]) => !listed.includes(tenant));
  return others.flatMap(([, each]: readonly [string, TenantHistory]) => certificatesAt(each))
    .length;
}

export const command: CommandModule<StatusOptions, StatusReport, string | Uint8Array> = {
  work: status,
  format: (report, style, { format = 'text' }, now) =>
    format === 'text'
      ? formatText(report, style)
      : Buffer.from(statusFormats[format](harmless(report), now)),
  exitCode: ({ ok }) => (ok ? 0 : 4),
  atEnd: {
    did: () => null,
    isUnknown: ({ certificates }) => areQuiet(certificates),
    dues({ certificates }) {
      const ignored = ignoredIn(certificates);
      return certificates.flatMap((certificate) => {
        const { fingerprint, daysLeft, tenant, clientAppKey } = certificate;
        const isDue = fingerprint !== null && daysLeft !== null;
        if (!isDue || ignored.has(certificate)) return [];
        return [{ fingerprint, daysLeft, tenant, place: { tenant, clientAppKey } }];
      });
    },
    ledger: ({ records }) => records[0] ?? null,
  },
};
