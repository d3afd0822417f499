import { type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { sessionApis } from '../applications.ts';
import { tenantId } from '../directory.ts';
import { cookie, type Exchange, sessionCookie } from '../http.ts';
import type { User } from '../people.ts';
import type { World } from '../world.ts';
import type { ProvedUser } from './sessions.ts';

/**
 * The members of `Result` for a user who has signed in. The session, a JWT, is also set
 * as a cookie.
 */
export function issueSession(
  { user, isRenewable }: ProvedUser,
  { request, response }: Exchange,
  world: World,
): object {
  const { accessTokens, accessTokenSeconds, assumptions } = world;
  const token = sessionToken(user, world);
  const access = { user: user.user, apis: sessionApis(assumptions), grantId: null };
  accessTokens.remember(token, access, accessTokenSeconds);
  response.setHeader('Set-Cookie', cookie(sessionCookie, token));
  const result: Record<string, unknown> = { DisplayName: user.displayName };
  if (assumptions['session-bearer'] === 'token') {
    result.Auth = token;
    result.Token = token;
    result.TokenLifetime = accessTokenSeconds;
    if (isRenewable) result.RefreshToken = randomBytes(32).toString('base64url');
  }
  result.UserId = user.uuid;
  result.PodFqdn = request.headers.host;
  result.User = user.user;
  result.CustomerID = tenantId;
  return result;
}

function sessionToken(
  { user, uuid }: User,
  { url, accessTokenSeconds, signingKey, now }: World,
): string {
  const issuedAt = Math.floor(now().getTime() / 1000);
  const claims = {
    iss: url,
    aud: tenantId,
    sub: uuid,
    unique_name: user,
    tenant_id: tenantId,
    iat: issuedAt,
    exp: issuedAt + accessTokenSeconds,
    jti: randomUUID(),
  };
  return signJwt(claims, signingKey());
}

function signJwt(claims: object, key: KeyObject): string {
  const content = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(content), key);
  return `${content}.${signature.toString('base64url')}`;
}
