import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type SignInContext, signIn } from '../../src/auth/sign-in.ts';
import type { StoredSession } from '../../src/auth/stored-schemas.ts';
import { fetchHttp } from '../support/fetch-http.ts';
import { connectionTo, noon } from './examples.ts';

export interface SignInUnderWay {
  readonly url: URL;
  readonly redirectUri: string;
  readonly state: string;
  readonly session: Promise<StoredSession>;
}

/** Starts a sign-in and returns once it waits for the browser. */
export function begin(tenant: string, change: Partial<SignInContext> = {}): Promise<SignInUnderWay> {
  return new Promise((resolve, reject) => {
    const session = signIn(connectionTo(tenant), {
      http: fetchHttp(),
      now: () => noon,
      port: 0,
      openBrowser: null,
      announce: (address, redirectUri) => {
        const url = new URL(address);
        resolve({ url, redirectUri, state: url.searchParams.get('state') ?? '', session });
      },
      signal: new AbortController().signal,
      timeoutSeconds: 20,
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

/** The answer to one raw request; fetch does not let a test choose its headers. */
export async function raw(
  url: string,
  options: { method?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<{ status: number | undefined; text: string }> {
  const request = httpRequest(url, {
    method: options.method ?? 'GET',
    agent: false,
    headers: options.headers ?? {},
  });
  request.end();
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text };
}

/** Nobody may be asked whether to stop. */
export const unasked = (): Promise<never> => Promise.reject(new Error('an unexpected question'));

/** The answer to the request, with these parameters beside the state. */
export function callback(
  { redirectUri, state }: Pick<SignInUnderWay, 'redirectUri' | 'state'>,
  parameters: Record<string, string>,
): string {
  return `${redirectUri}?${new URLSearchParams({ state, ...parameters })}`;
}
