import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Asn1, Malformed, make } from '../../src/pkcs12/asn1.ts';
import { readEncryption } from '../../src/pkcs12/encryption.ts';
import { readMac } from '../../src/pkcs12/mac.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { Secret } from '../../src/text/secret.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { dataPart, encryptedPart, encryptWith3Des, keyBag, pfx } from './build.ts';

const salt = make.octetString(Buffer.from('salt'));
const algorithm = (id: string, ...parameters: Asn1[]) => make.sequence(make.oid(id), ...parameters);
const aes256 = (iv = 16) => algorithm('2.16.840.1.101.3.4.1.42', make.octetString(Buffer.alloc(iv)));
const sha512 = algorithm('1.2.840.113549.2.11', make.null());
const pbkdf2 = (...rest: Asn1[]) =>
  algorithm('1.2.840.113549.1.5.12', make.sequence(salt, make.integer(7), ...rest));
const scrypt = (...numbers: number[]) =>
  algorithm('1.3.6.1.4.1.11591.4.11', make.sequence(salt, ...numbers.map(make.integer)));
const pbes2 = (kdf: Asn1, cipher: Asn1 = aes256()) =>
  algorithm('1.2.840.113549.1.5.13', make.sequence(kdf, cipher));
const oldScheme = (id: string) => algorithm(id, make.sequence(salt, make.integer(9)));

describe('an encryption scheme, its name, its counts, its derivations', () => {
  const pbkdf2Key = (digest: string) => [`pbkdf2 ${digest} 32`];
  test.each<[string, Asn1, number | null, string[] | null]>([
    ['PBE-SHA1-3DES', oldScheme('1.2.840.113549.1.12.1.3'), 9, ['pkcs12 sha1 24', 'pkcs12 sha1 8']],
    ['PBE-SHA1-2DES', oldScheme('1.2.840.113549.1.12.1.4'), 9, ['pkcs12 sha1 16', 'pkcs12 sha1 8']],
    ['PBE-SHA1-RC2-128', oldScheme('1.2.840.113549.1.12.1.5'), 9, ['pkcs12 sha1 16', 'pkcs12 sha1 8']],
    ['PBE-SHA1-RC2-40', oldScheme('1.2.840.113549.1.12.1.6'), 9, ['pkcs12 sha1 5', 'pkcs12 sha1 8']],
    ['PBE-SHA1-RC4-40', oldScheme('1.2.840.113549.1.12.1.2'), 9, null],
    ['PBE-MD5-DES', oldScheme('1.2.840.113549.1.5.3'), 9, null],
    ['1.2.3', oldScheme('1.2.3'), null, null],
    ['PBES2-AES-256-CBC', pbes2(pbkdf2()), 7, pbkdf2Key('sha1')],
    ['PBES2-AES-256-CBC', pbes2(pbkdf2(make.integer(32))), 7, pbkdf2Key('sha1')],
    ['PBES2-AES-256-CBC', pbes2(pbkdf2(sha512)), 7, pbkdf2Key('sha512')],
    ['PBES2-AES-256-CBC', pbes2(pbkdf2(make.integer(32), sha512)), 7, pbkdf2Key('sha512')],
    ['PBES2-AES-256-CBC with 1.2.3', pbes2(pbkdf2(algorithm('1.2.3'))), 7, null],
    ['PBES2-AES-256-CBC with 1.2.3', pbes2(algorithm('1.2.3')), null, null],
    ['PBES2-1.2.3', pbes2(pbkdf2(), algorithm('1.2.3')), 7, null],
    ['PBES2-AES-256-CBC', pbes2(scrypt(16_384, 8, 1)), null, ['scrypt 32']],
    ['PBES2-AES-256-CBC', pbes2(scrypt(1024, 8, 2, 32)), null, ['scrypt 32']],
    ['PBES2-AES-256-CBC with scrypt, N=131072, r=8, p=1', pbes2(scrypt(131_072, 8, 1)), null, null],
    ['PBES2-AES-256-CBC', pbes2(scrypt(32_768, 1, 1)), null, ['scrypt 32']],
    ['PBES2-AES-256-CBC with scrypt, N=65536, r=1, p=1', pbes2(scrypt(65_536, 1, 1)), null, null],
    ['PBES2-AES-256-CBC with scrypt, N=1000, r=8, p=1', pbes2(scrypt(1000, 8, 1)), null, null],
    ['PBES2-AES-256-CBC with scrypt, N=0, r=0, p=0', pbes2(scrypt()), null, null],
  ])('%s', (name, node, iterations, derivations) => {
    const read = readEncryption(node);
    const derived = read.cipher?.derivations.map((derivation) =>
      derivation.kdf === 'scrypt'
        ? `scrypt ${derivation.length}`
        : `${derivation.kdf} ${derivation.digest} ${derivation.length}`,
    );
    expect({ ...read, cipher: derived ?? null }).toEqual({ name, iterations, cipher: derivations });
  });

  test.each<[string, Asn1]>([
    ['a key of the wrong length', pbes2(pbkdf2(make.integer(16)))],
    ['an IV of the wrong length', pbes2(pbkdf2(), aes256(8))],
    ['no parameters', algorithm('1.2.840.113549.1.12.1.3')],
    ['a count that is none', algorithm('1.2.840.113549.1.12.1.3', make.sequence(salt, salt))],
    [
      'a salt that is none',
      algorithm('1.2.840.113549.1.12.1.3', make.sequence(make.null(), make.integer(1))),
    ],
    ['no identifier', make.sequence()],
  ])('%s is malformed', (_, node) => {
    expect(() => readEncryption(node)).toThrow(Malformed);
  });
});

