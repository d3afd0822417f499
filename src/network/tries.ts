import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicTime } from '../files/monotonic-time.ts';
import { isTransient } from './failure.ts';
import type { HttpResponse, Pause } from './http.ts';

/** The steps of a try, and the pause before the next one. */
interface TrySteps<Outcome> {
  attempt(): Promise<Outcome | Error>;
  /** Milliseconds before the next attempt; null: the outcome stands. */
  waitAfter(outcome: Outcome | Error, attempts: number): number | null;
  /** The signal's reason at the timeout. */
  late(): Error;
}

/** The attempts that share one time limit. */
export interface Tries {
  /** Aborted by an interrupt or at the timeout. */
  readonly signal: AbortSignal;
  /**
   * Retries until an outcome is final, or a pause would take too long. Throws an outcome
   * that is an error.
   */
  untilDone<Outcome>(steps: TrySteps<Outcome>): Promise<Outcome>;
  /** Stops listening to the interrupt. */
  end(): void;
}

/**
 * Makes attempts within one time limit.
 * @param timeout limit of all waiting, in milliseconds
 * @param pause makes a pause; time beyond the pause does not count
 */
export function createTries(
  timeout: number,
  interrupt: AbortSignal,
  pause: Pause = (wait) => wait(),
): Tries {
  const controller = new AbortController();
  const { signal } = controller;
  // A command may send many requests at once, each with its own listener.
  setMaxListeners(0, signal);
  const onInterrupt = (): void => controller.abort(interrupt.reason);
  if (interrupt.aborted) onInterrupt();
  else interrupt.addEventListener('abort', onInterrupt);
  let remaining = timeout;
  async function inTime<Outcome>(
    attempt: () => Promise<Outcome>,
    late: () => Error,
  ): Promise<Outcome> {
    const started = monotonicTime();
    // May be negative, of which Node.js warns.
    const timer = setTimeout(() => controller.abort(late()), Math.max(remaining, 0));
    try {
      return await attempt();
    } finally {
      clearTimeout(timer);
      remaining -= monotonicTime() - started;
    }
  }
  return {
    signal,
    async untilDone({ attempt, waitAfter, late }) {
      for (let attempts = 1; ; attempts++) {
        const outcome = await inTime(attempt, late);
        const wait = waitAfter(outcome, attempts);
        if (wait === null || wait > remaining) {
          if (outcome instanceof Error) throw outcome;
          return outcome;
        }
        await pause(() => sleep(wait, undefined, { signal })).catch((error: unknown) => {
          throw signal.aborted ? signal.reason : error;
        });
        remaining -= wait;
      }
    },
    end: () => interrupt.removeEventListener('abort', onInterrupt),
  };
}

/** The vendor's SDK tries three times and waits at most 10 s between tries. */
const maxAttempts = 3;
const longestWait = 10_000;
const firstWait = 250;

/**
 * Milliseconds before the next attempt; null: the outcome stands. A failed connection,
 * 429 (after its `Retry-After`) and 502 to 504 are retried, a tenant's own refusal never.
 */
export function waitBeforeRetry(outcome: HttpResponse | Error, attempts: number): number | null {
  if (attempts >= maxAttempts) return null;
  const backoff = firstWait * 4 ** (attempts - 1);
  if (outcome instanceof Error) return isTransient(outcome, 'tenant-unreachable') ? backoff : null;
  if (outcome.status === 429) return retryAfter(outcome) ?? backoff;
  return outcome.status >= 502 && outcome.status <= 504 ? backoff : null;
}

/** RFC 9110 §10.2.3, in seconds; a date is not read. */
function retryAfter({ headers }: HttpResponse): number | undefined {
  const value = headers['retry-after'] ?? '';
  return /^\d+$/.test(value) ? Math.min(Number(value) * 1000, longestWait) : undefined;
}
