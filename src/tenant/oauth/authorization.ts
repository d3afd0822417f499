import { type Http, type HttpResponse, redirectTarget } from '../../network/http.ts';
import { endpoints, type OAuthClient } from './endpoints.ts';
import {
  type AuthorizationError,
  jsonObject,
  type SignInRefusal,
  signInRefusal,
} from './refusal.ts';

/** A client that asks for a code. */
export interface AuthorizingClient extends OAuthClient {
  readonly scope: string;
  /**
   * The expected user, whom the sign-in page suggests (OpenID Connect Core 1.0 §3.1.2.1);
   * absent or null: anyone.
   */
  readonly loginHint?: string | null;
}

/** The values that tie an authorization request to its answer and the code's exchange. */
export interface AuthorizationProof {
  /** RFC 6749 §10.12. */
  readonly state: string;
  /** RFC 7636 §4.1. It is kept here. */
  readonly codeVerifier: string;
  /** Of the S256 method (RFC 7636 §4.2). It is sent. */
  readonly codeChallenge: string;
}

/** A random proof. */
export async function createProof(): Promise<AuthorizationProof> {
  const oauth = await import('oauth4webapi');
  const codeVerifier = oauth.generateRandomCodeVerifier();
  return {
    state: oauth.generateRandomState(),
    codeVerifier,
    codeChallenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
  };
}

/**
 * `GET /OAuth2/Authorize`: the address where a browser asks for an authorization code
 * (RFC 6749 §4.1.1, RFC 7636 §4.3).
 */
export function authorizationUrl(
  client: AuthorizingClient,
  redirectUri: string,
  { state, codeChallenge }: Pick<AuthorizationProof, 'state' | 'codeChallenge'>,
): string {
  const { clientId, scope, loginHint = null } = client;
  const url = new URL(endpoints(client).authorization);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    scope,
    code_challenge_method: 'S256',
    redirect_uri: redirectUri,
    state,
    code_challenge: codeChallenge,
    ...(loginHint === null ? {} : { login_hint: loginHint }),
  }).toString();
  return url.href;
}

/** The authorization endpoint's answer to a request without a person. */
export type ApplicationLook =
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly error: SignInRefusal }
  | { readonly kind: 'unclear'; readonly answer: HttpResponse };

/**
 * Asks the authorization endpoint for its answer to a browser without a signed-in user.
 * If the tenant grants a code right away, the code is never exchanged, since its verifier
 * is not kept.
 * @throws what Http throws
 */
export async function lookAtApplication(
  client: AuthorizingClient,
  redirectUri: string,
  http: Http,
): Promise<ApplicationLook> {
  // The look does not tell the tenant who signs in.
  const withoutUser = { ...client, loginHint: null };
  const url = authorizationUrl(withoutUser, redirectUri, await createProof());
  const headers = { accept: 'text/html, application/json;q=0.9' };
  const answer = await http.send({
    method: 'GET',
    url,
    headers,
    retry: true,
    answersRedirect: true,
  });
  const outcome = judgeAnswer(answer, url, redirectUri);
  if (outcome === 'known') return { kind: outcome };
  if (outcome === 'unclear') return { kind: outcome, answer };
  return { kind: 'refused', error: signInRefusal(outcome, client, redirectUri) };
}

/**
 * A redirect to the sign-in page, or back to mfa-cli with a code, means that the tenant
 * knows the application, client, scope and redirect URI. An error, in a redirect to
 * mfa-cli or in JSON, names the unknown one. Anything else may come from a proxy.
 */
function judgeAnswer(answer: HttpResponse, url: string, redirectUri: string) {
  const { status } = answer;
  if (status < 300 || status > 399) return errorInBody(answer) ?? 'unclear';
  const target = redirectTarget(answer, url);
  // The vendor's page also shows an error below the redirect URI
  // (`{redirect_uri}/v1/callback?error=…`).
  if (target?.origin === new URL(redirectUri).origin) {
    const error = errorOf(target.searchParams);
    if (error !== null) return needsSomebody(error) ? 'unclear' : error;
    return target.searchParams.has('code') ? 'known' : 'unclear';
  }
  return target?.origin === new URL(url).origin && /^\/login\b/i.test(target.pathname)
    ? 'known'
    : 'unclear';
}

/**
 * The error in a JSON body, or null. Gateways send other JSON: `{"error":"Bad Gateway"}`.
 */
function errorInBody({ status, body }: HttpResponse): AuthorizationError | null {
  if (status > 500 || status === 429) return null;
  const { error, error_description: description } = jsonObject(body) ?? {};
  if (typeof error !== 'string' || !/^[a-z_]+$/.test(error)) return null;
  if (status !== 400 && typeof description !== 'string') return null;
  const found = { error, description: typeof description === 'string' ? description : null };
  return needsSomebody(found) ? null : found;
}

/**
 * Whether a person in the browser, or a later attempt, may succeed (RFC 6749 §4.1.2.1,
 * OpenID Connect Core §3.1.2.6).
 */
function needsSomebody({ error }: AuthorizationError): boolean {
  return [
    'login_required',
    'interaction_required',
    'consent_required',
    'account_selection_required',
    'server_error',
    'temporarily_unavailable',
  ].includes(error);
}

/** The error in the query of an address, or null. */
export function errorOf(query: URLSearchParams): AuthorizationError | null {
  const error = query.get('error');
  return error ? { error, description: query.get('error_description') } : null;
}
