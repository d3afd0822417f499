import { CliError, type ErrorCode } from '../errors/cli-error.ts';
import type { Http, HttpResponse } from '../network/http.ts';
import { membersOf, parseJson } from '../text/json.ts';
import type { Secret } from '../text/secret.ts';
import { plainWords } from '../text/words.ts';
import { type Connection, endpoints } from './connection.ts';
import type { StoredSession } from './stored-schemas.ts';
import { causeIn, isRefusal, jsonObject, refusalWords } from './tenant-answer.ts';

/** The network for a token request, and the time from which lifetimes count. */
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
  const target = { ...connection, clientSecret: null };
  const form = { code, redirect_uri: redirectUri, code_verifier: codeVerifier };
  const answer = await requestToken(target, 'authorization_code', form, context.http);
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
  const form = { refresh_token: session.refreshToken };
  const answer = await requestToken(target, 'refresh_token', form, context.http);
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
  // The platform's own endpoint has no application, hence no scopes of one.
  const form: Record<string, string> = connection.platformToken ? {} : { scope: connection.scope };
  const answer = await requestToken(connection, 'client_credentials', form, http);
  const base = {
    ...blank(connection),
    grant: 'client-credentials',
    scope: form.scope ?? null,
  } as const;
  return sessionFrom(answer, { ...base, user: connection.clientId }, now());
}

type Target = Pick<Connection, 'tenant' | 'appId' | 'clientId' | 'clientSecret' | 'platformToken'>;

async function requestToken(
  target: Target,
  grant: Grant,
  form: Readonly<Record<string, string>>,
  http: Http,
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

  const send = async (
    address: string,
    request: { body?: unknown; headers: Record<string, string> },
  ) => {
    const body = String(request.body);
    const response = await http.send({
      method: 'POST',
      url: address,
      headers: request.headers,
      body,
      // A repeated code or refresh token looks like theft; client credentials may repeat.
      retry: grant === 'client_credentials',
    });
    const { id_token, ...answer } = acceptedAnswer(
      response,
      grant,
      new URLSearchParams(body),
      target,
    );
    idToken = id_token;
    // The ID token is left out: it proves nothing used here, and its issuer may be unexpected. A Content-Type is added, since
    // the tenant may send none.
    return Response.json(answer);
  };
  // A tenant without TLS is on this machine: its address was checked.
  const options = { [oauth.customFetch]: send, [oauth.allowInsecureRequests]: true };
  const request = oauth.genericTokenEndpointRequest;
  const response = await request(server, client, authentication, grant, form, options);
  try {
    const answer = await oauth.processGenericTokenEndpointResponse(server, client, response);
    return { ...answer, id_token: idToken };
  } catch {
    // No cause: oauth4webapi's contains the answer with its tokens.
    throw new CliError('tenant-not-json', `${target.tenant} gave no usable token answer`);
  }
}

function blank({ tenant, appId, clientId, scope }: Connection) {
  return { tenant, appId, clientId, refreshToken: null, scope, user: null };
}

export type Grant = 'authorization_code' | 'refresh_token' | 'client_credentials';

/** A token answer (RFC 6749 §5.1), checked by oauth4webapi. */
interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  /** Seconds. */
  readonly expires_in?: number | undefined;
  readonly scope?: string | undefined;
  readonly id_token?: unknown;
}

/** Seconds, three centuries: a longer lifetime is not a valid date. */
const longest = 1e10;
const secretParameters = ['code', 'code_verifier', 'refresh_token', 'client_secret'];
/** Errors for a client that was authenticated. @see RFC 6749 §5.2 */
const beyondSecret = ['invalid_scope', 'unauthorized_client', 'unsupported_grant_type'];

/**
 * The members of a successful token answer (RFC 6749 §5.1) that are not null. Other answers are judged like an API's, except
 * that a refusal (§5.2) concerns the sign-in.
 * @throws {CliError} session-expired, sign-in-denied, sign-in-failed, rate-limited, tenant-unreachable, tenant-not-json
 */
