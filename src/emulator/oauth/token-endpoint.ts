import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { errors, KoaContextWithOIDC } from 'oidc-provider';
import type { Provider } from 'oidc-provider/lib/provider.js';
import { type Application, apisOf } from '../applications.ts';
import { readBody } from '../http-messages.ts';
import { noteVerdict } from '../verdict.ts';
import { readClientCredentials } from './client-authentication.ts';
import { libraryTokenPath } from './configuration.ts';
import { type OAuthError, OAuthRefusal, unknownCode } from './errors.ts';
import type { Providers } from './provider.ts';
import type { TenantParts } from './tenant-parts.ts';
import { mismatchedRedirect, readTokenRequest } from './token-request.ts';

/**
 * Answers a token request: first the vendor's own rules, then the server library for the grant itself. Null: there is no
 * such application.
 */
export async function answerTokenRequest(
  application: Application | null,
  request: IncomingMessage,
  response: ServerResponse,
  { providers, parts }: { providers: Providers; parts: TenantParts },
): Promise<void> {
  const form = new URLSearchParams(await readBody(request));
  try {
    const credentials = readClientCredentials(request, form, parts.assumptions['basic-credentials']);
    const normal = readTokenRequest(application, form, credentials, parts);
    if (application !== null)
      await providers.of(application).callback()(formRequest(request, normal), response);
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) throw error;
    sendTokenError(response, error.body);
  }
  const isFailed = response.statusCode >= 400;
  if (isFailed && application !== null && parts.assumptions['failed-exchange'] === 'burned')
    await (await providers.of(application).AuthorizationCode.find(form.get('code') ?? ''))?.destroy();
}

/** HTTP 400, and no Content-Type. */
function sendTokenError(response: ServerResponse, error: OAuthError): void {
  noteVerdict(response, error);
  response.writeHead(400, { 'Cache-Control': 'no-store' }).end(JSON.stringify(error));
}

/** The request with its body replaced by that form, at the library's own address. */
function formRequest(request: IncomingMessage, form: URLSearchParams): IncomingMessage {
  const body = Buffer.from(form.toString());
  const { method, socket, httpVersion } = request;
  const headers = {
    host: request.headers.host,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
  };
  const own = { method, socket, httpVersion, headers, url: libraryTokenPath };
  return Object.assign(Readable.from([body]), own) as unknown as IncomingMessage;
}

/** Makes the library's token endpoint answer in the vendor's words, and remembers what it issues. */
export function shapeTokenAnswers(provider: Provider, application: Application, parts: TenantParts): void {
  const { accessTokens, assumptions } = parts;
  provider.on('grant.error', (context, error) => {
    const answer = vendorError(error, context.oidc.params?.grant_type);
    noteVerdict(context.res, answer);
    context.status = 400;
    context.body = JSON.stringify(answer);
    context.remove('Content-Type');
  });
  provider.on('grant.success', (context) => {
    remember(context, application, parts);
    const answer = context.body as Record<string, unknown>;
    if (assumptions['refresh-token'] === 'kept' && context.oidc.params?.grant_type === 'refresh_token')
      delete answer.refresh_token;
    const { state } = context.oidc.body ?? {};
    if (typeof state === 'string') answer.state = state;
  });
  provider.on('grant.revoked', (_context, grantId) => accessTokens.forgetGrant(grantId));
}

function remember(
  context: KoaContextWithOIDC,
  application: Application,
  { accessTokens, directory }: TenantParts,
): void {
  const { AccessToken, ClientCredentials, AuthorizationCode, RefreshToken } = context.oidc.entities;
  const { access_token, id_token, expires_in } = context.body as Record<string, string>;
  const clientId = String((AccessToken ?? ClientCredentials)?.clientId);
  const scopes = ((AccessToken ?? ClientCredentials)?.scope ?? '').split(' ').filter(Boolean);
  const access = {
    user: directory.findUser(AccessToken?.accountId ?? clientId)?.user ?? clientId,
    scopes,
    apis: apisOf(application, scopes),
    grantId: AccessToken?.grantId ?? null,
    application,
    clientId,
    authTime: (AuthorizationCode ?? RefreshToken)?.authTime,
  };
  for (const token of [access_token, id_token])
    if (token !== undefined) accessTokens.remember(token, access, Number(expires_in));
}

/** A library error in the vendor's words, if known; else in its own. */
function vendorError(error: errors.OIDCProviderError, grantType: unknown): OAuthError {
  if (error.error === 'invalid_grant' && grantType === 'authorization_code') {
    if (/redirect_uri mismatch/.test(error.error_detail ?? '')) return mismatchedRedirect().body;
    if (/code_verifier|code_challenge/.test(error.error_detail ?? ''))
      return { error: 'invalid_grant', error_description: 'challenge mismatch' };
    return unknownCode().body;
  }
  return { error: error.error, error_description: error.error_description ?? 'the request is invalid' };
}
