import { gracePeriod } from '../../context.ts';

/**
 * The share of the grace period after an interrupt in which requests may be answered; the
 * rest is for the report.
 */
const answering = 0.6;

/** A signal that aborts some time after another one. */
export interface LaterSignal {
  readonly signal: AbortSignal;
  /** Stops looking at the earlier signal. */
  close(): void;
}

/** The signal that ends requests under way after an interrupt, in time for a report. */
export function afterGrace(interrupt: AbortSignal): LaterSignal {
  const end = new AbortController();
  const onInterrupt = (): void => {
    setTimeout(() => end.abort(interrupt.reason), gracePeriod * answering).unref();
  };
  interrupt.addEventListener('abort', onInterrupt);
  if (interrupt.aborted) onInterrupt();
  return {
    signal: end.signal,
    close: () => interrupt.removeEventListener('abort', onInterrupt),
  };
}
