import type { ClientMetadata, Configuration, ResourceServer } from 'oidc-provider';
import { CustomOIDCProviderError } from 'oidc-provider/lib/helpers/errors.js';
import type { Application } from '../applications.ts';
import { findClient } from './clients.ts';
import { userNotAllowed } from './errors.ts';
import { personClaims } from './person-claims.ts';
import type { TenantParts } from './tenant-parts.ts';

/** The server library's token endpoint: a name of our own, since each application has its own server. */
export const libraryTokenPath = '/token';

const codeSeconds = 60;
const day = 24 * 60 * 60;

/** An application's issuer, with the slash. */
export function issuerOf(url: string, { appId }: Pick<Application, 'appId'>): string {
  return `${url}/${encodeURIComponent(appId)}/`;
}

/** The audience that grants name: all of the tenant's APIs. */
export function resourceOf(url: string): string {
  return `${url}/`;
}

/** Turns the server library into the token endpoint of one application. */
export function createConfiguration(application: Application, parts: TenantParts): Configuration {
  const { url, directory, assumptions } = parts;
  const { accessTokenSeconds, refreshTokenSeconds } = application;
  return {
    routes: { token: libraryTokenPath },
    responseTypes: ['code'],
    scopes: [],
    claims: { openid: ['auth_time', ...Object.keys(personClaims('', directory))] },
    clientBasedCORS: () => false,
    ttl: {
      AuthorizationCode: codeSeconds,
      Grant: refreshTokenSeconds ?? day,
      RefreshToken: refreshTokenSeconds ?? day,
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      IdToken: accessTokenSeconds,
    },
    expiresWithSession: () => false,
    issueRefreshToken: () => refreshTokenSeconds !== null,
    rotateRefreshToken: assumptions['refresh-token'] === 'rotated',
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resourceOf(url),
        getResourceServerInfo: (_context, _resource, { clientId }) =>
          apisAsResource(application, clientId, assumptions['access-token']),
      },
    },
    formats: {
      customizers: {
        jwt(_context, token, parts) {
          const { iss, aud, iat, exp, scope, jti } = parts.payload;
          const key = 'accountId' in token ? token.accountId : String(token.clientId);
          const { uuid: sub = key, user: unique_name = key } = directory.findUser(key) ?? {};
          parts.payload = { iss, aud, sub, unique_name, iat, exp, scope, jti };
        },
      },
    },
    findAccount(_context, uuid) {
      const { user } = directory.findUser(uuid) ?? {};
      if (user === undefined) return undefined;
      if (!application.permits(user)) {
        const { error, error_description } = userNotAllowed().body;
        throw new CustomOIDCProviderError(error, error_description);
      }
      return { accountId: uuid, claims: () => personClaims(user, directory) };
    },
  };
}

/** The tenant's APIs as the target of an access token. */
export function apisAsResource(
  { scopes }: Application,
  audience: string,
  format: TenantParts['assumptions']['access-token'],
): ResourceServer {
  const resource = { scope: Object.keys(scopes).join(' '), audience };
  return format === 'opaque'
    ? { ...resource, accessTokenFormat: 'opaque' }
    : { ...resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
}

/** A client as the server library knows it: how it authenticates, and what it may request. */
export function clientMetadata(
  application: Application,
  id: string,
  parts: TenantParts,
): ClientMetadata | undefined {
  const client = findClient(application, id, parts);
  if (client === null) return undefined;
  const grants = [
    ...application.grants.filter((grant) => grant !== 'implicit'),
    ...(application.refreshTokenSeconds === null ? [] : ['refresh_token']),
  ];
  return {
    client_id: client.id,
    // Only the tenant answers authorization requests, but the library still wants to see what a code needs.
    response_types: grants.includes('authorization_code') ? ['code'] : [],
    redirect_uris: [resourceOf(parts.url)],
    ...(client.secret === null
      ? {
          token_endpoint_auth_method: 'none',
          grant_types: grants.filter((grant) => grant !== 'client_credentials'),
        }
      : {
          token_endpoint_auth_method: 'client_secret_post',
          client_secret: client.secret,
          grant_types: grants,
        }),
  };
}
