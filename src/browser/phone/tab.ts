/** Whether a person sees this tab. */
export function isSeen(): boolean {
  return document.visibilityState === 'visible';
}

/** Ends after that time, or as soon as the tab is seen again, or `signal` is aborted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const end = (): void => {
      ended.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    const until = { signal: ended.signal };
    document.addEventListener('visibilitychange', end, until);
    signal.addEventListener('abort', end, until);
  });
}

/** Milliseconds that a page which is being left may still hold what it held. */
const patience = 1500;

/** Whether no other tab holds that name, which this one holds from then on. */
export function holdAlone(name: string): Promise<boolean> {
  // Some browsers have no locks where there is no TLS.
  if (navigator.locks === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const hold = (): Promise<never> => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks
      .request(name, { signal: AbortSignal.timeout(patience) }, hold)
      .catch(() => resolve(false));
  });
}
