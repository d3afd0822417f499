import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allowed, everyone, owners, typesOnly } from './rules.ts';
import { readSource, roomOf } from './source.ts';

const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
const source = readSource();

/** The rows below a heading's first table, cell by cell. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** As the page writes a room: `pkcs12/`, `errors.ts`. */
function named(room: string): string {
  return room.endsWith('.ts') ? `\`${room}\`` : `\`${room}/\``;
}

test('docs/architecture.md tells who may import what', () => {
  const rooms = [...new Set([...source.keys()].map(roomOf))].filter((room) => !everyone.includes(room));
  const expected = rooms.sort().map((room) => {
    const targets = (allowed[room] ?? []).map((target) =>
      typesOnly.some(([from, to]) => from === room && to === target)
        ? `${named(target)} _(types)_`
        : named(target),
    );
    const packages = Object.keys(owners).filter((name) => owners[name] === room);
    return [named(room), targets.join(', '), packages.join(', ')];
  });
  expect(rowsBelow('Who may import what')).toEqual(expected);
  expect(page).toContain(`belongs to everybody: ${everyone.map(named).join(', ')}.`);
});

test('docs/architecture.md tells of every folder', () => {
  const folders = [...new Set([...source.keys()].map(roomOf))].filter((room) => !room.endsWith('.ts'));
  const told = rowsBelow('Rooms').map(([room]) => room);
  expect(told).toEqual(expect.arrayContaining(folders.map(named)));
  expect(told.length).toBeGreaterThan(folders.length);
});

test('docs/architecture.md names only files that are there', () => {
  const steps = page.slice(
    page.indexOf('\n## How a command runs'),
    page.indexOf('\n## How to add a command'),
  );
  const paths = [...steps.matchAll(/`([\w/-]+\.ts)`/g)].map(([, path = '']) => path);
  expect(paths.length).toBeGreaterThan(8);
  expect(paths.filter((path) => !source.has(path))).toEqual([]);
});
