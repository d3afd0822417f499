/** An entry with its place among all entries: the first one ever has number 1. */
export type Numbered<Entry extends object> = Entry & { readonly number: number };

/** The latest events, and the count of all events. */
export class Journal<Entry extends object> {
  readonly #max: number;
  readonly #notifyChanged: () => void;
  readonly #entries: Numbered<Entry>[] = [];
  #total = 0;

  /** @param max the number of entries that stay: the oldest are dropped */
  constructor(max: number, notifyChanged: () => void = () => {}) {
    this.#max = max;
    this.#notifyChanged = notifyChanged;
  }

  /** Oldest first; the list itself, which changes. */
  get entries(): readonly Numbered<Entry>[] {
    return this.#entries;
  }

  get total(): number {
    return this.#total;
  }

  /** @param max the number of entries, newest first */
  latest(max: number): readonly Numbered<Entry>[] {
    return this.#entries.slice(-max).reverse();
  }

  /** @returns the entry that stays in the journal */
  add(entry: Entry): Entry {
    this.#total += 1;
    const added = { ...entry, number: this.#total };
    this.#entries.push(added);
    if (this.#entries.length > this.#max) this.#entries.shift();
    this.#notifyChanged();
    return added;
  }
}
