import { setImmediate } from 'node:timers/promises';

/** How to do work that a stranger's file can prolong: in pieces, and only as long as somebody wants it. */
export interface Pace {
  /** Its reason ends the work once it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Does a piece of work that does not wait for anything, after other events have had their turn. */
  inOneGo<T>(piece: () => T | Promise<T>): Promise<T>;
}

/** In pieces, and without a bound. */
export const unbounded: Pace = {
  inOneGo: async (piece) => {
    await setImmediate();
    return piece();
  },
};
