import { setTimeout } from 'node:timers/promises';
import { CliError } from '../errors/cli-error.ts';
import type { Http } from '../network/http.ts';
import { lookAtApplication } from '../tenant/oauth/authorization.ts';
import { type AuthorizationError, errorWords, signInRefusal } from '../tenant/oauth/refusal.ts';
import type { Notices } from './arrivals.ts';
import { answersRequest, queryOf, unboundError } from './authorization-response.ts';
import type { DoubtedError, LoopbackRedirect } from './loopback-redirect.ts';
import type { SignInTerms } from './sign-in-terms.ts';

/** The most errors of doubtful origin to report: a forger could send a thousand. */
const maxReported = 3;

/** The part of a sign-in's context that its wait needs. */
interface AwaitContext {
  readonly http: Http;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Warns a person about anything else that arrived. */
  warn(text: string): void;
  /** Asks for the address that the browser ended on; absent: no terminal. */
  pasted?(signal: AbortSignal): Promise<string>;
}

/** The authorization request that an answer belongs to. */
interface AwaitedRequest {
  readonly terms: SignInTerms;
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
export async function authorizationResponse(
  loopback: LoopbackRedirect,
  request: AwaitedRequest,
  notices: Notices,
  context: AwaitContext,
): Promise<URLSearchParams> {
  const settled = new AbortController();
  const stop = AbortSignal.any([context.signal, settled.signal]);
  const wait = new ResponseWait(loopback, request, notices, { ...context, signal: stop });
  try {
    return await Promise.race([
      loopback.answer,
      wait.tenantError(),
      wait.timeout(),
      wait.reportUntilPasted(),
    ]);
  } catch (error) {
    if (context.signal.aborted) throw new CliError('interrupted', 'The sign-in was interrupted');
    throw error;
  } finally {
    settled.abort();
  }
}

/** An arrival beside the browser's own answer, which is awaited. */
type Arrival =
  | { readonly kind: 'answer'; readonly query: URLSearchParams }
  | { readonly kind: 'useless-address'; readonly why: string }
  | { readonly kind: 'doubted-error'; readonly doubted: DoubtedError }
  | { readonly kind: 'notice' };

/** The wait for an answer, beside the browser's own. */
class ResponseWait {
  readonly #loopback: LoopbackRedirect;
  readonly #request: AwaitedRequest;
  readonly #notices: Notices;
  readonly #context: AwaitContext;
  /** The last error that was reported. */
  #doubted: AuthorizationError | null = null;
  #reported = 0;

  /** @param context its signal ends the wait */
  constructor(
    loopback: LoopbackRedirect,
    request: AwaitedRequest,
    notices: Notices,
    context: AwaitContext,
  ) {
    this.#loopback = loopback;
    this.#request = request;
    this.#notices = notices;
    this.#context = context;
  }

  /** Rejects with the tenant's error that is beyond doubt. */
  async tenantError(): Promise<never> {
    throw this.#signInError(await this.#loopback.tenantError);
  }

  /** Rejects when the time is over, or the signal ends the wait. */
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
      `The browser returned an error, the tenant's or a forged one, and no sign-in ${within}: ` +
        `${errorWords(doubted)}`,
      { facts: { awaited: 'sign-in' } },
    );
  }

  /**
   * Reports what arrives, with a terminal or without, until the person pastes the
   * address.
   * @returns its query
   */
  async reportUntilPasted(): Promise<URLSearchParams> {
    for (;;) {
      for (const text of this.#notices.take()) this.#context.warn(text);
      const arrival = await this.#nextArrival();
      switch (arrival.kind) {
        case 'answer':
          return arrival.query;
        case 'useless-address':
          this.#context.warn(arrival.why);
          break;
        case 'doubted-error':
          await this.#report(arrival.doubted);
          break;
        case 'notice':
          break;
      }
    }
  }

  /** Only one question at a time uses the keyboard. */
  async #nextArrival(): Promise<Arrival> {
    const { pasted, signal } = this.#context;
    const round = new AbortController();
    const stop = AbortSignal.any([signal, round.signal]);
    const question = pasted === undefined ? null : this.#askForAddress(stop);
    const arrivals: Promise<Arrival>[] = [];
    if (question !== null) arrivals.push(question);
    if (this.#reported < maxReported) arrivals.push(this.#nextDoubtedError());
    arrivals.push(this.#nextNotice());
    const arrival = await Promise.race(arrivals);
    round.abort();
    // A question that has failed has ended the race, or ends with the round.
    await question?.catch(() => undefined);
    return arrival;
  }

  async #nextDoubtedError(): Promise<Arrival> {
    return { kind: 'doubted-error', doubted: await this.#loopback.nextDoubtedError() };
  }

  async #nextNotice(): Promise<Arrival> {
    await this.#notices.next();
    return { kind: 'notice' };
  }

  /**
   * @throws {CliError} the tenant's error that the person confirms, by its address or
   *   with Return
   */
  async #askForAddress(signal: AbortSignal): Promise<Arrival> {
    const text = (await this.#context.pasted?.(signal)) ?? '';
    const query = queryOf(text);
    if (answersRequest(query, this.#request.state)) return { kind: 'answer', query };
    const error = text.trim() === '' ? this.#doubted : unboundError(query);
    if (error !== null) throw this.#signInError(error);
    return { kind: 'useless-address', why: notTheAddress(query, this.#request.redirectUri) };
  }

  async #report({ error, isThisUser }: DoubtedError): Promise<void> {
    if (this.#reported === 0) await this.#throwIfTenantConfirms();
    this.#reported += 1;
    this.#doubted = error;
    const what = this.#context.pasted
      ? "press Return to stop if it is the tenant's"
      : 'the sign-in continues';
    const who = isThisUser
      ? "The browser returned an error, the tenant's or a forged one"
      : 'The browser, or another program, says';
    this.#context.warn(`${who}: ${errorWords(error)}; ${what}`);
  }

  /** @throws {CliError} the tenant's error, if it applies to every user */
  async #throwIfTenantConfirms(): Promise<void> {
    const { terms, redirectUri } = this.#request;
    const { http } = this.#context;
    const look = await lookAtApplication(terms, redirectUri, http).catch(() => null);
    if (look?.kind === 'refused') throw look.error;
  }

  #signInError(error: AuthorizationError): CliError {
    return signInRefusal(error, this.#request.terms, this.#request.redirectUri);
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
