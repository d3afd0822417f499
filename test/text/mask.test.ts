import { expect, test } from 'vitest';
import { masked } from '../../src/text/mask.ts';
import { readings } from '../../src/text/readings.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';

const mask = (text: string, secrets: readonly string[]) =>
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
  [...text]
    .map((c) => (/[A-Za-z0-9]/.test(c) ? c : `&#x${c.codePointAt(0)?.toString(16)};`))
    .join('');
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const html = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&#39;');

/** How another program may echo a secret. */
const spellings: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in a URL': encodeURIComponent,
  'in a URL, lower case': lowerPercent,
  'in a URL within a URL': (text) => encodeURIComponent(encodeURIComponent(text)),
  'in a form': (text) => new URLSearchParams({ text }).toString().slice('text='.length),
  'in JSON': json,
  'in JSON with escaped slashes': (text) => json(text).replaceAll('/', '\\/'),
  'in JSON within JSON': (text) => json(json(text)),
  'in JSON with \\uXXXX within JSON': (text) => json(upperUnicode(text)),
  'in JSON with upper-case \\uXXXX': upperUnicode,
  'in JSON with lower-case \\uXXXX': lowerUnicode,
  'in HTML': html,
  'in HTML with decimal references': decimal,
  'in HTML with hexadecimal references': hexadecimal,
};
const file = Buffer.from(Uint8Array.from({ length: 3000 }, (_, i) => i * i)).toString('base64');
const token = `${'eyJhbGciOiJSUzI1NiJ9'.repeat(2)}.${'abc_-'.repeat(100)}.${'x-Y_'.repeat(50)}`;

test.each(Object.entries(spellings))('a secret is masked %s', (_spelling, spell) => {
  for (const secret of [
    'cs-S3CRET+/=',
    `a b&c<d>"e'f\\g%h~(i)*!`,
    'one\r\n\ttwo',
    'Schlüssel 鍵 🔑',
    '^$.*+?()[]{}|/',
    '%25%2B100%',
  ])
    expect(mask(`got x=${spell(secret)}&y, ${spell(secret)}.`, [secret])).toBe(
      'got x=[secret]&y, [secret].',
    );
  for (const secret of [file, token])
    for (const length of [40, 100, 500])
      expect(mask(`bad value "${spell(secret.slice(0, length))}" given.`, [secret])).toBe(
        'bad value "[secret]" given.',
      );
});

test.each(Object.entries(spellings))('a secret is masked in a long text %s', (_spelling, spell) => {
  const secret = 'a b"<%é+\\c';
  const backslashes = '\\'.repeat(1001);
  for (const before of [262_140, 262_144, 270_000, 524_280]) {
    const start = 'x'.repeat(before);
    const end = `.${backslashes}.${'y'.repeat(300_000)}`;
    expect(mask(`${start}.${spell(secret)}${end}`, [secret])).toBe(`${start}.[secret]${end}`);
  }
});

testCases('text/mask', {
  masked: mask,
  readings: (text: string) => {
    const [plain, ...others] = [...readings(text)].map(({ units }) =>
      String.fromCharCode(...units),
    );
    expect(plain).toBe(text);
    return [...new Set(others)].sort();
  },
  'where each unit of the last reading began, and the end': (text: string) => [
    ...([...readings(text)].at(-1)?.origins ?? []),
  ],
});
