import { setImmediate } from 'node:timers/promises';
import type { Pace } from '../text/pace.ts';

/** The items that are converted before other events run; one takes a millisecond at most. */
const turn = 32;

/** Converts the items in order without blocking the event loop. Rejects with the signal's reason on abort. */
export async function inTurns<From, To>(
  list: readonly From[],
  convert: (item: From) => To | Promise<To>,
  signal?: AbortSignal,
): Promise<To[]> {
  const converted: To[] = [];
  for (const item of list) {
    if (converted.length % turn === turn - 1) await setImmediate();
    signal?.throwIfAborted();
    converted.push(await convert(item));
  }
  return converted;
}

/** One item takes 5 ms at most. */
const pieceLength = 8;

/** Reads the items in order, a few at a time. Rejects with the signal's reason on abort. */
export async function inPieces<From, To>(
  list: readonly From[],
  read: (item: From) => To,
  { signal, inOneGo }: Pace,
): Promise<To[]> {
  const results: To[] = [];
  for (let start = 0; start < list.length; start += pieceLength) {
    signal?.throwIfAborted();
    const piece = list.slice(start, start + pieceLength);
    results.push(...(await inOneGo(() => piece.map((item) => read(item)))));
  }
  return results;
}
