import { setTimeout } from 'node:timers/promises';
import { CliError } from '../errors.ts';
import { type AuthorizationError, errorWords, signInRefusal } from './authorization-error.ts';
import { answersRequest, queryOf, unboundError } from './authorization-response.ts';
import type { Connection } from './connection.ts';
import type { LoopbackRedirect } from './loopback-redirect.ts';

/** The person at the terminal while the browser is waited for. */
export interface Attendant {
  /** Asks for the address that the browser ended on; `problem` says what was wrong with the one before. */
  pasted(problem: string | null, signal: AbortSignal): Promise<string>;
  /** Tells an error that may be the tenant's or forged, and asks whether to stop there. */
  stops(words: string, signal: AbortSignal): Promise<boolean>;
}

export interface Waiting {
  /** Absent: nobody can be asked. */
  readonly attendant?: Attendant;
  readonly signal: AbortSignal;
  /** Bound on the wait for the browser. */
  readonly timeoutSeconds: number;
}

/** Milliseconds that an error without a state waits for a better answer where nobody can be asked. */
const grace = 5_000;

/** How often a person is asked about such an error: who can make a browser bring one can bring a thousand. */
const mostQuestions = 3;

/**
 * The answer to the authorization request with that state. Waits for the browser, for a pasted address, for the time-out
 * and for Ctrl-C, whichever comes first; an error without a state ends the wait when the person agrees, or without one
 * when nothing better comes within five seconds.
 * @throws {CliError} sign-in-denied, sign-in-failed, sign-in-timed-out (`facts.redirectUri`), interrupted
 */
export async function authorizationResponse(
  loopback: LoopbackRedirect,
  state: string,
  connection: Connection,
  { attendant, signal, timeoutSeconds }: Waiting,
): Promise<URLSearchParams> {
  const { redirectUri } = loopback;
  const settled = new AbortController();
  const stop = AbortSignal.any([signal, settled.signal]);
  /** The refusal that is being decided on. */
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

  /** Takes one thing at a time: what comes while a question is open asks no other. */
  async function conversation(): Promise<URLSearchParams> {
    for (let problem: string | null = null; ; ) {
      const query = await nextQuery(problem);
      if (answersRequest(query, state)) return query;
      const error = unboundError(query);
      problem = error === null ? problemWith(query) : null;
      if (error !== null) await decideOn(error);
    }
  }

  /** Of an address that the person pastes, or of an error that the browser brings meanwhile. */
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

  /** @throws {CliError} the refusal, where it ends the sign-in */
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
