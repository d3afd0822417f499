import type { Application } from '../applications.ts';
import type { ClientCredentials } from './client-authentication.ts';
import { type Client, findClient } from './clients.ts';
import {
  modeNotAllowed,
  OAuthRefusal,
  someUnknownApp,
  unknownClient,
  unknownCode,
  unknownScope,
  userNotAllowed,
} from './errors.ts';
import { isRegistered } from './redirects.ts';
import { knownScopes } from './scopes.ts';
import type { TenantParts } from './tenant-parts.ts';

const grantTypes = ['authorization_code', 'client_credentials', 'refresh_token', 'password'] as const;

/**
 * The form of a token request (RFC 6749 §4.1.3, §4.4.2, §6) as the server library expects it: the client in the form, and
 * names in the application's spelling. The library checks the code or the refresh token.
 * @throws {OAuthRefusal}
 */
export function readTokenRequest(
  application: Application | null,
  form: URLSearchParams,
  credentials: ClientCredentials | null,
  parts: Pick<TenantParts, 'directory' | 'assumptions'>,
): URLSearchParams {
  if (application === null) throw someUnknownApp();
  const grantType = grantTypes.find((type) => type === form.get('grant_type'));
  if (grantType === undefined) throw new OAuthRefusal('invalid_grant', 'invalid grant type');
  if (credentials === null) throw new OAuthRefusal('invalid_client', 'wrong clientid');
  const client = authenticate(application, credentials, parts);
  if (!mayGrant(application, grantType, client)) throw modeNotAllowed();
  if (grantType === 'client_credentials' && !application.permits(client.id)) throw userNotAllowed();
  if (grantType === 'authorization_code') {
    if (!form.get('code')) throw unknownCode();
    if (!isRegistered(form.get('redirect_uri') ?? '', application.redirectUris, parts.assumptions))
      throw mismatchedRedirect();
  }
  const normal = new URLSearchParams(form);
  normal.set('client_id', client.id);
  normal.delete('client_secret');
  if (client.secret !== null) normal.set('client_secret', client.secret);
  const scope = form.get('scope');
  if (scope !== null) {
    const scopes = knownScopes(application, scope, parts.assumptions['scope-case']);
    if (scopes === null) throw unknownScope();
    normal.set('scope', scopes.join(' '));
  }
  return normal;
}

/** The client with these credentials. @throws {OAuthRefusal} */
export function authenticate(
  application: Application,
  { id, secret }: ClientCredentials,
  parts: Pick<TenantParts, 'directory' | 'assumptions'>,
): Client {
  const client = findClient(application, id, parts);
  if (client === null || (secret || null) !== client.secret) throw unknownClient();
  return client;
}

export const mismatchedRedirect = (): OAuthRefusal =>
  new OAuthRefusal('invalid_request', 'mismatched redirect');

function mayGrant(
  { grants, refreshTokenSeconds }: Application,
  grantType: (typeof grantTypes)[number],
  { secret }: Client,
): boolean {
  switch (grantType) {
    case 'authorization_code':
      return grants.includes(grantType);
    case 'client_credentials':
      return grants.includes(grantType) && secret !== null;
    case 'refresh_token':
      return refreshTokenSeconds !== null;
    case 'password':
      return false;
  }
}
