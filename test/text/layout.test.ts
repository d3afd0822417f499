import { stripVTControlCharacters } from 'node:util';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
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
import { fitted, formatEntries, shortened, widthOf, wrap } from '../../src/text/layout.ts';
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

test.each([
  ['a mark', '! one two three', '! one two\n  three'],
  ['a mark in ASCII', 'x one two three', 'x one two\n  three'],
  ['a colored mark', '\u001b[31m✗\u001b[39m one two three', '✗ one two\n  three'],
  ['a colored line', '\u001b[31m✗ one two three\u001b[39m', '✗ one two\n  three'],
  ['a numbered step', '  1. one two three', '  1. one\n     two\n     three'],
  ['an indent', '  one two three', '  one two\n  three'],
  ['a sentence', 'one two three', 'one two\nthree'],
])('what is too wide hangs below the text: %s', (_name, line, expected) => {
  expect(stripVTControlCharacters(fitted(line, 10))).toBe(expected);
});

test.each([
  ['abcdefghij', 10, 'abcdefghij'],
  ['abcdefghij', 7, 'abc…hij'],
  ['abcdefghij', 6, 'abc…ij'],
  ['株式会社', 7, '株…社'],
])('%s in %i columns is %s', (text, columns, expected) => {
  expect(shortened(text, columns)).toBe(expected);
});

test.each([
  ['ASCII', 'abc', 3],
  ['Japanese', '株式会社', 8],
  ['a colored text', '\u001b[31mone\u001b[39m', 3],
  ['a combining accent', 'e\u0301', 1],
  ['an emoji of several code points', '👩‍💻', 2],
])('the width of %s', (_name, text, expected) => {
  expect(widthOf(text)).toBe(expected);
});

const [red, end] = ['\u001b[31m', '\u001b[39m'];
test.each([
  ['short', 'one two', 20, ['one two']],
  ['at blanks', 'one two three', 8, ['one two', 'three']],
  ['wide characters', '株式 会社', 8, ['株式', '会社']],
  ['a word that no line has room for stays whole', 'a abcdefgh b', 3, ['a', 'abcdefgh', 'b']],
  ['colors take no column', '\u001b[31mone\u001b[39m two', 7, ['\u001b[31mone\u001b[39m two']],
  ['a color ends with its line', `${red}one two${end}`, 4, [`${red}one${end}`, `${red}two${end}`]],
  ['no line begins as a command to a CI runner', 'one ::error::two', 12, ['one', ': :error::two']],
  ['a pipe', 'one two three', Number.POSITIVE_INFINITY, ['one two three']],
])('wrapping: %s', (_name, text, columns, expected) => {
  expect(wrap(text, columns)).toEqual(expected);
});

test.each([
  ['each line goes on with its own indent', '  one two three\nfour five', 9, '  one two\n  three\nfour five'],
  ['only the line of a wide word has less', '    one abcdef', 8, '    one\n  abcdef'],
  ['the same below a mark', '! one abcdefgh two', 8, '! one\nabcdefgh\n  two'],
  ['a pipe', '  one two three\n', Number.POSITIVE_INFINITY, '  one two three\n'],
])('fitting: %s', (_name, text, columns, expected) => {
  expect(fitted(text, columns)).toBe(expected);
});

describe('entries', () => {
  const long = 'what it means, in more words than a line has room for';
  const term = 'a term of over half a line';
  const pairs = ['株式 a', 'x b'].map((pair) => pair.split(' ') as [string, string]);
  const below = 'a term of words\n    what it means, in more\n    words than a line has room\n    for\n';
  test.each([
    ['beside', [['one', 'its meaning']], 40, 'one  its meaning\n'],
    ['under each other, whatever the script', pairs, 40, '株式  a\nx     b\n'],
    [
      'several lines',
      [['one', long]],
      40,
      'one  what it means, in more words than a\n     line has room for\n',
    ],
    ['below a term that is too long', [[term, 'a b']], 40, `${term}\n                    a b\n`],
    ['below, where there is no room beside', [['a term of words', long]], 30, below],
    ['below, where a word has no room beside', [['one', 'a'.repeat(18)]], 22, `one\n    ${'a'.repeat(18)}\n`],
    ['in a pipe', [['one', long]], Number.POSITIVE_INFINITY, `one  ${long}\n`],
  ] as const)('%s', (_name, entries, columns, expected) => {
    expect(formatEntries(entries, columns)).toBe(expected);
  });
});

