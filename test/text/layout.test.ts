import { describe, expect, test } from 'vitest';
import { fitted, formatEntries, widthOf, wrap } from '../../src/text/layout.ts';

test.each([
  ['ASCII', 'abc', 3],
  ['Japanese', '株式会社', 8],
  ['a colored text', '\u001b[31mone\u001b[39m', 3],
  ['a combining accent', 'e\u0301', 1],
  ['an emoji of several code points', '👩‍💻', 2],
])('the width of %s', (_name, text, expected) => {
  expect(widthOf(text)).toBe(expected);
});

test.each([
  ['short', 'one two', 20, ['one two']],
  ['at blanks', 'one two three', 8, ['one two', 'three']],
  ['wide characters', '株式 会社', 8, ['株式', '会社']],
  ['a word that no line has room for stays whole', 'a abcdefgh b', 3, ['a', 'abcdefgh', 'b']],
  ['colors take no column', '\u001b[31mone\u001b[39m two', 7, ['\u001b[31mone\u001b[39m two']],
  [
    'a color ends with its line',
    '\u001b[31mone two\u001b[39m',
    4,
    ['\u001b[31mone\u001b[39m', '\u001b[31mtwo\u001b[39m'],
  ],
  ['no line begins as a command to a CI runner', 'one ::error::two', 12, ['one', ': :error::two']],
  ['a pipe', 'one two three', Number.POSITIVE_INFINITY, ['one two three']],
])('wrapping: %s', (_name, text, columns, expected) => {
  expect(wrap(text, columns)).toEqual(expected);
});

test.each([
  ['each line goes on with its own indent', '  one two three\nfour five', 9, '  one two\n  three\nfour five'],
  ['a word has the indent that leaves it whole', '    one abcdef', 8, '  one\n  abcdef'],
  ['a pipe', '  one two three\n', Number.POSITIVE_INFINITY, '  one two three\n'],
])('fitting: %s', (_name, text, columns, expected) => {
  expect(fitted(text, columns)).toBe(expected);
});

describe('entries', () => {
  const long = 'what it means, in more words than a line has room for';
  test.each([
    ['beside', [['one', 'its meaning']], 40, 'one  its meaning\n'],
    [
      'under each other, whatever the script',
      [
        ['株式', 'a'],
        ['x', 'b'],
      ],
      40,
      '株式  a\nx     b\n',
    ],
    [
      'several lines',
      [['one', long]],
      40,
      'one  what it means, in more words than a\n     line has room for\n',
    ],
    [
      'below a term that is too long',
      [['a term of over half a line', 'a b']],
      40,
      'a term of over half a line\n                    a b\n',
    ],
    [
      'below, where there is no room beside',
      [['a term of words', long]],
      30,
      'a term of words\n    what it means, in more\n    words than a line has room\n    for\n',
    ],
    ['below, where a word has no room beside', [['one', 'a'.repeat(18)]], 22, `one\n    ${'a'.repeat(18)}\n`],
    ['in a pipe', [['one', long]], Number.POSITIVE_INFINITY, `one  ${long}\n`],
  ] as const)('%s', (_name, entries, columns, expected) => {
    expect(formatEntries(entries, columns)).toBe(expected);
  });
});
