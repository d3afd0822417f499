import { randomBytes } from 'node:crypto';
import { OAuthRefusal } from './errors.ts';

/** An authorization request waiting for a person to sign in or decide, as received: its client may be gone by then. */
export interface Bounce {
  readonly appId: string;
  readonly parameters: URLSearchParams;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** The waiting requests, each under an unguessable ID. */
export interface Bounces {
  /** @throws {OAuthRefusal} more than an address has room for */
  keep(appId: string, parameters: URLSearchParams): string;
  find(id: string): Bounce | null;
  forget(id: string): void;
  forgetAll(): void;
}

const patience = 10 * 60 * 1000;
/** Nobody has to sign in to leave some here: the oldest make room. */
const kept = 1000;
/** Characters of a query: what Node.js takes of a whole head. A form could have far more. */
const longest = 16 * 1024;

export function createBounces(now: () => Date): Bounces {
  const waiting = new Map<string, Bounce>();
  const forgetOld = (): void => {
    for (const [id, { since }] of waiting) if (since + patience <= now().getTime()) waiting.delete(id);
  };
  return {
    keep(appId, parameters) {
      forgetOld();
      if (parameters.toString().length > longest)
        throw new OAuthRefusal('invalid_request', 'the request is too long');
      // .NET's spelling of bytes in an address: base64url, and the number of "=" left out.
      const id = `${randomBytes(32).toString('base64url')}1`;
      waiting.set(id, { appId, parameters, since: now().getTime() });
      const [oldest = ''] = waiting.keys();
      if (waiting.size > kept) waiting.delete(oldest);
      return id;
    },
    find(id) {
      forgetOld();
      return waiting.get(id) ?? null;
    },
    forget: (id) => void waiting.delete(id),
    forgetAll: () => waiting.clear(),
  };
}
