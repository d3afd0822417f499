import { describe, expect, test } from 'vitest';
import { manyTenants, parseJson } from '../../src/text/json.ts';
import { masked } from '../../src/text/mask.ts';
import { nearestName } from '../../src/text/nearest-name.ts';
import { uncontrolled } from '../../src/text/printable.ts';
import { Secret } from '../../src/text/secret.ts';
import { plainWords } from '../../src/text/words.ts';
import { processorTime } from '../support/processor-time.ts';

/** Milliseconds far above what a linear way takes for half a MiB, coverage measured, and far below the hours of a quadratic one. */
const bound = 20_000;
const size = 2 ** 19;

describe('linear time', () => {
  test.each([
    ['the beginnings of sequences', '\u001b;#'],
    ['sequences that never end', '\u001b]0;'],
    ['parameters without an end', '\u001b[1;'],
    ['blanks', ' '],
  ])('for %s', async (_case, unit) => {
    const text = unit.repeat(size / unit.length);
    const time = await processorTime(() =>
      expect(plainWords(text).length).toBeLessThanOrEqual(501),
    );
    expect(time).toBeLessThan(bound);
  });

  test.each<[string, string, readonly string[]]>([
    [
      'a secret that the text almost holds',
      'a',
      [`${'a'.repeat(20_000)}b`, `b${'a'.repeat(20_000)}`],
    ],
    ['a secret of which only both ends occur', `${'x'.repeat(4096)}y`, [`${'x'.repeat(2 ** 19)}z`]],
    ['a secret with ends that repeat', 'ab', [`${'ab'.repeat(2 ** 18)}a`]],
    [
      'escapes of every kind',
      '%41&lt;\\n+\\u0041&#65;',
      ['hunter22', 'a\nb c', `${'A'.repeat(5000)}<`],
    ],
    ['escapes that are none', '%&\\', ['hunter22']],
  ])('masking %s', async (_case, unit, values) => {
    const text = unit.repeat(size / unit.length);
    const secrets = values.map((value) => new Secret(value));
    expect(await processorTime(() => masked(text, secrets))).toBeLessThan(bound);
  });
});

test('a file of half a MiB is masked', () => {
  const secret = Buffer.from(
    Uint8Array.from({ length: 1 << 19 }, (_, i) => (i * i * 31 + i) >> 3),
  ).toString('base64');
  expect(masked(`got p=${new URLSearchParams({ secret })}, ${secret}.`, [new Secret(secret)])).toBe(
    'got p=secret=[secret], [secret].',
  );
});

test('a word that is longer than any name is compared with none', async () => {
  const time = await processorTime(() =>
    expect(nearestName('x'.repeat(2 ** 24), ['tenant-url'])).toBe(undefined),
  );
  expect(time).toBeLessThan(1000);
});

test('of megabytes only the words that are shown are searched for secrets', async () => {
  const text = '%2541&amp;\\\\u0041+'.repeat(2 ** 19);
  const time = await processorTime(() => plainWords(text, [new Secret('hunter22')]));
  expect(time).toBeLessThan(500);
});

test('the search for commands takes time in proportion to the text', () => {
  for (const part of ['#', '##', ' ', '\n', '\n ', '##a', '::', ' :', '##'.padEnd(100, 'a')])
    expect(uncontrolled(part.repeat(100_000)).length).toBeGreaterThanOrEqual(100_000);
});

const tenants = (number: number) => {
  const tenant = {
    name: 'a',
    tenant: 'b',
    topic: null,
    fingerprint: 'c',
    setAt: 'd',
    findings: [{ code: 'e' }],
  };
  return JSON.stringify({ tenants: Array(number).fill(tenant) });
};

test('members are counted; a file of our own may hold those of 100,000 tenants', () => {
  expect(parseJson(tenants(10_000))).toBeDefined();
  const many = tenants(100_000);
  expect(parseJson(many)).toBeUndefined();
  expect(parseJson(many, manyTenants)).toBeDefined();
});
