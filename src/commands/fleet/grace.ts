import { answerGrace } from '../../context.ts';

/** A signal that aborts some time after another one. */
export interface LaterSignal {
  readonly signal: AbortSignal;
  /** Stops looking at the earlier signal. */
  close(): void;
}

/**
 * The signal that ends requests under way after an interrupt, once they had time for an
 * answer.
 */
export function afterGrace(interrupt: AbortSignal): LaterSignal {
  const end = new AbortController();
  const onInterrupt = (): void => {
    setTimeout(() => end.abort(interrupt.reason), answerGrace).unref();
  };
  interrupt.addEventListener('abort', onInterrupt);
  if (interrupt.aborted) onInterrupt();
  return {
    signal: end.signal,
    close: () => interrupt.removeEventListener('abort', onInterrupt),
  };
}
