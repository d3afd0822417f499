import type { Http } from '../network/http.ts';
import { membersOf, parseJson } from '../text/json.ts';
import { parseTenantAddress } from './address.ts';

/** What people call a platform tenant: `acme.cyberark.cloud`, or `acme.cyberarkgov.cloud` for government. */
interface Portal {
  readonly name: string;
  /** `cyberark.cloud` or `cyberarkgov.cloud`. */
  readonly domain: string;
}

/** The portal that a tenant's origin names, or null. */
export function portalOf(tenant: string): Portal | null {
  const [, name, domain] = /^([a-z0-9-]+)\.(cyberark(?:gov)?\.cloud)$/.exec(new URL(tenant).hostname) ?? [];
  return name === undefined || domain === undefined ? null : { name, domain };
}

/** What may be a tenant's name instead of its address (`https://acme`), or null. */
export function tenantNameOf(tenant: string): string | null {
  const { hostname, port } = new URL(tenant);
  return /^[a-z0-9-]+$/.test(hostname) && hostname !== 'localhost' && port === '' ? hostname : null;
}

/**
 * A portal's identity host, from the vendor's discovery service; null if it knows none.
 * @throws {CliError} usage (not the address of a tenant) and what Http throws
 */
export async function discoverIdentityHost({ name, domain }: Portal, http: Http): Promise<string | null> {
  const { status, body } = await http.send({
    method: 'GET',
    url: `https://platform-discovery.${domain}/api/identity-endpoint/${name}`,
    headers: { accept: 'application/json' },
    retry: false,
  });
  if (status !== 200) return null;
  const { endpoint } = membersOf(parseJson(body)) ?? {};
  return typeof endpoint === 'string' && endpoint !== '' ? parseTenantAddress(endpoint) : null;
}
