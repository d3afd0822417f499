import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from './failure.ts';
import type { HttpResponse } from './http.ts';

/** Waits, whatever else has to wait for it or goes on meanwhile. */
export type Aside = (wait: () => Promise<void>) => Promise<void>;

/**
 * Attempts within the time that one command waits for the network.
 * @param timeout limit of all waiting, in milliseconds
 * @param aside how a pause is made; what it takes beyond the pause does not count
 */
export function createTries(timeout: number, interrupt: AbortSignal, aside: Aside = (wait) => wait()) {
  const controller = new AbortController();
  const { signal } = controller;
  // A command may send any number of requests at once; each listens as long as it lasts.
  setMaxListeners(0, signal);
  const onInterrupt = (): void => controller.abort(interrupt.reason);
  if (interrupt.aborted) onInterrupt();
  else interrupt.addEventListener('abort', onInterrupt);
  let remaining = timeout;
  async function inTime<Outcome>(attempt: () => Promise<Outcome>, late: Error): Promise<Outcome> {
    const started = performance.now();
    // Nothing may be left of it; Node.js warns of a negative time.
    const timer = setTimeout(() => controller.abort(late), Math.max(remaining, 0));
    try {
      return await attempt();
    } finally {
      clearTimeout(timer);
      remaining -= performance.now() - started;
    }
  }
  return {
    /** Aborted by an interrupt, and when time is up. */
    signal,
    /**
     * Tries until there is an outcome to keep, or a pause would take too long; an outcome that is an error is thrown.
     * @param waitAfter milliseconds before the next attempt, or null if the outcome stands
     * @param late the signal's reason when time is up
     */
    async untilDone<Outcome>(
      attempt: () => Promise<Outcome | Error>,
      waitAfter: (outcome: Outcome | Error, attempts: number) => number | null,
      late: Error,
    ): Promise<Outcome> {
      for (let attempts = 1; ; attempts++) {
        const outcome = await inTime(attempt, late);
        const wait = waitAfter(outcome, attempts);
        if (wait === null || wait > remaining) {
          if (outcome instanceof Error) throw outcome;
          return outcome;
        }
        await aside(() => sleep(wait, undefined, { signal })).catch((error: unknown) => {
          throw signal.aborted ? signal.reason : error;
        });
        remaining -= wait;
      }
    },
    /** Listens to the interrupt no more. */
    end: () => interrupt.removeEventListener('abort', onInterrupt),
  };
}

/** The vendor's SDK tries three times and waits at most 10 s between tries. */
const maxAttempts = 3;
const longestWait = 10_000;
const firstWait = 250;

/**
 * Milliseconds to wait before the next attempt, or null if the outcome stands. A failed connection, 429 (after its
 * `Retry-After`) and 502 to 504 are tried again; a tenant's own refusal never is.
 */
export function waitBeforeRetry(outcome: HttpResponse | Error, attempts: number): number | null {
  if (attempts >= maxAttempts) return null;
  const backoff = firstWait * 4 ** (attempts - 1);
  if (outcome instanceof Error) return isTransient(outcome, 'tenant-unreachable') ? backoff : null;
  if (outcome.status === 429) return retryAfter(outcome) ?? backoff;
  return outcome.status >= 502 && outcome.status <= 504 ? backoff : null;
}

/** RFC 9110 §10.2.3, in seconds; a date is measured against the answer's own `Date`. */
function retryAfter({ headers }: HttpResponse): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const wait = /^\d+$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - Date.parse(headers.date ?? '');
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), longestWait);
}
