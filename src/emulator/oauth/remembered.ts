import { randomBytes } from 'node:crypto';
import { type AccessTokens, authTimeOf } from '../access-tokens.ts';
import type { Application } from '../applications.ts';
import { createShelf } from '../bounded.ts';
import { type Answering, type Asking, cookie, readBearer, readCookies, sessionCookie } from '../http.ts';
import { OAuthRefusal } from './errors.ts';

export interface SignedIn {
  readonly user: string;
  readonly authTime: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** A program with a token, or a browser with a person to ask. */
  readonly by: 'token' | 'browser';
  /** The paths of the APIs that what was sent may call. */
  readonly apis: readonly RegExp[];
}

const day = 24 * 60 * 60;

/** The user of the bearer token, else of the browser's session; null: nobody, or no longer. */
export function signedIn(request: Asking, accessTokens: AccessTokens): SignedIn | null {
  const bearer = readBearer(request);
  const access = accessTokens.find(bearer ?? readCookie(request) ?? '');
  if (access === null) return null;
  const { user, apis, issuedAt: since } = access;
  return { user, authTime: authTimeOf(access), since, by: bearer === null ? 'browser' : 'token', apis };
}

/** Starts a browser's session; the cookie goes with the response. */
export function beginSession(response: Answering, user: string, accessTokens: AccessTokens): void {
  const token = randomBytes(64).toString('hex').toUpperCase();
  accessTokens.remember(token, { user, scopes: [], apis: [/.*/], grantId: null }, day);
  response.setHeader('Set-Cookie', cookie(sessionCookie, token, 'Lax'));
}

export function endSession(request: Asking, response: Answering, accessTokens: AccessTokens): void {
  for (const token of [readCookie(request), readBearer(request)])
    if (token !== null) accessTokens.forget(token);
  response.setHeader('Set-Cookie', `${cookie(sessionCookie, '', 'Lax')}; Max-Age=0`);
}

/** The session's access token: it can do whatever the person may. */
function readCookie(request: Asking): string | null {
  return readCookies(request).get(sessionCookie) ?? null;
}

/** A person, and the client and application that may act for them. */
type Party = Readonly<{ user: string; application: Application; clientId: string }>;

/** What people have agreed to, so that they are asked only once. */
export function createConsents() {
  const given = new Map<string, readonly string[]>();
  const keyOf = ({ user, application, clientId }: Party): string =>
    JSON.stringify([user, application.key, clientId]);
  const scopesOf = (party: Party): readonly string[] => given.get(keyOf(party)) ?? [];
  return {
    covers: (party: Party, scopes: readonly string[]): boolean =>
      scopes.every((scope) => scopesOf(party).includes(scope)),
    add: (party: Party, scopes: readonly string[]): void =>
      void given.set(keyOf(party), [...scopesOf(party), ...scopes]),
    forgetAll: (): void => given.clear(),
  };
}

/** An authorization request waiting for a person to sign in or decide, as received: its client may be gone by then. */
export interface Bounce {
  readonly appId: string;
  readonly parameters: URLSearchParams;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly expiresAt: number;
}

/** Milliseconds. */
const patience = 10 * 60 * 1000;
/** Characters of a query: what Node.js takes of a whole head. A form could have far more. */
const longest = 16 * 1024;

/** The waiting requests, each under an unguessable ID. */
export function createBounces(now: () => Date) {
  const waiting = createShelf<Bounce>(now);
  return {
    /** @throws {OAuthRefusal} more than an address has room for */
    keep(appId: string, parameters: URLSearchParams): string {
      if (parameters.toString().length > longest)
        throw new OAuthRefusal('invalid_request', 'the request is too long');
      // .NET's spelling of bytes in an address: base64url, and the number of "=" left out.
      const id = `${randomBytes(32).toString('base64url')}1`;
      const since = now().getTime();
      waiting.put(id, { appId, parameters, since, expiresAt: since + patience });
      return id;
    },
    find: waiting.find,
    forget: waiting.remove,
    forgetAll: waiting.clear,
  };
}
