import type { CertificateRecord, Profile, Profiles } from '../../auth/profile.ts';
import { CliError } from '../../errors/cli-error.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import { isOn } from '../../text/phrasing.ts';
import type { KnownTenant } from './file/new-fleet.ts';

/**
 * The tenants of this machine's profiles, with what was set there last, whichever profile it was set with. A profile that has
 * nothing but a virtual phone is none of an admin.
 */
export function knownTenants({ profiles }: Profiles): readonly KnownTenant[] {
  const own = Object.entries(profiles).map(([name, profile]) => ({
    name,
    profile,
    origin: originOf(profile),
  }));
  const records = latestRecords(own.flatMap(({ profile }) => profile.certificates));
  const known: KnownTenant[] = [];
  const met = new Set<string>();
  for (const { name, profile, origin } of own) {
    const isPhone = profile.device != null && profile.session === null && profile.certificates.length === 0;
    if (origin === null || isPhone || met.has(origin)) continue;
    met.add(origin);
    known.push({ profile: name, tenant: origin, ...accountOf(profile), certificates: at(records, origin) });
  }
  // What was set with a profile that is of another tenant by now: signing in again takes a profile of its own.
  const others = [...new Set(records.map(({ tenant }) => tenant))].filter((tenant) => !met.has(tenant));
  return [
    ...known,
    ...others.map((tenant) => {
      const [profile = tenant] = new URL(tenant).hostname.split('.');
      return { profile, tenant, ...nobody, certificates: at(records, tenant) };
    }),
  ];
}

const nobody = { clientId: null, appId: null, scope: null, platformToken: false };

function originOf({ settings, session }: Profile): string | null {
  try {
    return session?.tenant ?? (settings.tenant === undefined ? null : parseTenantAddress(settings.tenant));
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}

/** A service user signs in with a secret each time; a person has a session. */
function accountOf({ settings, session }: Profile): Omit<KnownTenant, 'profile' | 'tenant' | 'certificates'> {
  if (session?.grant !== 'client-credentials') return nobody;
  return {
    clientId: session.clientId,
    appId: session.appId === 'mfa-cli' ? null : session.appId,
    scope: settings.scope === undefined || settings.scope === 'all' ? null : settings.scope,
    platformToken: isOn(settings['platform-token']),
  };
}

function at(records: readonly CertificateRecord[], tenant: string): readonly CertificateRecord[] {
  return records.filter((record) => record.tenant === tenant);
}

/** The last of each pair of tenant and client app key. */
function latestRecords(records: readonly CertificateRecord[]): readonly CertificateRecord[] {
  const latest = new Map<string, CertificateRecord>();
  for (const record of records) {
    const pair = JSON.stringify([record.tenant, record.clientAppKey]);
    const other = latest.get(pair);
    if (other === undefined || other.setAt <= record.setAt) latest.set(pair, record);
  }
  return [...latest.values()].filter(({ tenant }) => URL.canParse(tenant));
}
