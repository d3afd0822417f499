import { describe, expect, test } from 'vitest';
import { masked } from '../../src/text/mask.ts';
import { Secret } from '../../src/text/secret.ts';

const mask = (text: string, ...secrets: readonly string[]) =>
  masked(
    text,
    secrets.map((value) => new Secret(value)),
  );

const upperUnicode = (text: string) =>
  text.replace(
    /[^A-Za-z0-9]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
const lowerUnicode = (text: string) =>
  upperUnicode(text).replace(/\\u[0-9A-F]{4}/g, (unit) => unit.toLowerCase());
const lowerPercent = (text: string) =>
  encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase());
const decimal = (text: string) =>
  [...text].map((c) => (/[A-Za-z0-9]/.test(c) ? c : `&#${c.codePointAt(0)};`)).join('');
const hexadecimal = (text: string) =>
  [...text].map((c) => (/[A-Za-z0-9]/.test(c) ? c : `&#x${c.codePointAt(0)?.toString(16)};`)).join('');
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const html = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&#39;');

describe.each([
  ['base64', 'cs-S3CRET+/='],
  ['blanks and signs', `a b&c<d>"e'f\\g%h~(i)*!`],
  ['line breaks', 'one\r\n\ttwo'],
  ['letters of any language', 'Schlüssel 鍵 🔑'],
  ['the signs of a pattern', '^$.*+?()[]{}|/'],
  ['percent signs', '%25%2B100%'],
])('a secret of %s', (_, secret) => {
  test.each<[string, (text: string) => string]>([
    ['as it is', (text) => text],
    ['in a URL', encodeURIComponent],
    ['in a URL, lower case', lowerPercent],
    ['in a URL within a URL', (text) => encodeURIComponent(encodeURIComponent(text))],
    ['in a form', (text) => new URLSearchParams({ text }).toString().slice('text='.length)],
    ['in JSON', json],
    ['in JSON with escaped slashes', (text) => json(text).replaceAll('/', '\\/')],
    ['in JSON within JSON', (text) => json(json(text))],
    ['in JSON with \\uXXXX within JSON', (text) => json(upperUnicode(text))],
    ['in JSON with upper-case \\uXXXX', upperUnicode],
    ['in JSON with lower-case \\uXXXX', lowerUnicode],
    ['in HTML', html],
    ['in HTML with decimal references', decimal],
    ['in HTML with hexadecimal references', hexadecimal],
  ])('%s', (_spelling, spell) => {
    expect(mask(`got x=${spell(secret)}&y, ${spell(secret)}.`, secret)).toBe('got x=[secret]&y, [secret].');
  });
});

test.each<[string, string, readonly string[], string]>([
  ['nothing to hide', 'as it came', [], 'as it came'],
  [
    'a secret that is the word of the mask',
    '{"p":"[secret]","q":"secret"}',
    ['secret'],
    '{"p":"[secret]","q":"[secret]"}',
  ],
  ['a secret that another’s mask holds', 'hunter22 secret', ['hunter22', 'secret'], '[secret] [secret]'],
  ['a secret within another', 'hunter22x hunter', ['hunter', 'hunter22x'], '[secret] [secret]'],
  ['secrets in another case are others', 'HUNTER22', ['hunter22'], 'HUNTER22'],
  ['three letters, which words are full of', 'the theme', ['the'], 'the theme'],
  ['no text at all', '', ['hunter22', ''], ''],
  ['four letters', 'the them', ['them'], 'the [secret]'],
  ['the text is the secret', 'them', ['them'], '[secret]'],
  ['words of a form', 'p=correct+horse', ['correct horse'], 'p=[secret]'],
  ['secrets that touch', 'hunter22hunter33', ['hunter22', 'hunter33'], '[secret]'],
  ['secrets that overlap', 'x abcdefgh y', ['abcde', 'defgh'], 'x [secret] y'],
  ['secrets a character apart', 'hunter22-hunter22', ['hunter22'], '[secret]-[secret]'],
  ['a secret that overlaps itself', 'abcabcabc.', ['abcabc'], '[secret].'],
  ['a secret that touches itself', 'aaaaaaaaa', ['aaaa'], '[secret]'],
  ['a secret behind its own beginning', 'aaaaab', ['aaab'], 'aa[secret]'],
  ['a secret behind half of itself', 'abababac', ['ababac'], 'ab[secret]'],
  ['a secret whose beginning comes twice in it', 'aabaabaaa', ['aabaaa'], 'aab[secret]'],
  ['a secret that is almost there', 'abcabd abcab', ['abcabc'], 'abcabd abcab'],
  ['a secret whose end is like its beginning', 'aaabab', ['aaab'], '[secret]ab'],
  ['a secret that overlaps itself by less than it might', 'aabaaabaaa', ['aabaaa'], '[secret]'],
  ['a secret and its own end behind it', 'abcdbcd', ['abcd'], '[secret]bcd'],
  ['all but the beginning of a secret', 'xbcd', ['abcd'], 'xbcd'],
  ['words of a form, and more', 'p=correct+horse&q=1', ['correct horse'], 'p=[secret]&q=1'],
  [
    'a secret before a mask whose word is one',
    'hunter22[secret]',
    ['hunter22', 'secret'],
    '[secret][secret]',
  ],
  [
    'a secret behind a mask whose word is one',
    '[secret]hunter22',
    ['hunter22', 'secret'],
    '[secret][secret]',
  ],
  ['a mask beside a secret', '[secret]hunter22[secret]', ['hunter22'], '[secret][secret][secret]'],
  ['a secret that begins within a mask', '[secret]xyz', ['ret]xyz'], '[sec[secret]'],
  ['a secret that ends within a mask', 'xyz[secret]', ['xyz[sec'], '[secret]ret]'],
  ['a secret that holds a mask', 'ab[secret]cd', ['ab[secret]cd'], '[secret]'],
])('%s', (_case, text, secrets, expected) => {
  expect(mask(text, ...secrets)).toBe(expected);
});

describe.each([
  ['a file in base64', Buffer.from(Uint8Array.from({ length: 3000 }, (_, i) => i * i)).toString('base64')],
  ['a token', `${'eyJhbGciOiJSUzI1NiJ9'.repeat(2)}.${'abc_-'.repeat(100)}.${'x-Y_'.repeat(50)}`],
])('%s that an echo cuts off', (_kind, secret) => {
  test.each<[string, (text: string) => string]>([
    ['as it is', (text) => text],
    ['in a URL', encodeURIComponent],
    ['in a URL within a URL', (text) => encodeURIComponent(encodeURIComponent(text))],
    ['in JSON with escaped slashes', (text) => text.replaceAll('/', '\\/')],
    ['in JSON with lower-case \\uXXXX', lowerUnicode],
    ['in HTML with decimal references', decimal],
  ])('%s', (_spelling, spell) => {
    for (const length of [40, 100, 500])
      expect(mask(`bad value "${spell(secret.slice(0, length))}" given.`, secret)).toBe(
        'bad value "[secret]" given.',
      );
  });
});
