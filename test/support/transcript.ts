import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** The cases of a transcript in test/golden: the lines of each, without those that say what came of it. */
export function casesIn(name: string): readonly (readonly string[])[] {
  const blocks = readFileSync(goldenPath(name), 'utf8').trimEnd().split('\n\n');
  return blocks.map((block) => block.split('\n').filter((line) => !line.startsWith('→')));
}

/**
 * Works through a transcript: cases with an empty line between them, and below the lines of each, behind an arrow, what comes
 * of it, which `vitest -u` writes.
 */
export async function expectTranscript(
  name: string,
  outcomeOf: (lines: readonly string[]) => readonly string[] | Promise<readonly string[]>,
): Promise<void> {
  const blocks: string[] = [];
  for (const lines of casesIn(name)) {
    const outcome = await outcomeOf(lines);
    blocks.push([...lines, ...outcome.map((line) => `→ ${line}`.trimEnd())].join('\n'));
  }
  expect(blocks.length).toBeGreaterThan(1);
  await expect(`${blocks.join('\n\n')}\n`).toMatchFileSnapshot(goldenPath(name));
}

function goldenPath(name: string): string {
  return `${import.meta.dirname}/../golden/${name}`;
}
