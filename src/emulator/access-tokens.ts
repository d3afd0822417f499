import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Application } from './applications.ts';
import { cookie, readBearer, readCookies, sessionCookie } from './http.ts';
import { Shelf } from './shelf.ts';

/** The rights of a token: an access token, an ID token or a browser's session. */
interface Access {
  readonly user: string;
  /** The paths of the APIs that it may call. */
  readonly apis: readonly RegExp[];
  /** Its grant, whose revocation also revokes the token; null for client credentials. */
  readonly grantId: string | null;
  /** The application of its client; absent after a sign-in without an application. */
  readonly application?: Application;
  readonly clientId?: string;
}

/** Times in milliseconds since 1970. */
export interface IssuedAccess extends Access {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The tokens that this emulator issued and remembers. */
export class AccessTokens {
  readonly #now: () => Date;
  readonly #issued: Shelf<IssuedAccess>;

  constructor(now: () => Date) {
    this.#now = now;
    this.#issued = new Shelf(now);
  }

  remember(token: string, access: Access, seconds: number): void {
    const issuedAt = this.#now().getTime();
    this.#issued.put(token, { ...access, issuedAt, expiresAt: issuedAt + seconds * 1000 });
  }

  find(token: string): IssuedAccess | null {
    return this.#issued.find(token);
  }

  items(): readonly IssuedAccess[] {
    return this.#issued.items();
  }

  forget(token: string): void {
    this.#issued.remove(token);
  }

  forgetGrant(grantId: string): void {
    this.#issued.removeWhere((access) => access.grantId === grantId);
  }

  forgetAll(): void {
    this.#issued.clear();
  }
}

/**
 * The token of the session in a request: a bearer token, or a cookie if the client
 * declares itself a program; else null.
 */
export function sessionTokenIn(request: IncomingMessage): string | null {
  const bearer = readBearer(request);
  if (bearer !== null) return bearer;
  // A page of another site, which sends the cookie as well, cannot send this header.
  const isProgram = request.headers['x-idap-native-client'] !== undefined;
  return isProgram ? readCookie(request) : null;
}

/** A browser's session, which has all the rights of its user. */
function readCookie(request: IncomingMessage): string | null {
  return readCookies(request).get(sessionCookie) ?? null;
}

export interface SignedIn {
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** A program with a token, or a browser with a person to ask. */
  readonly by: 'token' | 'browser';
  readonly apis: readonly RegExp[];
}

/**
 * The user of the bearer token, else of the browser's session; null: neither is valid.
 */
export function signedIn(request: IncomingMessage, accessTokens: AccessTokens): SignedIn | null {
  const bearer = readBearer(request);
  const access = accessTokens.find(bearer ?? readCookie(request) ?? '');
  if (access === null) return null;
  return {
    user: access.user,
    since: access.issuedAt,
    by: bearer === null ? 'browser' : 'token',
    apis: access.apis,
  };
}

const secondsOfDay = 24 * 60 * 60;

/** Starts a browser's session, and sets its cookie on the response. */
export function beginSession(
  response: ServerResponse,
  user: string,
  accessTokens: AccessTokens,
): void {
  const token = randomBytes(64).toString('hex').toUpperCase();
  accessTokens.remember(token, { user, apis: [/.*/], grantId: null }, secondsOfDay);
  response.setHeader('Set-Cookie', cookie(sessionCookie, token, 'Lax'));
}
