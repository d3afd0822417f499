import { randomBytes } from 'node:crypto';
import type { Application } from '../applications.ts';
import { createShelf } from '../bounded.ts';
import { invalidRequest } from './errors.ts';

/** A person, and the client and application that may act for them. */
type Party = Readonly<{ user: string; application: Application; clientId: string }>;

/** The scopes that users have approved, so that each is asked only once. */
export function createConsents() {
  const given = new Set<string>();
  const keyOf = ({ user, application, clientId }: Party, scope: string): string =>
    JSON.stringify([user, application.key, clientId, scope]);
  return {
    covers: (party: Party, scopes: readonly string[]): boolean =>
      scopes.every((scope) => given.has(keyOf(party, scope))),
    add(party: Party, scopes: readonly string[]): void {
      for (const scope of scopes) given.add(keyOf(party, scope));
    },
    forgetAll: (): void => given.clear(),
  };
}

/** An authorization request that waits for a sign-in or a decision, as received: its client may no longer exist then. */
export interface Bounce {
  readonly appId: string;
  readonly parameters: URLSearchParams;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly expiresAt: number;
}

/** Milliseconds. */
const patience = 10 * 60 * 1000;
/** Maximum characters of a query, as much as Node.js accepts in all headers. A form could have far more. */
const longest = 16 * 1024;

/** The waiting requests by unguessable IDs. */
export function createBounces(now: () => Date) {
  const waiting = createShelf<Bounce>(now);
  return {
    /** @throws {OAuthRefusal} longer than an address may be */
    keep(appId: string, parameters: URLSearchParams): string {
      if (parameters.toString().length > longest) throw invalidRequest('the request is too long');
      const id = randomBytes(32).toString('base64url');
      const since = now().getTime();
      waiting.put(id, { appId, parameters, since, expiresAt: since + patience });
      return id;
    },
    find: waiting.find,
    forget: waiting.remove,
    forgetAll: waiting.clear,
  };
}
