import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether a query is the answer to the authorization request with that state (RFC 6749 §4.1.2, §10.12): the state is
 * there once and equal, compared first and in constant time, and no parameter comes twice (§3.1).
 */
export function answersRequest(query: URLSearchParams, state: string): boolean {
  const given = query.get('state');
  if (given === null || !timingSafeEqual(sha256(given), sha256(state))) return false;
  return new Set(query.keys()).size === query.size;
}

/** The query of an address as a person pastes it: broken over lines, or without its beginning. */
export function queryOf(address: string): URLSearchParams {
  return new URLSearchParams(/\?([^#]*)/.exec(address.replace(/\s+/g, ''))?.[1] ?? '');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
