import { setTimeout } from 'node:timers/promises';
import { CliError } from '../errors.ts';
import { plainWords } from '../words.ts';
import { answersRequest, queryOf } from './authorization-response.ts';
import type { Connection } from './connection.ts';
import { endpoints } from './endpoints.ts';
import { type LoopbackRedirect, openLoopbackRedirect } from './loopback-redirect.ts';
import type { StoredSession } from './profile.ts';
import { exchangeCode, type TokenRequestContext } from './token-request.ts';

export interface SignInContext extends TokenRequestContext {
  /** Of the loopback redirect; 0 takes a free one. */
  readonly port: number;
  /** Whether a browser was started; null: none is to be. */
  readonly openBrowser: ((url: string) => Promise<boolean>) | null;
  /** Shows the authorization URL, on a line of its own. */
  announce(url: string, redirectUri: string): void;
  /** Asks for the address that the browser ended on; `problem` says what was wrong with the one before. */
  readonly pasted?: (problem: string | null, signal: AbortSignal) => Promise<string>;
  readonly signal: AbortSignal;
  /** Bound on the wait for the browser. */
  readonly timeoutSeconds: number;
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
    const url = authorizationUrl(connection, {
      redirect_uri: redirectUri,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    });
    context.announce(url, redirectUri);
    context.openBrowser?.(url).catch(() => false);
    const code = codeOf(await authorizationResponse(loopback, state, context), connection.tenant);
    const session = await exchangeCode(connection, { code, redirectUri, codeVerifier }, context);
    await loopback.finish('Signed in', 'You may close this window and go back to the terminal.');
    return session;
  } catch (error) {
    const words = error instanceof CliError ? `${error.message}.` : 'Something went wrong.';
    await loopback.finish(
      'Not signed in',
      `${words} The terminal says what to do next; you may close this window.`,
    );
    throw error;
  } finally {
    loopback.close();
  }
}

function authorizationUrl(connection: Connection, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(endpoints(connection).authorization);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: connection.clientId,
    scope: connection.scope,
    code_challenge_method: 'S256',
    ...parameters,
  }).toString();
  return url.href;
}

/** Waits for the browser, for a pasted address, for the time-out and for Ctrl-C: whichever comes first. */
async function authorizationResponse(
  { answer, redirectUri }: LoopbackRedirect,
  state: string,
  context: SignInContext,
): Promise<URLSearchParams> {
  const settled = new AbortController();
  const stop = AbortSignal.any([context.signal, settled.signal]);
  const timedOut = async (): Promise<never> => {
    const { timeoutSeconds } = context;
    await setTimeout(timeoutSeconds * 1000, undefined, { signal: stop });
    throw new CliError(
      'sign-in-timed-out',
      `The browser did not come to ${redirectUri} within ${timeoutSeconds} seconds`,
      {
        facts: { redirectUri },
      },
    );
  };
  try {
    return await Promise.race([
      answer,
      timedOut(),
      ...(context.pasted ? [pastedResponse(context.pasted, state, stop)] : []),
    ]);
  } catch (error) {
    throw context.signal.aborted ? new CliError('interrupted', 'The sign-in was interrupted') : error;
  } finally {
    settled.abort();
  }
}

async function pastedResponse(
  pasted: NonNullable<SignInContext['pasted']>,
  state: string,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  for (let problem: string | null = null; ; ) {
    const query = queryOf(await pasted(problem, signal));
    if (answersRequest(query, state)) return query;
    problem = query.has('state')
      ? 'That address belongs to another sign-in'
      : 'That is not the whole address: it has a code and a state in it';
  }
}

/** The authorization code of a response to our request (RFC 6749 §4.1.2), or the error that came instead (§4.1.2.1). */
function codeOf(response: URLSearchParams, tenant: string): string {
  const [code, error, iss] = [response.get('code'), response.get('error'), response.get('iss')];
  // RFC 9207 §2.4. The tenant's issuer has a path that differs by application type; its origin is what matters.
  if (iss !== null && (!URL.canParse(iss) || new URL(iss).origin !== tenant))
    throw new CliError(
      'sign-in-failed',
      `The sign-in was answered by ${plainWords(iss)} instead of ${tenant}`,
    );
  if (error !== null) {
    const reason = plainWords([error, response.get('error_description')].filter(Boolean).join(': '));
    if (error === 'access_denied')
      throw new CliError('sign-in-denied', `${tenant} denied the sign-in: ${reason}`);
    throw new CliError('sign-in-failed', `${tenant} refused the sign-in: ${reason}`);
  }
  if (!code)
    throw new CliError('sign-in-failed', `${tenant} sent the browser back without an authorization code`);
  return code;
}
