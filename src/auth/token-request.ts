import { CliError } from '../errors/cli-error.ts';
import type { Http } from '../network/http.ts';
import type { Secret } from '../text/secret.ts';
import type { Connection } from './connection.ts';
import { endpoints } from './endpoints.ts';
import type { StoredSession } from './profile.ts';
import { acceptedAnswer, type Grant, sessionFrom, type TokenAnswer } from './token-answer.ts';

/** How a token request reaches the network, and the time from which lifetimes count. */
export interface TokenRequestContext {
  readonly http: Http;
  now(): Date;
}

/**
 * Exchanges an authorization code for a session (RFC 6749 §4.1.3, RFC 7636 §4.5).
 * @throws {CliError} sign-in-denied, sign-in-failed, tenant-unreachable, tenant-not-json, rate-limited, and what Http throws
 */
export async function exchangeCode(
  connection: Connection,
  { code, redirectUri, codeVerifier }: { code: string; redirectUri: string; codeVerifier: string },
  context: TokenRequestContext,
): Promise<StoredSession> {
  const form = { code, redirect_uri: redirectUri, code_verifier: codeVerifier };
  const answer = await requestToken(
    { ...connection, clientSecret: null },
    'authorization_code',
    form,
    context,
  );
  return sessionFrom(answer, { ...blank(connection), grant: 'authorization-code' }, context.now());
}

/**
 * Renews a session with its refresh token (RFC 6749 §6), which is kept if the tenant gives no new one.
 * @throws {CliError} session-expired (the refresh token is no longer valid), and as exchangeCode
 */
export async function refreshSession(
  session: StoredSession & { readonly refreshToken: string },
  context: TokenRequestContext,
): Promise<StoredSession> {
  const target = { ...session, clientSecret: null, platformToken: false };
  const answer = await requestToken(
    target,
    'refresh_token',
    { refresh_token: session.refreshToken },
    context,
  );
  return sessionFrom(answer, session, context.now());
}

/**
 * Signs a service user in (RFC 6749 §4.4), name and secret in the form: the tenant does not URL-decode Basic.
 * @throws {CliError} sign-in-failed, and as exchangeCode
 */
export async function clientCredentials(
  connection: Connection & { readonly clientSecret: Secret },
  http: Http,
  now: () => Date,
): Promise<StoredSession> {
  const context = { http, now };
  // The platform's own endpoint serves no application, so it has none of its scopes.
  const form: Record<string, string> = connection.platformToken ? {} : { scope: connection.scope };
  const answer = await requestToken(connection, 'client_credentials', form, context);
  const base = { ...blank(connection), grant: 'client-credentials', scope: form.scope ?? null } as const;
  return sessionFrom(answer, { ...base, user: connection.clientId }, context.now());
}

type Target = Pick<Connection, 'tenant' | 'appId' | 'clientId' | 'clientSecret' | 'platformToken'>;

async function requestToken(
  target: Target,
  grant: Grant,
  form: Readonly<Record<string, string>>,
  { http }: TokenRequestContext,
): Promise<TokenAnswer> {
  const oauth = await import('oauth4webapi');
  const { platformToken, token } = endpoints(target);
  const url = target.platformToken && target.clientSecret ? platformToken : token;
  const server = { issuer: target.tenant, token_endpoint: url };
  const client = { client_id: target.clientId };
  const authentication = target.clientSecret
    ? oauth.ClientSecretPost(target.clientSecret.reveal())
    : oauth.None();
  let idToken: unknown;

  const send = async (address: string, request: { body?: unknown; headers: Record<string, string> }) => {
    const body = String(request.body);
    const response = await http.send({
      method: 'POST',
      url: address,
      headers: request.headers,
      body,
      // A second code or refresh token looks like theft; client credentials may be sent any number of times.
      retry: grant === 'client_credentials',
    });
    const { id_token, ...answer } = acceptedAnswer(response, grant, new URLSearchParams(body), target);
    idToken = id_token;
    // Without the ID token, which proves nothing used here and may name an unexpected issuer; and with a Content-Type,
    // which the tenant does not promise.
    return Response.json(answer);
  };
  // A tenant without TLS is always on this machine: its address was judged before.
  const options = { [oauth.customFetch]: send, [oauth.allowInsecureRequests]: true };
  const response = await oauth.genericTokenEndpointRequest(
    server,
    client,
    authentication,
    grant,
    form,
    options,
  );
  try {
    return {
      ...(await oauth.processGenericTokenEndpointResponse(server, client, response)),
      id_token: idToken,
    };
  } catch {
    // No cause: oauth4webapi's holds the answer, tokens and all.
    throw new CliError('tenant-not-json', `${target.tenant} gave no usable token answer`);
  }
}

function blank({ tenant, appId, clientId, scope }: Connection) {
  return { tenant, appId, clientId, refreshToken: null, scope, user: null };
}
