import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Names below `localhost` are this machine whatever DNS says, and most systems do not know them. */
export const lookupLoopback: LookupFunction = (hostname, options, found) => {
  if (!hostname.endsWith('.localhost')) return lookup(hostname, options, found);
  if (options.all === true) return found(null, [{ address: '127.0.0.1', family: 4 }]);
  found(null, '127.0.0.1', 4);
};
