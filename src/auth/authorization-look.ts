import { createHash, timingSafeEqual } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import { type Http, type HttpResponse, redirectTarget } from '../network/http.ts';
import { plainWords } from '../text/words.ts';
import { authorizationUrl, type Connection } from './connection.ts';
import { type AuthorizationError, jsonObject, signInRefusal } from './tenant-answer.ts';

/** The authorization endpoint's answer to a request without a person. */
export type ApplicationLook =
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly error: CliError }
  | { readonly kind: 'unclear'; readonly answer: HttpResponse };

/**
 * Asks the authorization endpoint for its answer to a browser without a signed-in user. If the tenant grants a code right
 * away, the code is never exchanged, since its verifier is not kept.
 * @throws what Http throws
 */
export async function lookAtApplication(
  connection: Connection,
  redirectUri: string,
  http: Http,
): Promise<ApplicationLook> {
  const oauth = await import('oauth4webapi');
  const codeChallenge = await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier());
  // The look does not tell the tenant who signs in.
  const withoutUser = { ...connection, loginHint: null };
  const url = authorizationUrl(
    withoutUser,
    redirectUri,
    oauth.generateRandomState(),
    codeChallenge,
  );
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
  return { kind: 'refused', error: signInRefusal(outcome, connection, redirectUri) };
}

/**
 * A redirect to the sign-in page, or back to mfa-cli with a code, means that the tenant knows the application, client, scope and
 * redirect URI. An error, in a redirect to mfa-cli or in JSON, names the unknown one. Anything else may come from a proxy.
 */
function judgeAnswer(answer: HttpResponse, url: string, redirectUri: string) {
  const { status } = answer;
  if (status < 300 || status > 399) return errorInBody(answer) ?? 'unclear';
  const target = redirectTarget(answer, url);
  // The vendor's page also shows an error below the redirect URI (`{redirect_uri}/v1/callback?error=…`).
  if (target?.origin === new URL(redirectUri).origin) {
    const error = errorOf(target.searchParams);
    if (error !== null) return needsSomebody(error) ? 'unclear' : error;
    return target.searchParams.has('code') ? 'known' : 'unclear';
  }
  return target?.origin === new URL(url).origin && /^\/login\b/i.test(target.pathname)
    ? 'known'
    : 'unclear';
}

/** The error in a JSON body, or null. Gateways send other JSON: `{"error":"Bad Gateway"}`. */
function errorInBody({ status, body }: HttpResponse): AuthorizationError | null {
  if (status > 500 || status === 429) return null;
  const { error, error_description: description } = jsonObject(body) ?? {};
  if (typeof error !== 'string' || !/^[a-z_]+$/.test(error)) return null;
  if (status !== 400 && typeof description !== 'string') return null;
  const found = { error, description: typeof description === 'string' ? description : null };
  return needsSomebody(found) ? null : found;
}

/** Whether a person in the browser, or a later attempt, may succeed (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6). */
function needsSomebody({ error }: AuthorizationError): boolean {
  return /^(?:login|interaction|consent|account_selection)_required$|^(?:server_error|temporarily_unavailable)$/.test(
    error,
  );
}

/**
 * Whether a query answers the authorization request with that state (RFC 6749 §4.1.2, §10.12): the state occurs once and is
 * equal, compared in constant time, and no parameter occurs twice (§3.1).
 */
export function answersRequest(query: URLSearchParams, state: string): boolean {
  const given = query.get('state');
  if (given === null || !timingSafeEqual(sha256(given), sha256(state))) return false;
  return isWellFormed(query);
}

/**
 * The error in a query without a state; null for any other query. Contrary to RFC 6749 §4.1.2.1, the vendor sends every error
 * without a state, even a declined consent: it may be the tenant's answer or a forgery.
 */
export function unboundError(query: URLSearchParams): AuthorizationError | null {
  if (query.has('state') || query.has('code') || !isWellFormed(query)) return null;
  return errorOf(query);
}

export function errorOf(query: URLSearchParams): AuthorizationError | null {
  const error = query.get('error');
  return error ? { error, description: query.get('error_description') } : null;
}

/** The authorization code of an answer (RFC 6749 §4.1.2). @throws {CliError} sign-in-denied, sign-in-failed */
export function codeOf(
  answer: URLSearchParams,
  connection: Connection,
  redirectUri: string,
): string {
  const { tenant } = connection;
  const [code, error, iss] = [answer.get('code'), errorOf(answer), answer.get('iss')];
  // RFC 9207 §2.4. Only the origin counts: the path of the tenant's issuer depends on the application type.
  if (iss !== null && (!URL.canParse(iss) || new URL(iss).origin !== tenant))
    throw new CliError(
      'sign-in-failed',
      `${plainWords(iss)} answered the sign-in instead of ${tenant}`,
    );
  if (error !== null) throw signInRefusal(error, connection, redirectUri);
  if (!code)
    throw new CliError(
      'sign-in-failed',
      `${tenant} sent the browser back without an authorization code`,
    );
  return code;
}

/** The query of a pasted address, which may have line breaks or lack its beginning. */
export function queryOf(address: string): URLSearchParams {
  return new URLSearchParams(/\?([^#]*)/.exec(address.replace(/\s+/g, ''))?.[1] ?? '');
}

function isWellFormed(query: URLSearchParams): boolean {
  return new Set(query.keys()).size === query.size;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
