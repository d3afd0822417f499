import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { patience } from './patience.ts';

/** In milliseconds, for a transcript of many tenants. */
export const wholeTranscript = 600_000 * patience;

type Outcome<T> = readonly T[] | Promise<readonly T[]>;

/**
 * Works through a transcript of test/golden: cases with an empty line between them, and below the lines of each, behind an
 * arrow, what comes of it, which `vitest -u` writes.
 */
export async function expectTranscript(
  name: string,
  outcomeOf: (lines: readonly string[]) => Outcome<string>,
): Promise<void> {
  await expectSteps(name, async (lines) => [
    ...lines.slice(1).map(() => []),
    await outcomeOf(lines),
  ]);
}

/** The same with what comes of each line of a case below the line. */
export async function expectSteps(
  name: string,
  outcomesOf: (lines: readonly string[]) => Outcome<readonly string[]>,
): Promise<void> {
  const path = `${import.meta.dirname}/../golden/${name}`;
  const cases = readFileSync(path, 'utf8').trimEnd().split('\n\n');
  expect(cases.length).toBeGreaterThan(1);
  const blocks: string[] = [];
  for (const one of cases) {
    const lines = one.split('\n').filter((line) => !line.startsWith('→'));
    const outcomes = await outcomesOf(lines);
    const whole = lines.flatMap((line, index) => [
      line,
      ...(outcomes[index] ?? []).map((told) => `→ ${told}`.trimEnd()),
    ]);
    blocks.push(whole.join('\n'));
  }
  await expect(`${blocks.join('\n\n')}\n`).toMatchFileSnapshot(path);
}
