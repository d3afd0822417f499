import { describe, expect, test } from 'vitest';
import { readings } from '../../src/text/spellings.ts';

/** What a text reads as besides itself, each reading once. */
const read = (text: string) => {
  const [plain, ...others] = [...readings(text)].map(({ units }) => String.fromCharCode(...units));
  expect(plain).toBe(text);
  return [...new Set(others)];
};

describe('an escape is undone', () => {
  test.each<[string, string, readonly string[]]>([
    ['none', 'a1 /;u', []],
    ['a blank of a form alone', 'a+b', ['a b']],
    ['a byte', '%41%7a%7A%7f', ['Azz\u007f']],
    ['two bytes of UTF-8', '%C2%80%c3%bc%DF%BF', ['\u0080ü\u07ff']],
    ['three bytes', '%E0%A0%80%e2%82%ac%EF%BF%BF', ['\u0800€\uffff']],
    ['four bytes', '%F0%90%80%80%f0%9f%94%91%F4%8F%BF%BF', ['\u{10000}🔑\u{10ffff}']],
    ['JSON, each letter', '\\"\\\\\\/\\b\\f\\n\\r\\t', ['"\\/\b\f\n\r\t', '"/\b\f\n\r\t']],
    ['JSON by number', '\\u0041\\u00fc\\u00FC\\ud83d\\udd11', ['Aüü🔑']],
    ['JSON in JSON', '\\\\n', ['\\n', '\n']],
    ['JSON in JSON in JSON, twice', `${'\\'.repeat(4)}n`, ['\\\\n', '\\n']],
    ['HTML, each name', '&quot;&apos;&amp;&lt;&gt;', ['"\'&<>']],
    ['HTML by number', '&#65;&#228;&#128273;', ['Aä🔑']],
    ['HTML by hexadecimal number', '&#x41;&#X41;&#xe4;&#xE4;&#x1f511;&#x10FFFF;', ['AAää🔑\u{10ffff}']],
    ['HTML with leading zeros', '&#00000000000065;', ['A']],
    ['HTML behind a lone sign', '&&lt;', ['&<']],
    ['HTML at the highest unit and above', '&#xffff;&#x10000;', ['\uffff\u{10000}']],
    ['within others', '%41\\n', ['A\\n', '%41\n', 'A\n']],
    ['in HTML within JSON', '&quot;\\n', ['"\\n', '&quot;\n', '"\n']],
  ])('%s', (_case, text, expected) => {
    expect(new Set(read(text))).toEqual(new Set(expected));
  });
});

describe('no escape', () => {
  test.each([
    ...['%', '%4', '%4g', '%g4', '%:4', '%/4', '%@4', '%`4', '%G1', '%C3', '%C3x', '%C3%', '%80'],
    ...['%C3%C3', '%E2%82', '%E2%82x', '%F0%9F'],
    ...['\\', '\\x', '\\u', '\\u004', '\\u00g1', '\\U0041', '"n'],
    ...[
      '&',
      '&;',
      '&lt',
      '&ltx;',
      '&LT;',
      '&#;',
      '&#x;',
      '&#xg;',
      '&#a;',
      '&#-1;',
      '&#x110000;',
      'lt;',
      '#65;',
      'xlt;',
      'x#65;',
    ],
    '&#000000000000065;',
    `&${'l'.repeat(100)};`,
  ])('%s', (text) => {
    expect(read(text)).toEqual([]);
  });
});

test('what is beyond Unicode is no character', () => {
  expect(read('%F4%90%80%80').join()).not.toMatch(/[\ud800-\udfff]/);
});

test.each<[string, string, readonly number[]]>([
  ['a percent sign', 'a%C3%A9z', [0, 1, 7, 8]],
  ['a blank', 'a+b', [0, 1, 2, 3]],
  ['a pair', 'a&#128273;z', [0, 1, 1, 10, 11]],
  ['JSON', '\\u0041\\nz', [0, 6, 8, 9]],
])('each unit knows where it began, and the end is the end: %s', (_case, text, expected) => {
  expect([...([...readings(text)].at(-1)?.origins ?? [])]).toEqual(expected);
});
