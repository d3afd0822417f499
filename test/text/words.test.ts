import { expect, test } from 'vitest';
import { masked } from '../../src/text/mask.ts';
import { Secret } from '../../src/text/secret.ts';
import { plainWords } from '../../src/text/words.ts';

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

test('no part of a secret is left where what is looked at ends', () => {
  const secret = new Secret('hunter2');
  for (let shift = 0; shift < 20; shift++) {
    const words = plainWords(`${'.'.repeat(shift)}${'\u001b[1m'.repeat(1000)}${'hunter2'.repeat(10_000)}`, [
      secret,
    ]);
    expect(words).not.toMatch(/h|u|n|2/);
  }
});
