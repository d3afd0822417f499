import { randomBytes } from 'node:crypto';

/** An authorization request waiting for a person to sign in or decide, as received: its client may be gone by then. */
export interface Bounce {
  readonly appId: string;
  readonly parameters: URLSearchParams;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** The waiting requests, each under an unguessable ID. */
export interface Bounces {
  keep(appId: string, parameters: URLSearchParams): string;
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
    keep(appId, parameters) {
      forgetOld();
      // .NET's spelling of bytes in an address: base64url, and the number of "=" left out.
      const id = `${randomBytes(32).toString('base64url')}1`;
      waiting.set(id, { appId, parameters, since: now().getTime() });
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
