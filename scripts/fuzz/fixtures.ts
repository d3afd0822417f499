import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Seed } from './target.ts';

/** The files in test/fixtures whose path matches; the working directory is the project's folder. */
export function fixtures(matching: RegExp, largest = 100_000): readonly Seed[] {
  return readdirSync('test/fixtures', { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((path) => matching.test(path))
    .map((path) => ({ name: basename(path), bytes: readFileSync(`test/fixtures/${path}`) }))
    .filter(({ bytes }) => bytes.length <= largest);
}

/** Each text as a seed, named by its position. */
export function written(...texts: readonly string[]): readonly Seed[] {
  return texts.map((text, index) => ({ name: `text ${index}`, bytes: Buffer.from(text) }));
}

export function bytesOf(seeds: readonly Seed[]): readonly Uint8Array[] {
  return seeds.map(({ bytes }) => bytes);
}
