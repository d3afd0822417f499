import type { Profile, Profiles } from '../../auth/profile.ts';
import { certificatesAt, type History, tenantHistory } from '../../change/history.ts';
import type { LedgerLine } from '../../change/ledger-line.ts';
import { orNull } from '../../errors/cli-error.ts';
import { defaults } from '../../settings/defaults.ts';
import { isOnThisMachine, parseTenantAddress } from '../../tenant/address.ts';
import { isOn } from '../../text/switch.ts';

/** A certificate that was set, as a new fleet file has it. */
export interface KnownCertificate {
  readonly clientAppKey: string;
  readonly topic: string;
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  readonly fingerprint: string;
  /** ISO 8601 */
  readonly notAfter: string;
}

/** A tenant that this machine knows. */
export interface KnownTenant {
  /** The profile that signs in there. */
  readonly profile: string;
  readonly tenant: string;
  /**
   * The settings of a service user, by their keys in the file; null: a person signs in.
   */
  readonly account: Readonly<Record<string, string | true>> | null;
  /** The certificate set there last, if any. */
  readonly certificate: KnownCertificate | null;
}

/**
 * The tenants of this machine's profiles, and those of its ledger. Leaves out a profile
 * that has only a virtual phone: it is not an admin's. Leaves out a local tenant that no
 * profile signs in to: it is of a past rehearsal.
 */
export function knownTenants(profiles: Profiles, history: History): readonly KnownTenant[] {
  const known = new Map<string, KnownTenant>();
  for (const [name, profile] of Object.entries(profiles.profiles)) {
    const tenant = tenantOf(profile);
    if (tenant === null || known.has(tenant)) continue;
    const certificate = certificateAt(history, tenant);
    const isPhone = profile.device != null && profile.session === null && certificate === null;
    if (isPhone) continue;
    known.set(tenant, { profile: name, tenant, account: accountOf(profile), certificate });
  }
  // Signing in to a tenant that has no profile any more takes a new one.
  for (const tenant of history.tenants.keys()) {
    const certificate = certificateAt(history, tenant);
    if (known.has(tenant) || certificate === null || !URL.canParse(tenant)) continue;
    if (isOnThisMachine(tenant)) continue;
    const [profile = tenant] = new URL(tenant).hostname.split('.');
    known.set(tenant, { profile, tenant, account: null, certificate });
  }
  return [...known.values()];
}

function tenantOf({ settings, session }: Profile): string | null {
  return session?.tenant ?? orNull(() => parseTenantAddress(settings.tenant ?? ''));
}

/** The last certificate that the tenant should have, of those that can be declared. */
function certificateAt(history: History, tenant: string): KnownCertificate | null {
  const lines = certificatesAt(tenantHistory(history, tenant)).map(({ line }) => line);
  return lines.flatMap((line) => certificateOf(line) ?? []).at(-1) ?? null;
}

function certificateOf({
  clientAppKey,
  topic,
  fingerprint,
  notAfter,
}: LedgerLine): KnownCertificate | null {
  if (topic === null || fingerprint === null || notAfter === null) return null;
  return { clientAppKey, topic, fingerprint, notAfter };
}

function accountOf({ settings, session }: Profile): KnownTenant['account'] {
  if (session?.grant !== 'client-credentials') return null;
  const { clientId, appId } = session;
  return {
    'client-id': clientId,
    ...(appId === defaults.appId ? {} : { 'app-id': appId }),
    ...(settings.scope === undefined ? {} : { scope: settings.scope }),
    ...(isOn(settings['platform-token']) ? { 'platform-token': true } : {}),
  };
}
