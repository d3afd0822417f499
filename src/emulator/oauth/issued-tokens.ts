import type { Access } from '../access-tokens.ts';
import type { Application } from '../applications.ts';
import { readBearer, send, sendJson } from '../http.ts';
import { type Asked, type Client, readClientCredentials, type TenantParts } from './clients.ts';
import { OAuthRefusal, sendUnauthorized, unknownApp, unknownClient } from './errors.ts';
import { issuerOf, type Providers, personClaims, type ServerParts } from './provider.ts';
import { authenticate } from './token-endpoint.ts';

/**
 * Answers whether a token of the application is valid (RFC 7662, but times are strings, as in the vendor's OpenAPI). The
 * user who asks is the bearer. @throws {OAuthRefusal}
 */
export async function answerIntrospection(
  { application, appId, request, response, ...asked }: Asked,
  { parts, providers }: ServerParts,
): Promise<void> {
  const form = await asked.form();
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

/**
 * Revokes a token of the client that asks (RFC 7009 §2.1). The answer is 200 whether or not it was valid, so it proves
 * nothing. @throws {OAuthRefusal}
 */
export async function answerRevocation(
  { application, appId, request, response, ...asked }: Asked,
  { parts, providers }: ServerParts,
): Promise<void> {
  const form = await asked.form();
  if (application === null) throw unknownApp(appId);
  const token = form.get('token');
  if (!token) throw new OAuthRefusal('invalid_request', 'missing token');
  const credentials = readClientCredentials(request, form, parts.assumptions['basic-credentials']);
  if (credentials === null) throw new OAuthRefusal('invalid_client', 'wrong clientid');
  const client = authenticate(application, credentials, parts);
  if (client.secret === null && parts.assumptions['revoke-public-client'] === 'refused')
    throw unknownClient();
  await revoke(application, token, client, { parts, providers });
  send(response, 200, 'text/html; charset=utf-8', '');
}

/** An access token or ID token alone, or a refresh token with everything obtained through it. */
async function revoke(
  application: Application,
  token: string,
  { id }: Client,
  { parts: { accessTokens }, providers }: ServerParts,
): Promise<void> {
  const access = accessTokens.find(token);
  if (access?.application?.key === application.key && access.clientId === id) accessTokens.forget(token);
  const { RefreshToken } = providers.of(application);
  const refresh = await RefreshToken.find(token);
  if (refresh?.clientId !== id || refresh.grantId === undefined) return;
  await RefreshToken.revokeByGrantId(refresh.grantId);
  accessTokens.forgetGrant(refresh.grantId);
}

/** Answers who the bearer of an access token is (OpenID Connect Core §5.3). @throws {OAuthRefusal} */
export function answerUserInfo(
  { application, appId, request, response }: Asked,
  { parts: { accessTokens, directory } }: ServerParts,
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
function authTimeOf({ authTime, issuedAt }: Pick<Access, 'authTime'> & { issuedAt: number }): number {
  return authTime ?? Math.floor(issuedAt / 1000);
}
