import type { Http, HttpRequest, HttpResponse } from '../network/http.ts';
import { membersOf, parseJson } from '../text/json.ts';
import { parseTenantAddress } from './address.ts';
import { describeAnswer, successIn, textIn } from './envelope.ts';

/** The portal of a platform tenant: `acme.cyberark.cloud`, or `acme.cyberarkgov.cloud` for government. */
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
  const endpoint = textIn(membersOf(parseJson(body))?.endpoint);
  return endpoint === null ? null : parseTenantAddress(endpoint);
}

/** Asks for OpenID discovery, which an "OAuth2 Client" application may lack, then for the version. @throws what Http throws */
export async function probeTenant(tenant: string, appId: string, http: Http) {
  const discovery = await ask(http, {
    method: 'GET',
    url: `${tenant}/${encodeURIComponent(appId)}/.well-known/openid-configuration`,
  });
  const { token_endpoint: tokenEndpoint } = members(discovery);
  if (discovery.status === 200 && typeof tokenEndpoint === 'string')
    return { isTenant: true, words: 'OpenID discovery', date: discovery.headers.date ?? null };
  const about = await ask(http, {
    method: 'POST',
    url: `${tenant}/SysInfo/About`,
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  const isEnvelope = successIn(members(about)) !== undefined;
  return {
    isTenant: isEnvelope,
    /** The evidence, or the other answer: `OpenID discovery`, `an HTML page (HTTP 200)`. */
    words: isEnvelope ? '/SysInfo/About' : describeAnswer(about),
    /** The `Date` of the last answer, or null. */
    date: about.headers.date ?? discovery.headers.date ?? null,
  };
}

function ask(http: Http, request: Omit<HttpRequest, 'retry'>): Promise<HttpResponse> {
  const headers = {
    accept: 'application/json',
    'x-idap-native-client': 'true',
    ...request.headers,
  };
  return http.send({ ...request, headers, retry: true });
}

function members({ body }: HttpResponse): Readonly<Record<string, unknown>> {
  return membersOf(parseJson(body)) ?? {};
}
