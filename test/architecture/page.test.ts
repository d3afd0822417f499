import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Room, rooms } from '../../scripts/rooms.mjs';

const path = fileURLToPath(new URL('../../docs/architecture.md', import.meta.url));
const page = readFileSync(path, 'utf8');

/** The table of the rooms as rooms.mjs declares them, as wide as Biome formats it. */
function table(): string {
  const lines = [['room', 'contents', 'may import', 'owns the packages'], ...rooms.map(cells)];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const row = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...others] = lines;
  return [row(head), row(widths.map((width) => '-'.repeat(width))), ...others.map(row)].join('\n');
}

function cells({ name, holds, imports, types, packages }: Room): readonly string[] {
  const targets = [...imports.map(named), ...types.map((target) => `${named(target)} _(types)_`)];
  return [named(name), holds, targets.join(', '), packages.join(', ')];
}

/** As the page writes a room: `pkcs12/`, `run-command-line.ts`. */
function named(room: string): string {
  return room.endsWith('.ts') ? `\`${room}\`` : `\`${room}/\``;
}

test('docs/architecture.md has the rooms as they are declared; vitest -u writes them there', async () => {
  const [before, after] = [
    page.split('<!-- rooms -->\n')[0],
    page.split('\n<!-- end of rooms -->')[1],
  ];
  await expect(
    `${before}<!-- rooms -->\n${table()}\n<!-- end of rooms -->${after}`,
  ).toMatchFileSnapshot(path);
});

test('docs/architecture.md names only files that are there', () => {
  const paths = [...page.matchAll(/`((?:src|scripts)\/[\w/-]+\.(?:ts|mjs))`/g)].map(
    ([, name = '']) => name,
  );
  expect(paths.length).toBeGreaterThan(8);
  const root = new URL('../../', import.meta.url);
  expect(
    paths.filter((name) => !existsSync(new URL(name, root)) && name !== 'src/commands/hello.ts'),
  ).toEqual([]);
});
