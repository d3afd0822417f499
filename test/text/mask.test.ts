import { describe, expect, test } from 'vitest';
import { masked, readings } from '../../src/text/mask.ts';
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

/** What a text reads as besides itself, each reading once. */
const read = (text: string) => {
  const [plain, ...others] = [...readings(text)].map((reading) => reading.text);
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
    ...['&', '&;', '&lt', '&ltx;', '&LT;', '&#;', '&#x;', '&#xg;', '&#a;', '&#-1;', '&#x110000;'],
    ...['lt;', '#65;', 'xlt;', 'x#65;'],
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
