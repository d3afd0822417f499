import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { AcceptedPeer } from './owners.ts';

/**
 * A loopback address that redirects the browser, so that the target does not appear in
 * the list of processes.
 */
export interface OneTimeAddress {
  readonly path: string;
  /**
   * Returns the headers of the redirect (302): each time for this user, but only once for
   * an unproven visitor. Null on a second unproven visit, since one of the two may be
   * another user's.
   */
  visit(peer: AcceptedPeer): OutgoingHttpHeaders | null;
}

/** Creates one with 256 random bits in its path. */
export function createOneTimeAddress(target: string): OneTimeAddress {
  const visitors: AcceptedPeer[] = [];
  return {
    path: `/${randomBytes(32).toString('base64url')}`,
    visit(peer) {
      visitors.push(peer);
      if (visitors.length > 1 && visitors.some((visitor) => visitor !== 'own')) return null;
      return { location: target, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' };
    },
  };
}

/** Whether a browser prefetches, prerenders or previews a page. */
export function isBeforehand(headers: IncomingHttpHeaders): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some(
    (name) => headers[name] !== undefined,
  );
}

/**
 * Whether the answer appears in a window of its own, rather than in a page that fetches,
 * embeds or posts to it. A client that does not tell (a browser from before 2023, curl)
 * counts as one.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function isTopLevelNavigation(headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-mode': mode = 'navigate', 'sec-fetch-dest': destination = 'document' } =
    headers;
  return mode === 'navigate' && destination === 'document' && !isBeforehand(headers);
}

/**
 * Whether the browser's headers show that no other site started this navigation, but the
 * browser itself or a page of the tenant. Few browsers name a tenant's https page here,
 * since this address has no TLS.
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function isOwnNavigation(headers: IncomingHttpHeaders, tenant: string): boolean {
  const { 'sec-fetch-site': site, referer = '' } = headers;
  return site === 'none' || (URL.canParse(referer) && new URL(referer).origin === tenant);
}
