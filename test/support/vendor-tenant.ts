import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { startAnswering } from './http.ts';

export interface VendorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A tenant whose authorization endpoint answers exactly as the vendor's OpenAPI describes. */
interface VendorTenant {
  readonly url: string;
  /** The authorization requests, in order. */
  readonly asked: readonly URLSearchParams[];
  /** The number of exchanged authorization codes. */
  exchanged(): number;
}

interface VendorOptions {
  /** Answers an authorization request in place of the sign-in page. */
  readonly authorize?: (query: URLSearchParams) => VendorAnswer;
  /** Answers the person's decision at the consent in place of the vendor's redirect. */
  readonly confirm?: (query: URLSearchParams) => VendorAnswer;
  /** The access token; by default an opaque one. */
  readonly accessToken?: string;
}

/** The redirect of the OpenAPI's example: an error without a state. */
export function redirectWithError(
  query: URLSearchParams,
  error: string,
  description: string,
  below = '',
): VendorAnswer {
  const words = `error=${error}&error_description=${encodeURIComponent(description)}`;
  return { status: 302, headers: { location: `${query.get('redirect_uri')}${below}?${words}` } };
}

/** `Object moved to /login?cloudRedirect=…`, then a consent that redirects as `/OAuth2/Confirm` does. Gone after the test. */
export async function startVendorTenant(options: VendorOptions = {}): Promise<VendorTenant> {
  const asked: URLSearchParams[] = [];
  let exchanged = 0;

  function answerTo(method: string, { pathname, searchParams }: URL): VendorAnswer {
    if (pathname === '/OAuth2/Authorize/mfa-cli') {
      asked.push(searchParams);
      const bounce = encodeURIComponent(`Oauth2/Authorize/mfa-cli?bounce=${asked.length - 1}`);
      const login = { status: 302, headers: { location: `/login?cloudRedirect=${bounce}` } };
      return options.authorize?.(searchParams) ?? login;
    }
    if (pathname === '/login')
      return consentPage(searchParams.get('cloudRedirect')?.split('=')[1] ?? '');
    if (pathname === '/OAuth2/Confirm/mfa-cli' && method === 'POST') {
      const request = asked[Number(searchParams.get('bounce'))] ?? new URLSearchParams();
      if (options.confirm !== undefined) return options.confirm(request);
      if (searchParams.get('result') !== '1')
        return redirectWithError(request, 'access_denied', 'User denied confirmation');
      const success = `state=${request.get('state')}&responseType=code&code=a-code`;
      return { status: 302, headers: { location: `${request.get('redirect_uri')}?${success}` } };
    }
    if (pathname === '/OAuth2/Token/mfa-cli' && method === 'POST') {
      exchanged++;
      const { accessToken = 'an-access-token' } = options;
      return { status: 200, body: `{"access_token":"${accessToken}","token_type":"Bearer"}` };
    }
    return { status: 404, body: 'nothing here' };
  }

  const url = await startAnswering((request, response) => {
    const answer = answerTo(request.method ?? '', new URL(request.url ?? '', 'http://tenant'));
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  return { url, asked, exchanged: () => exchanged };
}

function consentPage(bounce: string): VendorAnswer {
  const form = (name: string, result: string): string =>
    `<form method="post" action="/OAuth2/Confirm/mfa-cli?bounce=${bounce}&amp;result=${result}&amp;scopes=all"><button>${name}</button></form>`;
  return {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: `<!doctype html>${form('Allow', '1')}${form('Deny', '0')}`,
  };
}

/** Plays a person in a browser: opens the address, decides, and follows the redirect. `silent`: it sends no Referer. */
export async function decide(
  address: string,
  decision: 'Allow' | 'Deny',
  manner: 'silent' | 'usual' = 'usual',
): Promise<void> {
  const { page, at } = await navigate(address);
  const action = new RegExp(`action="([^"]+)"><button>${decision}`).exec(page)?.[1] ?? '';
  const headers: Record<string, string> =
    manner === 'silent' ? {} : { referer: `${new URL(at).origin}/` };
  await navigate(new URL(action.replaceAll('&amp;', '&'), at).href, 'POST', headers);
}

/** Opens an address, follows its redirects, and returns the last page; fetch sends the headers of an old browser. */
async function navigate(
  address: string,
  method = 'GET',
  headers: Record<string, string> = {},
): Promise<{ page: string; at: string }> {
  const request = httpRequest(address, { method, agent: false, headers });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let page = '';
  for await (const chunk of response) page += chunk;
  const { location } = response.headers;
  if (location === undefined) return { page, at: address };
  return navigate(new URL(location, address).href, 'GET', headers);
}
