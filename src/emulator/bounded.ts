import { badOperation } from './envelope.ts';

/** Calls `make` once, on the first call, and remembers its result. */
export function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const mostScripted = 1000;

/** The parameter of a call that scripts something for the next times; 0 clears it. */
export const scriptedTimes = { least: 0, most: mostScripted, otherwise: 1 };

/** Events that are set up for the next times, in the order of adding. */
export type Script<Item extends object> = ReturnType<typeof createScript<Item>>;

export function createScript<Item extends object>() {
  let runs: readonly (Item & { readonly times: number })[] = [];
  return {
    left: () => runs,
    /** @param times 0 removes those that match @throws {Refusal} too many */
    add(item: Item, times: number, matches: (other: Item) => boolean = () => true): void {
      const total = runs.reduce((sum, run) => sum + run.times, times);
      if (total > mostScripted)
        throw badOperation(
          `At most ${mostScripted.toLocaleString('en')} can wait. Times: 0 clears them.`,
        );
      runs = times === 0 ? runs.filter((run) => !matches(run)) : [...runs, { ...item, times }];
    },
    next(matches: (item: Item) => boolean = () => true): Item | null {
      const found = runs.find(matches);
      if (found === undefined) return null;
      const rest = found.times > 1 ? [{ ...found, times: found.times - 1 }] : [];
      runs = runs.flatMap((run) => (run === found ? rest : [run]));
      return found;
    },
  };
}

/** The latest events, oldest first, and the count of all events. */
export type Journal<Entry extends object> = ReturnType<typeof createJournal<Entry>>;

/** @param kept maximum number of entries; the oldest are dropped */
export function createJournal<Entry extends object>(kept: number, noted: () => void = () => {}) {
  /** The first one ever has number 1. */
  const entries: (Entry & { readonly number: number })[] = [];
  let total = 0;
  return {
    entries: entries as readonly (Entry & { readonly number: number })[],
    total: (): number => total,
    add(entry: Entry): Entry {
      total++;
      const added = { ...entry, number: total };
      entries.push(added);
      if (entries.length > kept) entries.shift();
      noted();
      return added;
    },
  };
}

/**
 * Items that clients create and may abandon, by key until they expire; beyond a limit the oldest are dropped.
 * `expiresAt`: a date, or milliseconds since 1970. @param ended called for each removed item, but not for one removed by key
 */
export function createShelf<Item extends { readonly expiresAt: Date | number }>(
  now: () => Date,
  most = 1000,
  ended: (item: Item) => void = () => {},
) {
  const all = new Map<string, Item>();
  const removeWhere = (matches: (item: Item) => boolean): void => {
    for (const [key, item] of all)
      if (matches(item)) {
        all.delete(key);
        ended(item);
      }
  };
  const isExpired = ({ expiresAt }: Item): boolean => Number(expiresAt) <= now().getTime();
  return {
    put(key: string, item: Item): void {
      removeWhere(isExpired);
      all.set(key, item);
      const [oldest] = all.values();
      if (all.size > most && oldest !== undefined) removeWhere((one) => one === oldest);
    },
    /** Null: unknown or expired. */
    find(key: string): Item | null {
      const item = all.get(key);
      return item === undefined || isExpired(item) ? null : item;
    },
    items: (): readonly Item[] => [...all.values()].filter((item) => !isExpired(item)),
    remove: (key: string): boolean => all.delete(key),
    removeWhere,
    clear: (): void => all.clear(),
  };
}
