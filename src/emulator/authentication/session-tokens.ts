import { type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import type { Application } from '../applications.ts';
import type { Assumptions } from '../assumptions.ts';
import { createShelf } from '../bounded.ts';
import { tenantId } from '../directory.ts';
import {
  type Answering,
  type Asking,
  cookie,
  type Route,
  readBearer,
  readCookies,
  sendJson,
  sessionCookie,
} from '../http.ts';
import type { User } from '../users.ts';

/** The result of a sign-in without an application. */
interface SessionToken {
  readonly user: User;
  /** A JWT, valid as a bearer. */
  readonly token: string;
  readonly refreshToken: string;
  /** Seconds for which the token is valid. */
  readonly lifetime: number;
}

export interface SessionTokens {
  issue(user: User): SessionToken;
  /** A new token for an issued one, and a refresh token to replace the used one; null: they are not a pair, or too old. */
  refresh(token: string, refreshToken: string): SessionToken | null;
  /** From then on no refresh token is valid. */
  forgetAll(): void;
}

interface SessionTokenOptions {
  readonly url: string;
  /** Seconds. */
  readonly lifetime: number;
  /** The paths of the APIs that a session may call. */
  readonly apis: readonly RegExp[];
  readonly signingKey: KeyObject;
  now(): Date;
}

const refreshMilliseconds = 24 * 60 * 60 * 1000;

/** @param accessTokens where issued tokens are put */
export function createSessionTokens(
  { url, lifetime, apis, signingKey, now }: SessionTokenOptions,
  accessTokens: AccessTokens,
): SessionTokens {
  const refreshable = createShelf<{ token: string; user: User; expiresAt: number }>(now);
  const issue = (user: User): SessionToken => {
    const iat = Math.floor(now().getTime() / 1000);
    const claims = {
      iss: url,
      aud: tenantId,
      sub: user.uuid,
      unique_name: user.user,
      tenant_id: tenantId,
      iat,
      exp: iat + lifetime,
      jti: randomUUID(),
    };
    const token = signJwt(claims, signingKey);
    const refreshToken = randomBytes(32).toString('base64url');
    const expiresAt = now().getTime() + refreshMilliseconds;
    refreshable.put(refreshToken, { token, user, expiresAt });
    accessTokens.remember(token, { user: user.user, scopes: [], apis, grantId: null }, lifetime);
    return { user, token, refreshToken, lifetime };
  };
  return {
    issue,
    refresh(token, refreshToken) {
      const known = refreshable.find(refreshToken);
      if (known === null || known.token !== token) return null;
      refreshable.remove(refreshToken);
      return issue(known.user);
    },
    forgetAll: refreshable.clear,
  };
}

function signJwt(claims: object, key: KeyObject): string {
  const content = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

/** How a session is delivered. */
interface Handover {
  readonly assumptions: Assumptions;
  readonly isRenewable: boolean;
  readonly request: Asking;
  readonly response: Answering;
}

/** The members of `Result` for a signed-in user; the session also comes as a cookie. */
export function sessionAnswer(
  { user, token, refreshToken, lifetime }: SessionToken,
  { assumptions, isRenewable, request, response }: Handover,
): object {
  response.setHeader('Set-Cookie', cookie(sessionCookie, token));
  const inBody = assumptions['session-bearer'] === 'token';
  return {
    AuthLevel: 'Normal',
    DisplayName: user.displayName,
    ...(inBody ? { Auth: token, Token: token, TokenLifetime: lifetime } : {}),
    ...(inBody && isRenewable ? { RefreshToken: refreshToken } : {}),
    UserId: user.uuid,
    EmailAddress: user.mail,
    UserDirectory: 'CDS',
    PodFqdn: request.headers.host,
    User: user.user,
    CustomerID: tenantId,
    SystemID: tenantId,
    SourceDsType: 'CDS',
  };
}

/** The session in a request: as a bearer, or as the cookie of a client that says it is not a page; else null. */
export function readSession(request: Asking): string | null {
  const isPage = request.headers['x-idap-native-client'] === undefined;
  return readBearer(request) ?? (isPage ? null : (readCookies(request).get(sessionCookie) ?? null));
}

const tokenCookie = `idToken-${tenantId}`;
const refreshCookie = `refreshToken-${tenantId}`;

/** Renews a session; its tokens come and go as cookies, as with the vendor's SDK. */
export function platformTokenRoute(sessionTokens: SessionTokens): Route {
  return {
    method: 'POST',
    path: '/OAuth2/RefreshPlatformToken',
    answer(request, response) {
      const cookies = readCookies(request);
      const renewed = sessionTokens.refresh(cookies.get(tokenCookie) ?? '', cookies.get(refreshCookie) ?? '');
      if (renewed === null) return sendJson(response, 401, { error: 'invalid_grant' });
      response.setHeader('Set-Cookie', [
        cookie(tokenCookie, renewed.token),
        cookie(refreshCookie, renewed.refreshToken),
      ]);
      sendJson(response, 200, {});
    },
  };
}

/** What the tenant remembers of a token that it issued: an access token, an ID token or a browser's session. */
export interface Access {
  /** The user, or the service user of client credentials. */
  readonly user: string;
  readonly scopes: readonly string[];
  /** The paths of the APIs that it may call. */
  readonly apis: readonly RegExp[];
  /** The grant behind it, whose revocation also revokes the token; null for client credentials. */
  readonly grantId: string | null;
  /** The application whose client holds it; absent if somebody signed in without one. */
  readonly application?: Application;
  readonly clientId?: string;
  /** When the person signed in, in seconds since 1970; absent if nobody did. */
  readonly authTime?: number | undefined;
}

/** Milliseconds since 1970. */
interface Issued extends Access {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The tokens valid for an API call: those that this emulator issued and still remembers. */
export interface AccessTokens {
  /** @param seconds how long it is valid */
  remember(token: string, access: Access, seconds: number): void;
  /** Null: unknown, revoked or expired. */
  find(token: string): Issued | null;
  /** Whether there was such a token. */
  forget(token: string): boolean;
  forgetGrant(grantId: string): void;
  forgetAll(): void;
}

export function createAccessTokens(now: () => Date): AccessTokens {
  const issued = createShelf<Issued>(now);
  return {
    remember(token, access, seconds) {
      const issuedAt = now().getTime();
      issued.put(token, { ...access, issuedAt, expiresAt: issuedAt + seconds * 1000 });
    },
    find: issued.find,
    forget: issued.remove,
    forgetGrant: (grantId) => issued.removeWhere((access) => access.grantId === grantId),
    forgetAll: issued.clear,
  };
}
