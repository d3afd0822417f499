import { CliError, type ErrorCode } from '../errors.ts';
import type { HttpResponse } from '../http.ts';
import { claimsOf } from './claims.ts';
import type { StoredSession } from './profile.ts';
import { jsonObject, refusalWords } from './tenant-answer.ts';

export type Grant = 'authorization_code' | 'refresh_token' | 'client_credentials';

/** RFC 6749 §5.1, as oauth4webapi has checked it. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  /** Seconds. */
  readonly expires_in?: number | undefined;
  readonly scope?: string | undefined;
  readonly id_token?: unknown;
}

/** Seconds: what is beyond is no date (a lifetime of three centuries will do). */
const longest = 1e10;

/** The members of a token answer that grants (RFC 6749 §5.1), without those that are null; throws for a refusal (§5.2). */
export function acceptedAnswer(response: HttpResponse, grant: Grant, form: URLSearchParams, tenant: string) {
  const answer = jsonObject(response.body);
  if (response.status === 429)
    throw new CliError('rate-limited', `${tenant} limits how often tokens are asked for`);
  if (answer === null)
    throw new CliError(
      'tenant-not-json',
      `${tenant} answered the token request with HTTP ${response.status} and no JSON`,
    );
  if (response.status === 200 && answer.access_token !== undefined) return answer;
  const secrets = ['code', 'code_verifier', 'refresh_token', 'client_secret'].map(
    (name) => form.get(name) ?? '',
  );
  const words = refusalWords(answer, response.status, secrets);
  throw new CliError(refusalCode(answer.error, grant), `${tenant} refused the token request: ${words}`);
}

function refusalCode(error: unknown, grant: Grant): ErrorCode {
  if (grant === 'refresh_token' && error === 'invalid_grant') return 'session-expired';
  return error === 'access_denied' && grant !== 'client_credentials' ? 'sign-in-denied' : 'sign-in-failed';
}

/** What the answer does not say stays as it was (RFC 6749 §5.1 for scope, §6 for the refresh token). */
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
