import type { Stats } from 'node:fs';
import { type Reading, type ReadWords, readWhole } from './read.ts';

/** A file that was read whole, and how it was judged. */
export interface JudgedFile<Judgment> {
  readonly bytes: Uint8Array;
  /** Null: it is stdin, which has no place in the file system. */
  readonly judgment: Judgment | null;
}

interface JudgedReading extends Reading {
  /** In bytes. */
  readonly limit: number;
  readonly words: ReadWords;
}

/**
 * Reads a file whole, and judges it once it is opened.
 * @throws {CliError} as readWhole
 */
export async function readJudged<Judgment>(
  path: string,
  judge: (opened: Stats) => Judgment,
  { limit, words, ...reading }: JudgedReading,
): Promise<JudgedFile<Judgment>> {
  let judgment: Judgment | null = null;
  const keepJudgment = (opened: Stats): void => {
    judgment = judge(opened);
  };
  const bytes = await readWhole(path, limit, { ...reading, judge: keepJudgment }, words);
  return { bytes, judgment };
}
