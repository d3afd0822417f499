/** What happened last, oldest first; how often it happened is not forgotten. */
export interface Journal<Entry> {
  readonly entries: readonly Numbered<Entry>[];
  /** How many there have ever been. */
  total(): number;
  add(entry: Entry): void;
}

/** The first one has number 1. */
type Numbered<Entry> = Entry & { readonly number: number };

/** @param kept how many; the oldest make room */
export function createJournal<Entry extends object>(kept: number, noted: () => void): Journal<Entry> {
  const entries: Numbered<Entry>[] = [];
  let total = 0;
  return {
    entries,
    total: () => total,
    add(entry) {
      total++;
      entries.push({ ...entry, number: total });
      if (entries.length > kept) entries.shift();
      noted();
    },
  };
}

/** What anybody can begin and nobody has to end: each item under its key until it expires. */
export interface Shelf<Item> {
  /** Of too many, the oldest make room. */
  put(key: string, item: Item): void;
  /** Null: unknown or expired. */
  find(key: string): Item | null;
  items(): readonly Item[];
  /** Whether it was there. */
  remove(key: string): boolean;
  removeWhere(matches: (item: Item) => boolean): void;
  clear(): void;
}

/** `expiresAt`: a date, or milliseconds since 1970. */
export function createShelf<Item extends { readonly expiresAt: Date | number }>(
  now: () => Date,
  most = 1000,
): Shelf<Item> {
  const all = new Map<string, Item>();
  const removeWhere = (matches: (item: Item) => boolean): void => {
    for (const [key, item] of all) if (matches(item)) all.delete(key);
  };
  const isExpired = ({ expiresAt }: Item): boolean => Number(expiresAt) <= now().getTime();
  return {
    put(key, item) {
      removeWhere(isExpired);
      all.set(key, item);
      const [oldest = ''] = all.keys();
      if (all.size > most) all.delete(oldest);
    },
    find(key) {
      const item = all.get(key);
      return item === undefined || isExpired(item) ? null : item;
    },
    items: () => [...all.values()].filter((item) => !isExpired(item)),
    remove: (key) => all.delete(key),
    removeWhere,
    clear: () => all.clear(),
  };
}
