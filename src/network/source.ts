import { setMaxListeners } from 'node:events';
import { createHttp, type NetworkSettings } from './client.ts';
import type { HttpSource } from './http.ts';
import { createTrust } from './trust.ts';

/**
 * Opens one Http after another. The CAs are loaded once, and only one listener waits for the interrupt, however many are
 * open: each hears of it through a signal of our own, until it is closed.
 * @param settings `timeout`: in milliseconds, for the CA file
 */
export function createHttpSource(settings: NetworkSettings): HttpSource {
  const relay = new AbortController();
  setMaxListeners(0, relay.signal);
  const onInterrupt = (): void => relay.abort(settings.signal.reason);
  if (settings.signal.aborted) onInterrupt();
  else settings.signal.addEventListener('abort', onInterrupt);
  const loadedTrust = createTrust(settings.trust, { signal: relay.signal, patience: settings.timeout });
  return {
    open: (timeout, aside) =>
      createHttp({
        ...settings,
        timeout,
        signal: relay.signal,
        loadedTrust,
        ...(aside === undefined ? {} : { aside }),
      }),
  };
}
