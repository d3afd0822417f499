import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { rc2Cipher } from '../../src/pkcs12/encryption.ts';
import { processorTime } from '../support/processor-time.ts';
import { turnsDuring } from './turns-during.ts';

describe('RC2', () => {
  const forge = createRequire(import.meta.url)('node-forge');
  const encrypt = (plain: Buffer, bits: number) => {
    const cipher = forge.rc2.createEncryptionCipher('key of sixteen b', bits);
    cipher.start('initials');
    cipher.update(forge.util.createBuffer(plain.toString('latin1')));
    cipher.finish();
    return Buffer.from(cipher.output.getBytes(), 'latin1');
  };
  const [key, iv] = [Buffer.from('key of sixteen b'), Buffer.from('initials')];

  // echo -n 'Node has no RC2 any more' | openssl enc -rc2-cbc -K … -iv … -provider legacy -provider default
  test.each([
    [128, 16, 'a051f08281e7a6cc64915a8f780e4fdd4e817174114da97423f219242d8eccf3'],
    [40, 5, 'ff65c2e58468cb0f7cfa1a17c7e6d65f154897d7811315294ac6a94280bc7637'],
  ])('of %i bits decrypts what OpenSSL encrypted', async (bits, keyBytes, ciphertext) => {
    const plain = await rc2Cipher(bits)(key.subarray(0, keyBytes), iv, Buffer.from(ciphertext, 'hex'));
    expect(Buffer.from(plain ?? []).toString()).toBe('Node has no RC2 any more');
  });

  test.each([1, 7, 8, 2040, 2048, 2050, 5000])('decrypts %i bytes', async (length) => {
    const plain = Buffer.from(Array.from({ length }, (_, index) => (index * 7) & 255));
    for (const bits of [40, 128]) {
      const decrypted = await rc2Cipher(bits)(key, iv, encrypt(plain, bits));
      expect(decrypted && Buffer.from(decrypted).equals(plain)).toBe(true);
    }
  });

  test.each([
    ['no bytes', Buffer.alloc(0)],
    ['a piece of a block', Buffer.concat([encrypt(Buffer.from('abc'), 40), Buffer.alloc(4)])],
    ['a block without padding', encrypt(Buffer.alloc(16, 9), 40).subarray(0, 16)],
    ['a block with half its padding', encrypt(Buffer.from([0, 0, 0, 0, 0, 0, 9, 2]), 40).subarray(0, 8)],
  ])('refuses %s', async (_, ciphertext) => {
    expect(await rc2Cipher(40)(key, iv, ciphertext)).toBeNull();
  });

  test('lets other events have their turn in a long text', async () => {
    expect(await turnsDuring(() => rc2Cipher(40)(key, iv, Buffer.alloc(2 ** 16)))).toBeGreaterThanOrEqual(3);
  });

  test('takes a megabyte in a time that grows with it', async () => {
    const time = await processorTime(() => rc2Cipher(40)(key, iv, Buffer.alloc(2 ** 20)));
    expect(time).toBeLessThan(3000);
  });
});
