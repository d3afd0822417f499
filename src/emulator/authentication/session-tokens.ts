import { type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { sessionApis } from '../applications.ts';
import { tenantId } from '../directory.ts';
import { cookie, type Exchange, sessionCookie } from '../http.ts';
import type { User } from '../users.ts';
import type { World } from '../world.ts';

/**
 * Signs somebody in without an application: the members of `Result`. The session, a JWT that is valid as a bearer, also comes
 * as a cookie. @param isRenewable whether the client also wants a refresh token
 */
export function issueSession(
  { user, isRenewable }: { readonly user: User; readonly isRenewable: boolean },
  { request, response }: Exchange,
  { url, accessTokens, accessTokenSeconds, assumptions, signingKey, now }: World,
): object {
  const iat = Math.floor(now().getTime() / 1000);
  const claims = {
    ...{ iss: url, aud: tenantId, sub: user.uuid, unique_name: user.user, tenant_id: tenantId },
    ...{ iat, exp: iat + accessTokenSeconds, jti: randomUUID() },
  };
  const token = signJwt(claims, signingKey());
  const access = { user: user.user, scopes: [], apis: sessionApis(assumptions), grantId: null };
  accessTokens.remember(token, access, accessTokenSeconds);
  response.setHeader('Set-Cookie', cookie(sessionCookie, token));
  const inBody = assumptions['session-bearer'] === 'token';
  return {
    AuthLevel: 'Normal',
    DisplayName: user.displayName,
    ...(inBody ? { Auth: token, Token: token, TokenLifetime: accessTokenSeconds } : {}),
    ...(inBody && isRenewable ? { RefreshToken: randomBytes(32).toString('base64url') } : {}),
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

function signJwt(claims: object, key: KeyObject): string {
  const content = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}
