import type { IncomingMessage } from 'node:http';

/**
 * Whether a page of this very tenant asks, or a program that is no browser: not one of another site, nor of another port of
 * this machine, which browsers count as the same site and give the same cookies.
 */
export function isOwnPage({ headers }: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  const isSame = site === undefined || site === 'same-origin';
  return isSame && (origin === undefined || origin === `http://${host}`);
}

/** The same of a request that changes something: every browser says there whose page asks. */
export function isOwnChange(request: IncomingMessage): boolean {
  return request.headers.origin !== undefined && isOwnPage(request);
}
