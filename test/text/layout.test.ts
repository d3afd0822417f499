import { stripVTControlCharacters } from 'node:util';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
  excessOf,
  instant,
  isObject,
  manyTenants,
  members,
  membersOf,
  parseJson,
  positiveInteger,
  readJson,
  texts,
} from '../../src/text/json.ts';
import {
  type Entry,
  fitted,
  formatEntries,
  shortened,
  widthOf,
  wrap,
} from '../../src/text/layout.ts';
import { masked } from '../../src/text/mask.ts';
import {
  harmless,
  inAnnotation,
  inAnnotationProperty,
  inCell,
  inCsv,
  inHtml,
  inLabel,
  onOneLine,
  printable,
  uncontrolled,
} from '../../src/text/printable.ts';
import { Secret } from '../../src/text/secret.ts';
import { plainWords, wordsIn } from '../../src/text/words.ts';
import { testCases } from '../support/cases.ts';

const endless = (columns: number | null): number => columns ?? Number.POSITIVE_INFINITY;

testCases('text/layout', {
  fitted: (text: string, columns) => stripVTControlCharacters(fitted(text, endless(columns))),
  shortened,
  widthOf,
  wrap: (text: string, columns) => wrap(text, endless(columns)),
  formatEntries: (entries: readonly Entry[], columns) => formatEntries(entries, endless(columns)),
});

const hidden = ['hunter2', 'n2'].map((value) => new Secret(value));
const places = { inAnnotation, inAnnotationProperty, inCell, inCsv, inHtml, inLabel };

testCases('text/words', {
  plainWords: (text: string) => plainWords(text),
  'plainWords: a token is masked, whoever it is of': (text: string) => plainWords(text),
  'plainWords: a secret is masked': (text: string) => plainWords(text, hidden),
  wordsIn: (value: unknown) => wordsIn(value, hidden),
  printable,
  onOneLine,
  'a command to a runner of CI is none any more': (text: string) => {
    const free = uncontrolled(text);
    expect([uncontrolled(free), harmless({ [text]: [text] })]).toEqual([free, { [free]: [free] }]);
    if (!/[\n\t]/.test(text)) expect(onOneLine(text)).toBe(free);
    return free;
  },
  'as it stands in': (place: keyof typeof places, text: string) => places[place](text),
});

const schemas = { instant, positiveInteger, texts };

testCases('text/json', {
  parseJson: (text: string) => parseJson(text),
  'excessOf, of 10,000 characters and 1000 members': (text: string) =>
    excessOf(text, { length: 10_000, members: 1000 }),
  nesting: (text: string) => excessOf(text),
  'whether it is': (schema: keyof typeof schemas, value: unknown) => v.is(schemas[schema], value),
});

test('a secret is masked in a spelling within another', () => {
  const secret = `a"b&c d%25+é`;
  const form = new URLSearchParams({ secret }).toString();
  const inJson = JSON.stringify({ form, secret });
  const inHtml = inJson.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  expect(masked(inJson, [new Secret(secret)])).toBe(
    '{"form":"secret=[secret]","secret":"[secret]"}',
  );
  expect(masked(inHtml, [new Secret(secret)])).toBe(
    '{&quot;form&quot;:&quot;secret=[secret]&quot;,&quot;secret&quot;:&quot;[secret]&quot;}',
  );
});

test('no part of a secret is left where what is looked at ends', () => {
  const secret = new Secret('hunter2');
  for (let shift = 0; shift < 7; shift++) {
    const text = `${'.'.repeat(shift)}${'\u001b[1m'.repeat(1000)}${'hunter2'.repeat(700)}`;
    expect(plainWords(text, [secret])).not.toMatch(/h|u|n|2/);
  }
});

test('what is no text stays in a report as it is', () => {
  const kept = [
    null,
    5,
    true,
    undefined,
    new Date(0),
    Buffer.from('a'),
    new Map([['::a::', '::a::']]),
  ];
  const { list, nested } = harmless({ list: kept, nested: { text: 'a\u009bb' } });
  expect(list.map((value, index) => value === kept[index])).toEqual(kept.map(() => true));
  expect(nested).toEqual({ text: 'a\\u009bb' });
});

test('bytes are text in UTF-8, and a text is no bytes', () => {
  expect(parseJson(Buffer.from('"Größe"'))).toBe('Größe');
  expect(parseJson('"\ud800"')).toBe('\ud800');
});

test('a text has a length and a number of members', () => {
  expect(parseJson('[1, 2]', { length: 6, members: 3 })).toEqual([1, 2]);
  expect(parseJson('[1, 2]', { length: 5, members: 3 })).toBeUndefined();
  expect(excessOf('[1, 2]', { length: 5, members: 10 })).toBe('is too long');
  expect(excessOf('[1, 2]', { length: 6, members: 1 })).toBe('has too many members');
  expect(parseJson(`[${'0,'.repeat(200_000)}0]`)).toBeUndefined();
  expect(excessOf(' '.repeat(64 * 1024 * 1024 + 1))).toBe('is too long');
  expect(excessOf(' '.repeat(256 * 1024 * 1024 + 1), manyTenants)).toBe('is too long');
  expect(parseJson(`"${'x'.repeat(300_000)}"`, manyTenants)).toBeDefined();
});

test('a schema makes the value of a text, and null of what does not follow it', () => {
  const named = v.object({ name: v.string() });
  expect(readJson(named, '{"name":"a","more":1}')).toEqual({ name: 'a' });
  expect([readJson(named, '{"name":1}'), readJson(named, '{')]).toEqual([null, null]);
});

test('members keep their neighbours, and what is wrong with them is told', () => {
  const schema = members({ name: v.string(), at: v.optional(instant) });
  expect(readJson(schema, '{"more":1,"name":"a"}')).toEqual({ name: 'a', more: 1 });
  const issues = (value: unknown) =>
    v.safeParse(schema, value).issues?.map(({ message }) => message);
  expect(issues({ name: 1 })).toEqual([expect.stringMatching(/Expected string/)]);
  expect(issues({ name: 'a', at: 'soon' })).toEqual(['no date']);
  for (const value of [null, [], 'a', undefined]) expect(issues(value)).toEqual(['no object']);
});

test('only an object has members', () => {
  const found = { a: 1 };
  expect(membersOf(found)).toBe(found);
  for (const value of [null, [], 'a', 1, undefined]) {
    expect(membersOf(value)).toBe(null);
    expect(isObject(value)).toBe(false);
  }
  expect(v.safeParse(texts, []).issues?.[0].message).toBe('no object of texts');
});
