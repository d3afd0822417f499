import { createHash, timingSafeEqual } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import { errorOf } from '../tenant/oauth/authorization.ts';
import { type AuthorizationError, signInRefusal } from '../tenant/oauth/refusal.ts';
import { plainWords } from '../text/words.ts';
import type { SignInTerms } from './sign-in-terms.ts';

/**
 * Whether a query answers the authorization request with that state (RFC 6749 §4.1.2,
 * §10.12): the state occurs once and is equal, compared in constant time, and no
 * parameter occurs twice (§3.1).
 */
export function answersRequest(query: URLSearchParams, state: string): boolean {
  const given = query.get('state');
  if (given === null || !timingSafeEqual(sha256(given), sha256(state))) return false;
  return isWellFormed(query);
}

/**
 * The error in a query without a state; null for any other query. Contrary to RFC 6749
 * §4.1.2.1, the vendor sends every error without a state, even a declined consent: it may
 * be the tenant's answer or a forgery.
 */
export function unboundError(query: URLSearchParams): AuthorizationError | null {
  if (query.has('state') || query.has('code') || !isWellFormed(query)) return null;
  return errorOf(query);
}

/**
 * The authorization code of an answer (RFC 6749 §4.1.2).
 * @throws {CliError} sign-in-denied, sign-in-failed
 */
export function codeOf(answer: URLSearchParams, terms: SignInTerms, redirectUri: string): string {
  const { tenant } = terms;
  const code = answer.get('code');
  const error = errorOf(answer);
  const iss = answer.get('iss');
  // RFC 9207 §2.4. Only the origin counts: the path of the tenant's issuer depends on the
  // application type.
  if (iss !== null && (!URL.canParse(iss) || new URL(iss).origin !== tenant))
    throw new CliError(
      'sign-in-failed',
      `${plainWords(iss)} answered the sign-in instead of ${tenant}`,
    );
  if (error !== null) throw signInRefusal(error, terms, redirectUri);
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
