import type { AccessTokens } from './access-tokens.ts';
import type { Application } from './applications.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { appId, findCaller } from './directory.ts';
import { readBearer, sendJson } from './exchange.ts';
import { issuerOf, oauthPaths } from './oauth-configuration.ts';
import { unknownApp } from './oauth-errors.ts';
import type { Route } from './route.ts';

/** The application's addresses: those of the server library, and those that it does not serve in the vendor's way. */
export function oauthRoutes(
  server: AuthorizationServer,
  accessTokens: AccessTokens,
  application: Application,
  url: string,
): readonly Route[] {
  const { authorize, token, revoke, userInfo, keys, endSession, platformToken } = oauthPaths;
  const library = (method: Route['method'], path: string): Route => ({ method, path, answer: server.answer });
  const answerUserInfo: Route['answer'] = (request, response) => {
    const access = accessTokens.find(readBearer(request) ?? '');
    if (access === null) {
      sendJson(response, 401, { error: 'invalid_token', error_description: 'invalid token provided' });
    } else {
      const { user } = access;
      sendJson(response, 200, { sub: findCaller(user)?.uuid, unique_name: user, preferred_username: user });
    }
  };
  const routes: readonly Route[] = [
    library('GET', authorize),
    library('GET', `${authorize}/*`),
    library('POST', token),
    library('POST', revoke),
    library('GET', keys),
    library('GET', endSession),
    library('GET', `${endSession}/success`),
    library('POST', `${endSession}/confirm`),
    { method: 'GET', path: userInfo, answer: answerUserInfo },
    { method: 'POST', path: userInfo, answer: answerUserInfo },
  ];
  return [
    ...routes,
    ...routes.map(toUnknownApp),
    library('POST', platformToken),
    {
      method: 'GET',
      path: `/${appId}/.well-known/openid-configuration`,
      answer: (_request, response) => sendJson(response, 200, discoveryDocument(application, url)),
    },
  ];
}

/** What answers at the same address of any other application. */
function toUnknownApp(route: Route): Route {
  return {
    method: route.method,
    path: route.path.replace(appId, '*'),
    answer: (_request, response) => void response.writeHead(400).end(JSON.stringify(unknownApp)),
  };
}

/** What the vendor lists, and no more: neither revocation nor grant types nor the `iss` parameter. */
function discoveryDocument({ scopes }: Application, url: string): object {
  return {
    issuer: issuerOf(url),
    authorization_endpoint: `${url}${oauthPaths.authorize}`,
    token_endpoint: `${url}${oauthPaths.token}`,
    userinfo_endpoint: `${url}${oauthPaths.userInfo}`,
    jwks_uri: `${url}${oauthPaths.keys}`,
    end_session_endpoint: `${url}${oauthPaths.endSession}`,
    scopes_supported: Object.keys(scopes),
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['aud', 'exp', 'iat', 'iss', 'sub', 'unique_name'],
  };
}
