import { setImmediate } from 'node:timers/promises';

/** Runs work on an untrusted file in pieces, until it is aborted. */
export interface Pace {
  /** Aborting it ends the work with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Runs a synchronous piece of work after pending events. */
  inOneGo<T>(piece: () => T | Promise<T>): Promise<T>;
}

/** Runs pieces without a time limit. */
export const unbounded: Pace = {
  inOneGo: async (piece) => {
    await setImmediate();
    return piece();
  },
};
