import type { Http, HttpRequest, HttpResponse } from '../network/http.ts';
import { membersOf, parseJson } from '../text/json.ts';
import { describeAnswer } from './envelope.ts';

/** What an address answers without a session. */
export interface Probe {
  readonly isTenant: boolean;
  /** What gave it away, or what came instead: `OpenID discovery`, `an HTML page (HTTP 200)`. */
  readonly words: string;
  /** The `Date` of the last answer, or null. */
  readonly date: string | null;
}

/** Asks for OpenID discovery, which an "OAuth2 Client" application may lack, then for the version. @throws what Http throws */
export async function probeTenant(tenant: string, appId: string, http: Http): Promise<Probe> {
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
  const isEnvelope = Object.keys(members(about)).some((name) => name.toLowerCase() === 'success');
  return {
    isTenant: isEnvelope,
    words: isEnvelope ? '/SysInfo/About' : describeAnswer(about),
    date: about.headers.date ?? discovery.headers.date ?? null,
  };
}

function ask(http: Http, request: Omit<HttpRequest, 'retry'>): Promise<HttpResponse> {
  const headers = { accept: 'application/json', 'x-idap-native-client': 'true', ...request.headers };
  return http.send({ ...request, headers, retry: true });
}

function members({ body }: HttpResponse): Readonly<Record<string, unknown>> {
  return membersOf(parseJson(body)) ?? {};
}
