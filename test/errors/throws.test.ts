import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { entries } from '../../src/errors/entries.ts';

const source = fileURLToPath(new URL('../../src/', import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

/** The codes after `@throws {CliError}`, up to a sentence about one of them. */
function codesIn(comment: string): readonly string[] {
  const text = comment.replaceAll(/\n\s*\*/g, ' ');
  const lists = [...text.matchAll(/@throws \{CliError\} ([^@:(;]*)/g)];
  return lists.flatMap(([, list = '']) => list.match(/\b[a-z\d]+(-[a-z\d]+)+\b/g) ?? []);
}

test('a comment names no code that does not exist', () => {
  const unknown = files.flatMap((file) => {
    const comments = readFileSync(`${source}${file}`, 'utf8').match(/\/\*\*.*?\*\//gs) ?? [];
    return comments
      .flatMap(codesIn)
      .filter((code) => !(code in entries))
      .map((code) => `${file}: ${code}`);
  });
  expect(unknown).toEqual([]);
});
