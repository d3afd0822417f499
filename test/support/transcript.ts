import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/**
 * Works through a transcript of test/golden: cases with an empty line between them, and below the lines of each, behind an
 * arrow, what comes of it, which `vitest -u` writes.
 */
export async function expectTranscript(
  name: string,
  outcomeOf: (lines: readonly string[]) => readonly string[],
): Promise<void> {
  const path = `${import.meta.dirname}/../golden/${name}`;
  const cases = readFileSync(path, 'utf8').trimEnd().split('\n\n');
  expect(cases.length).toBeGreaterThan(1);
  const blocks = cases.map((one) => {
    const lines = one.split('\n').filter((line) => !line.startsWith('→'));
    const outcomes = outcomeOf(lines).map((told) => `→ ${told}`.trimEnd());
    return [...lines, ...outcomes].join('\n');
  });
  await expect(`${blocks.join('\n\n')}\n`).toMatchFileSnapshot(path);
}
