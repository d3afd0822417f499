import { expect, test } from 'vitest';
import { isTooDeep, parseJson } from '../../src/text/json.ts';

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

test.each<[string, string, boolean]>([
  ['a list of short lists', '[],'.repeat(200), false],
  ['a list of short objects', '{},'.repeat(200), false],
  ['closing brackets within strings', '["]",'.repeat(101), true],
  ['closing braces within strings', '{"}":'.repeat(101), true],
  ['quotes within strings', '["\\"]",'.repeat(101), true],
  ['a backslash that is none of a string', '\\['.repeat(101), true],
])('%s', (_case, text, expected) => {
  expect(isTooDeep(text)).toBe(expected);
});

test('100 levels are read, objects and arrays counted alike', () => {
  expect(parseJson(nested(100))).toBeDefined();
  expect([isTooDeep(nested(100)), isTooDeep(nested(101))]).toEqual([false, true]);
  expect(isTooDeep('{"a":['.repeat(51))).toBe(true);
});
