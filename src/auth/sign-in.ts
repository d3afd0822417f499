import { setTimeout } from 'node:timers/promises';
import { CliError } from '../errors/cli-error.ts';
import type { Http } from '../network/http.ts';
import type { Secret } from '../text/secret.ts';
import { answersRequest, codeOf, lookAtApplication, queryOf, unboundError } from './authorization-look.ts';
import { authorizationUrl, type Connection, endpoints } from './connection.ts';
import {
  type LoopbackRedirect,
  openLoopbackRedirect,
  refusalPage,
  signedInPage,
} from './loopback-redirect.ts';
import type { StoredSession } from './stored-schemas.ts';
import {
  type AuthorizationError,
  errorWords,
  isRefusal,
  jsonObject,
  refusalWords,
  signInRefusal,
} from './tenant-answer.ts';
import { exchangeCode, type TokenRequestContext } from './token-request.ts';

export interface SignInContext extends TokenRequestContext {
  /** Of the loopback redirect; 0 picks a free one. */
  readonly port: number;
  readonly loginHint?: string | null;
  /** Starts a browser; null: none is to be. It is given an address that shows nothing of the sign-in. */
  readonly openBrowser: ((url: string) => Promise<boolean>) | null;
  /** The sentence for a browser that did not start; absent: it is not said. */
  readonly unopened?: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Shows the authorization URL, on a line of its own. */
  announce(url: string, redirectUri: string): void;
  /** Takes a sentence for a person about what came instead of an answer. */
  warn(text: string): void;
  /** Asks for the address that the browser ended on; absent: nobody can be asked. */
  pasted?(signal: AbortSignal): Promise<string>;
  /** Looks at whose session it is before anybody is told that the sign-in went well; throws where it is not to be kept. */
  accept?(session: StoredSession): Promise<StoredSession>;
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
  const loopback = await openLoopbackRedirect(context.port, state, connection.tenant);
  const { redirectUri } = loopback;
  try {
    const codeChallenge = await oauth.calculatePKCECodeChallenge(codeVerifier);
    const url = authorizationUrl(connection, redirectUri, state, codeChallenge, context.loginHint);
    context.announce(url, redirectUri);
    const opening = whetherUnopened(loopback.leadTo(url), context);
    const answer = await authorizationResponse(loopback, state, connection, { ...context, opening });
    const code = codeOf(answer, connection, redirectUri);
    const obtained = await exchangeCode(connection, { code, redirectUri, codeVerifier }, context);
    const session = (await context.accept?.(obtained)) ?? obtained;
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

/** Resolves to the sentence for a browser that did not start; never where one did, or none should. */
function whetherUnopened(url: string, { openBrowser, unopened }: SignInContext): Promise<string> {
  return new Promise((resolve) => {
    const tell = (): void => {
      if (unopened !== undefined) resolve(unopened);
    };
    openBrowser?.(url).then((started) => started || tell(), tell);
  });
}

/** How many errors without a state are told: whoever can make a browser bring one can bring a thousand. */
const mostTold = 3;

/**
 * The answer to the authorization request with that state. Waits for the browser, for a pasted address, for the timeout
 * or for Ctrl-C, whichever comes first. An error without a state is told, and ends the wait where the browser, the person or
 * the tenant itself shows that nobody forged it.
 * @throws {CliError} sign-in-denied, sign-in-failed, sign-in-timed-out (`facts.redirectUri`), interrupted
 */
async function authorizationResponse(
  loopback: LoopbackRedirect,
  state: string,
  connection: Connection,
  context: SignInContext & { readonly opening: Promise<string> },
): Promise<URLSearchParams> {
  const { signal, timeoutSeconds, warn } = context;
  const { redirectUri } = loopback;
  const settled = new AbortController();
  const stop = AbortSignal.any([signal, settled.signal]);
  /** The error that was told last. */
  let doubted: AuthorizationError | null = null;
  let opening: Promise<string> | undefined = context.opening.then((words) => {
    opening = undefined;
    return words;
  });
  const refused = (error: AuthorizationError) => signInRefusal(error, connection, redirectUri);

  async function timedOut(): Promise<never> {
    await setTimeout(timeoutSeconds * 1000, undefined, { signal: stop });
    throw new CliError(
      'sign-in-timed-out',
      `The browser did not come to ${redirectUri} within ${timeoutSeconds} seconds`,
      { facts: { redirectUri } },
    );
  }

  /** @throws {CliError} the refusal that a person says is the tenant's: by its address, or by Return */
  async function pastedAnswer(asking: AbortSignal): Promise<URLSearchParams | string> {
    const text = (await context.pasted?.(asking)) ?? '';
    const query = queryOf(text);
    if (answersRequest(query, state)) return query;
    const error = text.trim() === '' ? doubted : unboundError(query);
    if (error !== null) throw refused(error);
    return query.has('state')
      ? 'That address belongs to another sign-in'
      : 'That is not the whole address: it has a code and a state in it';
  }

  /** Whatever a person pastes, or the browser brings without a state meanwhile: the keyboard has one question at a time. */
  async function nextOther(told: number): Promise<URLSearchParams | AuthorizationError | string> {
    const round = new AbortController();
    const pasted = context.pasted && pastedAnswer(AbortSignal.any([stop, round.signal]));
    const brought = told < mostTold ? loopback.nextUnboundError() : undefined;
    const next = await Promise.race([pasted, brought, opening].filter((one) => one !== undefined));
    round.abort();
    await pasted?.catch(() => undefined);
    return next;
  }

  async function otherAnswer(): Promise<URLSearchParams> {
    for (let told = 0; ; ) {
      const next = await nextOther(told);
      if (next instanceof URLSearchParams) return next;
      if (typeof next === 'string') {
        warn(next);
        continue;
      }
      if (told++ === 0) await askTenant();
      doubted = next;
      const what = context.pasted ? 'if it is the tenant’s, Return stops the sign-in' : 'the sign-in goes on';
      warn(`The browser came back with an error, the tenant's or a forged one: ${errorWords(next)}; ${what}`);
    }
  }

  /** @throws {CliError} its refusal, where it refuses the application to everybody */
  async function askTenant(): Promise<void> {
    const look = await lookAtApplication(connection, redirectUri, context.http).catch(() => null);
    if (look?.kind === 'refused') throw look.error;
  }

  try {
    const refusal = loopback.refusal.then((error) => Promise.reject(refused(error)));
    return await Promise.race([loopback.answer, refusal, timedOut(), otherAnswer()]);
  } catch (error) {
    throw signal.aborted ? new CliError('interrupted', 'The sign-in was interrupted') : error;
  } finally {
    settled.abort();
  }
}

/** What the tenant answered when asked to revoke one token. */
export interface Revocation {
  readonly token: 'refresh-token' | 'access-token';
  /** Accepted does not mean revoked: a tenant also accepts a token that it does not know (RFC 7009 §2.2). */
  readonly outcome: 'accepted' | 'refused' | 'unreachable';
  /** Why not, in the tenant's or the network's words; null if accepted. */
  readonly words: string | null;
}

/**
 * Asks a session's tenant to revoke its refresh token and then its access token (RFC 7009 §2.1), and returns the
 * answers; a refusal is data. Forgets nothing.
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
    if (value !== null) revocations.push({ token, ...(await revoke(session, value, clientSecret, http)) });
  return revocations;
}

async function revoke(
  session: StoredSession,
  token: string,
  clientSecret: Secret | null,
  http: Http,
): Promise<Omit<Revocation, 'token'>> {
  let words: string | null = null;
  try {
    for (const { headers, form, secrets } of proofs(session.clientId, clientSecret)) {
      const { status, body } = await http.send({
        method: 'POST',
        url: endpoints(session).revocation,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          ...headers,
        },
        body: new URLSearchParams({ token, ...form }).toString(),
        retry: true,
      });
      const answer = jsonObject(body) ?? {};
      if (status < 300 && !isRefusal(answer)) return { outcome: 'accepted', words: null };
      words ??= refusalWords(answer, status, [token, ...secrets]);
    }
    return { outcome: 'refused', words };
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return { outcome: 'unreachable', words: error.message };
  }
}

/**
 * The ways to show which client sends a request, tried in turn, each with the secrets in it: the ID in the form, or ID and secret as Basic. A tenant reportedly does not decode
 * those, so they are sent as is first, and form-encoded (RFC 6749 §2.3.1) only if that differs and was refused.
 */
function proofs(clientId: string, clientSecret: Secret | null) {
  if (clientSecret === null) return [{ headers: {}, form: { client_id: clientId }, secrets: [] }];
  const pair = [clientId, clientSecret.reveal()];
  const spellings = new Set([pair.join(':'), pair.map(encodeURIComponent).join(':')]);
  return [...spellings].map((spelling) => {
    const basic = Buffer.from(spelling).toString('base64');
    const headers = { authorization: `Basic ${basic}` };
    return { headers, form: {}, secrets: [clientSecret.reveal(), basic] };
  });
}
