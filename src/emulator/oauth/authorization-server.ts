import { platformApplication } from '../applications.ts';
import { isForm, type Route, readBody, readQuery, send, sendJson, sendMoved } from '../http.ts';
import type { World } from '../world.ts';
import { answerAuthorization, refusedAddress } from './authorization-endpoint.ts';
import {
  type Asked,
  RedirectedRefusal,
  readClientCredentials,
  requireApplication,
} from './authorization-request.ts';
import { invalidRequest, OAuthRefusal, sendRefused, unknownApp, unknownClient } from './errors.ts';
import { createProviders, issuerOf, type OAuthWorld } from './provider.ts';
import { createBounces, createConsents } from './remembered.ts';
import { decideConsent, showConsent, signInRoutes } from './sign-in-routes.ts';
import { answerTokenRequest, authenticate, shapeTokenAnswers } from './token-endpoint.ts';

/** The tenant's OAuth server: the endpoints of all applications, and the pages of the sign-in. */
export function createAuthorizationServer(tenant: World) {
  const providers = createProviders(tenant, shapeTokenAnswers);
  const [bounces, consents] = [createBounces(tenant.now), createConsents()];
  const world = { ...tenant, providers, bounces, consents };
  const application = platformApplication(tenant.accessTokenSeconds, tenant.assumptions);
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
  [post, '/OAuth2/Revoke/*', answerRevocation],
  [either, '/OAuth2/Keys/*', answerKeys],
  [get, '/*/.well-known/openid-configuration', answerMetadata],
];

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

/** Revokes a token of the requesting client (RFC 7009 §2.1). The answer proves nothing. @throws {OAuthRefusal} */
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
  if (access?.application?.key === application.key && access.clientId === id)
    accessTokens.forget(token);
  const { RefreshToken } = providers.of(application);
  const refresh = await RefreshToken.find(token);
  if (refresh?.clientId === id && refresh.grantId !== undefined) {
    await RefreshToken.revokeByGrantId(refresh.grantId);
    accessTokens.forgetGrant(refresh.grantId);
  }
  send(asked.response, 200, 'text/html; charset=utf-8', '');
}

function answerKeys(asked: Asked, { providers }: OAuthWorld): void {
  requireApplication(asked);
  sendJson(asked.response, 200, providers.publicKeys());
}

/** Sends an application's OpenID provider metadata, if the assumptions publish it. @throws {OAuthRefusal} */
function answerMetadata(asked: Asked, { url, assumptions }: OAuthWorld): void {
  const application = requireApplication(asked);
  if (assumptions.discovery === 'absent') throw unknownApp(asked.appId);
  const appId = encodeURIComponent(application.appId);
  // Like the vendor's, without revocation, grant types and the `iss` parameter.
  sendJson(asked.response, 200, {
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
