import { setTimeout } from 'node:timers/promises';
import { CliError } from '../errors/cli-error.ts';
import type { Http } from '../network/http.ts';
import type { OwnerRules } from '../programs/owners.ts';
import { authorizationUrl, createProof, lookAtApplication } from '../tenant/oauth/authorization.ts';
import { type AuthorizationError, errorWords, signInRefusal } from '../tenant/oauth/refusal.ts';
import { revokeToken } from '../tenant/oauth/revocation.ts';
import type { Secret } from '../text/secret.ts';
import { type Notices, noticesOf } from './arrivals.ts';
import { answersRequest, codeOf, queryOf, unboundError } from './authorization-response.ts';
import type { Connection } from './connection.ts';
import {
  type DoubtedError,
  type LoopbackRedirect,
  openLoopbackRedirect,
  refusalPage,
  signedInPage,
} from './loopback-redirect.ts';
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
export async function signIn(
  connection: Connection,
  context: SignInContext,
): Promise<StoredSession> {
  const proof = await createProof();
  const { state, codeVerifier } = proof;
  const { port, owners } = context;
  const loopback = await openLoopbackRedirect(port, state, connection.tenant, owners);
  const { redirectUri } = loopback;
  try {
    const url = authorizationUrl(connection, redirectUri, proof);
    context.announce(url, redirectUri);
    const notices = noticesOf([
      warningIfUnopened(loopback.leadTo(url), context),
      ...warningsIfRefused(loopback, context),
    ]);
    const request = { connection, redirectUri, state };
    const answer = await authorizationResponse(loopback, request, notices, context);
    const code = codeOf(answer, connection, redirectUri);
    const obtained = await exchangeCode(connection, { code, redirectUri, codeVerifier }, context);
    const session = (await context.accept?.(obtained)) ?? obtained;
    await loopback.finish(signedInPage(connection, session.user));
    return session;
  } catch (error) {
    const words = error instanceof CliError ? `${error.message}.` : 'An unexpected error occurred.';
    const next = 'You can close this tab; the terminal shows what to do next.';
    await loopback.finish(refusalPage('Not signed in', `${words} ${next}`));
    throw error;
  } finally {
    loopback.close();
  }
}

