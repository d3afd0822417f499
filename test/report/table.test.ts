import { expect, test } from 'vitest';
import { formatMarkdownTable, formatTable } from '../../src/report/table.ts';
import { createStyle } from '../../src/terminal/style.ts';

const head = ['', 'Name', 'Topic'];
const rows = [
  ['!', 'acme', 'com.example.a'],
  ['', 'a-tenant-with-a-long-name', 'com.example.b'],
];

async function table(columns: number, given = rows): Promise<readonly string[]> {
  return formatTable(head, given, await createStyle(false, columns, false)).split('\n');
}

test('a table is aligned, the mark close to the name, and nothing where no row has one', async () => {
  const expected = [
    '  Name                       Topic',
    '! acme                       com.example.a',
    '  a-tenant-with-a-long-name  com.example.b',
    '',
  ];
  expect(await table(80)).toEqual(expected);
  expect(await table(42)).toEqual(expected);
  expect(await table(80, rows.slice(1))).toEqual(
    [expected[0], expected[2], ''].map((line) => line?.slice(2)),
  );
});

test('a table that is too wide is a block for each row', async () => {
  expect(await table(41)).toEqual([
    'Name   ! acme',
    'Topic  com.example.a',
    '',
    'Name   a-tenant-with-a-long-name',
    'Topic  com.example.b',
    '',
  ]);
});

test('a cell stays on its line', async () => {
  const style = await createStyle(false, 80, false);
  expect(formatTable(['Name', 'Topic'], [['a\nb', 'c\td']], style)).toBe(
    'Name      Topic\na\\u000ab  c\\u0009d\n',
  );
});

test.each([
  [68, ['Name', 'Topic'], /^[^…]+$/],
  [67, ['Name'], /^[^…]+$/],
  [50, ['Name'], /^a-tenant-\S*…\S*-long-name$/],
])('a list of %i columns has %j', async (columns, titles, name) => {
  const long = rows.map(([mark = '', label = '', topic = '']) => [
    mark,
    `${label}-${label}`,
    topic,
  ]);
  const style = await createStyle(false, columns, false);
  const lines = formatTable(head, long, style, { least: ['Topic'], long: ['Name'] }).split('\n');
  expect(lines[0]?.trim().split(/ +/)).toEqual(titles);
  expect(lines[2]?.trim().split(/ +/)[0]).toMatch(name);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
});

test('a table in Markdown is aligned as it is', () => {
  expect(formatMarkdownTable(['A', 'Long'], [['one', '2'], ['3']])).toBe(
    ['| A   | Long |', '| --- | ---- |', '| one | 2    |', '| 3   |      |', ''].join('\n'),
  );
});
