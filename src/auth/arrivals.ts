/** A promise, settled from outside. */
export function promiseOf<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((whenResolved, whenRejected) => {
    resolve = whenResolved;
    reject = whenRejected;
  });
  return { promise, resolve, reject };
}

/**
 * Delivers each value to all who wait for the next one. A value for which nobody waits is
 * dropped.
 */
export function channelOf<T>() {
  let next = promiseOf<T>();
  return {
    next: () => next.promise,
    tell(value: T) {
      next.resolve(value);
      next = promiseOf();
    },
  };
}

/** Texts that arrive one by one. */
export interface Notices {
  /** Resolves at the next arrival. Never rejects. */
  next(): Promise<void>;
  take(): readonly string[];
}

/** Keeps each text until it is taken. */
export function noticesOf(texts: readonly Promise<string>[]): Notices {
  let waiting: readonly string[] = [];
  const news = channelOf<void>();
  for (const text of texts)
    void text.then((arrived) => {
      waiting = [...waiting, arrived];
      news.tell();
    });
  return {
    next: news.next,
    take() {
      const taken = waiting;
      waiting = [];
      return taken;
    },
  };
}
