import { createCipheriv } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { type Asn1, Malformed, make } from '../../src/pkcs12/asn1.ts';
import { rc2Cipher, readEncryption } from '../../src/pkcs12/encryption.ts';
import { processorTime } from '../support/processor-time.ts';
import { turnsDuring } from './turns-during.ts';

const salt = make.octetString(Buffer.from('salt'));
const algorithm = (id: string, ...parameters: Asn1[]) => make.sequence(make.oid(id), ...parameters);
const pbe = (id: string) => algorithm(id, make.sequence(salt, make.integer(9)));
const pkcs = '1.2.840.113549.1';
const pbkdf2 = (...rest: Asn1[]) =>
  algorithm(`${pkcs}.5.12`, make.sequence(salt, make.integer(7), ...rest));
const scrypt = (...numbers: number[]) =>
  algorithm('1.3.6.1.4.1.11591.4.11', make.sequence(salt, ...numbers.map(make.integer)));
const aes256 = '2.16.840.1.101.3.4.1.42';
const cipher = (id: string, iv: number) => algorithm(id, make.octetString(Buffer.alloc(iv, 5)));
const pbes2 = (kdf: Asn1, scheme = cipher(aes256, 16)) =>
  algorithm(`${pkcs}.5.13`, make.sequence(kdf, scheme));
const sha512 = algorithm('1.2.840.113549.2.11', make.null());

/** By their identifiers: the name in Node.js, and the bytes of the key and of the vector. */
const old = {
  [`${pkcs}.12.1.3`]: ['des-ede3-cbc', 24, 8],
  [`${pkcs}.12.1.4`]: ['des-ede-cbc', 16, 8],
} as const;
const ciphers = {
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24, 8],
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16, 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24, 16],
  [aes256]: ['aes-256-cbc', 32, 16],
  '1.2.392.200011.61.1.1.1.2': ['camellia-128-cbc', 16, 16],
  '1.2.392.200011.61.1.1.1.3': ['camellia-192-cbc', 24, 16],
  '1.2.392.200011.61.1.1.1.4': ['camellia-256-cbc', 32, 16],
} as const;

const schemes: readonly (readonly [string, Asn1])[] = [
  ...[
    '5.1',
    '5.3',
    '5.4',
    '5.6',
    '5.10',
    '5.11',
    ...[1, 2, 3, 4, 5, 6].map((last) => `12.1.${last}`),
  ].map((id) => [id, pbe(`${pkcs}.${id}`)] as const),
  ['an unknown scheme', pbe('1.2.3')],
  ...Object.entries(ciphers).map(
    ([id, [, , iv]]) => [id, pbes2(pbkdf2(), cipher(id, iv))] as const,
  ),
  ['the length of the key', pbes2(pbkdf2(make.integer(32)))],
  ['another HMAC', pbes2(pbkdf2(sha512))],
  ['both', pbes2(pbkdf2(make.integer(32), sha512))],
  ['an unknown HMAC', pbes2(pbkdf2(algorithm('1.2.3')))],
  ['an unknown derivation', pbes2(algorithm('1.2.3'))],
  ['an unknown cipher', pbes2(pbkdf2(), algorithm('1.2.3'))],
  [
    'an unknown cipher, with the length of its key',
    pbes2(pbkdf2(make.integer(99)), algorithm('1.2.3')),
  ],
  ['scrypt', pbes2(scrypt(2, 1, 1))],
  ['scrypt with the length of the key', pbes2(scrypt(1024, 8, 2, 32))],
  ['scrypt of the usual cost', pbes2(scrypt(16_384, 8, 1))],
  ['scrypt of the most memory', pbes2(scrypt(32_768, 9, 1))],
  ['scrypt of the most work', pbes2(scrypt(32_768, 8, 8191))],
  ['scrypt of too large a memory', pbes2(scrypt(32_768, 10, 1))],
  ['scrypt that OpenSSL refuses', pbes2(scrypt(65_536, 1, 1))],
  ['scrypt without numbers', pbes2(scrypt())],
  ['scrypt of N one', pbes2(scrypt(1, 8, 1))],
  ['scrypt of an N that is no power', pbes2(scrypt(6, 8, 1))],
  ['scrypt without r', pbes2(scrypt(16, 0, 1))],
  ['scrypt without p', pbes2(scrypt(16, 8, 0))],
  ['scrypt of a negative r', pbes2(scrypt(16, -1, 1))],
  ['a key of the wrong length', pbes2(pbkdf2(make.integer(16)))],
  ['a vector of the wrong length', pbes2(pbkdf2(), cipher(aes256, 8))],
  ['no parameters', algorithm(`${pkcs}.12.1.3`)],
  ['a count that is none', algorithm(`${pkcs}.12.1.3`, make.sequence(salt, salt))],
  ['a salt that is none', algorithm(`${pkcs}.12.1.3`, make.sequence(make.null(), make.integer(1)))],
  ['no identifier', make.sequence()],
];

