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
