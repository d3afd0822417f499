import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import forge from 'node-forge';
import { describe, expect, test } from 'vitest';
import { children, oid, parse, toDer } from '../../src/pkcs12/asn1.ts';
import {
  encodeCertificateRequest,
  encodeKeyPem,
  generateKey,
} from '../../src/pkcs12/certificate-request.ts';
import { readEncryption } from '../../src/pkcs12/encryption.ts';
import { decodePem, encodePemBlock } from '../../src/pkcs12/pem.ts';
import { readPrivateKey } from '../../src/pkcs12/private-key.ts';
import { unbounded } from '../../src/text/pace.ts';
import { Secret } from '../../src/text/secret.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { isMissing } from '../support/tools.ts';

const key = createPrivateKey(readFileSync(applePath('key.pem')));
const der = await encodeCertificateRequest(
  [
    { name: 'CN', value: 'com.exämple.app' },
    { name: 'OU', value: 'A1B2C3D4E5' },
  ],
  key,
);
const [info, algorithm, signature] = children(parse(der));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a certificate signing request', () => {
  test('is signed over all that it says', () => {
    const signed = info === undefined ? new Uint8Array() : toDer(info);
    const [unused, ...bytes] = Buffer.from(String(signature?.value), 'latin1');
    expect([unused, oid(children(algorithm)[0])]).toEqual([0, '1.2.840.113549.1.1.11']);
    expect(verify('sha256', signed, createPublicKey(key), Buffer.from(bytes))).toBe(true);
  });

  test('has version 1, the subject, the key and no attributes', () => {
    const [version, subject, publicKey, attributes] = children(info).map(toDer);
    const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
    expect([version, publicKey, attributes].map((part) => hex(part ?? new Uint8Array()))).toEqual([
      '020100',
      hex(spki),
      'a000',
    ]);
    // SET { SEQUENCE { OID, UTF8String } }, twice.
    expect(hex(subject ?? new Uint8Array())).toBe(
      [
        '3030',
        `3119301706035504030c10${hex(Buffer.from('com.exämple.app'))}`,
        `31133011060355040b0c0a${hex(Buffer.from('A1B2C3D4E5'))}`,
      ].join(''),
    );
  });

  test('is one to node-forge, whose own RSA verifies the signature', () => {
    const pem = encodePemBlock('CERTIFICATE REQUEST', der);
    const request = forge.pki.certificationRequestFromPem(pem);
    expect(request.verify()).toBe(true);
    expect(
      request.subject.attributes.map(({ name, value }) => [
        name,
        forge.util.decodeUtf8(String(value)),
      ]),
    ).toEqual([
      ['commonName', 'com.exämple.app'],
      ['organizationalUnitName', 'A1B2C3D4E5'],
    ]);
  });

  test.skipIf(isMissing('openssl'))('is one to OpenSSL', () => {
    const words = 'req -inform DER -verify -noout -subject -nameopt utf8,sep_comma_plus'.split(' ');
    expect(execFileSync('openssl', words, { input: der, encoding: 'utf8' })).toContain(
      'subject=CN=com.exämple.app,OU=A1B2C3D4E5\n',
    );
  });
});

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });

test('a new key is what Apple asks for', async () => {
  const { type, asymmetricKeyType, asymmetricKeyDetails } = await generateKey();
  expect([type, asymmetricKeyType, asymmetricKeyDetails?.modulusLength]).toEqual([
    'private',
    'rsa',
    2048,
  ]);
});

test('a key in the clear is PKCS #8 in PEM', async () => {
  expect(await encodeKeyPem(privateKey, null)).toBe(
    privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
});

test('a key under a password is read by this program and by OpenSSL', async () => {
  const pem = await encodeKeyPem(privateKey, new Secret('pässwörd'));
  expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
  expect(createPrivateKey({ key: pem, passphrase: 'pässwörd' }).equals(privateKey)).toBe(true);
  const stored = readPrivateKey({ name: 'new.pem', bytes: Buffer.from(pem) });
  if (stored.kind !== 'encrypted') expect.unreachable();
  const [block] = decodePem(Buffer.from(pem));
  const { name, iterations } = readEncryption(
    children(parse(block?.der ?? expect.unreachable()))[0],
  );
  expect([name, iterations]).toEqual(['PBES2-AES-256-CBC', 1000]);
  const read = await stored.decrypt(new Secret('pässwörd'), unbounded);
  expect(read.equals(privateKey)).toBe(true);
  await expect(stored.decrypt(new Secret('password'), unbounded)).rejects.toMatchObject({
    code: 'key-password-incorrect',
  });
});
