import { describe, expect, test } from 'vitest';
import { exitCodeOf, hintsFor } from '../../src/errors/advice.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { explainOddities, isBare, oddFacts } from '../../src/errors/secret-oddities.ts';
import { Secret } from '../../src/text/secret.ts';

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('what is odd about a secret', () => {
  test.each<readonly [name: string, value: string | Uint8Array, oddities: string]>([
    ['a byte-order mark', '\ufeffhunter2', 'byte-order-mark'],
    ['one before quotes', '\ufeff"hunter2"', 'byte-order-mark quotes'],
    ['UTF-16', utf16('\ufeffhunter2\r\n'), 'utf-16'],
    ['UTF-16, big-endian', utf16('\ufeffhunter2').swap16(), 'utf-16'],
    ['UTF-16 without a mark', utf16('hunter2'), 'nul-bytes'],
    ['UTF-16, big-endian, without a mark', utf16('hunter2').swap16(), 'nul-bytes'],
    ['Windows-1252', latin1('hünter2'), 'not-utf-8'],
    ['Windows-1252 and more', latin1('"hünter2"\n\n'), 'not-utf-8 quotes line-break'],
    ['double quotes', '"hunter2"', 'quotes'],
    ['single quotes', "'hunter2'", 'quotes'],
    ['backticks', '`hunter2`', 'quotes'],
    ['quotes of a text program', '“hunter2”', 'quotes'],
    ['quotes and a blank', '"hunter2" ', 'quotes blanks'],
    ['a second line', 'hunter2\nof the tenant', 'lines'],
    ['a first line that is empty', '\nhunter2', 'lines'],
    ['a line break', 'hunter2\n', 'line-break'],
    ['the line break of an old Mac', 'hunter2\r', 'line-break'],
    ['a blank at the end', 'hunter2 ', 'blanks'],
    ['a tab at the start', '\thunter2', 'blanks'],
    ['a no-break space', 'hunter2\u00a0', 'blanks'],
    ['a zero-width space', '\u200bhunter2', 'blanks'],
    ['a blank and a line break', 'hunter2 \n', 'line-break blanks'],
  ])('%s', (_name, value, oddities) => {
    const facts = oddFacts(new Secret(value, 'the source'));
    expect(facts).toEqual({ secretSource: 'the source', oddities });
    const sentences = explainOddities(facts);
    expect(sentences).toHaveLength(oddities.split(' ').length);
    for (const sentence of sentences) expect(sentence).toMatch(/^The source (?!.*hunter).+[^.]$/);
  });

  test.each([
    ['nothing', ''],
    ['a word', 'hunter2'],
    ['characters of all the world', 'pässwörd パスワード 🔑'],
    ['blanks within', 'correct horse battery'],
    ['a quote at one end', '"hunter2'],
    ['quotes within', 'hun"ter"2'],
    ['one quote', '"'],
    ['two kinds of quotes', '"hunter2\''],
  ])('is not %s', (_name, value) => {
    expect(oddFacts(new Secret(value, 'the source'))).toEqual({});
  });

  test('is not asked of what was typed, or of no secret', () => {
    expect([oddFacts(new Secret('"hunter2"')), oddFacts(null)]).toEqual([{}, {}]);
  });
});

test.each<readonly [string | Uint8Array, boolean]>([
  ['', true],
  ['\n\n', true],
  ['\ufeff', true],
  ['\ufeff\r\n', true],
  [utf16('\ufeff\r\n'), true],
  [utf16('\ufeff\r\n').swap16(), true],
  [' ', false],
  ['x', false],
  [utf16('x'), false],
  [latin1('ÿþx'), false],
  [latin1('äöü'), false],
])('%j is bare: %s', (value, expected) => {
  expect(isBare(new Secret(value))).toBe(expected);
});

test('an error takes the facts that its code declares, and no other', () => {
  const errors = [
    new CliError('usage', 'x', { facts: { option: '--p12 FILE' } }),
    // @ts-expect-error: a usage error knows no layout
    new CliError('usage', 'x', { facts: { layout: 'expo' } }),
    // @ts-expect-error: there is no such layout
    new CliError('project-not-recognised', 'x', { facts: { layout: 'xamarin' } }),
    // @ts-expect-error: this code knows nothing but its sentence
    new CliError('pkcs12-corrupt', 'x', { facts: { option: '--p12 FILE' } }),
    // @ts-expect-error: there is no such code
    () => new CliError('no-such-code', 'x'),
  ];
  expect(errors).toHaveLength(5);
});

test.each([
  [undefined, 130],
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('an interrupt by %s ends with %i', (signal, exitCode) => {
  const facts = signal === undefined ? {} : { signal };
  expect(exitCodeOf(new CliError('interrupted', 'x', { facts }))).toBe(exitCode);
});

test('a step of bootstrap that failed is told what to do', () => {
  const facts = { step: 'role', right: 'Roles' };
  const again = ['Run the command again: it keeps the finished steps.'];
  const right = expect.stringContaining('"Roles"');
  expect(hintsFor(new CliError('tenant-refused', 'x', { facts }))).toEqual(again);
  expect(hintsFor(new CliError('tenant-forbidden', 'x', { facts }))).toEqual([right, ...again]);
  expect(hintsFor(new CliError('session-expired', 'x', { facts }))).toEqual([right, ...again]);
});
