import type { Profile, Profiles } from '../../auth/profile.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import { CliError } from '../../errors/cli-error.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import type { ReadBack } from '../../tenant/certificates.ts';
import { isOn } from '../../text/phrasing.ts';

export interface KnownTenant {
  /** The profile that signs in there. */
  readonly profile: string;
  readonly tenant: string;
  /** The service user of the profile's session; null: a person. */
  readonly clientId: string | null;
  readonly appId: string | null;
  readonly scope: string | null;
  readonly platformToken: boolean;
  /** The certificates set there, one for each client app key, the one in use last. */
  readonly certificates: readonly KnownCertificate[];
  /** The client app key that the tenant reports as in use, if it was asked. */
  readonly toldKey?: string;
}

/** A certificate that only the tenant reports has a key and a topic, and nothing else. */
export interface KnownCertificate extends Pick<CertificateRecord, 'clientAppKey' | 'topic'> {
  readonly fingerprint: string | null;
  readonly notAfter: string | null;
}

/**
 * The tenants of this machine's profiles, with the certificates set there last by any profile. Leaves out a profile that has
 * only a virtual phone: it is not an admin's.
 */
export function knownTenants({ profiles }: Profiles): readonly KnownTenant[] {
  const own = Object.entries(profiles).map(([name, profile]) => ({
    name,
    profile,
    origin: originOf(profile),
  }));
  const records = latestRecords(own.flatMap(({ profile }) => profile.certificates));
  const at = (origin: string) => records.filter(({ tenant }) => tenant === origin);
  const known = new Map<string, KnownTenant>();
  for (const { name, profile, origin } of own) {
    const isPhone = profile.device != null && profile.session === null && profile.certificates.length === 0;
    if (origin === null || isPhone || known.has(origin)) continue;
    known.set(origin, { profile: name, tenant: origin, ...accountOf(profile), certificates: at(origin) });
  }
  // Certificates of a profile that belongs to another tenant now: signing in again takes a new profile.
  for (const { tenant } of records) {
    const [profile = tenant] = new URL(tenant).hostname.split('.');
    if (!known.has(tenant)) known.set(tenant, { profile, tenant, ...nobody, certificates: at(tenant) });
  }
  return [...known.values()];
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

/** The last record of each pair of tenant and client app key. */
function latestRecords(records: readonly CertificateRecord[]): readonly CertificateRecord[] {
  const sorted = records.toSorted((one, other) =>
    one.setAt < other.setAt ? -1 : Number(one.setAt > other.setAt),
  );
  const latest = new Map(sorted.map((record) => [`${record.tenant} ${record.clientAppKey}`, record]));
  return [...latest.values()].filter(({ tenant }) => URL.canParse(tenant));
}

/** The tenant with its own report. The certificate of the reported key comes last, if this machine set one for it. */
export function withTold(known: KnownTenant, answer: ReadBack | undefined): KnownTenant {
  const key = answer?.latestKey ?? null;
  if (key === null || answer?.outcome !== 'told') return known;
  const { topic } = answer;
  const own = known.certificates.find(
    (each) => each.clientAppKey === key && (topic === null || each.topic === topic),
  );
  if (own === undefined && topic === null) return { ...known, toldKey: key };
  const others = known.certificates.filter(({ clientAppKey }) => clientAppKey !== key);
  const told = { clientAppKey: key, topic: topic ?? '', fingerprint: null, notAfter: null };
  return { ...known, toldKey: key, certificates: [...others, own ?? told] };
}
