import { expect, test } from 'vitest';
import { onOneLine, printable } from '../../src/text/printable.ts';

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
