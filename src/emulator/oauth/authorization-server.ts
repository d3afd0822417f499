import { authTimeOf } from '../access-tokens.ts';
import { type Application, platformApplication } from '../applications.ts';
import { isForm, type Route, readBearer, readBody, readQuery, send, sendJson, sendMoved } from '../http.ts';
import type { World } from '../world.ts';
import { answerAuthorization, refusedAddress } from './authorization-endpoint.ts';
import {
  type Asked,
  RedirectedRefusal,
  readClientCredentials,
  requireApplication,
} from './authorization-request.ts';
import {
  invalidRequest,
  OAuthRefusal,
  refusal,
  sendRefused,
  someUnknownApp,
  unauthorized,
  unknownClient,
} from './errors.ts';
import { createProviders, issuerOf, type OAuthWorld, personClaims } from './provider.ts';
import { createBounces, createConsents } from './remembered.ts';
import { answerEndSession, decideConsent, showConsent, signInRoutes } from './sign-in-routes.ts';
import { answerTokenRequest, authenticate, shapeTokenAnswers } from './token-endpoint.ts';

/** The tenant's OAuth server: the endpoints of all applications, and the pages of the sign-in. */
export function createAuthorizationServer(tenant: World) {
  const providers = createProviders(tenant, shapeTokenAnswers);
  const [bounces, consents] = [createBounces(tenant.now), createConsents()];
  const world = { ...tenant, providers, bounces, consents };
  const application = platformApplication(tenant.accessTokenSeconds, tenant.assumptions);
  /** Client credentials outside the applications of administrators. */
  const platform: Endpoint = [
    post,
    '/OAuth2/PlatformToken',
    (asked) => answerTokenRequest({ ...asked, application }, world),
  ];
  return {
    routes: [
      ...[...endpoints, platform].flatMap((endpoint) => routesOf(endpoint, world)),
      ...signInRoutes(world),
    ],
    forgetGrants(): void {
      providers.forgetGrants();
      bounces.forgetAll();
      consents.forgetAll();
    },
  };
}

type Endpoint = readonly [
  methods: readonly Route['method'][],
  path: string,
  answer: (asked: Asked, world: OAuthWorld) => Promise<void> | void,
];

const [get, post, either] = [['GET'], ['POST'], ['GET', 'POST']] as const;

/** The OAuth endpoints of every application, at the addresses in the vendor's OpenAPI. */
const endpoints: readonly Endpoint[] = [
  [either, '/OAuth2/Authorize/*', answerAuthorization],
  [get, '/OAuth2/Confirm/*', showConsent],
  [post, '/OAuth2/Confirm/*', decideConsent],
  [post, '/OAuth2/Token/*', answerTokenRequest],
  [either, '/OAuth2/UserInfo/*', answerUserInfo],
  [post, '/OAuth2/Introspect/*', answerIntrospection],
  [post, '/OAuth2/Revoke/*', answerRevocation],
  [either, '/OAuth2/Keys/*', answerKeys],
  [either, '/OAuth2/GetMeta', answerNamedMetadata],
  [get, '/*/.well-known/openid-configuration', answerMetadata],
  [either, '/OAuth2/EndSession/*', answerEndSession],
  [either, '/OAuth2/EndSession', answerEndSession],
  // Addresses without an application, or with extra segments, and the vendor's errors for them.
  [either, '/OAuth2/Authorize', misaddressed('bad URL')],
  [either, '/OAuth2/Token', misaddressed('bad URL')],
  [either, '/OAuth2/Keys', misaddressed('bad URL')],
  [either, '/OAuth2/Introspect', misaddressed('bad URL')],
  [either, '/OAuth2/Revoke', misaddressed('bad URL')],
  [either, '/OAuth2/UserInfo', misaddressed('invalid app configuration')],
  [either, '/OAuth2/UserInfo/*/*', misaddressed('bad url')],
];

function misaddressed(description: string): Endpoint[2] {
  return () => {
    throw invalidRequest(description);
  };
}

function routesOf([methods, path, answer]: Endpoint, world: OAuthWorld): readonly Route[] {
  return methods.map((method) => ({
    method,
    path,
    async answer(request, response) {
      const appId = appIdIn(path, request);
      const application = world.applications.find(appId);
      const form = async () => new URLSearchParams(await readBody(request));
      const parameters = async (): Promise<URLSearchParams> => {
        const query = readQuery(request);
        const body = request.method === 'POST' ? await form() : [];
        if (isForm(request)) for (const [name, value] of body) query.set(name, value);
        return query;
      };
      try {
        await answer({ appId, application, request, response, parameters, form }, world);
      } catch (error) {
        if (error instanceof RedirectedRefusal) sendMoved(response, refusedAddress(error, world));
        else if (error instanceof OAuthRefusal) sendRefused(request, response, error);
        else throw error;
      }
    },
  }));
}

