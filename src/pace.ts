import { setImmediate } from 'node:timers/promises';

/** How work that a stranger's file can make long is to be done: in pieces, and no longer than somebody wants it. */
export interface Pace {
  /** Its reason is what the work ends with once it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Does a piece of the work, which does not wait for anything, after other events have had their turn. */
  inOneGo<T>(piece: () => T | Promise<T>): Promise<T>;
}

/** In pieces, and without a bound. */
export const unbounded: Pace = {
  inOneGo: async (piece) => {
    await setImmediate();
    return piece();
  },
};
