import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { children, parse } from '../../src/pkcs12/asn1.ts';
import { encodeKeyPem, generateKey } from '../../src/pkcs12/certificate-request.ts';
import { readEncryption } from '../../src/pkcs12/encryption.ts';
import { decodePem } from '../../src/pkcs12/pem.ts';
import { readPrivateKey } from '../../src/pkcs12/private-key.ts';
import { unbounded } from '../../src/text/pace.ts';
import { Secret } from '../../src/text/secret.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });

test('a new key is what Apple asks for', async () => {
  const { type, asymmetricKeyType, asymmetricKeyDetails } = await generateKey();
  expect([type, asymmetricKeyType, asymmetricKeyDetails?.modulusLength]).toEqual(['private', 'rsa', 2048]);
});

test('a key in the clear is PKCS #8 in PEM', async () => {
  expect(await encodeKeyPem(privateKey, null)).toBe(privateKey.export({ type: 'pkcs8', format: 'pem' }));
});

test('a key under a password is read by this program and by OpenSSL', async () => {
  const pem = await encodeKeyPem(privateKey, new Secret('pässwörd'));
  expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
  expect(createPrivateKey({ key: pem, passphrase: 'pässwörd' }).equals(privateKey)).toBe(true);
  const stored = readPrivateKey({ name: 'new.pem', bytes: Buffer.from(pem) });
  if (stored.kind !== 'encrypted') expect.unreachable();
  const [block] = decodePem(Buffer.from(pem));
  const { name, iterations } = readEncryption(children(parse(block?.der ?? expect.unreachable()))[0]);
  expect([name, iterations]).toEqual(['PBES2-AES-256-CBC', 1000]);
  const read = await stored.decrypt(new Secret('pässwörd'), unbounded);
  expect(read.equals(privateKey)).toBe(true);
  await expect(stored.decrypt(new Secret('password'), unbounded)).rejects.toMatchObject({
    code: 'key-password-incorrect',
  });
});
