import { setTimeout as sleep } from 'node:timers/promises';

/** Attempts within the time that one command waits for the network. */
export interface Tries {
  /** Aborted by an interrupt, and when time is up. */
  readonly signal: AbortSignal;
  /**
   * Tries until there is an outcome to keep, or a pause would take too long; an outcome that is an error is thrown.
   * @param waitAfter milliseconds before the next attempt, or null if the outcome stands
   * @param late the signal's reason when time is up
   */
  untilDone<Outcome>(
    attempt: () => Promise<Outcome | Error>,
    waitAfter: (outcome: Outcome | Error, attempts: number) => number | null,
    late: Error,
  ): Promise<Outcome>;
}

/** @param timeout limit of all waiting, in milliseconds */
export function createTries(timeout: number, interrupt: AbortSignal): Tries {
  const deadline = new AbortController();
  const signal = AbortSignal.any([interrupt, deadline.signal]);
  let remaining = timeout;
  return {
    signal,
    async untilDone(attempt, waitAfter, late) {
      const end = performance.now() + remaining;
      const timer = setTimeout(() => deadline.abort(late), remaining);
      try {
        for (let attempts = 1; ; attempts++) {
          const outcome = await attempt();
          const wait = waitAfter(outcome, attempts);
          if (wait === null || performance.now() + wait > end) {
            if (outcome instanceof Error) throw outcome;
            return outcome;
          }
          await pause(wait, signal);
        }
      } finally {
        clearTimeout(timer);
        remaining = end - performance.now();
      }
    },
  };
}

async function pause(wait: number, signal: AbortSignal): Promise<void> {
  await sleep(wait, undefined, { signal }).catch(() => {
    throw signal.reason;
  });
}