describe('a MAC, its name, its count, its key', () => {
  const mac = (digest: Asn1, ...rest: Asn1[]) => make.sequence(make.sequence(digest, salt), salt, ...rest);
  const sha1 = algorithm('1.3.14.3.2.26', make.null());
  const pbmac1 = (kdf: Asn1, hmac: Asn1 = sha512) =>
    mac(algorithm('1.2.840.113549.1.5.14', make.sequence(kdf, hmac)), make.integer(1));
  test.each<[string, Asn1, number | null, string | null]>([
    ['sha1', mac(sha1), 1, 'pkcs12 sha1 20'],
    ['sha1', mac(sha1, make.integer(5)), 5, 'pkcs12 sha1 20'],
    ['1.2.3', mac(algorithm('1.2.3'), make.integer(5)), 5, null],
    ['pbmac1-sha512', pbmac1(pbkdf2(make.integer(64), sha512)), 7, 'pbkdf2 sha512 64'],
    ['pbmac1-sha512', pbmac1(pbkdf2(make.integer(1))), 7, 'pbkdf2 sha1 1'],
    ['pbmac1-sha512 with a key of 65 bytes', pbmac1(pbkdf2(make.integer(65))), 7, null],
    ['pbmac1-sha512 with a key of 0 bytes', pbmac1(pbkdf2(make.integer(0))), 7, null],
    ['pbmac1-sha512 with a key of unstated bytes', pbmac1(pbkdf2()), 7, null],
    ['pbmac1-sha512 with 1.2.3', pbmac1(pbkdf2(make.integer(20), algorithm('1.2.3'))), 7, null],
    ['pbmac1-1.2.3', pbmac1(pbkdf2(make.integer(20)), algorithm('1.2.3')), 7, null],
    ['pbmac1 with 1.2.3', pbmac1(algorithm('1.2.3')), null, null],
  ])('%s', (name, node, iterations, derivation) => {
    const { check, ...read } = readMac(node);
    const key = check?.derivation;
    const derived = key && key.kdf !== 'scrypt' ? `${key.kdf} ${key.digest} ${key.length}` : null;
    expect({ ...read, derived }).toEqual({ name, iterations, derived: derivation });
  });
});

describe('a file', () => {
  const code = (bytes: Uint8Array) =>
    readPushIdentity({ name: 'a.p12', bytes }, new Secret('secret')).then(
      () => 'opened',
      (error) => `${error.code}: ${error.message}`,
    );

  test('whose decrypted bytes are no structure has the wrong password', async () => {
    const { algorithm: scheme, ciphertext } = await encryptWith3Des(
      Buffer.from('AAAA'),
      new Secret('secret'),
      3,
    );
    expect(await code(pfx([encryptedPart(scheme, ciphertext)]))).toBe(
      'pkcs12-password-incorrect: The password does not open a.p12, or the file is damaged: the two cannot be told apart',
    );
  });

  test('with a DSA key is unsupported: reading one may take for ever', async () => {
    const { privateKey } = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
    expect(await code(pfx([dataPart([keyBag(privateKey)])]))).toBe(
      'pkcs12-unsupported: a.p12 has a private key of an unsupported type: 1.2.840.10040.4.1',
    );
  });

  test.each([
    ['ed25519', generateKeyPairSync('ed25519').privateKey],
    ['rsa-pss', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
    ['x448', generateKeyPairSync('x448').privateKey],
  ])('with a key of the type %s opens', async (type, key) => {
    const bytes = pfx([dataPart([keyBag(key)])]);
    const { privateKey } = await readPushIdentity({ name: 'a.p12', bytes }, null);
    expect(privateKey?.asymmetricKeyType).toBe(type);
  });

  test('with an elliptic curve opens', async () => {
    const bytes = p12Bytes('30-ec');
    const { certificate, paired } = await readPushIdentity({ name: 'ec.p12', bytes }, new Secret('secret'));
    expect({ paired, key: certificate?.publicKey }).toEqual({ paired: true, key: { type: 'EC', bits: 256 } });
  });

  test('shows a key that stands in the clear', async () => {
    const bytes = p12Bytes('14-both-none');
    const { container } = await readPushIdentity({ name: 'clear.p12', bytes }, new Secret('secret'));
    expect({ inClear: container.privateKeyInClear, encryption: container.encryption }).toEqual({
      inClear: true,
      encryption: [],
    });
  });
});
