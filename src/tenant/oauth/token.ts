import { CliError } from '../../errors/cli-error.ts';
import type { Http, HttpRequest, HttpResponse } from '../../network/http.ts';
import type { Secret } from '../../text/secret.ts';
import { claimsOf } from './claims.ts';
import { endpoints, type OAuthClient } from './endpoints.ts';
import { causeIn, isRefusal, jsonObject, refusalWords } from './refusal.ts';

/** An authorization code, and what proves that it was asked for here. */
export interface CodeExchange {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/** The content of a token answer. */
export interface Tokens {
  readonly accessToken: string;
  /** Null: none was given. */
  readonly refreshToken: string | null;
  /** Seconds; null: the tenant does not say. */
  readonly lifetime: number | null;
  /** The tenant's time, by the answer's `Date`; null: unknown. */
  readonly answeredAt: Date | null;
  /** Null: the tenant does not say. */
  readonly scope: string | null;
  /** By the ID token, else by the access token. */
  readonly user: string | null;
}

/**
 * `POST /OAuth2/Token` with a code (RFC 6749 §4.1.3, RFC 7636 §4.5).
 * @throws {CliError} as requestTokens
 */
export function tokensForCode(
  client: OAuthClient,
  { code, redirectUri, codeVerifier }: CodeExchange,
  http: Http,
): Promise<Tokens> {
  const form = {
    code,
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  };
  return requestTokens(publicly(client), 'authorization_code', form, http);
}

/**
 * `POST /OAuth2/Token` with a refresh token (RFC 6749 §6).
 * @throws {CliError} as requestTokens, session-expired
 */
export function tokensForRefreshToken(
  client: OAuthClient,
  refreshToken: string,
  http: Http,
): Promise<Tokens> {
  const form = { refresh_token: refreshToken };
  return requestTokens(publicly(client), 'refresh_token', form, http);
}

/** A client with a secret. */
export interface ConfidentialClient extends OAuthClient {
  readonly clientSecret: Secret;
  /**
   * Whether to ask the platform's own endpoint, which has no application, hence no scopes
   * of one.
   */
  readonly platformToken: boolean;
}

/**
 * `POST /OAuth2/Token` or `POST /OAuth2/PlatformToken` with the name and secret of a
 * service user (RFC 6749 §4.4), in the form: the tenant does not URL-decode Basic.
 * @param scope null: none is named
 * @throws {CliError} as requestTokens
 */
export function tokensForSecret(
  client: ConfidentialClient,
  scope: string | null,
  http: Http,
): Promise<Tokens> {
  return requestTokens(client, 'client_credentials', scope === null ? {} : { scope }, http);
}

export type Grant = 'authorization_code' | 'refresh_token' | 'client_credentials';

/** A client that asks for tokens. */
export interface TokenClient extends OAuthClient {
  /** Null: a public client. */
  readonly clientSecret: Secret | null;
}

interface Target extends TokenClient {
  readonly platformToken: boolean;
}

function publicly({ tenant, appId, clientId }: OAuthClient): Target {
  return { tenant, appId, clientId, clientSecret: null, platformToken: false };
}

/**
 * @throws {CliError} sign-in-denied, sign-in-failed, tenant-unreachable, tenant-not-json,
 *   rate-limited, and what Http throws
 */
async function requestTokens(
  target: Target,
  grant: Grant,
  form: Readonly<Record<string, string>>,
  http: Http,
): Promise<Tokens> {
  const oauth = await import('oauth4webapi');
  const { platformToken, token } = endpoints(target);
  const url = target.platformToken ? platformToken : token;
  const server = { issuer: target.tenant, token_endpoint: url };
  const client = { client_id: target.clientId };
  const authentication = target.clientSecret
    ? oauth.ClientSecretPost(target.clientSecret.reveal())
    : oauth.None();
  let idToken: unknown;
  let date: string | undefined;

  const send = async (
    address: string,
    request: { body?: unknown; headers: Record<string, string> },
  ) => {
    const body = String(request.body);
    const response = await http.send(tokenRequest(address, request.headers, body, grant));
    const sent = new URLSearchParams(body);
    const { id_token, ...answer } = acceptedAnswer(response, grant, sent, target);
    idToken = id_token;
    date = response.headers.date;
    // The ID token is left out: it proves nothing used here, and its issuer may be
    // unexpected. A Content-Type is added, since the tenant may send none.
    return Response.json(answer);
  };
  // A tenant without TLS is on this machine: its address was checked.
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
    const answer = await oauth.processGenericTokenEndpointResponse(server, client, response);
    return readTokens({ ...answer, id_token: idToken }, date);
  } catch {
    // No cause: oauth4webapi's contains the answer with its tokens.
    throw notTokens(`${target.tenant} gave no usable token answer`, grant);
  }
}

