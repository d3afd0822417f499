import { CliError, type ErrorCode } from '../errors/cli-error.ts';
import { oddFacts } from '../errors/secret-oddities.ts';
import type { HttpResponse } from '../network/http.ts';
import { causeIn } from './authorization-error.ts';
import { claimsOf } from './claims.ts';
import type { Connection } from './connection.ts';
import type { StoredSession } from './profile.ts';
import { isRefusal, jsonObject, refusalWords } from './tenant-answer.ts';

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

/** Seconds: anything longer is not a date (a lifetime of three centuries will do). */
const longest = 1e10;

/** The secret parameters of a token request. */
const secretParameters = ['code', 'code_verifier', 'refresh_token', 'client_secret'];

/** Refusals of a client that has proved its identity. @see RFC 6749 §5.2 */
const beyondSecret = ['invalid_scope', 'unauthorized_client', 'unsupported_grant_type'];

/**
 * The members of a successful token answer (RFC 6749 §5.1), except those that are null. Any other is judged like an
 * API's, except that a refusal (§5.2) concerns the sign-in.
 * @throws {CliError} session-expired, sign-in-denied, sign-in-failed, rate-limited, tenant-unreachable, tenant-not-json
 */
export function acceptedAnswer(
  response: HttpResponse,
  grant: Grant,
  form: URLSearchParams,
  {
    tenant,
    appId,
    clientId,
    clientSecret,
  }: Pick<Connection, 'tenant' | 'appId' | 'clientId' | 'clientSecret'>,
) {
  const { status, body } = response;
  if (status === 429) throw new CliError('rate-limited', `${tenant} limits how often tokens are requested`);
  const answer = jsonObject(body);
  if (answer === null && status >= 502 && status <= 504)
    throw new CliError('tenant-unreachable', `${tenant} is not available (HTTP ${status})`);
  if (answer === null && status !== 401)
    throw new CliError(
      'tenant-not-json',
      `${tenant} answered the token request with HTTP ${status} and no JSON`,
    );
  const members = answer ?? {};
  if (status === 200 && members.access_token !== undefined) return members;
  if (status < 400 && !isRefusal(members))
    throw new CliError(
      'tenant-not-json',
      `${tenant} answered the token request with HTTP ${status} and neither a token nor an error`,
    );
  const secrets = secretParameters.map((name) => form.get(name) ?? '');
  const words = refusalWords(members, status, secrets);
  const cause = causeIn(words);
  const code = refusalCode(members, status, grant);
  const refused = code === 'session-expired' ? 'no longer renews the session' : 'refused the token request';
  throw new CliError(code, `${tenant} ${refused}: ${words}`, {
    facts: {
      ...(beyondSecret.includes(String(members.error)) ? {} : oddFacts(clientSecret)),
      ...(cause === undefined
        ? {}
        : {
            cause: cause === 'client' && clientSecret !== null ? 'secret' : cause,
            appId,
            clientId,
            scope: form.get('scope') ?? '',
          }),
    },
  });
}

function refusalCode({ error }: Readonly<Record<string, unknown>>, status: number, grant: Grant): ErrorCode {
  const isExpired = error === 'invalid_grant' || (error === undefined && status === 401);
  if (grant === 'refresh_token' && isExpired) return 'session-expired';
  return error === 'access_denied' && grant !== 'client_credentials' ? 'sign-in-denied' : 'sign-in-failed';
}

/** Whatever the answer leaves out stays as it was (RFC 6749 §5.1 for scope, §6 for the refresh token). */
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
