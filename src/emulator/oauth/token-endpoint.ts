import { IncomingMessage } from 'node:http';
import type { errors, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { type Application, apisOf } from '../applications.ts';
import { noteVerdict } from '../http.ts';
import type { World } from '../world.ts';
import {
  type Client,
  findClient,
  isRegistered,
  type OAuthCall,
  readClientCredentials,
  readScopes,
} from './authorization-request.ts';
import {
  mismatchedRedirect,
  modeNotAllowed,
  type OAuthError,
  OAuthRefusal,
  refusal,
  unknownApp,
  unknownClient,
  unknownCode,
  userNotAllowed,
} from './errors.ts';
import { libraryTokenPath, type OAuthWorld } from './provider.ts';

/**
 * Answers a token request: applies the vendor's own rules, then passes the grant to the
 * server library.
 */
export async function answerTokenRequest(call: OAuthCall, world: OAuthWorld): Promise<void> {
  const { application, request, response } = call;
  const { providers, assumptions } = world;
  const form = await call.form();
  try {
    if (application === null) throw unknownApp(call.appId);
    const claimed = readClientCredentials(request, form, assumptions['basic-credentials']);
    const libraryForm = readTokenRequest(application, form, claimed, world);
    const answer = providers.of(application).callback();
    await answer(formRequest(request, libraryForm), response);
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) throw error;
    noteVerdict(response, error.body);
    // The vendor sends HTTP 400 without a Content-Type.
    response.writeHead(400, { 'Cache-Control': 'no-store' }).end(JSON.stringify(error.body));
  }
  const isFailed = response.statusCode >= 400;
  if (!isFailed || application === null || assumptions['failed-exchange'] !== 'burned') return;
  const { AuthorizationCode } = providers.of(application);
  const code = await AuthorizationCode.find(form.get('code') ?? '');
  await code?.destroy();
}

/** The request with this form as its body, for the library's own address. */
function formRequest(request: IncomingMessage, form: URLSearchParams): IncomingMessage {
  const body = Buffer.from(form.toString());
  const { method, socket, httpVersion } = request;
  const headers = {
    host: request.headers.host,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
  };
  const replaced = new IncomingMessage(socket);
  replaced.push(body);
  replaced.push(null);
  // A request marked as complete does not close the connection.
  return Object.assign(replaced, {
    method,
    httpVersion,
    headers,
    url: libraryTokenPath,
    complete: true,
  });
}

/** Makes the library answer in the vendor's words, and remembers the tokens it issues. */
export function shapeTokenAnswers(
  provider: Provider,
  application: Application,
  world: World,
): void {
  const { accessTokens, assumptions } = world;
  provider.on('grant.error', (context, error) => {
    const answer = vendorError(error, context.oidc.params?.grant_type);
    noteVerdict(context.res, answer);
    context.status = 400;
    context.body = JSON.stringify(answer);
    context.remove('Content-Type');
  });
  provider.on('grant.success', (context) => {
    remember(context, application, world);
    const answer = context.body as Record<string, unknown>;
    const isRefresh = context.oidc.params?.grant_type === 'refresh_token';
    if (isRefresh && assumptions['refresh-token'] === 'kept') delete answer.refresh_token;
    const { state } = context.oidc.body ?? {};
    if (typeof state === 'string') answer.state = state;
  });
  provider.on('grant.revoked', (_context, grantId) => accessTokens.forgetGrant(grantId));
}

function remember(
  context: KoaContextWithOIDC,
  application: Application,
  { accessTokens, directory }: World,
): void {
  const { AccessToken, ClientCredentials } = context.oidc.entities;
  const { access_token, id_token, expires_in } = context.body as Record<string, string>;
  const issued = AccessToken ?? ClientCredentials;
  const clientId = String(issued?.clientId);
  const scopes = (issued?.scope ?? '').split(' ').filter(Boolean);
  const user = directory.findUser(AccessToken?.accountId ?? clientId)?.user ?? clientId;
  const access = {
    user,
    apis: apisOf(application, scopes),
    grantId: AccessToken?.grantId ?? null,
    application,
    clientId,
  };
  for (const token of [access_token, id_token])
    if (token !== undefined) accessTokens.remember(token, access, Number(expires_in));
}

function vendorError(failure: errors.OIDCProviderError, grantType: unknown): OAuthError {
  const { error, error_description = 'the request is invalid', error_detail = '' } = failure;
  if (error !== 'invalid_grant' || grantType !== 'authorization_code')
    return { error, error_description };
  if (/redirect_uri mismatch/.test(error_detail)) return mismatchedRedirect().body;
  if (/code_verifier|code_challenge/.test(error_detail))
    return { error, error_description: 'challenge mismatch' };
  return unknownCode().body;
}

/**
 * The form for the server library: with the client in it, and names in the application's
 * spelling. @throws {OAuthRefusal}
 */
function readTokenRequest(
  application: Application,
  form: URLSearchParams,
  claimed: Client | null,
  world: World,
): URLSearchParams {
  const client = authenticate(application, claimed, world);
  const grantType = form.get('grant_type') ?? '';
  if (!isGrantAllowed(grantType, application, client)) throw modeNotAllowed();
  if (grantType === 'client_credentials' && !application.permits(client.id)) throw userNotAllowed();
  if (grantType === 'authorization_code') {
    if (!form.get('code')) throw unknownCode();
    const redirectUri = form.get('redirect_uri') ?? '';
    if (!isRegistered(redirectUri, application.redirectUris, world.assumptions))
      throw mismatchedRedirect();
  }
  const libraryForm = new URLSearchParams(form);
  libraryForm.set('client_id', client.id);
  libraryForm.delete('client_secret');
  if (client.secret !== null) libraryForm.set('client_secret', client.secret);
  const scope = form.get('scope');
  if (scope !== null) {
    const scopes = readScopes(application, scope, world.assumptions['scope-case']);
    libraryForm.set('scope', scopes.join(' '));
  }
  return libraryForm;
}

/** @throws {OAuthRefusal} an unknown grant type */
function isGrantAllowed(
  grantType: string,
  { grants, refreshTokenSeconds }: Application,
  client: Client,
): boolean {
  switch (grantType) {
    case 'authorization_code':
      return grants.includes('authorization_code');
    case 'client_credentials':
      return grants.includes('client_credentials') && client.secret !== null;
    case 'refresh_token':
      return refreshTokenSeconds !== null;
    default:
      throw refusal('invalid_grant', 'invalid grant type');
  }
}

/** The client with these credentials. @throws {OAuthRefusal} */
export function authenticate(
  application: Application,
  claimed: Client | null,
  world: World,
): Client {
  if (claimed === null) throw refusal('invalid_client', 'wrong clientid');
  const client = findClient(application, claimed.id, world);
  if (client === null || (claimed.secret || null) !== client.secret) throw unknownClient();
  return client;
}