/** A code or a refresh token comes from the tenant itself: its address is right. */
function notTokens(words: string, grant: Grant): CliError {
  const origins = { authorization_code: 'sign-in', refresh_token: 'before' } as const;
  const facts = grant === 'client_credentials' ? {} : { answered: origins[grant] };
  return new CliError('tenant-not-json', words, { facts });
}

function tokenRequest(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  grant: Grant,
): HttpRequest {
  return {
    method: 'POST',
    url,
    headers,
    body,
    // A repeated code or refresh token looks like theft; client credentials may repeat.
    retry: grant === 'client_credentials',
  };
}

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

/** @param date the answer's `Date` */
export function readTokens(answer: TokenAnswer, date = ''): Tokens {
  const idToken = typeof answer.id_token === 'string' ? answer.id_token : '';
  const { expires_in: seconds = null } = answer;
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    lifetime: seconds === null ? null : Math.min(seconds, longest),
    answeredAt: Number.isNaN(Date.parse(date)) ? null : new Date(date),
    scope: answer.scope ?? null,
    user: claimsOf(idToken).user ?? claimsOf(answer.access_token).user,
  };
}

const secretParameters = ['code', 'code_verifier', 'refresh_token', 'client_secret'];
/** Errors for a client that was authenticated. @see RFC 6749 §5.2 */
const beyondSecret = ['invalid_scope', 'unauthorized_client', 'unsupported_grant_type'];

/**
 * The members of a successful token answer (RFC 6749 §5.1) that are not null. Other
 * answers are judged like an API's, except that a refusal (§5.2) concerns the sign-in.
 * @throws {CliError} session-expired, sign-in-denied, sign-in-failed, rate-limited,
 *   tenant-unreachable, tenant-not-json
 */
export function acceptedAnswer(
  response: HttpResponse,
  grant: Grant,
  form: URLSearchParams,
  { tenant, appId, clientId, clientSecret }: TokenClient,
) {
  const { status, body } = response;
  const answered = `${tenant} answered the token request with HTTP ${status} and`;
  if (status === 429)
    throw new CliError('rate-limited', `${tenant} limits the rate of token requests`);
  const answer = jsonObject(body);
  if (answer === null && status >= 502 && status <= 504)
    throw new CliError('tenant-unreachable', `${tenant} is not available (HTTP ${status})`);
  if (answer === null && status !== 401) throw notTokens(`${answered} no JSON`, grant);
  const members = answer ?? {};
  if (status === 200 && members.access_token !== undefined) return members;
  if (status < 400 && !isRefusal(members))
    throw notTokens(`${answered} neither a token nor an error`, grant);
  const secrets = secretParameters.map((name) => form.get(name) ?? '');
  const words = refusalWords(members, status, secrets);
  const found = causeIn(words);
  const cause = found === 'client' && clientSecret !== null ? 'secret' : found;
  const code = refusalCode(members, status, grant);
  const refused =
    code === 'session-expired' ? 'no longer renews the session' : 'rejected the token request';
  throw new CliError(code, `${tenant} ${refused}: ${words}`, {
    facts:
      cause === undefined
        ? {}
        : {
            cause,
            appId,
            clientId,
            scope: form.get('scope') ?? '',
            isServiceUser: clientSecret !== null,
          },
    rejected: beyondSecret.includes(String(members.error)) ? null : clientSecret,
  });
}

type CodeOfRefusal = 'session-expired' | 'sign-in-denied' | 'sign-in-failed';

function refusalCode(
  { error }: Readonly<Record<string, unknown>>,
  status: number,
  grant: Grant,
): CodeOfRefusal {
  const isExpired = error === 'invalid_grant' || (error === undefined && status === 401);
  if (grant === 'refresh_token' && isExpired) return 'session-expired';
  return error === 'access_denied' && grant !== 'client_credentials'
    ? 'sign-in-denied'
    : 'sign-in-failed';
}
