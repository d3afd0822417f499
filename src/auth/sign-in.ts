import { CliError } from '../errors/cli-error.ts';
import type { Http } from '../network/http.ts';
import type { OwnerRules } from '../programs/owners.ts';
import { authorizationUrl, createProof } from '../tenant/oauth/authorization.ts';
import { revokeToken } from '../tenant/oauth/revocation.ts';
import type { Secret } from '../text/secret.ts';
import { noticesOf } from './arrivals.ts';
import { codeOf } from './authorization-response.ts';
import { authorizationResponse } from './await-response.ts';
import { type LoopbackRedirect, openLoopbackRedirect } from './loopback-redirect.ts';
import { failurePage, signedInPage } from './sign-in-pages.ts';
import type { SignInTerms } from './sign-in-terms.ts';
import type { StoredSession } from './stored-schemas.ts';
import { exchangeCode, type TokenRequestContext } from './token-request.ts';

export interface SignInContext extends TokenRequestContext {
  /** The port of the loopback redirect; 0 picks a free one. */
  readonly port: number;
  /**
   * Starts a browser; null: starts none. Gets an address that reveals nothing about the
   * sign-in.
   */
  readonly openBrowser: ((url: string) => Promise<boolean>) | null;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** That no browser started, in words without a period. */
  readonly noBrowserWords: string;
  /** Whose browser may answer. */
  readonly owners: OwnerRules;
  /** Shows the authorization URL, on a line of its own. */
  announce(url: string, redirectUri: string): void;
  /** Warns a person about anything else that arrived. */
  warn(text: string): void;
  /** Asks for the address that the browser ended on; absent: no terminal. */
  pasted?(signal: AbortSignal): Promise<string>;
  /**
   * Checks the user of the session before the sign-in is reported; throws to reject it.
   */
  accept?(session: StoredSession): Promise<StoredSession>;
}

/**
 * Signs a person in: authorization code (RFC 6749 §4.1) with PKCE (RFC 7636, S256) over a
 * loopback redirect (RFC 8252 §7.3). Saves nothing.
 * @throws {CliError} sign-in-denied, sign-in-failed, sign-in-timed-out
 *   (`facts.redirectUri`), interrupted, and as exchangeCode
 */
export async function signIn(terms: SignInTerms, context: SignInContext): Promise<StoredSession> {
  // They bind the answer to this request.
  const binding = await createProof();
  const { state, codeVerifier } = binding;
  const { port, owners } = context;
  const loopback = await openLoopbackRedirect(port, state, terms.tenant, owners);
  const { redirectUri } = loopback;
  try {
    const url = authorizationUrl(terms, redirectUri, binding);
    context.announce(url, redirectUri);
    const unopened = openInBrowser(loopback.leadTo(url), context);
    const notices = noticesOf([unopened, ...warningsIfRefused(loopback, context)]);
    const request = { terms, redirectUri, state };
    const answer = await authorizationResponse(loopback, request, notices, context);
    const code = codeOf(answer, terms, redirectUri);
    const obtained = await exchangeCode(terms, { code, redirectUri, codeVerifier }, context);
    const session = (await context.accept?.(obtained)) ?? obtained;
    await loopback.finish(signedInPage(terms, session.user));
    return session;
  } catch (error) {
    const words = error instanceof CliError ? `${error.message}.` : 'An unexpected error occurred.';
    const next = 'You can close this tab; the terminal shows what to do next.';
    await loopback.finish(failurePage('Not signed in', `${words} ${next}`));
    throw error;
  } finally {
    loopback.close();
  }
}

/** Opens the browser. Resolves to a warning if it does not start; else never. */
function openInBrowser(
  url: string,
  { openBrowser, noBrowserWords }: SignInContext,
): Promise<string> {
  return new Promise((resolve) => {
    if (openBrowser === null) return;
    const warn = (): void => resolve(`${noBrowserWords}: visit the address above`);
    openBrowser(url).then((isStarted) => {
      if (!isStarted) warn();
    }, warn);
  });
}

/** Each resolves to its warning at the first such connection. */
function warningsIfRefused(
  { redirectUri, firstRefused }: LoopbackRedirect,
  { pasted }: SignInContext,
): readonly Promise<string>[] {
  const at = `a connection to ${new URL(redirectUri).host}`;
  const paste = 'visit the address above, and paste the address that it ends on';
  const [unknown, other] =
    pasted === undefined
      ? ['set MFA_CLI_UNKNOWN_PEERS=1 and sign in again', 'run mfa-cli as its user']
      : [paste, paste];
  const ifYours = 'If it was your own browser';
  return [
    firstRefused.unknown.then(() => `Refused ${at} of unknown owner. ${ifYours}, ${unknown}`),
    firstRefused.other.then(
      () => `Refused ${at} of another user of this machine. ${ifYours}, ${other}`,
    ),
  ];
}

/** The tenant's answer to the revocation of one token. */
export interface Revocation {
  readonly token: 'refresh-token' | 'access-token';
  /**
   * Accepted does not mean revoked: a tenant also accepts an unknown token (RFC 7009
   * §2.2).
   */
  readonly outcome: 'accepted' | 'refused' | 'unreachable';
  /** The tenant's or the network's reason; null if accepted. */
  readonly words: string | null;
}

/**
 * Asks the tenant to revoke the refresh token and then the access token (RFC 7009 §2.1).
 * A refusal is part of the result. Deletes nothing here.
 * @param clientSecret of the session's client; null: a public client
 * @throws {CliError} interrupted
 */
export async function signOut(
  session: StoredSession,
  clientSecret: Secret | null,
  http: Http,
): Promise<readonly Revocation[]> {
  const tokens = [
    { token: 'refresh-token', value: session.refreshToken },
    { token: 'access-token', value: session.accessToken },
  ] as const;
  const revocations: Revocation[] = [];
  for (const { token, value } of tokens) {
    if (value === null) continue;
    const revoked = await revoke(session, value, clientSecret, http);
    revocations.push({ token, ...revoked });
  }
  return revocations;
}

async function revoke(
  session: StoredSession,
  token: string,
  clientSecret: Secret | null,
  http: Http,
): Promise<Omit<Revocation, 'token'>> {
  try {
    const words = await revokeToken(session, token, clientSecret, http);
    return { outcome: words === null ? 'accepted' : 'refused', words };
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return { outcome: 'unreachable', words: error.message };
  }
}
