import { type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { sessionApis } from '../applications.ts';
import { createShelf } from '../bounded.ts';
import { tenantId } from '../directory.ts';
import { cookie, type Exchange, type Route, readCookies, sendJson, sessionCookie } from '../http.ts';
import type { User } from '../users.ts';
import type { World } from '../world.ts';

/** The result of a sign-in without an application. */
interface SessionToken {
  readonly user: User;
  /** A JWT, valid as a bearer. */
  readonly token: string;
  readonly refreshToken: string;
  /** Seconds for which the token is valid. */
  readonly lifetime: number;
}

const refreshMilliseconds = 24 * 60 * 60 * 1000;

export type SessionTokens = ReturnType<typeof createSessionTokens>;

export function createSessionTokens(
  world: Pick<World, 'url' | 'accessTokens' | 'accessTokenSeconds' | 'assumptions' | 'signingKey' | 'now'>,
) {
  const { url, accessTokens, accessTokenSeconds: lifetime, now } = world;
  const apis = sessionApis(world.assumptions);
  const refreshable = createShelf<{ token: string; user: User; expiresAt: number }>(now);
  const issue = (user: User): SessionToken => {
    const iat = Math.floor(now().getTime() / 1000);
    const claims = {
      ...{ iss: url, aud: tenantId, sub: user.uuid, unique_name: user.user, tenant_id: tenantId },
      ...{ iat, exp: iat + lifetime, jti: randomUUID() },
    };
    const token = signJwt(claims, world.signingKey());
    const refreshToken = randomBytes(32).toString('base64url');
    refreshable.put(refreshToken, { token, user, expiresAt: now().getTime() + refreshMilliseconds });
    accessTokens.remember(token, { user: user.user, scopes: [], apis, grantId: null }, lifetime);
    return { user, token, refreshToken, lifetime };
  };
  return {
    issue,
    /** A new token for an issued one, and a refresh token to replace the used one; null: they are not a pair, or too old. */
    refresh(token: string, refreshToken: string): SessionToken | null {
      const known = refreshable.find(refreshToken);
      if (known === null || known.token !== token) return null;
      refreshable.remove(refreshToken);
      return issue(known.user);
    },
    /** From then on no refresh token is valid. */
    forgetAll: refreshable.clear,
  };
}

function signJwt(claims: object, key: KeyObject): string {
  const content = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

/** The members of `Result` for a signed-in user; the session also comes as a cookie. @param inBody whether they hold it, too */
export function sessionAnswer(
  { user, token, refreshToken, lifetime }: SessionToken,
  inBody: boolean,
  isRenewable: boolean,
  { request, response }: Exchange,
): object {
  response.setHeader('Set-Cookie', cookie(sessionCookie, token));
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
      const { token, refreshToken } = renewed;
      response.setHeader('Set-Cookie', [cookie(tokenCookie, token), cookie(refreshCookie, refreshToken)]);
      sendJson(response, 200, {});
    },
  };
}
