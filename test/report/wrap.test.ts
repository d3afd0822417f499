import { expect, test } from 'vitest';
import { wrap } from '../../src/report/wrap.ts';

test.each([
  ['short', 'one two', 20, ['one two']],
  ['at blanks', 'one two three', 8, ['one two', 'three']],
  ['at commas', 'CN=a,OU=b,O=c', 6, ['CN=a,', 'OU=b,', 'O=c']],
  ['anywhere, where there is neither', 'abcdefgh', 3, ['abc', 'def', 'gh']],
  ['colours take no column', '\u001b[31mone\u001b[39m two', 7, ['\u001b[31mone\u001b[39m two']],
  ['a pipe', 'one two three', Number.POSITIVE_INFINITY, ['one two three']],
])('%s', (_name, text, columns, expected) => {
  expect(wrap(text, columns)).toEqual(expected);
});
