import { describe, expect, test } from 'vitest';
import { Unsupported } from '../../src/pkcs12/asn1.ts';
import { attempts, encryptionProtection, type Protection, tryAll } from '../../src/pkcs12/protections.ts';

const encoded = { bmp: Buffer.from('a'), utf8: Buffer.from('a') };
const derivation = {
  kdf: 'pbkdf2',
  digest: 'sha1',
  salt: Buffer.alloc(8),
  iterations: 1,
  length: 20,
} as const;

test.each<[string, Uint8Array | null, boolean]>([
  ['a structure', Buffer.from('3000', 'hex'), true],
  ['no bytes, as NSS has it', Buffer.alloc(0), true],
  ['what is no structure', Buffer.from('3130', 'hex'), false],
  ['what is not decrypted', null, false],
])('of an encrypted part %s is taken: %o, %s', async (_, plain, taken) => {
  const cipher = { derivations: [derivation], decrypt: async () => plain };
  const encryption = { name: 'x', iterations: 1, cipher };
  const protection = encryptionProtection({ encryption, ciphertext: Buffer.alloc(8) });
  expect(await protection?.open([])).toBe(taken ? plain : null);
});

test('an encoding is tried once for what reads the same of it', () => {
  const protection: Protection = { derivations: [derivation], open: async () => null };
  const other = { ...encoded, utf8: Buffer.from('b') };
  expect(attempts(protection, [encoded, { ...encoded, bmp: Buffer.from('b') }, other])).toEqual([
    { protection, encoded },
    { protection, encoded: other },
  ]);
});

describe('an attempt that fails', () => {
  const failing = (cause: unknown, signal?: AbortSignal) =>
    tryAll([{ protection: { derivations: [], open: () => Promise.reject(cause) }, encoded }], signal).catch(
      (error: unknown) => error,
    );
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
    const protection: Protection = {
      derivations: [],
      open: async () => {
        abort.abort(new Error('enough'));
        throw coded('ERR_X');
      },
    };
    await expect(tryAll([{ protection, encoded }], abort.signal)).rejects.toThrow('enough');
  });
});