test.each([
  ['a colour', 'a\u001b[8mb', 'ab'],
  ['a title', 'a\u001b]0;pwned\u0007b\u001b]2;x\u001b\\c', 'abc'],
  ['a sequence that never ends', 'a\u001b]0;pwned', 'a'],
  ['a device control string', 'a\u001bP1;2|x\u001b\\b', 'ab'],
  ['a sequence of two characters', 'a\u001bcb', 'ab'],
  ['a lone escape', 'a\u001b', 'a'],
  ['8-bit controls', 'a\u009bb', 'a b'],
  ['lines', 'a\r\nb\u2028c', 'a b c'],
  ['directions', 'a\u202eb\u2066c\u200fd', 'a b c d'],
  ['colours of several numbers', 'a\u001b[1;31mb\u001b[?25lc', 'abc'],
  ['a sequence with blanks in it', 'a\u001b[0  qb', 'ab'],
  ['sequences that end with the first and the last letter', 'a\u001b[@b\u001b[~c', 'abc'],
  ['every kind of string', 'a\u001b^x\u0007b\u001b_x\u0007c\u001bXx\u0007d', 'abcd'],
  ['a string that another sequence breaks off', 'a\u001b]0;x\u001b[1mb', 'ab'],
  ['the first and the last sequence of two characters', 'a\u001b b\u001b~c', 'abc'],
  ['blanks around', ' \n a \t', 'a'],
  ['500 characters', 'x'.repeat(500), 'x'.repeat(500)],
  ['501 characters', 'x'.repeat(501), `${'x'.repeat(500)}…`],
  ['a pair that is not at the cut', `🔑${'x'.repeat(600)}`, `🔑${'x'.repeat(498)}…`],
  ['4096 characters of what a terminal obeys', `${'\u001b[1m'.repeat(1024)}a`, ''],
  ['fewer', `${'\u001b[1m'.repeat(1023)}\u001bcxa`, 'xa'],
  ['no half of a pair at the cut', `${'x'.repeat(499)}🔑`, `${'x'.repeat(499)}…`],
])('%s', (_case, text, expected) => {
  expect(plainWords(text)).toBe(expected);
});

test.each([
  ['Authorization: Bearer 0123456789abcdef, and', 'Authorization: Bearer [secret], and'],
  ['{"a":"bearer kJ8.x_y-z~+/=="}', '{"a":"bearer [secret]"}'],
  ['of eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln here', 'of [secret] here'],
  ['a bearer token is missing', 'a bearer token is missing'],
])('whoever’s token it is, %s is masked', (text, expected) => {
  expect(plainWords(text)).toBe(expected);
});

test('a secret is masked in a spelling within another', () => {
  const secret = `a"b&c d%25+é`;
  const form = new URLSearchParams({ secret }).toString();
  const inJson = JSON.stringify({ form, secret });
  const inHtml = inJson.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  expect(masked(inJson, [new Secret(secret)])).toBe('{"form":"secret=[secret]","secret":"[secret]"}');
  expect(masked(inHtml, [new Secret(secret)])).toBe(
    '{&quot;form&quot;:&quot;secret=[secret]&quot;,&quot;secret&quot;:&quot;[secret]&quot;}',
  );
});

test.each([
  ['in a short text', 'it was hunter2.', 'it was [secret].'],
  ['in a long one', `it was hunter2 ${'.'.repeat(6000)}`, `it was [secret] ${'.'.repeat(484)}…`],
  ['as far as is looked', `${'\u001b[1m'.repeat(1000)}hunter2${' '.repeat(500)}`, '[secret]'],
  ['and no further', `${'\u001b[1m'.repeat(1024)}end`, ''],
])('a secret is masked %s', (_case, text, expected) => {
  expect(plainWords(text, [new Secret('hunter2'), new Secret('n2')])).toBe(expected);
});

test.each([null, 5, '', [], undefined])('%j has no words', (value) => {
  expect(wordsIn(value, [])).toBe(null);
});

test('the words of a text are plain', () => {
  expect(wordsIn(' a\nhunter2 ', [new Secret('hunter2')])).toBe('a [secret]');
});

test('no part of a secret is left where what is looked at ends', () => {
  const secret = new Secret('hunter2');
  for (let shift = 0; shift < 7; shift++) {
    const words = plainWords(`${'.'.repeat(shift)}${'\u001b[1m'.repeat(1000)}${'hunter2'.repeat(700)}`, [
      secret,
    ]);
    expect(words).not.toMatch(/h|u|n|2/);
  }
});

