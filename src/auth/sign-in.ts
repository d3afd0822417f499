import { CliError } from '../errors/cli-error.ts';
import { authorizationUrl } from './authorization-request.ts';
import { codeOf } from './authorization-response.ts';
import { authorizationResponse, type Waiting } from './authorization-wait.ts';
import { refusalPage, signedInPage } from './callback-page.ts';
import type { Connection } from './connection.ts';
import { openLoopbackRedirect } from './loopback-redirect.ts';
import type { StoredSession } from './profile.ts';
import { exchangeCode, type TokenRequestContext } from './token-request.ts';

export interface SignInContext extends TokenRequestContext, Waiting {
  /** Of the loopback redirect; 0 picks a free one. */
  readonly port: number;
  /** Whom the sign-in page is to expect. */
  readonly loginHint?: string | undefined;
  /** Whether a browser was started; null: none is to be. */
  readonly openBrowser: ((url: string) => Promise<boolean>) | null;
  /** Shows the authorization URL, on a line of its own. */
  announce(url: string, redirectUri: string): void;
}

/**
 * Signs a person in: authorization code (RFC 6749 §4.1) with PKCE (RFC 7636, S256) over a loopback redirect
 * (RFC 8252 §7.3). Saves nothing.
 * @throws {CliError} sign-in-denied, sign-in-failed, sign-in-timed-out (`facts.redirectUri`), interrupted, and as exchangeCode
 */
export async function signIn(connection: Connection, context: SignInContext): Promise<StoredSession> {
  const oauth = await import('oauth4webapi');
  const state = oauth.generateRandomState();
  const codeVerifier = oauth.generateRandomCodeVerifier();
  const loopback = await openLoopbackRedirect(context.port, state);
  const { redirectUri } = loopback;
  try {
    const codeChallenge = await oauth.calculatePKCECodeChallenge(codeVerifier);
    const url = authorizationUrl(connection, {
      redirectUri,
      state,
      codeChallenge,
      loginHint: context.loginHint,
    });
    context.announce(url, redirectUri);
    context.openBrowser?.(url).catch(() => undefined);
    const answer = await authorizationResponse(loopback, state, connection, context);
    const code = codeOf(answer, connection, redirectUri);
    const session = await exchangeCode(connection, { code, redirectUri, codeVerifier }, context);
    await loopback.finish(signedInPage(connection, session.user));
    return session;
  } catch (error) {
    const words = error instanceof CliError ? `${error.message}.` : 'Something went wrong.';
    const next = 'The terminal says what to do next; you can close this tab.';
    await loopback.finish(refusalPage('Not signed in', `${words} ${next}`));
    throw error;
  } finally {
    loopback.close();
  }
}
