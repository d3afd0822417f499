import type { Http } from '../network/http.ts';
import {
  type CodeExchange,
  type Tokens,
  tokensForCode,
  tokensForRefreshToken,
  tokensForSecret,
} from '../tenant/oauth/token.ts';
import type { Secret } from '../text/secret.ts';
import type { SignInTerms } from './sign-in-terms.ts';
import type { StoredSession } from './stored-schemas.ts';

/** The network for a token request, and the time from which lifetimes count. */
export interface TokenRequestContext {
  readonly http: Http;
  now(): Date;
}

/**
 * Exchanges an authorization code for a session (RFC 6749 §4.1.3, RFC 7636 §4.5).
 * @throws {CliError} sign-in-denied, sign-in-failed, tenant-unreachable, tenant-not-json,
 *   rate-limited, and what Http throws
 */
export async function exchangeCode(
  terms: SignInTerms,
  exchange: CodeExchange,
  { http, now }: TokenRequestContext,
): Promise<StoredSession> {
  const tokens = await tokensForCode(terms, exchange, http);
  return sessionFrom(tokens, { ...blank(terms), grant: 'authorization-code' }, now());
}

/**
 * Renews a session with its refresh token (RFC 6749 §6), which is kept if the tenant
 * gives no new one.
 * @throws {CliError} session-expired (the refresh token is no longer valid), and as
 *   exchangeCode
 */
export async function refreshSession(
  session: StoredSession & { readonly refreshToken: string },
  { http, now }: TokenRequestContext,
): Promise<StoredSession> {
  const tokens = await tokensForRefreshToken(session, session.refreshToken, http);
  return sessionFrom(tokens, session, now());
}

/**
 * Signs a service user in (RFC 6749 §4.4).
 * @throws {CliError} sign-in-failed, and as exchangeCode
 */
export async function clientCredentials(
  terms: SignInTerms & { readonly clientSecret: Secret },
  http: Http,
  now: () => Date,
): Promise<StoredSession> {
  const scope = terms.platformToken ? null : terms.scope;
  const tokens = await tokensForSecret(terms, scope, http);
  const before = {
    ...blank(terms),
    grant: 'client-credentials',
    scope,
    user: terms.clientId,
  } as const;
  return sessionFrom(tokens, before, now());
}

function blank({ tenant, appId, clientId, scope }: SignInTerms) {
  return { tenant, appId, clientId, refreshToken: null, scope, user: null };
}

/** By how much a clock may be ahead, in milliseconds; beyond it no expiry is known. */
const maxAhead = 5 * 60_000;

/**
 * The end of a lifetime by this machine's clock. Null also if that clock is ahead of the
 * tenant's: once it is corrected, the session would seem to last too long.
 */
function expiryOf({ lifetime, answeredAt }: Tokens, now: Date): string | null {
  const isAhead = answeredAt !== null && now.getTime() - answeredAt.getTime() > maxAhead;
  if (lifetime === null || isAhead) return null;
  return new Date(now.getTime() + lifetime * 1000).toISOString();
}

/**
 * Missing members keep their earlier value (RFC 6749 §5.1 for scope, §6 for the refresh
 * token).
 */
export function sessionFrom(
  tokens: Tokens,
  before: Omit<StoredSession, 'accessToken' | 'expiresAt'>,
  now: Date,
): StoredSession {
  const { accessToken, refreshToken, scope, user } = tokens;
  return {
    ...before,
    accessToken,
    refreshToken: refreshToken ?? before.refreshToken,
    expiresAt: expiryOf(tokens, now),
    scope: scope ?? before.scope,
    user: user ?? before.user,
  };
}
