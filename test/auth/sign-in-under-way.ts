import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type SignInContext, signIn } from '../../src/auth/sign-in.ts';
import type { StoredSession } from '../../src/auth/stored-schemas.ts';
import { strictRules } from '../../src/programs/owners.ts';
import { fetchHttp } from '../support/fetch-http.ts';
import { connectionTo, noon } from './examples.ts';

export interface SignInUnderWay {
  readonly url: URL;
  readonly redirectUri: string;
  readonly state: string;
  readonly session: Promise<StoredSession>;
  readonly warnings: readonly string[];
}

/** Starts a sign-in and returns once it waits for the browser. */
export function begin(
  tenant: string,
  change: Partial<SignInContext> = {},
): Promise<SignInUnderWay> {
  return new Promise((resolve, reject) => {
    const warnings: string[] = [];
    const session = signIn(connectionTo(tenant, { loginHint: 'ada@example.com' }), {
      http: fetchHttp(),
      now: () => noon,
      port: 0,
      openBrowser: null,
      announce: (address, redirectUri) => {
        const url = new URL(address);
        resolve({
          url,
          redirectUri,
          state: url.searchParams.get('state') ?? '',
          session,
          warnings,
        });
      },
      warn: (text) => void warnings.push(text),
      signal: new AbortController().signal,
      timeoutSeconds: 20,
      noBrowserWords: 'No browser started',
      owners: strictRules,
      ...change,
    });
    session.catch(reject);
  });
}

/** Follows redirects as a browser does, and returns the last page. */
export async function browse(
  url: string,
): Promise<{ address: string; status: number; text: string; headers: Headers }> {
  const response = await fetch(url);
  return {
    address: response.url,
    status: response.status,
    text: await response.text(),
    headers: response.headers,
  };
}

interface RawAnswer {
  readonly status: number | undefined;
  readonly text: string;
  readonly location: string | undefined;
  readonly allow: string | undefined;
  readonly referrer: string | string[] | undefined;
  readonly cache: string | undefined;
}

/** The answer to one raw request; fetch does not let a test choose its headers. */
export async function raw(
  url: string,
  {
    method = 'GET',
    headers = {},
  }: { method?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<RawAnswer> {
  const request = httpRequest(url, { method, agent: false, headers });
  request.end();
  const [response]: [IncomingMessage] = (await once(request, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  const { location, allow, 'referrer-policy': referrer, 'cache-control': cache } = response.headers;
  return { status: response.statusCode, text, location, allow, referrer, cache };
}

/** The answer to the request, with these parameters beside the state. */
export function callback(
  { redirectUri, state }: Pick<SignInUnderWay, 'redirectUri' | 'state'>,
  parameters: Record<string, string>,
): string {
  return `${redirectUri}?${new URLSearchParams({ state, ...parameters })}`;
}
