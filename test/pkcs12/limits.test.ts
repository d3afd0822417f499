import { describe, expect, test } from 'vitest';
import { Unsupported } from '../../src/pkcs12/asn1.ts';
import type { Derivation } from '../../src/pkcs12/derivation.ts';
import { judgeContents, judgeCounts, Work } from '../../src/pkcs12/limits.ts';
import type { Digest } from '../../src/pkcs12/pkcs12-kdf.ts';

const most = 2_000_000;

test.each<[string, readonly number[]]>([
  ['none', []],
  ['the lowest', [1]],
  ['the highest', [most]],
  ['all that are allowed together', [most, most, 1_000_000]],
])('counts that are taken: %s', (_case, counts) => {
  expect(judgeCounts(counts)).toBe(undefined);
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
    expect(() => judgeCounts(counts)).toThrow(new Unsupported(message));
  });
});

describe('the hashes that a million iterations take, as far as eight million allow', () => {
  const [salt, iterations] = [new Uint8Array(), 1_000_000];
  const pkcs12 = (digest: Digest, length: number) =>
    ({ kdf: 'pkcs12', purpose: 1, digest, salt, iterations, length }) as const;
  const pbkdf2 = (digest: Digest, length: number) =>
    ({ kdf: 'pbkdf2', digest, salt, iterations, length }) as const;
  const scrypt = { kdf: 'scrypt', salt, N: 2 ** 15, r: 8, p: 1, length: 32 } as const;
  test.each<[string, number, Derivation]>([
    ['a key as long as SHA-1', 8, pkcs12('sha1', 20)],
    ['a longer key', 4, pkcs12('sha1', 21)],
    ['SHA-3', 5, pkcs12('sha3-256', 32)],
    ['PBKDF2 with a short block', 16, pbkdf2('sha1', 20)],
    ['PBKDF2 with two of them', 8, pbkdf2('sha1', 40)],
    ['PBKDF2 with three of them', 5, pbkdf2('sha1', 41)],
    ['PBKDF2 with a long block', 8, pbkdf2('sha512', 64)],
    ['PBKDF2 with SHA-3', 5, pbkdf2('sha3-256', 32)],
    ['scrypt, whose iterations are no million', 15, scrypt],
    ['scrypt, four times', 3, { ...scrypt, p: 4 }],
  ])('%s', (_case, most, derivation) => {
    const times = (count: number) => Array.from({ length: count }, () => derivation);
    expect(new Work().affords(times(most))).toBe(true);
    expect(new Work().affords(times(most + 1))).toBe(false);
  });

  test('those so far count, those that are not made do not', () => {
    const work = new Work();
    const [half, rest] = [pkcs12('sha1', 80), { ...pkcs12('sha1', 20), iterations: 1 }];
    work.require([half]);
    expect(work.affords([half, rest])).toBe(false);
    work.require([half]);
    expect(() => work.require([rest])).toThrow(
      new Unsupported('takes 8,000,001 hashes to open, above 8,000,000'),
    );
  });
});

test('a file may hold 64 keys and 256 certificates, in as many parts', () => {
  expect(judgeContents(64, 256, 320)).toBe(undefined);
  expect(() => judgeContents(65, 0)).toThrow('holds 65 private keys, more than 64');
  expect(() => judgeContents(0, 257)).toThrow('holds 257 certificates, more than 256');
  expect(() => judgeContents(0, 0, 321)).toThrow('consists of 321 parts, more than 320');
});
