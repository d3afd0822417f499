import { createCipheriv } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { type Asn1, make } from '../../src/pkcs12/asn1.ts';
import { rc2Cipher, readEncryption } from '../../src/pkcs12/encryption.ts';
import { processorTime } from '../support/processor-time.ts';
import { turnsDuring } from './turns-during.ts';

const salt = make.octetString(Buffer.from('salt'));
const algorithm = (id: string, ...parameters: Asn1[]) => make.sequence(make.oid(id), ...parameters);
const iv = (length: number) => Buffer.alloc(length, 5);
const plain = Buffer.from('0, a SEQUENCE');
const encrypted = (name: string, key: Uint8Array, vector: Uint8Array) => {
  const cipher = createCipheriv(name, key, vector);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
};

describe('the schemes of PKCS #12 and the older ones', () => {
  const pbe = (last: string) =>
    readEncryption(algorithm(`1.2.840.113549.1.${last}`, make.sequence(salt, make.integer(9))));

  test.each([
    ['12.1.1', 'PBE-SHA1-RC4-128'],
    ['12.1.2', 'PBE-SHA1-RC4-40'],
    ['5.1', 'PBE-MD2-DES'],
    ['5.3', 'PBE-MD5-DES'],
    ['5.4', 'PBE-MD2-RC2-64'],
    ['5.6', 'PBE-MD5-RC2-64'],
    ['5.10', 'PBE-SHA1-DES'],
    ['5.11', 'PBE-SHA1-RC2-64'],
  ])('%s is %s, which is not decrypted', (last, name) => {
    expect(pbe(last)).toEqual({ name, iterations: 9, lock: null });
  });

  test.each([
    ['12.1.3', 'PBE-SHA1-3DES', 24, 'des-ede3-cbc'],
    ['12.1.4', 'PBE-SHA1-2DES', 16, 'des-ede-cbc'],
  ])('%s is %s, and decrypted', async (last, name, length, node) => {
    const { lock, ...read } = pbe(last);
    const chain = { kdf: 'pkcs12', digest: 'sha1', salt: Buffer.from('salt'), iterations: 9 };
    expect([read, lock?.derivations]).toEqual([
      { name, iterations: 9 },
      [
        { ...chain, purpose: 1, length },
        { ...chain, purpose: 2, length: 8 },
      ],
    ]);
    const [key, vector] = [Buffer.alloc(length, 3), iv(8)];
    expect(await lock?.open([key, vector], encrypted(node, key, vector))).toEqual(plain);
    expect(await lock?.open([key], encrypted(node, key, vector))).toBe(null);
    expect(await lock?.open([], encrypted(node, key, vector))).toBe(null);
  });
});

test.each(['12.1.5', '12.1.6'])('RC2 (%s) is not decrypted without both of its keys', async (last) => {
  const parameters = make.sequence(salt, make.integer(9));
  const { lock } = readEncryption(algorithm(`1.2.840.113549.1.${last}`, parameters));
  expect(await lock?.open([Buffer.alloc(16)], Buffer.alloc(8))).toBe(null);
});

describe('PBES2', () => {
  test.each([
    ['1.2.840.113549.3.7', '3DES-CBC', 24, 8, 'des-ede3-cbc'],
    ['2.16.840.1.101.3.4.1.2', 'AES-128-CBC', 16, 16, 'aes-128-cbc'],
    ['2.16.840.1.101.3.4.1.22', 'AES-192-CBC', 24, 16, 'aes-192-cbc'],
    ['2.16.840.1.101.3.4.1.42', 'AES-256-CBC', 32, 16, 'aes-256-cbc'],
    ['1.2.392.200011.61.1.1.1.2', 'CAMELLIA-128-CBC', 16, 16, 'camellia-128-cbc'],
    ['1.2.392.200011.61.1.1.1.3', 'CAMELLIA-192-CBC', 24, 16, 'camellia-192-cbc'],
    ['1.2.392.200011.61.1.1.1.4', 'CAMELLIA-256-CBC', 32, 16, 'camellia-256-cbc'],
  ])('%s is %s, and decrypted', async (id, name, length, ivLength, node) => {
    const kdf = algorithm('1.2.840.113549.1.5.12', make.sequence(salt, make.integer(7)));
    const scheme = algorithm(id, make.octetString(iv(ivLength)));
    const { lock, ...read } = readEncryption(algorithm('1.2.840.113549.1.5.13', make.sequence(kdf, scheme)));
    expect([read, lock?.derivations]).toEqual([
      { name: `PBES2-${name}`, iterations: 7 },
      [{ kdf: 'pbkdf2', digest: 'sha1', salt: Buffer.from('salt'), iterations: 7, length }],
    ]);
    const key = Buffer.alloc(length, 3);
    expect(await lock?.open([key], encrypted(node, key, iv(ivLength)))).toEqual(plain);
    expect(await lock?.open([Buffer.alloc(length, 4)], encrypted(node, key, iv(ivLength)))).toBe(null);
    expect(await lock?.open([], encrypted(node, key, iv(ivLength)))).toBe(null);
  });

  const scrypt = (N: number, r: number, p: number) => {
    const kdf = algorithm('1.3.6.1.4.1.11591.4.11', make.sequence(salt, ...[N, r, p].map(make.integer)));
    const scheme = algorithm('2.16.840.1.101.3.4.1.42', make.octetString(iv(16)));
    return readEncryption(algorithm('1.2.840.113549.1.5.13', make.sequence(kdf, scheme)));
  };
  test.each([
    [2, 1, 1],
    [16_384, 8, 1],
    [32_768, 9, 1],
    [32_768, 8, 8191],
  ])('with scrypt, N=%i, r=%i, p=%i', (N, r, p) => {
    const { lock, ...read } = scrypt(N, r, p);
    expect([read, lock?.derivations]).toEqual([
      { name: 'PBES2-AES-256-CBC', iterations: null },
      [{ kdf: 'scrypt', salt: Buffer.from('salt'), N, r, p, length: 32 }],
    ]);
  });

  test.each([
    ['N of one', 1, 8, 1],
    ['N that is no power', 6, 8, 1],
    ['no r', 16, 0, 1],
    ['no p', 16, 8, 0],
    ['a negative r', 16, -1, 1],
    ['too large a memory', 32_768, 10, 1],
  ])('not with scrypt of %s', (_, N, r, p) => {
    expect(scrypt(N, r, p)).toEqual({
      name: `PBES2-AES-256-CBC with scrypt, N=${N}, r=${r}, p=${p}`,
      iterations: null,
      lock: null,
    });
  });
});

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
