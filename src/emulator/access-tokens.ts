import { randomBytes } from 'node:crypto';
import type { Application } from './applications.ts';
import { createShelf } from './bounded.ts';
import {
  type Answering,
  type Asking,
  cookie,
  readBearer,
  readCookies,
  sessionCookie,
} from './http.ts';

/** An issued token that the tenant remembers: an access token, an ID token or a browser's session. */
interface Access {
  readonly user: string;
  /** The paths of the APIs that it may call. */
  readonly apis: readonly RegExp[];
  /** The grant behind it, whose revocation also revokes the token; null for client credentials. */
  readonly grantId: string | null;
  /** The application of its client; absent after a sign-in without an application. */
  readonly application?: Application;
  readonly clientId?: string;
}

/** Times in milliseconds since 1970. */
export interface Issued extends Access {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The tokens that this emulator issued and remembers. */
export type AccessTokens = ReturnType<typeof createAccessTokens>;

export function createAccessTokens(now: () => Date) {
  const issued = createShelf<Issued>(now);
  return {
    remember(token: string, access: Access, seconds: number): void {
      const issuedAt = now().getTime();
      issued.put(token, { ...access, issuedAt, expiresAt: issuedAt + seconds * 1000 });
    },
    find: issued.find,
    forget: issued.remove,
    forgetGrant: (grantId: string): void =>
      issued.removeWhere((access) => access.grantId === grantId),
    forgetAll: issued.clear,
    items: issued.items,
  };
}

/** The session in a request, from its bearer token, or from its cookie if the client declares itself a program; else null. */
export function readSession(request: Asking): string | null {
  const isPage = request.headers['x-idap-native-client'] === undefined;
  return readBearer(request) ?? (isPage ? null : readCookie(request));
}

/** A browser's session, which has all the rights of its user. */
function readCookie(request: Asking): string | null {
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

/** The user of the bearer token, else of the browser's session; null if neither is valid. */
export function signedIn(request: Asking, accessTokens: AccessTokens): SignedIn | null {
  const bearer = readBearer(request);
  const access = accessTokens.find(bearer ?? readCookie(request) ?? '');
  if (access === null) return null;
  const { user, apis, issuedAt: since } = access;
  return { user, since, by: bearer === null ? 'browser' : 'token', apis };
}

const day = 24 * 60 * 60;

/** Starts a browser's session, and sets its cookie on the response. */
export function beginSession(response: Answering, user: string, accessTokens: AccessTokens): void {
  const token = randomBytes(64).toString('hex').toUpperCase();
  accessTokens.remember(token, { user, apis: [/.*/], grantId: null }, day);
  response.setHeader('Set-Cookie', cookie(sessionCookie, token, 'Lax'));
}
