import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/**
 * Whether a URL's host name is this machine: `localhost` and what ends with it (RFC 6761 §6.3), 127.0.0.0/8 or `[::1]`
 * (RFC 8252 §7.3).
 */
export function isLoopback(hostname: string): boolean {
  return /(^|\.)localhost$/.test(hostname) || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** Names below `localhost` are this machine whatever DNS says, and most systems do not know them. */
export const lookupLoopback: LookupFunction = (hostname, options, found) => {
  if (!hostname.endsWith('.localhost')) return lookup(hostname, options, found);
  if (options.all === true) return found(null, [{ address: '127.0.0.1', family: 4 }]);
  found(null, '127.0.0.1', 4);
};
