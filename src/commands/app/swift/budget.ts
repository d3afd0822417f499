import { type Meanings, meaningLimit, unknown } from './meaning.ts';

/** How many expressions to follow from one, and in all: their number may keep growing. */
const [stepLimit, stepsInAll] = [5000, 100_000];
/** How far to follow them, one from another. */
export const depthLimit = 100;
/** How many characters of the sources to search for the uses of functions and variables. */
const searchLimit = 500_000_000;

/** Counts the work of evaluating a stranger's sources, and refuses what is beyond its limits. */
export class Budget {
  /** Characters of all sources. */
  readonly #size: number;
  readonly #searched = new Map<string, unknown>();
  readonly #followed = new Set<object>();
  #steps = 0;
  #stepsLeft = stepsInAll;
  #depth = 0;
  #searchLeft = searchLimit;

  constructor(size: number) {
    this.#size = size;
  }

  beginExpression(): void {
    this.#steps = 0;
  }

  /** Reads one step further, within the limits; what is being followed already is a circle. */
  follow(key: object, read: () => Meanings): Meanings {
    const spent = this.#depth >= depthLimit || this.#steps >= stepLimit || this.#stepsLeft <= 0;
    if (spent || this.#followed.has(key)) return unknown;
    this.#steps++;
    this.#stepsLeft--;
    this.#depth++;
    this.#followed.add(key);
    const meanings = read();
    this.#followed.delete(key);
    this.#depth--;
    return meanings.length > meaningLimit ? [...meanings.slice(0, meaningLimit), ...unknown] : meanings;
  }

  /** Searches all sources, once for each key; gives the other value once too much has been searched. */
  search<Result>(key: string, otherwise: Result, find: () => Result): Result {
    if (!this.#searched.has(key)) {
      if (this.#searchLeft < this.#size) return otherwise;
      this.#searchLeft -= this.#size;
      this.#searched.set(key, find());
    }
    return this.#searched.get(key) as Result;
  }
}