export function acceptedAnswer(
  response: HttpResponse,
  grant: Grant,
  form: URLSearchParams,
  { tenant, appId, clientId, clientSecret }: Omit<Target, 'platformToken'>,
) {
  const { status, body } = response;
  const told = `${tenant} answered the token request with HTTP ${status} and`;
  if (status === 429)
    throw new CliError('rate-limited', `${tenant} limits the rate of token requests`);
  const answer = jsonObject(body);
  if (answer === null && status >= 502 && status <= 504)
    throw new CliError('tenant-unreachable', `${tenant} is not available (HTTP ${status})`);
  if (answer === null && status !== 401) throw new CliError('tenant-not-json', `${told} no JSON`);
  const members = answer ?? {};
  if (status === 200 && members.access_token !== undefined) return members;
  if (status < 400 && !isRefusal(members))
    throw new CliError('tenant-not-json', `${told} neither a token nor an error`);
  const secrets = secretParameters.map((name) => form.get(name) ?? '');
  const words = refusalWords(members, status, secrets);
  const found = causeIn(words);
  const cause = found === 'client' && clientSecret !== null ? 'secret' : found;
  const code = refusalCode(members, status, grant);
  const refused =
    code === 'session-expired' ? 'no longer renews the session' : 'refused the token request';
  throw new CliError(code, `${tenant} ${refused}: ${words}`, {
    facts: cause === undefined ? {} : { cause, appId, clientId, scope: form.get('scope') ?? '' },
    rejected: beyondSecret.includes(String(members.error)) ? null : clientSecret,
  });
}

function refusalCode(
  { error }: Readonly<Record<string, unknown>>,
  status: number,
  grant: Grant,
): ErrorCode {
  const isExpired = error === 'invalid_grant' || (error === undefined && status === 401);
  if (grant === 'refresh_token' && isExpired) return 'session-expired';
  return error === 'access_denied' && grant !== 'client_credentials'
    ? 'sign-in-denied'
    : 'sign-in-failed';
}

/** Missing members keep their earlier value (RFC 6749 §5.1 for scope, §6 for the refresh token). */
export function sessionFrom(
  answer: TokenAnswer,
  before: Omit<StoredSession, 'accessToken' | 'expiresAt'>,
  now: Date,
): StoredSession {
  const idToken = typeof answer.id_token === 'string' ? answer.id_token : '';
  const seconds = answer.expires_in === undefined ? null : Math.min(answer.expires_in, longest);
  return {
    ...before,
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? before.refreshToken,
    expiresAt: seconds === null ? null : new Date(now.getTime() + seconds * 1000).toISOString(),
    scope: answer.scope ?? before.scope,
    user: claimsOf(idToken).user ?? claimsOf(answer.access_token).user ?? before.user,
  };
}

/**
 * The user and the expiry in an access token or ID token (RFC 7519 §4); null if it is opaque. Not verified: fine to show,
 * never to decide by.
 */
export function claimsOf(token: string): {
  readonly user: string | null;
  readonly expiresAt: Date | null;
} {
  const payload = payloadOf(token);
  const user = [payload.unique_name, payload.preferred_username, payload.sub].find(
    (claim) => typeof claim === 'string' && claim !== '',
  );
  const expiresAt = typeof payload.exp === 'number' ? new Date(payload.exp * 1000) : null;
  return {
    user: typeof user === 'string' ? plainWords(user) : null,
    expiresAt: expiresAt !== null && Number.isNaN(expiresAt.getTime()) ? null : expiresAt,
  };
}

/** The issuer of the token (`iss`), or null. */
export function issuerOf(token: string): string | null {
  const { iss } = payloadOf(token);
  return typeof iss === 'string' && URL.canParse(iss) ? iss : null;
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload = '', signature] = token.split('.');
  return (signature !== undefined && membersOf(parseJson(Buffer.from(payload, 'base64url')))) || {};
}
