import type { IncomingMessage } from 'node:http';
import type { Provider } from 'oidc-provider';
import { platformApplication } from '../applications.ts';
import { isForm, type Route, readBody, readQuery, send, sendJson, sendMoved } from '../http.ts';
import type { World } from '../world.ts';
import { answerAuthorization, refusedAddress } from './authorization-endpoint.ts';
import {
  type OAuthCall,
  RedirectedRefusal,
  readClientCredentials,
  requireApplication,
} from './authorization-request.ts';
import { Bounces } from './bounces.ts';
import { Consents } from './consents.ts';
import { invalidRequest, OAuthRefusal, sendRefused, unknownApp, unknownClient } from './errors.ts';
import { createProviders, issuerOf, type OAuthWorld } from './provider.ts';
import { decideConsent, showConsent, signInRoutes } from './sign-in-routes.ts';
import { answerTokenRequest, authenticate, shapeTokenAnswers } from './token-endpoint.ts';

/** The OAuth endpoints of all applications, and the pages of the sign-in. */
export interface AuthorizationServer {
  readonly routes: readonly Route[];
  forgetGrants(): void;
}

export function openAuthorizationServer(tenant: World): AuthorizationServer {
  const providers = createProviders(tenant, shapeTokenAnswers);
  const bounces = new Bounces(tenant.now);
  const consents = new Consents();
  const world = { ...tenant, providers, bounces, consents };
  const allEndpoints = [...endpoints, platformEndpoint(world)];
  return {
    routes: [
      ...allEndpoints.flatMap((endpoint) => routesOf(endpoint, world)),
      ...signInRoutes(world),
    ],
    forgetGrants() {
      providers.forgetGrants();
      bounces.forgetAll();
      consents.forgetAll();
    },
  };
}

interface Endpoint {
  readonly methods: readonly Route['method'][];
  readonly path: string;
  answer(call: OAuthCall, world: OAuthWorld): Promise<void> | void;
}

/** The OAuth endpoints of every application, at the addresses in the vendor's OpenAPI. */
const endpoints: readonly Endpoint[] = [
  { methods: ['GET', 'POST'], path: '/OAuth2/Authorize/*', answer: answerAuthorization },
  { methods: ['GET'], path: '/OAuth2/Confirm/*', answer: showConsent },
  { methods: ['POST'], path: '/OAuth2/Confirm/*', answer: decideConsent },
  { methods: ['POST'], path: '/OAuth2/Token/*', answer: answerTokenRequest },
  { methods: ['POST'], path: '/OAuth2/Revoke/*', answer: answerRevocation },
  { methods: ['GET', 'POST'], path: '/OAuth2/Keys/*', answer: answerKeys },
  { methods: ['GET'], path: '/*/.well-known/openid-configuration', answer: answerMetadata },
];

/** Client credentials without an application. */
function platformEndpoint({ accessTokenSeconds, assumptions }: World): Endpoint {
  const application = platformApplication(accessTokenSeconds, assumptions);
  return {
    methods: ['POST'],
    path: '/OAuth2/PlatformToken',
    answer: (call, world) => answerTokenRequest({ ...call, application }, world),
  };
}

function routesOf(endpoint: Endpoint, world: OAuthWorld): readonly Route[] {
  const { methods, path } = endpoint;
  return methods.map((method) => ({
    method,
    path,
    async answer(request, response) {
      const appId = appIdIn(path, request);
      const call: OAuthCall = {
        appId,
        application: world.applications.find(appId),
        request,
        response,
        parameters: () => readParameters(request),
        form: () => readForm(request),
      };
      await answerEndpoint(endpoint, call, world);
    },
  }));
}

async function answerEndpoint(
  endpoint: Endpoint,
  call: OAuthCall,
  world: OAuthWorld,
): Promise<void> {
  const { request, response } = call;
  try {
    await endpoint.answer(call, world);
  } catch (error) {
    if (error instanceof RedirectedRefusal) sendMoved(response, refusedAddress(error, world));
    else if (error instanceof OAuthRefusal) sendRefused(request, response, error);
    else throw error;
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await readBody(request));
}

async function readParameters(request: IncomingMessage): Promise<URLSearchParams> {
  const parameters = readQuery(request);
  if (request.method !== 'POST') return parameters;
  const form = await readForm(request);
  if (isForm(request)) for (const [name, value] of form) parameters.set(name, value);
  return parameters;
}

/** The segment of the path at `*`, or an empty string. */
function appIdIn(path: string, request: IncomingMessage): string {
  const index = path.split('/').indexOf('*');
  const [requested = ''] = (request.url ?? '').split('?', 1);
  const segment = index === -1 ? '' : (requested.split('/')[index] ?? '');
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * Revokes a token of the requesting client (RFC 7009 §2.1). The answer proves nothing.
 * @throws {OAuthRefusal}
 */
async function answerRevocation(call: OAuthCall, world: OAuthWorld): Promise<void> {
  const form = await call.form();
  const { assumptions } = world;
  const application = requireApplication(call);
  const token = form.get('token');
  if (!token) throw invalidRequest('missing token');
  const claimed = readClientCredentials(call.request, form, assumptions['basic-credentials']);
  const { id, secret } = authenticate(application, claimed, world);
  if (secret === null && assumptions['revoke-public-client'] === 'refused') throw unknownClient();
  const access = world.accessTokens.find(token);
  if (access?.application?.key === application.key && access.clientId === id)
    world.accessTokens.forget(token);
  await revokeRefreshToken(token, id, world.providers.of(application), world);
  send(call.response, 200, 'text/html; charset=utf-8', '');
}

/** Also revokes the access tokens of its grant. */
async function revokeRefreshToken(
  token: string,
  clientId: string,
  { RefreshToken }: Provider,
  { accessTokens }: World,
): Promise<void> {
  const refreshToken = await RefreshToken.find(token);
  if (refreshToken?.clientId !== clientId || refreshToken.grantId === undefined) return;
  await RefreshToken.revokeByGrantId(refreshToken.grantId);
  accessTokens.forgetGrant(refreshToken.grantId);
}

function answerKeys(call: OAuthCall, { providers }: OAuthWorld): void {
  requireApplication(call);
  sendJson(call.response, 200, providers.publicKeys());
}

/**
 * Sends an application's OpenID provider metadata, if the assumptions publish it.
 * @throws {OAuthRefusal}
 */
function answerMetadata(call: OAuthCall, { url, assumptions }: OAuthWorld): void {
  const application = requireApplication(call);
  if (assumptions.discovery === 'absent') throw unknownApp(call.appId);
  const appId = encodeURIComponent(application.appId);
  // Like the vendor's, without revocation, grant types and the `iss` parameter.
  sendJson(call.response, 200, {
    issuer: issuerOf(url, application),
    authorization_endpoint: `${url}/OAuth2/Authorize/${appId}`,
    token_endpoint: `${url}/OAuth2/Token/${appId}`,
    jwks_uri: `${url}/OAuth2/Keys/${appId}`,
    scopes_supported: Object.keys(application.scopes),
    response_types_supported: application.grants.includes('implicit') ? ['id_token'] : ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['aud', 'exp', 'iat', 'iss', 'sub', 'unique_name'],
  });
}