test.each([
  ['plain', 'Größe 🔑\n\tx', 'Größe 🔑\n\tx'],
  ['a colour of ours', '\u001b[31mred\u001b[39m', '\u001b[31mred\u001b[39m'],
  ['a cleared screen', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
  ['a title', '\u001b]0;pwned\u0007', '\\u001b]0;pwned\\u0007'],
  ['a carriage return', 'good\rbad', 'good\\u000dbad'],
  ['an 8-bit control', 'a\u009b2J', 'a\\u009b2J'],
  ['a turned direction', 'a\u202eb', 'a\\u202eb'],
  ['JSON, which stays what it is', JSON.stringify('a\u009b\u202eb'), '"a\\u009b\\u202eb"'],
])('%s', (_name, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test('a name makes no line of its own', () => {
  expect(onOneLine('cert\n✓ This file can be set.')).toBe('cert\\u000a✓ This file can be set.');
  expect(onOneLine('\u001b[8mhidden')).toBe('\\u001b[8mhidden');
});

test.each([
  ['of Azure', '##vso[task.complete]x', '# #vso[task.complete]x'],
  ['of GitHub, in the old way', 'a ##[error]b', 'a # #[error]b'],
  ['of TeamCity', "##teamcity[testFailed name='x']", "# #teamcity[testFailed name='x']"],
  ['with more signs before it', '###[x', '## #[x'],
  ['of GitHub', '::error::x', ': :error::x'],
  ['after blanks', ' \t::error::x', ' \t: :error::x'],
  ['in a later line', 'a\n\n  ::set-output name=x::y', 'a\n\n  : :set-output name=x::y'],
  ['none: a heading', '## Result [1]', '## Result [1]'],
  ['none: an address', 'http://[::1]:8080 and ::1', 'http://[::1]:8080 and ::1'],
])('a command to a runner of CI: %s', (_case, text, expected) => {
  expect(uncontrolled(text)).toBe(expected);
  expect(uncontrolled(expected)).toBe(expected);
  expect(harmless({ [text]: [text] })).toEqual({ [expected]: [expected] });
  if (!/[\n\t]/.test(text)) expect(onOneLine(text)).toBe(expected);
});

test('what is no text stays in a report as it is', () => {
  const kept = [null, 5, true, undefined, new Date(0), Buffer.from('a'), new Map([['::a::', '::a::']])];
  const { list, nested } = harmless({ list: kept, nested: { text: 'a\u009bb' } });
  expect(list.map((value, index) => value === kept[index])).toEqual(kept.map(() => true));
  expect(nested).toEqual({ text: 'a\\u009bb' });
});

test.each<[string, (text: string) => string, string, string]>([
  ['HTML', inHtml, `<a b="&'">`, '&#60;a b=&#34;&#38;&#39;&#34;&#62;'],
  ['CSV', inCsv, 'a "b", c', '"a ""b"", c"'],
  ['CSV, a formula', inCsv, '=1+1', "'=1+1"],
  ['CSV, what looks like a number', inCsv, '-5', "'-5"],
  ['CSV, a number', inCsv as never, -5 as never, '-5'],
  ['CSV, nothing', inCsv as never, null as never, ''],
  ['a cell', inCell, 'a\tb\nc', 'a\\u0009b\\u000ac'],
  ['an annotation', inAnnotation, '5% a,b:c\r\n', '5%25 a,b:c%0D%0A'],
  ['a property of one', inAnnotationProperty, 'a,b:c%', 'a%2Cb%3Ac%25'],
  ['a label', inLabel, 'a\\"b"\n\u001b', 'a\\\\\\"b\\"\\n\\\\u001b'],
])('%s', (_case, clean, text, expected) => {
  expect(clean(text)).toBe(expected);
});

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
  ['commas within strings', `["${','.repeat(2000)}"]`, null],
  ['as many elements as allowed', `[${'0,'.repeat(999)}0]`, null],
  ['one element more', `[${'0,'.repeat(1000)}0]`, 'has too many members'],
  ['many members', `{${'"a":0,'.repeat(1000)}"a":0}`, 'has too many members'],
  ['many lists', `[${'[[0]],'.repeat(334)}0]`, 'has too many members'],
])('%s', (_case, text, expected) => {
  expect(excessOf(text, { length: 10_000, members: 1000 })).toBe(expected);
});

test('100 levels are read, objects and arrays counted alike', () => {
  expect(parseJson(nested(100))).toBeDefined();
  expect([excessOf(nested(100)), excessOf(nested(101))]).toEqual([null, 'is nested too deep']);
  expect(excessOf('{"a":['.repeat(51))).toBe('is nested too deep');
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
  const issues = (value: unknown) => v.safeParse(schema, value).issues?.map(({ message }) => message);
  expect(issues({ name: 1 })).toEqual([expect.stringMatching(/Expected string/)]);
  expect(issues({ name: 'a', at: 'soon' })).toEqual(['no date']);
  for (const value of [null, [], 'a', undefined]) expect(issues(value)).toEqual(['no object']);
});

test.each<[string, v.GenericSchema, unknown, boolean]>([
  ['a date', instant, '2026-11-28T03:47:53Z', true],
  ['no date', instant, 'soon', false],
  ['texts', texts, { a: 'b', c: '' }, true],
  ['texts and a number', texts, { a: 'b', c: 1 }, false],
  ['a list of texts', texts, ['a'], false],
  ['nothing', texts, null, false],
  ['one', positiveInteger, 1, true],
  ['none', positiveInteger, 0, false],
])('%s: %j', (_case, schema, value, expected) => {
  expect(v.is(schema, value)).toBe(expected);
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