/** Resolves to the warning if the browser does not start; else never. */
function warningIfUnopened(
  url: string,
  { openBrowser, noBrowserWords }: SignInContext,
): Promise<string> {
  return new Promise((resolve) => {
    const tell = (): void => resolve(`${noBrowserWords}: visit the address above`);
    openBrowser?.(url).then((started) => started || tell(), tell);
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

/** The most errors of doubtful origin to report: a forger could send a thousand. */
const maxReported = 3;

/** The authorization request that an answer belongs to. */
interface AwaitedRequest {
  readonly connection: Connection;
  readonly redirectUri: string;
  readonly state: string;
}

/**
 * The answer to the authorization request with that state. Waits for the browser, a
 * pasted address, the timeout or Ctrl-C. An error of doubtful origin is a warning; it
 * ends the wait only if the browser, the person or the tenant itself confirms it.
 * @throws {CliError} sign-in-denied, sign-in-failed, sign-in-timed-out
 *   (`facts.redirectUri`), interrupted
 */
async function authorizationResponse(
  loopback: LoopbackRedirect,
  request: AwaitedRequest,
  notices: Notices,
  context: SignInContext,
): Promise<URLSearchParams> {
  const settled = new AbortController();
  const stop = AbortSignal.any([context.signal, settled.signal]);
  const wait = new ResponseWait(loopback, request, notices, { ...context, signal: stop });
  try {
    return await Promise.race([
      loopback.answer,
      wait.refusal(),
      wait.timeout(),
      wait.pastedAnswer(),
    ]);
  } catch (error) {
    if (context.signal.aborted) throw new CliError('interrupted', 'The sign-in was interrupted');
    throw error;
  } finally {
    settled.abort();
  }
}

/** The wait for an answer, beside the browser's own. */
class ResponseWait {
  readonly #loopback: LoopbackRedirect;
  readonly #request: AwaitedRequest;
  readonly #notices: Notices;
  readonly #context: SignInContext;
  /** The last error that was reported. */
  #doubted: AuthorizationError | null = null;
  #reported = 0;

  /** @param context its signal ends the wait */
  constructor(
    loopback: LoopbackRedirect,
    request: AwaitedRequest,
    notices: Notices,
    context: SignInContext,
  ) {
    this.#loopback = loopback;
    this.#request = request;
    this.#notices = notices;
    this.#context = context;
  }

  /** Rejects with the refusal that the browser or the tenant itself brings. */
  async refusal(): Promise<never> {
    throw this.#refused(await this.#loopback.refusal);
  }

  /** @throws {CliError} sign-in-timed-out */
  async timeout(): Promise<never> {
    const { timeoutSeconds, signal } = this.#context;
    const { redirectUri } = this.#request;
    await setTimeout(timeoutSeconds * 1000, undefined, { signal });
    const within = `within ${timeoutSeconds} s`;
    const doubted = this.#doubted;
    if (doubted === null) {
      const words = `The browser did not return to ${redirectUri} ${within}`;
      throw new CliError('sign-in-timed-out', words, { facts: { redirectUri } });
    }
    throw new CliError(
      'sign-in-timed-out',
      `The browser returned an error, the tenant's or a forged one, and no sign-in ${within}: ${errorWords(doubted)}`,
      { facts: { awaited: 'sign-in' } },
    );
  }

  /** The address that the person pastes; reports meanwhile what else arrives. */
  async pastedAnswer(): Promise<URLSearchParams> {
    for (;;) {
      const next = await this.#nextArrival();
      if (next instanceof URLSearchParams) return next;
      if (typeof next === 'string') this.#context.warn(next);
      else if (next !== null) await this.#report(next);
    }
  }

  /**
   * The next pasted address, doubted error, or notice. Only one question at a time uses
   * the keyboard.
   */
  async #nextArrival(): Promise<URLSearchParams | DoubtedError | string | null> {
    const { pasted, warn, signal } = this.#context;
    for (const text of this.#notices.take()) warn(text);
    const round = new AbortController();
    const asked = pasted && this.#askForAddress(AbortSignal.any([signal, round.signal]));
    const doubted = this.#reported < maxReported ? this.#loopback.nextDoubtedError() : undefined;
    const arrivals = [asked, doubted, this.#notices.next()].filter((one) => one !== undefined);
    const next = await Promise.race(arrivals);
    round.abort();
    await asked?.catch(() => undefined);
    return next;
  }

  /**
   * The query of the pasted address, or why it does not end this sign-in.
   * @throws {CliError} the refusal that the person confirms, by its address or with
   *   Return
   */
  async #askForAddress(signal: AbortSignal): Promise<URLSearchParams | string> {
    const text = (await this.#context.pasted?.(signal)) ?? '';
    const query = queryOf(text);
    if (answersRequest(query, this.#request.state)) return query;
    const error = text.trim() === '' ? this.#doubted : unboundError(query);
    if (error !== null) throw this.#refused(error);
    return notTheAddress(query, this.#request.redirectUri);
  }

  async #report({ error, isFromOwn }: DoubtedError): Promise<void> {
    if (this.#reported === 0) await this.#askTenant();
    this.#reported += 1;
    this.#doubted = error;
    const what = this.#context.pasted
      ? "press Return to stop if it is the tenant's"
      : 'the sign-in continues';
    const who = isFromOwn
      ? "The browser returned an error, the tenant's or a forged one"
      : 'The browser, or another program, says';
    this.#context.warn(`${who}: ${errorWords(error)}; ${what}`);
  }

  /**
   * @throws {CliError} the tenant's refusal of the application, if it applies to every
   *   user
   */
  async #askTenant(): Promise<void> {
    const { connection, redirectUri } = this.#request;
    const { http } = this.#context;
    const look = await lookAtApplication(connection, redirectUri, http).catch(() => null);
    if (look?.kind === 'refused') throw look.error;
  }

  #refused(error: AuthorizationError): CliError {
    return signInRefusal(error, this.#request.connection, this.#request.redirectUri);
  }
}

/**
 * Why a pasted address does not end this sign-in.
 * @param query empty: it is no address
 */
function notTheAddress(query: URLSearchParams, redirectUri: string): string {
  if (query.size === 0)
    return `Paste the whole address, which begins with ${new URL(redirectUri).origin}/`;
  return query.has('state')
    ? 'This address belongs to another sign-in'
    : 'This address is incomplete: it must contain a code and a state';
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
    ['refresh-token', session.refreshToken],
    ['access-token', session.accessToken],
  ] as const;
  const revocations: Revocation[] = [];
  for (const [token, value] of tokens)
    if (value !== null)
      revocations.push({ token, ...(await revoke(session, value, clientSecret, http)) });
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
