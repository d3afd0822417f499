import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Application } from '../applications.ts';
import { readBearer, readBody, sendJson } from '../http-messages.ts';
import { issuerOf } from './configuration.ts';
import { OAuthRefusal, unknownApp } from './errors.ts';
import type { Providers } from './provider.ts';
import type { TenantParts } from './tenant-parts.ts';
import { authTimeOf } from './user-info.ts';

/**
 * Answers whether a token of the application is valid (RFC 7662, but times are strings, as in the vendor's OpenAPI). The
 * user who asks is the bearer. @throws {OAuthRefusal}
 */
export async function answerIntrospection(
  application: Application | null,
  appId: string,
  request: IncomingMessage,
  response: ServerResponse,
  { parts, providers }: { parts: TenantParts; providers: Providers },
): Promise<void> {
  const form = new URLSearchParams(await readBody(request));
  if (application === null) throw unknownApp(appId);
  if (parts.accessTokens.find(readBearer(request) ?? '') === null)
    throw new OAuthRefusal('access_denied', 'requesting user not authenticated');
  const token = form.get('token');
  if (!token) throw new OAuthRefusal('invalid_request', 'missing token in request');
  const found =
    findAccess(application, token, parts) ?? (await findRefresh(application, token, parts, providers));
  sendJson(response, 200, found === null ? { active: false } : describe(found, application, parts));
}

/** A valid token. */
interface Good {
  readonly user: string;
  readonly clientId: string;
  readonly scope: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly authTime: number;
}

function findAccess(application: Application, token: string, { accessTokens }: TenantParts): Good | null {
  const access = accessTokens.find(token);
  if (access?.application?.key !== application.key) return null;
  return {
    user: access.user,
    clientId: access.clientId ?? '',
    scope: access.scopes.join(' '),
    issuedAt: Math.floor(access.issuedAt / 1000),
    expiresAt: Math.floor(access.expiresAt / 1000),
    authTime: authTimeOf(access),
  };
}

async function findRefresh(
  application: Application,
  token: string,
  { directory }: TenantParts,
  providers: Providers,
): Promise<Good | null> {
  const found = await providers.of(application).RefreshToken.find(token);
  if (found?.isValid !== true) return null;
  const { accountId = '', clientId = '', scope = '', iat, exp = iat, authTime = iat } = found;
  const user = directory.findUser(accountId)?.user ?? accountId;
  return { user, clientId, scope, issuedAt: iat, expiresAt: exp, authTime };
}

function describe(good: Good, application: Application, { url, directory }: TenantParts): object {
  return {
    active: true,
    scope: good.scope,
    exp: String(good.expiresAt),
    iat: String(good.issuedAt),
    auth_time: String(good.authTime),
    sub: directory.findUser(good.user)?.uuid ?? good.user,
    aud: good.clientId,
    app_id: application.key,
    iss: issuerOf(url, application),
    unique_name: good.user,
  };
}
