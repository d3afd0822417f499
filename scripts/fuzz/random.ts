import { createHash } from 'node:crypto';

/** Randomness that is the same for the same name. */
export interface Random {
  /** From 0 up to but excluding the bound. */
  below(bound: number): number;
  pick<T>(list: readonly T[]): T;
  /** True once in this many times. */
  once(times: number): boolean;
}

/** A generator (mulberry32) seeded with a hash of the name. */
export function createRandom(name: string): Random {
  let state = createHash('sha256').update(name).digest().readUInt32LE();
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
  return {
    below,
    pick: <T>(list: readonly T[]) => list[below(list.length)] as T,
    once: (times) => below(times) === 0,
  };
}
