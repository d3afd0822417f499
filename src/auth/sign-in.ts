import { setTimeout } from 'node:timers/promises';
import { CliError } from '../errors/cli-error.ts';
import type { Http } from '../network/http.ts';
import type { Secret } from '../text/secret.ts';
import { answersRequest, codeOf, queryOf, unboundError } from './authorization-look.ts';
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

/** The person at the terminal while we wait for the browser. */
export interface Attendant {
  /** Asks for the address that the browser ended on; `problem` says what was wrong with the previous one. */
  pasted(problem: string | null, signal: AbortSignal): Promise<string>;
  /** Shows an error that may be the tenant's or forged, and asks whether to stop there. */
  stops(words: string, signal: AbortSignal): Promise<boolean>;
}

interface Waiting {
  /** Absent: nobody can be asked. */
  readonly attendant?: Attendant;
  readonly signal: AbortSignal;
  /** Limit of the wait for the browser. */
  readonly timeoutSeconds: number;
}

/** Milliseconds to wait for a better answer after an error without a state, when nobody can be asked. */
const grace = 5_000;

/** How often a person is asked about such an error: whoever can make a browser deliver one can deliver a thousand. */
const mostQuestions = 3;

/**
 * The answer to the authorization request with that state. Waits for the browser, for a pasted address, for the timeout
 * or for Ctrl-C, whichever comes first. An error without a state ends the wait once the person agrees; with nobody to
 * ask, it does so if nothing better comes within five seconds.
 * @throws {CliError} sign-in-denied, sign-in-failed, sign-in-timed-out (`facts.redirectUri`), interrupted
 */
async function authorizationResponse(
  loopback: LoopbackRedirect,
  state: string,
  connection: Connection,
  { attendant, signal, timeoutSeconds }: Waiting,
): Promise<URLSearchParams> {
  const { redirectUri } = loopback;
  const settled = new AbortController();
  const stop = AbortSignal.any([signal, settled.signal]);
  /** The refusal being decided on. */
  let pending: CliError | null = null;
  let questions = 0;

  async function timedOut(): Promise<never> {
    await setTimeout(timeoutSeconds * 1000, undefined, { signal: stop });
    if (pending !== null) throw pending;
    throw new CliError(
      'sign-in-timed-out',
      `The browser did not come to ${redirectUri} within ${timeoutSeconds} seconds`,
      { facts: { redirectUri } },
    );
  }

  /** One question at a time: whatever arrives while one is open does not open another. */
  async function conversation(): Promise<URLSearchParams> {
    for (let problem: string | null = null; ; ) {
      const query = await nextQuery(problem);
      if (answersRequest(query, state)) return query;
      const error = unboundError(query);
      problem = error === null ? problemWith(query) : null;
      if (error !== null) await decideOn(error);
    }
  }

  /** From an address that the person pastes, or from an error that the browser brings meanwhile. */
  async function nextQuery(problem: string | null): Promise<URLSearchParams> {
    const round = new AbortController();
    const brought = questions < mostQuestions ? [loopback.nextUnboundError()] : [];
    if (attendant === undefined) return Promise.race(brought);
    const pasted = attendant.pasted(problem, AbortSignal.any([stop, round.signal])).then(queryOf);
    const query = await Promise.race([pasted, ...brought]);
    round.abort();
    // Two questions at once would share the keyboard.
    await pasted.catch(() => {});
    return query;
  }

  /** @throws {CliError} the refusal, if it ends the sign-in */
  async function decideOn(error: AuthorizationError): Promise<void> {
    questions++;
    pending = signInRefusal(error, connection, redirectUri);
    const stops = attendant
      ? attendant.stops(errorWords(error), stop)
      : setTimeout(grace, true, { signal: stop });
    if (await stops) throw pending;
    pending = null;
  }

  try {
    return await Promise.race([loopback.answer, timedOut(), conversation()]);
  } catch (error) {
    throw signal.aborted ? new CliError('interrupted', 'The sign-in was interrupted') : error;
  } finally {
    settled.abort();
  }
}

function problemWith(query: URLSearchParams): string {
  return query.has('state')
    ? 'That address belongs to another sign-in'
    : 'That is not the whole address: it has a code and a state in it';
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

/** How a request shows which client sent it. */
interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  /** The secrets in it. */
  readonly secrets: readonly string[];
}

/**
 * The ways to show it, tried in turn: the ID in the form, or ID and secret as Basic. A tenant reportedly does not decode
 * those, so they are sent as is first, and form-encoded (RFC 6749 §2.3.1) only if that differs and was refused.
 */
function proofs(clientId: string, clientSecret: Secret | null): readonly Proof[] {
  if (clientSecret === null) return [{ headers: {}, form: { client_id: clientId }, secrets: [] }];
  const pair = [clientId, clientSecret.reveal()];
  const spellings = new Set([pair.join(':'), pair.map(encodeURIComponent).join(':')]);
  return [...spellings].map((spelling) => {
    const basic = Buffer.from(spelling).toString('base64');
    return {
      headers: { authorization: `Basic ${basic}` },
      form: {},
      secrets: [clientSecret.reveal(), basic],
    };
  });
}