test('the schemes of encryption, their iterations and derivations', async () => {
  const told = schemes.map(([name, node]) => {
    try {
      const { lock, ...scheme } = readEncryption(node);
      const derivations = lock?.derivations.map(({ salt, ...each }) => {
        expect(Buffer.from(salt).toString()).toBe('salt');
        return Object.values(each).join(' ');
      });
      return `${name}: ${scheme.name}, ${scheme.iterations}: ${derivations?.join(', ') ?? 'not decrypted'}\n`;
    } catch (error) {
      expect(error).toBeInstanceOf(Malformed);
      return `${name}: malformed\n`;
    }
  });
  await expect(told.join('')).toMatchFileSnapshot('../golden/encryptions.txt');
});

test.each(Object.entries({ ...ciphers, ...old }))(
  '%s is decrypted with all of its keys',
  async (id, facts) => {
    const [name, length, ivLength] = facts;
    const isOld = id in old;
    const { lock } = readEncryption(isOld ? pbe(id) : pbes2(pbkdf2(), cipher(id, ivLength)));
    const [key, iv, plain] = [
      Buffer.alloc(length, 3),
      Buffer.alloc(ivLength, 5),
      Buffer.from('0, a SEQUENCE'),
    ];
    const encrypting = createCipheriv(name, key, iv);
    const bytes = Buffer.concat([encrypting.update(plain), encrypting.final()]);
    const keys = isOld ? [key, iv] : [key];
    expect(await lock?.open(keys, bytes)).toEqual(plain);
    expect(await lock?.open([Buffer.alloc(length, 4), ...keys.slice(1)], bytes)).toBe(null);
    expect(await lock?.open(keys.slice(1, 1), bytes)).toBe(null);
    if (isOld) expect(await lock?.open([key], bytes)).toBe(null);
  },
);

test.each<[string, string, boolean]>([
  ['a structure', '3000', true],
  ['no bytes, as NSS has it', '', true],
  ['what is no structure', '3130', false],
])('of an encrypted part %s is taken: %o, %s', async (_, hex, taken) => {
  const plain = Buffer.from(hex, 'hex');
  const [key, iv] = [Buffer.alloc(32), Buffer.alloc(16, 5)];
  const encrypting = createCipheriv('aes-256-cbc', key, iv);
  const { lock } = readEncryption(pbes2(pbkdf2()));
  const opened = await lock?.open(
    [key],
    Buffer.concat([encrypting.update(plain), encrypting.final()]),
  );
  expect(opened).toEqual(taken ? plain : null);
});

test.each(['12.1.5', '12.1.6'])(
  'RC2 (%s) is not decrypted without both of its keys',
  async (last) => {
    const { lock } = readEncryption(pbe(`${pkcs}.${last}`));
    expect(await lock?.open([Buffer.alloc(16)], Buffer.alloc(8))).toBe(null);
  },
);

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
    const plain = await rc2Cipher(bits)(
      key.subarray(0, keyBytes),
      iv,
      Buffer.from(ciphertext, 'hex'),
    );
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
    [
      'a block with half its padding',
      encrypt(Buffer.from([0, 0, 0, 0, 0, 0, 9, 2]), 40).subarray(0, 8),
    ],
  ])('refuses %s', async (_, ciphertext) => {
    expect(await rc2Cipher(40)(key, iv, ciphertext)).toBeNull();
  });

  test('lets other events have their turn in a long text', async () => {
    expect(
      await turnsDuring(() => rc2Cipher(40)(key, iv, Buffer.alloc(2 ** 16))),
    ).toBeGreaterThanOrEqual(3);
  });

  test('takes a megabyte in a time that grows with it', async () => {
    const time = await processorTime(() => rc2Cipher(40)(key, iv, Buffer.alloc(2 ** 20)));
    expect(time).toBeLessThan(3000);
  });
});
