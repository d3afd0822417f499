import { setImmediate } from 'node:timers/promises';

/** So many items are converted before other events have their turn; one takes half a millisecond at most. */
const turn = 32;

/** Converts one item after the other without keeping the event loop. Rejects with the signal's reason on abort. */
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
