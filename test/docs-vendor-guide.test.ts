import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type AssumptionName, assumptions } from '../src/emulator/assumptions.ts';
import { tellable } from './assumptions/tellable.ts';

const page = readFileSync(new URL('../docs/vendor-guide.md', import.meta.url), 'utf8');
const lines = page.slice(page.indexOf('\n| assumption')).trim().split('\n');
const [head = [], , ...rows] = lines.map((line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim()),
);

describe('the table of what is not documented', () => {
  test('holds every assumption, its question and its values in their order', () => {
    expect(rows.map(([name, question, values]) => [name, question, values])).toEqual(
      Object.entries(assumptions).map(([name, { question, values }]) => [
        `\`${name}\``,
        question,
        values.map((value) => `\`${value}\``).join(', '),
      ]),
    );
  });

  test.each(rows.map((row) => [row[0] ?? '', row] as const))('says everything of %s', (name, row) => {
    expect(row.length).toBe(head.length);
    expect(row.filter((cell) => cell === '')).toEqual([]);
    const isTold = tellable[name.replaceAll('`', '') as AssumptionName] !== undefined;
    expect(row.at(-1)).toMatch(isTold ? /^tells / : /^no: /);
  });
});
