import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documented } from '../../scripts/platforms/table.mjs';

/** Rows without what a formatter does with them. */
const rows = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line.split('|').map((cell) => cell.trim().replaceAll('*', '_').replace(/^-+$/, '---')),
    );

test('docs/install.md has the table of platforms as the tests of platforms make it', () => {
  const page = readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8');
  const [, table = ''] = page.split(/<!-- \/?platforms\b.*-->/);
  expect(rows(table)).toEqual(rows(documented().join('\n')));
  expect(rows(table).length).toBeGreaterThan(8);
});
