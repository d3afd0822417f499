import * as v from 'valibot';
import type { Http, HttpResponse } from '../network/http.ts';
import { membersOf, parseJson } from '../text/json.ts';
import { parseTenantAddress } from './address.ts';
import { readAnswer, text } from './answer.ts';
import { describeAnswer, successIn } from './envelope.ts';
import type { OAuthApplication } from './oauth/endpoints.ts';

/**
 * The portal of a platform tenant: `acme.cyberark.cloud`, or `acme.cyberarkgov.cloud` for
 * government.
 */
interface Portal {
  readonly name: string;
  /** `cyberark.cloud` or `cyberarkgov.cloud`. */
  readonly domain: string;
}

/** The portal of a tenant's origin, or null. */
export function portalOf(tenant: string): Portal | null {
  const [, name, domain] =
    /^([a-z0-9-]+)\.(cyberark(?:gov)?\.cloud)$/.exec(new URL(tenant).hostname) ?? [];
  return name === undefined || domain === undefined ? null : { name, domain };
}

const identityEndpoint = v.object({ endpoint: text });

/**
 * A portal's identity host, from the vendor's discovery service; null: unknown there.
 * @throws {CliError} usage (not the address of a tenant) and what Http throws
 */
export async function discoverIdentityHost(
  { name, domain }: Portal,
  http: Http,
): Promise<string | null> {
  const { status, body } = await http.send({
    method: 'GET',
    url: `https://platform-discovery.${domain}/api/identity-endpoint/${name}`,
    headers: { accept: 'application/json' },
    retry: false,
  });
  if (status !== 200) return null;
  const { endpoint } = readAnswer(identityEndpoint, parseJson(body));
  return endpoint === null ? null : parseTenantAddress(endpoint);
}

/** The answer of the address of OpenID discovery. */
export interface Discovery {
  readonly answer: HttpResponse;
  /** Whether the answer is a discovery document (OpenID Connect Discovery 1.0 §4.2). */
  readonly isPublished: boolean;
}

const discoveryDocument = v.object({ token_endpoint: v.string() });

/**
 * Asks for OpenID discovery, which an "OAuth2 Client" application may lack.
 * @param headers besides the common one
 * @throws what Http throws
 */
export async function readDiscovery(
  { tenant, appId }: OAuthApplication,
  http: Http,
  headers: Readonly<Record<string, string>> = {},
): Promise<Discovery> {
  const answer = await http.send({
    method: 'GET',
    url: `${tenant}/${encodeURIComponent(appId)}/.well-known/openid-configuration`,
    headers: { accept: 'application/json', ...headers },
    retry: true,
  });
  const isDocument = v.is(discoveryDocument, parseJson(answer.body));
  return { answer, isPublished: answer.status === 200 && isDocument };
}

/** Whether an address is a tenant's. */
export interface TenantProbe {
  readonly isTenant: boolean;
  /** The evidence, or the other answer: `OpenID discovery`, `an HTML page (HTTP 200)`. */
  readonly words: string;
  /** The `Date` of the last answer, or null. */
  readonly date: string | null;
}

const nativeClient = { 'x-idap-native-client': 'true' };

/**
 * Asks for OpenID discovery, then for the version (`POST /SysInfo/About`).
 * @throws what Http throws
 */
export async function probeTenant(tenant: string, appId: string, http: Http): Promise<TenantProbe> {
  const { answer, isPublished } = await readDiscovery({ tenant, appId }, http, nativeClient);
  const { date = null } = answer.headers;
  if (isPublished) return { isTenant: true, words: 'OpenID discovery', date };
  const about = await http.send({
    method: 'POST',
    url: `${tenant}/SysInfo/About`,
    body: '{}',
    headers: {
      accept: 'application/json',
      ...nativeClient,
      'content-type': 'application/json',
    },
    retry: true,
  });
  const isTenant = successIn(membersOf(parseJson(about.body)) ?? {}) !== undefined;
  return {
    isTenant,
    words: isTenant ? '/SysInfo/About' : describeAnswer(about),
    date: about.headers.date ?? date,
  };
}
