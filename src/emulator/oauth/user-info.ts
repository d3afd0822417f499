import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from '../access-tokens.ts';
import type { Application } from '../applications.ts';
import { readBearer, sendJson } from '../http-messages.ts';
import { sendUnauthorized, unknownApp } from './errors.ts';
import { personClaims } from './person-claims.ts';
import type { TenantParts } from './tenant-parts.ts';

/** Answers who the bearer of an access token is (OpenID Connect Core §5.3). @throws {OAuthRefusal} */
export function answerUserInfo(
  application: Application | null,
  appId: string,
  request: IncomingMessage,
  response: ServerResponse,
  { accessTokens, directory }: TenantParts,
): void {
  const access = accessTokens.find(readBearer(request) ?? '');
  if (access === null) {
    sendUnauthorized(request, response);
    return;
  }
  if (application === null) throw unknownApp(appId);
  const { user, clientId, issuedAt } = access;
  sendJson(response, 200, {
    ...(clientId === undefined ? {} : { aud: clientId }),
    ...personClaims(user, directory),
    auth_time: String(authTimeOf({ ...access, issuedAt })),
    Success: true,
  });
}

/** Seconds since 1970. */
export function authTimeOf({ authTime, issuedAt }: Pick<Access, 'authTime'> & { issuedAt: number }): number {
  return authTime ?? Math.floor(issuedAt / 1000);
}
