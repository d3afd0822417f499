import type { KeyObject } from 'node:crypto';
import { type Application, platformApplication } from '../applications.ts';
import type { Access } from '../authentication/session-tokens.ts';
import { isForm, type Route, readBearer, readBody, readQuery, send, sendJson, sendMoved } from '../http.ts';
import { type AuthorizationParts, answerAuthorization, refusedAddress } from './authorization-endpoint.ts';
import { RedirectedRefusal } from './authorization-request.ts';
import { type Asked, type Client, readClientCredentials, type TenantParts } from './clients.ts';
import { OAuthRefusal, sendRefused, sendUnauthorized, unknownApp, unknownClient } from './errors.ts';
import {
  answerKeys,
  answerMetadata,
  answerNamedMetadata,
  createProviders,
  issuerOf,
  type Providers,
  personClaims,
  type ServerParts,
} from './provider.ts';
import { createBounces, createConsents } from './remembered.ts';
import { answerEndSession, decideConsent, showConsent, signInRoutes } from './sign-in-routes.ts';
import { answerTokenRequest, authenticate, shapeTokenAnswers } from './token-endpoint.ts';

/** The OAuth side of the tenant: the endpoints of all applications, and the pages that people see on the way. */
interface AuthorizationServer {
  readonly routes: readonly Route[];
  /** Forgets everything granted: codes, refresh tokens, consents. */
  forgetGrants(): void;
}

interface AuthorizationOptions {
  readonly autoApprove: AuthorizationParts['autoApprove'];
  readonly accessTokenSeconds: number;
  /** Signs the tenant's tokens. */
  readonly signingKey: KeyObject;
}

export function createAuthorizationServer(
  parts: TenantParts,
  { autoApprove, accessTokenSeconds, signingKey }: AuthorizationOptions,
): AuthorizationServer {
  const providers = createProviders(parts, signingKey, (provider, application) =>
    shapeTokenAnswers(provider, application, parts),
  );
  const [bounces, consents] = [createBounces(parts.now), createConsents()];
  const context = { parts, providers, bounces, consents, autoApprove };
  const platform = platformEndpoint(platformApplication(accessTokenSeconds, parts.assumptions));
  return {
    routes: [
      ...[...endpoints, platform].flatMap((endpoint) => routesOf(endpoint, context)),
      ...signInRoutes(context),
    ],
    forgetGrants() {
      providers.forgetGrants();
      bounces.forgetAll();
      consents.forgetAll();
    },
  };
}

type Endpoint = readonly [
  methods: readonly Route['method'][],
  path: string,
  answer: (asked: Asked, context: AuthorizationParts) => Promise<void> | void,
];

const [get, post, either] = [['GET'], ['POST'], ['GET', 'POST']] as const;

/** The OAuth endpoints of every application of the tenant, at the addresses of the vendor's OpenAPI. */
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
  // Addresses with no application, or with something after it, and the vendor's words for them.
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
    throw new OAuthRefusal('invalid_request', description);
  };
}

/** Client credentials without an application of an administrator's. */
function platformEndpoint(platform: Application): Endpoint {
  return [
    post,
    '/OAuth2/PlatformToken',
    (asked, context) => answerTokenRequest({ ...asked, application: platform }, context),
  ];
}

function routesOf([methods, path, answer]: Endpoint, context: AuthorizationParts): readonly Route[] {
  const { parts } = context;
  return methods.map((method) => ({
    method,
    path,
    async answer(request, response) {
      const appId = appIdIn(path, request);
      const application = parts.applications.find(appId);
      const parameters = () => readParameters(request);
      const form = async () => new URLSearchParams(await readBody(request));
      try {
        await answer({ appId, application, request, response, parameters, form }, context);
      } catch (error) {
        if (error instanceof RedirectedRefusal) sendMoved(response, refusedAddress(error, parts));
        else if (error instanceof OAuthRefusal)
          sendRefused(request, response, error.status, { ...error.body });
        else throw error;
      }
    },
  }));
}

/** The segment of the path at `*`; empty: there is none. */
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

/** The parameters of the query, and those of a form, which take precedence. */
async function readParameters(request: Asked['request']): Promise<URLSearchParams> {
  const parameters = readQuery(request);
  if (request.method !== 'POST') return parameters;
  const body = await readBody(request);
  if (isForm(request)) for (const [name, value] of new URLSearchParams(body)) parameters.set(name, value);
  return parameters;
}

/**
 * Answers whether a token of the application is valid (RFC 7662, but times are strings, as in the vendor's OpenAPI). The
 * user who asks is the bearer. @throws {OAuthRefusal}
 */
async function answerIntrospection(
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
async function answerRevocation(
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
function answerUserInfo(
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
