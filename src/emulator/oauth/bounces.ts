import { randomBytes } from 'node:crypto';
import type { AuthorizationRequest } from './authorization-request.ts';

/** An authorization request that waits for a person to sign in or to decide. */
export interface Bounce {
  readonly request: AuthorizationRequest;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** The waiting requests, each under an ID that nobody can guess. */
export interface Bounces {
  keep(request: AuthorizationRequest): string;
  find(id: string): Bounce | null;
  forget(id: string): void;
  forgetAll(): void;
}

const patience = 10 * 60 * 1000;

export function createBounces(now: () => Date): Bounces {
  const waiting = new Map<string, Bounce>();
  const forgetOld = (): void => {
    for (const [id, { since }] of waiting) if (since + patience <= now().getTime()) waiting.delete(id);
  };
  return {
    keep(request) {
      forgetOld();
      // As .NET writes bytes in an address: base64url, and how often "=" was left out.
      const id = `${randomBytes(32).toString('base64url')}1`;
      waiting.set(id, { request, since: now().getTime() });
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
