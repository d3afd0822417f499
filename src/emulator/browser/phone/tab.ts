/** Whether a person sees this tab. */
function isSeen(): boolean {
  return document.visibilityState === 'visible';
}

/** A browser has six connections for all tabs of a host: so many of them may wait for a push. */
const places = ['wait-1', 'wait-2', 'wait-3'];

/** Does work that holds a connection while it waits, or with `mayWait` false where other tabs hold enough of them. */
export async function inPlace<Result>(work: (mayWait: boolean) => Promise<Result>): Promise<Result> {
  // Some browsers have no locks where there is no TLS.
  if (navigator.locks === undefined) return work(isSeen());
  for (const place of places) {
    const done = await navigator.locks.request(place, { ifAvailable: true }, async (lock) =>
      lock === null ? null : { result: await work(true) },
    );
    if (done !== null) return done.result;
  }
  return work(false);
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
