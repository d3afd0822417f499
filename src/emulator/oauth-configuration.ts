import type { Configuration, KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import { CustomOIDCProviderError } from 'oidc-provider/lib/helpers/errors.js';
import type { Application } from './applications.ts';
import { grantAtOnce } from './auto-approve.ts';
import { appId, clientId, findCaller, serviceUser } from './directory.ts';
import { pagePolicy } from './exchange.ts';
import { unknownScope } from './oauth-errors.ts';
import { signedOutPage, signOutPage } from './pages.ts';

export interface OAuthOptions {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly autoApprove: boolean;
  readonly application: Application;
}

/** Where the endpoints are. */
export const oauthPaths = {
  authorize: `/OAuth2/Authorize/${appId}`,
  token: `/OAuth2/Token/${appId}`,
  revoke: `/OAuth2/Revoke/${appId}`,
  userInfo: `/OAuth2/UserInfo/${appId}`,
  keys: `/OAuth2/Keys/${appId}`,
  endSession: `/OAuth2/EndSession/${appId}`,
  /** Client credentials without an application. */
  platformToken: '/OAuth2/PlatformToken',
} as const;

const day = 24 * 60 * 60;
const platformTokenSeconds = 15 * 60;

/** The issuer of the application, with the slash. */
export function issuerOf(url: string): string {
  return `${url}/${appId}/`;
}

/** The audience that grants name: all of the tenant's APIs. */
export function resourceOf(url: string): string {
  return `${url}/`;
}

export function isPlatformToken(context: KoaContextWithOIDC): boolean {
  return context.originalUrl === oauthPaths.platformToken;
}

/** How the server library becomes the vendor's application, its admin portal's check boxes included. */
export function createConfiguration(options: OAuthOptions): Configuration {
  const { application } = options;
  return {
    routes: {
      authorization: oauthPaths.authorize,
      token: oauthPaths.token,
      revocation: oauthPaths.revoke,
      jwks: oauthPaths.keys,
      end_session: oauthPaths.endSession,
    },
    clients: [
      {
        client_id: clientId,
        // A native client may use any loopback port (RFC 8252 §7.3); the vendor compares redirect URIs as strings.
        application_type: 'web',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [...application.redirectUris],
      },
      {
        client_id: serviceUser.user,
        client_secret: serviceUser.password,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    responseTypes: ['code'],
    scopes: [],
    clientBasedCORS: () => false,
    ttl: {
      AuthorizationCode: 60,
      Interaction: 600,
      Session: day,
      Grant: 30 * day,
      RefreshToken: 30 * day,
      AccessToken: application.accessTokenSeconds,
      ClientCredentials: (context) =>
        isPlatformToken(context)
          ? Math.min(application.accessTokenSeconds, platformTokenSeconds)
          : application.accessTokenSeconds,
    },
    expiresWithSession: () => false,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => showPage(context, signOutPage(form)),
        postLogoutSuccessSource: (context) => showPage(context, signedOutPage()),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resourceOf(options.url),
        getResourceServerInfo: (context, _resource, client) =>
          describeApis(context, client.clientId, application),
      },
    },
    formats: {
      customizers: {
        jwt(_context, token, parts) {
          const { iss, aud, iat, exp, scope, jti } = parts.payload;
          const name = 'accountId' in token ? token.accountId : String(token.clientId);
          parts.payload = { iss, aud, sub: subjectOf(name), unique_name: name, iat, exp, scope, jti };
        },
      },
    },
    interactions: { url: (_context, interaction) => `/login/${interaction.uid}` },
    findAccount: (_context, user) => ({ accountId: user, claims: () => ({ sub: subjectOf(user) }) }),
    ...(options.autoApprove
      ? {
          loadExistingGrant: (context: KoaContextWithOIDC) =>
            grantAtOnce(context, clientId, resourceOf(options.url)),
        }
      : {}),
    renderError(context, { error, error_description }) {
      context.body = { error, error_description };
    },
  };
}

/** The APIs as what tokens are for. @throws {OIDCProviderError} invalid_scope: a scope that the application does not define */
function describeApis(
  context: KoaContextWithOIDC,
  audience: string,
  { scopes }: Application,
): ResourceServer {
  const asked = String(context.oidc.params?.scope ?? '')
    .split(' ')
    .filter(Boolean);
  if (!asked.every((scope) => Object.hasOwn(scopes, scope))) {
    throw new CustomOIDCProviderError(unknownScope.error, unknownScope.error_description);
  }
  return {
    scope: Object.keys(scopes).join(' '),
    audience,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  };
}

function subjectOf(name: string): string {
  return findCaller(name)?.uuid ?? name;
}

function showPage(context: KoaContextWithOIDC, page: string): void {
  context.set('Content-Security-Policy', pagePolicy);
  context.type = 'html';
  context.body = page;
}