/** The segment of the path at `*`, or an empty string. */
function appIdIn(path: string, request: Asked['request']): string {
  const index = path.split('/').indexOf('*');
  const [segments = ''] = (request.url ?? '').split('?', 1);
  const segment = index === -1 ? '' : (segments.split('/')[index] ?? '');
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * Answers whether a token of the application is valid (RFC 7662, but with times as strings, as in the vendor's OpenAPI). The
 * requesting user is the bearer. @throws {OAuthRefusal}
 */
async function answerIntrospection(asked: Asked, world: OAuthWorld): Promise<void> {
  const form = await asked.form();
  const { request, response } = asked;
  const application = requireApplication(asked);
  if (world.accessTokens.find(readBearer(request) ?? '') === null)
    throw refusal('access_denied', 'requesting user not authenticated');
  const token = form.get('token');
  if (!token) throw invalidRequest('missing token in request');
  const found = findAccess(application, token, world) ?? (await findRefresh(application, token, world));
  if (found === null) return sendJson(response, 200, { active: false });
  sendJson(response, 200, {
    active: true,
    scope: found.scope,
    exp: String(found.expiresAt),
    iat: String(found.issuedAt),
    auth_time: String(found.authTime),
    sub: world.directory.findUser(found.user)?.uuid ?? found.user,
    aud: found.clientId,
    app_id: application.key,
    iss: issuerOf(world.url, application),
    unique_name: found.user,
  });
}

/** A valid access token or ID token of the application; times in seconds since 1970. */
function findAccess(application: Application, token: string, { accessTokens }: World) {
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

/** A valid refresh token of the application; times in seconds since 1970. */
async function findRefresh(application: Application, token: string, { directory, providers }: OAuthWorld) {
  const found = await providers.of(application).RefreshToken.find(token);
  if (found?.isValid !== true) return null;
  const { accountId = '', clientId = '', scope = '', iat, exp = iat, authTime = iat } = found;
  const user = directory.findUser(accountId)?.user ?? accountId;
  return { user, clientId, scope, issuedAt: iat, expiresAt: exp, authTime };
}

/**
 * Revokes a token of the requesting client (RFC 7009 §2.1): an access token or ID token alone, or a refresh token with
 * everything obtained through it. The answer is 200 whether or not it was valid, so it proves nothing. @throws {OAuthRefusal}
 */
async function answerRevocation(asked: Asked, world: OAuthWorld): Promise<void> {
  const form = await asked.form();
  const { accessTokens, assumptions, providers } = world;
  const application = requireApplication(asked);
  const token = form.get('token');
  if (!token) throw invalidRequest('missing token');
  const claimed = readClientCredentials(asked.request, form, assumptions['basic-credentials']);
  const { id, secret } = authenticate(application, claimed, world);
  if (secret === null && assumptions['revoke-public-client'] === 'refused') throw unknownClient();
  const access = accessTokens.find(token);
  if (access?.application?.key === application.key && access.clientId === id) accessTokens.forget(token);
  const { RefreshToken } = providers.of(application);
  const refresh = await RefreshToken.find(token);
  if (refresh?.clientId === id && refresh.grantId !== undefined) {
    await RefreshToken.revokeByGrantId(refresh.grantId);
    accessTokens.forgetGrant(refresh.grantId);
  }
  send(asked.response, 200, 'text/html; charset=utf-8', '');
}

/** Sends the claims of the bearer of an access token (OpenID Connect Core §5.3). @throws {OAuthRefusal} */
function answerUserInfo(asked: Asked, { accessTokens, directory }: World): void {
  const access = accessTokens.find(readBearer(asked.request) ?? '');
  if (access === null) throw unauthorized();
  requireApplication(asked);
  const { user, clientId } = access;
  sendJson(asked.response, 200, {
    ...(clientId === undefined ? {} : { aud: clientId }),
    ...personClaims(user, directory),
    auth_time: String(authTimeOf(access)),
    Success: true,
  });
}

/** Sends the public keys (RFC 7517 §5). @throws {OAuthRefusal} */
function answerKeys(asked: Asked, { providers }: OAuthWorld): void {
  requireApplication(asked);
  sendJson(asked.response, 200, providers.publicKeys());
}

/** Sends the OpenID provider metadata of the application in `serviceName`. @throws {OAuthRefusal} */
async function answerNamedMetadata(asked: Asked, world: OAuthWorld): Promise<void> {
  const appId = (await asked.parameters()).get('serviceName') ?? '';
  answerMetadata({ ...asked, application: world.applications.find(appId) }, world);
}

/** Sends an application's OpenID provider metadata, if the assumptions publish it. @throws {OAuthRefusal} */
function answerMetadata({ application, response }: Asked, { url, assumptions }: OAuthWorld): void {
  if (application === null || assumptions.discovery === 'absent') throw someUnknownApp();
  sendJson(response, 200, metadataOf(application, url));
}

/** Exactly the members in the vendor's list: no revocation, no grant types, no `iss` parameter. */
function metadataOf(application: Application, url: string): object {
  const appId = encodeURIComponent(application.appId);
  return {
    issuer: issuerOf(url, application),
    authorization_endpoint: `${url}/OAuth2/Authorize/${appId}`,
    token_endpoint: `${url}/OAuth2/Token/${appId}`,
    userinfo_endpoint: `${url}/OAuth2/UserInfo/${appId}`,
    jwks_uri: `${url}/OAuth2/Keys/${appId}`,
    end_session_endpoint: `${url}/OAuth2/EndSession/${appId}`,
    scopes_supported: Object.keys(application.scopes),
    response_types_supported: responseTypesOf(application),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['aud', 'exp', 'iat', 'iss', 'sub', 'unique_name'],
  };
}

function responseTypesOf({ grants }: Application): readonly string[] {
  const [code, implicit] = [grants.includes('authorization_code'), grants.includes('implicit')];
  return [
    ...(code ? ['code'] : []),
    ...(implicit ? ['id_token', 'token id_token'] : []),
    ...(code && implicit ? ['code token id_token', 'code token', 'code id_token'] : []),
  ];
}
