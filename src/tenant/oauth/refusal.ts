import { CliError } from '../../errors/cli-error.ts';
import type { SignInCause } from '../../errors/session.ts';
import { membersOf, parseJson } from '../../text/json.ts';
import { Secret } from '../../text/secret.ts';
import { plainWords, wordsIn } from '../../text/words.ts';
import { successIn } from '../envelope.ts';
import type { OAuthClient } from './endpoints.ts';

/**
 * The members of a JSON object except null ones (.NET writes absent members as null);
 * null for any other body.
 */
export function jsonObject(body: string): Readonly<Record<string, unknown>> | null {
  const members = membersOf(parseJson(body));
  return (
    members && Object.fromEntries(Object.entries(members).filter(([, member]) => member !== null))
  );
}

/**
 * Whether a body is an OAuth error (RFC 6749 §5.2), or the tenant's envelope without
 * success, which comes with HTTP 200.
 */
export function isRefusal(answer: Readonly<Record<string, unknown>>): boolean {
  return answer.error !== undefined || successIn(answer) === false;
}

/**
 * The words of an OAuth error (RFC 6749 §5.2) or of the tenant's envelope, else the
 * status, with `secrets` masked.
 */
export function refusalWords(
  answer: Readonly<Record<string, unknown>>,
  status: number,
  secrets: readonly string[],
): string {
  const words = [answer.error, answer.error_description, answer.Message]
    .filter((part) => typeof part === 'string')
    .join(': ');
  const known = secrets.map((secret) => new Secret(secret));
  return wordsIn(words, known) || `HTTP ${status}`;
}

/** An error from the authorization endpoint (RFC 6749 §4.1.2.1), as received. */
export interface AuthorizationError {
  readonly error: string;
  readonly description: string | null;
}

/**
 * The setting to change, by the vendor's words; the first match counts. The hints have
 * the remedies.
 */
const causes = [
  ['application', /unknown app(?:lication)?\b/i],
  ['client', /^invalid_client\b|invalid client creds|client not allowed/i],
  ['scope', /^invalid_scope\b|unknown scope/i],
  ['redirect', /invalid redirect|mismatched redirect|redirect_uri|^invalid_request: Invalid URI/i],
  ['grant', /^unsupported_response_type\b|^unauthorized_client\b|auth mode not allowed/i],
  ['user', /user not allowed/i],
] as const;

export function causeIn(words: string): SignInCause | undefined {
  return causes.find(([, pattern]) => pattern.test(words))?.[0];
}

/**
 * The error for people: one line, truncated, without characters that a terminal or a page
 * would interpret.
 */
export function errorWords({ error, description }: AuthorizationError): string {
  return plainWords(description ? `${error}: ${description}` : error);
}

/** The client whose sign-in was refused. */
interface RefusedClient extends OAuthClient {
  readonly scope: string;
}

export type SignInRefusal = CliError<'sign-in-denied' | 'sign-in-failed'>;

/** The failure that ends a sign-in after an error from the authorization endpoint. */
export function signInRefusal(
  answer: AuthorizationError,
  { tenant, appId, clientId, scope }: RefusedClient,
  redirectUri: string,
): SignInRefusal {
  const words = errorWords(answer);
  const cause = causeIn(words);
  const facts = cause === undefined ? {} : { cause, appId, clientId, scope, redirectUri };
  return answer.error === 'access_denied'
    ? new CliError('sign-in-denied', `${tenant} denied the sign-in: ${words}`, { facts })
    : new CliError('sign-in-failed', `${tenant} rejected the sign-in: ${words}`, { facts });
}
