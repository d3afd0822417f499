import type { CliError } from '../errors.ts';
import type { Http, HttpResponse } from '../http/http.ts';
import { type AuthorizationError, signInRefusal } from './authorization-error.ts';
import { authorizationUrl } from './authorization-request.ts';
import { errorOf } from './authorization-response.ts';
import type { Connection } from './connection.ts';
import { jsonObject } from './tenant-answer.ts';

/** What the authorization endpoint tells without a person. */
export type ApplicationLook =
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly error: CliError }
  | { readonly kind: 'unclear'; readonly answer: HttpResponse };

/**
 * Asks the authorization endpoint what it would answer a browser in which nobody is signed in. The request is one that
 * no sign-in waits for: a code that a tenant grants at once has a verifier that nobody keeps, and is never exchanged.
 * @throws what Http throws
 */
export async function lookAtApplication(
  connection: Connection,
  redirectUri: string,
  http: Http,
): Promise<ApplicationLook> {
  const oauth = await import('oauth4webapi');
  const url = authorizationUrl(connection, {
    redirectUri,
    state: oauth.generateRandomState(),
    codeChallenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
  });
  const headers = { accept: 'text/html, application/json;q=0.9' };
  const answer = await http.send({ method: 'GET', url, headers, retry: true, answersRedirect: true });
  const outcome = judgeAnswer(answer, url, redirectUri);
  if (outcome === 'known') return { kind: 'known' };
  if (outcome === 'unclear') return { kind: 'unclear', answer };
  return { kind: 'refused', error: signInRefusal(outcome, connection, redirectUri) };
}

/**
 * A redirect to the sign-in page, or back to us with a code, says that tenant, application, client, scope and redirect URI
 * are known; an error, in a redirect to us or in JSON, says which is not. Whatever else comes may be of a proxy's making.
 */
function judgeAnswer(
  answer: HttpResponse,
  url: string,
  redirectUri: string,
): AuthorizationError | 'known' | 'unclear' {
  const { status } = answer;
  if (status < 300 || status > 399) return errorInBody(answer) ?? 'unclear';
  const target = redirectTarget(answer, url);
  // The vendor's page shows an error below the redirect URI, too (`{redirect_uri}/v1/callback?error=…`).
  if (target?.origin === new URL(redirectUri).origin) {
    const error = errorOf(target.searchParams);
    if (error !== null) return needsSomebody(error) ? 'unclear' : error;
    return target.searchParams.has('code') ? 'known' : 'unclear';
  }
  return target?.origin === new URL(url).origin && /^\/login\b/i.test(target.pathname) ? 'known' : 'unclear';
}

/** Where a redirect leads to, or null. */
function redirectTarget({ headers }: HttpResponse, url: string): URL | null {
  const { location } = headers;
  return location !== undefined && URL.canParse(location, url) ? new URL(location, url) : null;
}

/** The error of a JSON body, or null. A gateway in front of a tenant has JSON of its own: `{"error":"Bad Gateway"}`. */
function errorInBody({ status, body }: HttpResponse): AuthorizationError | null {
  if (status > 500 || status === 429) return null;
  const { error, error_description: description } = jsonObject(body) ?? {};
  if (typeof error !== 'string' || !/^[a-z_]+$/.test(error)) return null;
  if (status !== 400 && typeof description !== 'string') return null;
  const found = { error, description: typeof description === 'string' ? description : null };
  return needsSomebody(found) ? null : found;
}

/** Whether a person in the browser, or the next moment, may fare better (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6). */
function needsSomebody({ error }: AuthorizationError): boolean {
  return /^(?:login|interaction|consent|account_selection)_required$|^(?:server_error|temporarily_unavailable)$/.test(
    error,
  );
}
