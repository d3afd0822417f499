import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessTokens } from '../access-tokens.ts';
import { readBearer } from '../http-messages.ts';

/** Who sent a request, if known. */
export interface SignedIn {
  readonly user: string;
  /** Seconds since 1970. */
  readonly authTime: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** A program with a token, or a browser with a person to ask. */
  readonly by: 'token' | 'browser';
  /** The paths of the APIs that what was sent may call. */
  readonly apis: readonly RegExp[];
}

/** The cookie of a browser's session. Its value is an access token: it can do whatever the person may. */
const cookieName = '.ASPXAUTH';
const day = 24 * 60 * 60;

/** The user of the bearer token, else of the browser's session; null: nobody, or no longer. */
export function signedIn(request: IncomingMessage, accessTokens: AccessTokens): SignedIn | null {
  const bearer = readBearer(request);
  const access = accessTokens.find(bearer ?? readCookie(request) ?? '');
  if (access === null) return null;
  const { user, apis, issuedAt, authTime = Math.floor(issuedAt / 1000) } = access;
  return { user, authTime, since: issuedAt, by: bearer === null ? 'browser' : 'token', apis };
}

/** Starts a browser's session, and returns its token; the cookie goes with the response. */
export function beginSession(response: ServerResponse, user: string, accessTokens: AccessTokens): string {
  const token = randomBytes(64).toString('hex').toUpperCase();
  accessTokens.remember(token, { user, scopes: [], apis: [/.*/], grantId: null }, day);
  response.setHeader('Set-Cookie', `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Lax`);
  return token;
}

/** Ends it. */
export function endSession(
  request: IncomingMessage,
  response: ServerResponse,
  accessTokens: AccessTokens,
): void {
  for (const token of [readCookie(request), readBearer(request)])
    if (token !== null) accessTokens.forget(token);
  response.setHeader('Set-Cookie', `${cookieName}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`);
}

function readCookie(request: IncomingMessage): string | null {
  return /(?:^|; *)\.ASPXAUTH=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? null;
}
