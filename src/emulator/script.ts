import { badOperation } from './envelope.ts';

const maxWaiting = 1000;

/** The `Times` of a call that scripts something for the next calls; 0 clears it. */
export const scriptedTimes = { min: 0, max: maxWaiting, fallback: 1 };

/** An event, and how often it is still to happen. */
export type ScriptedRun<Item extends object> = Item & { readonly times: number };

/** Events that are set up for the next times, in the order of adding. */
export class Script<Item extends object> {
  #runs: readonly ScriptedRun<Item>[] = [];

  get runs(): readonly ScriptedRun<Item>[] {
    return this.#runs;
  }

  /** @param times 0 removes those that match @throws {Refusal} too many */
  add(item: Item, times: number, matches: (other: Item) => boolean = () => true): void {
    const total = this.#runs.reduce((sum, run) => sum + run.times, times);
    if (total > maxWaiting)
      throw badOperation(
        `At most ${maxWaiting.toLocaleString('en')} can wait. Times: 0 clears them.`,
      );
    if (times === 0) this.#runs = this.#runs.filter((run) => !matches(run));
    else this.#runs = [...this.#runs, { ...item, times }];
  }

  /** The next event that matches, which is then used once; null: none is set up. */
  next(matches: (item: Item) => boolean = () => true): Item | null {
    const index = this.#runs.findIndex(matches);
    const found = this.#runs[index];
    if (found === undefined) return null;
    if (found.times > 1) this.#runs = this.#runs.with(index, { ...found, times: found.times - 1 });
    else this.#runs = this.#runs.toSpliced(index, 1);
    return found;
  }
}
