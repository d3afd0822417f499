import { describe, expect, test } from 'vitest';
import { Unsupported } from '../../src/pkcs12/asn1.ts';
import { judgeContents, judgeCounts } from '../../src/pkcs12/limits.ts';

const most = 2_000_000;

test.each<[string, readonly number[]]>([
  ['none', []],
  ['the lowest', [1]],
  ['the highest', [most]],
  ['all that are allowed together', [most, most, 1_000_000]],
])('counts that are taken: %s', (_case, counts) => {
  expect(judgeCounts(counts, [])).toBe(undefined);
});

describe('counts that are refused', () => {
  test.each<[readonly number[], string]>([
    [[0], 'has an iteration count of 0, below 1'],
    [[-5], 'has an iteration count of -5, below 1'],
    [[1, most + 1], 'has an iteration count of 2,000,001, above 2,000,000'],
    [[Infinity], 'has an iteration count of more than 48 bits, above 2,000,000'],
    [[-Infinity], 'has an iteration count of less than 48 bits, below 1'],
    [[most, most, 1_000_001], 'has 5,000,001 iterations in all, above 5,000,000'],
  ])('%j', (counts, message) => {
    expect(() => judgeCounts(counts, [])).toThrow(new Unsupported(message));
  });
});

describe('what is done again counts too', () => {
  const pbkdf2 = (digest: 'sha1' | 'sha512', length: number) =>
    ({ kdf: 'pbkdf2', digest, salt: new Uint8Array(), iterations: 1_000_000, length }) as const;
  const pkcs12 = (purpose: 1 | 2 | 3, length: number) =>
    ({ ...pbkdf2('sha1', length), kdf: 'pkcs12', purpose }) as const;
  test.each<[number, Parameters<typeof judgeCounts>[1], boolean]>([
    [4, [pbkdf2('sha512', 64)], true],
    [4, [pbkdf2('sha512', 65)], true],
    [5, [pbkdf2('sha512', 64)], true],
    [5, [pbkdf2('sha512', 65)], false],
    [5, [pbkdf2('sha1', 40)], true],
    [5, [pbkdf2('sha1', 41)], false],
    [5, [pkcs12(1, 20)], true],
    [5, [pkcs12(1, 21)], false],
    [5, [pkcs12(2, 8)], false],
    [4, [pkcs12(2, 8)], true],
    [5, [pkcs12(3, 20)], true],
  ])('%i million beside %o', (millions, derivations, taken) => {
    const counts = Array.from({ length: millions }, () => 1_000_000);
    if (taken) expect(judgeCounts(counts, derivations)).toBe(undefined);
    else
      expect(() => judgeCounts(counts, derivations)).toThrow(
        'has the work of 6,000,000 iterations in all, above 5,000,000',
      );
  });
});

test('a file may hold 64 keys and 256 certificates, in as many parts', () => {
  expect(judgeContents(64, 256, 320)).toBe(undefined);
  expect(() => judgeContents(65, 0)).toThrow('holds 65 private keys, more than 64');
  expect(() => judgeContents(0, 257)).toThrow('holds 257 certificates, more than 256');
  expect(() => judgeContents(0, 0, 321)).toThrow('consists of 321 parts, more than 320');
});
