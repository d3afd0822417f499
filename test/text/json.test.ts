import * as v from 'valibot';
import { expect, test } from 'vitest';
import { excessOf, manyTenants, parseJson, readJson } from '../../src/text/json.ts';

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

test.each<[string, string, unknown]>([
  ['an object', '{"a":[1,"[[{"]}', { a: [1, '[[{'] }],
  ['null', 'null', null],
  ['a quote within a string', '"\\"[[["', '"[[['],
  ['no JSON', '{"a":', undefined],
  ['nothing', '', undefined],
  ['101 levels', nested(101), undefined],
  ['brackets without number, within a string', `"${'['.repeat(1000)}"`, '['.repeat(1000)],
])('%s', (_case, text, value) => {
  expect(parseJson(text)).toEqual(value);
});

test.each<[string, string, string | null]>([
  ['a list of short lists', '[],'.repeat(200), null],
  ['a list of short objects', '{},'.repeat(200), null],
  ['closing brackets within strings', '["]",'.repeat(101), 'is nested too deep'],
  ['closing braces within strings', '{"}":'.repeat(101), 'is nested too deep'],
  ['quotes within strings', '["\\"]",'.repeat(101), 'is nested too deep'],
  ['a backslash that is none of a string', '\\['.repeat(101), 'is nested too deep'],
  ['commas within strings', `["${','.repeat(300_000)}"]`, null],
  ['many elements', `[${'0,'.repeat(300_000)}0]`, 'has too many members'],
  ['many members', `{${'"a":0,'.repeat(300_000)}"a":0}`, 'has too many members'],
  ['many lists', `[${'[[0]],'.repeat(100_000)}0]`, 'has too many members'],
])('%s', (_case, text, expected) => {
  expect(excessOf(text)).toBe(expected);
});

test('100 levels are read, objects and arrays counted alike', () => {
  expect(parseJson(nested(100))).toBeDefined();
  expect([excessOf(nested(100)), excessOf(nested(101))]).toEqual([null, 'is nested too deep']);
  expect(excessOf('{"a":['.repeat(51))).toBe('is nested too deep');
});

const tenants = (number: number) => {
  const tenant = {
    name: 'a',
    tenant: 'b',
    topic: null,
    fingerprint: 'c',
    setAt: 'd',
    findings: [{ code: 'e' }],
  };
  return JSON.stringify({ tenants: Array(number).fill(tenant) });
};

test('members are counted; a file of our own may hold those of 100,000 tenants', () => {
  expect(parseJson(tenants(10_000))).toBeDefined();
  expect(parseJson(tenants(100_000))).toBeUndefined();
  expect(parseJson(tenants(100_000), manyTenants)).toBeDefined();
});

test('bytes are text in UTF-8, and no longer than allowed', () => {
  expect(parseJson(Buffer.from('"Größe"'))).toBe('Größe');
  expect(parseJson('[1, 2]', { length: 5, members: 10 })).toBeUndefined();
  expect(excessOf('[1, 2]', { length: 5, members: 10 })).toBe('is too long');
});

test('a schema makes the value of a text, and null of what does not follow it', () => {
  const named = v.object({ name: v.string() });
  expect(readJson(named, '{"name":"a","more":1}')).toEqual({ name: 'a' });
  expect([readJson(named, '{"name":1}'), readJson(named, '{')]).toEqual([null, null]);
});
