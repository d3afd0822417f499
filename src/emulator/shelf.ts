export interface Expiring {
  /** A date, or milliseconds since 1970. */
  readonly expiresAt: Date | number;
}

const defaultMax = 1000;

/**
 * Items that clients create and may abandon, by key until they expire. Beyond a limit,
 * the oldest are dropped.
 */
export class Shelf<Item extends Expiring> {
  readonly #now: () => Date;
  readonly #max: number;
  readonly #cleanUp: (item: Item) => void;
  readonly #all = new Map<string, Item>();

  /** @param cleanUp called for each removed item, but not for one removed by its key */
  constructor(now: () => Date, max = defaultMax, cleanUp: (item: Item) => void = () => {}) {
    this.#now = now;
    this.#max = max;
    this.#cleanUp = cleanUp;
  }

  put(key: string, item: Item): void {
    this.removeWhere((one) => this.#isExpired(one));
    this.#all.set(key, item);
    const [oldest] = this.#all.values();
    if (this.#all.size > this.#max) this.removeWhere((one) => one === oldest);
  }

  /** Null: unknown or expired. */
  find(key: string): Item | null {
    const item = this.#all.get(key);
    return item === undefined || this.#isExpired(item) ? null : item;
  }

  items(): readonly Item[] {
    return [...this.#all.values()].filter((item) => !this.#isExpired(item));
  }

  remove(key: string): void {
    this.#all.delete(key);
  }

  removeWhere(matches: (item: Item) => boolean): void {
    for (const [key, item] of this.#all) {
      if (!matches(item)) continue;
      this.#all.delete(key);
      this.#cleanUp(item);
    }
  }

  clear(): void {
    this.#all.clear();
  }

  #isExpired({ expiresAt }: Item): boolean {
    return Number(expiresAt) <= this.#now().getTime();
  }
}
