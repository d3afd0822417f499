import { describe, expect, test } from 'vitest';
import { Unsupported } from '../../src/pkcs12/asn1.ts';
import type { Derivation } from '../../src/pkcs12/derivation.ts';
import { judgeContents, judgeCounts, Work } from '../../src/pkcs12/limits.ts';
import type { Digest } from '../../src/pkcs12/pkcs12-kdf.ts';
import { attempts, type Lock, tryAll } from '../../src/pkcs12/protections.ts';

const encoded = { bmp: Buffer.from('a'), utf8: Buffer.from('a') };
const derivation = {
  kdf: 'pbkdf2',
  digest: 'sha1',
  salt: Buffer.alloc(8),
  iterations: 1,
  length: 20,
} as const;

const locked = (lock: Lock | null) => ({
  scheme: { name: 'x', iterations: 1, lock },
  bytes: Buffer.alloc(8),
});

test('an encoding is tried once for what reads the same of it', () => {
  const part = locked({ derivations: [derivation], open: async () => null });
  const other = { ...encoded, utf8: Buffer.from('b') };
  expect(attempts(part, [encoded, { ...encoded, bmp: Buffer.from('b') }, other])).toEqual([
    { locked: part, encoded },
    { locked: part, encoded: other },
  ]);
});

test('what has no known lock stays shut', async () => {
  expect(await tryAll([{ locked: locked(null), encoded }])).toEqual([null]);
});

describe('an attempt that fails', () => {
  const failing = (cause: unknown, signal?: AbortSignal) =>
    tryAll(
      [{ locked: locked({ derivations: [], open: () => Promise.reject(cause) }), encoded }],
      signal,
    ).catch((error: unknown) => error);
  const coded = (code: string) => Object.assign(new Error('x'), { code });

  test('for its algorithm says so', async () => {
    const cause = coded('ERR_OSSL_UNSUPPORTED');
    const error = await failing(cause);
    expect(error).toBeInstanceOf(Unsupported);
    expect(error).toMatchObject({
      message: 'is protected in a way that this Node.js does not support',
      cause,
    });
  });

  test.each([coded('ENOMEM'), coded('X_ERR_'), new Error('a bug')])(
    'otherwise fails so: %o',
    async (cause) => {
      expect(await failing(cause)).toBe(cause);
    },
  );

  test('after an abort fails with its reason', async () => {
    const abort = new AbortController();
    const part = locked({
      derivations: [],
      open: async () => {
        abort.abort(new Error('enough'));
        throw coded('ERR_X');
      },
    });
    await expect(tryAll([{ locked: part, encoded }], abort.signal)).rejects.toThrow('enough');
  });
});

const most = 2_000_000;

test.each<[readonly number[], string?]>([
  [[]],
  [[1]],
  [[most]],
  [[most, most, 1_000_000]],
  [[0], 'has an iteration count of 0, below 1'],
  [[-5], 'has an iteration count of -5, below 1'],
  [[1, most + 1], 'has an iteration count of 2,000,001, above 2,000,000'],
  [[Infinity], 'has an iteration count of more than 48 bits, above 2,000,000'],
  [[-Infinity], 'has an iteration count of less than 48 bits, below 1'],
  [[most, most, 1_000_001], 'has 5,000,001 iterations in all, above 5,000,000'],
])('the counts %j are judged: %s', (counts, message) => {
  if (message === undefined) expect(judgeCounts(counts)).toBe(undefined);
  else expect(() => judgeCounts(counts)).toThrow(new Unsupported(message));
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
      new Unsupported('needs 8,000,001 hashes to open, above 8,000,000'),
    );
  });
});

test('a file may consist of 320 parts', () => {
  expect(judgeContents(64, 256, 320)).toBe(undefined);
});
