import { createCipheriv, generateKeyPairSync, type KeyObject, scryptSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hintsFor } from '../../src/errors/advice.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { nowhere } from '../../src/errors/hint.ts';
import { type Asn1, make, toDer } from '../../src/pkcs12/asn1.ts';
import { encodePemBlock } from '../../src/pkcs12/pem.ts';
import { readPrivateKey } from '../../src/pkcs12/private-key.ts';
import { unbounded } from '../../src/text/pace.ts';
import { Secret } from '../../src/text/secret.ts';
import { p12Bytes } from '../support/fixtures.ts';
import {
  certificate,
  encryptWith3Des,
  otherRsaKey,
  overlongKey,
  pbes2,
  rsaKey,
  scryptScheme,
} from './build.ts';

const passphrase = '"quoted"';
const [p256, p384] = ['prime256v1', 'secp384r1'].map(
  (namedCurve) => generateKeyPairSync('ec', { namedCurve }).privateKey,
) as [KeyObject, KeyObject];
const der = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1') =>
  key.export({ type: type as 'pkcs8', format: 'der' });
const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1') =>
  key.export({ type: type as 'pkcs8', format: 'pem' }).toString();
const encrypted = (key: KeyObject) =>
  key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();
const certificatePem = encodePemBlock('CERTIFICATE', certificate({ subject: [['2.5.4.3', 'a']] }));
type Outcome = { kind: string; key?: KeyObject; failure?: string; facts?: unknown };
async function outcome(bytes: Uint8Array | string, password = passphrase): Promise<Outcome> {
  let kind = 'none';
  try {
    const stored = readPrivateKey({ name: 'a.key', bytes: Buffer.from(bytes) });
    kind = stored.kind;
    if (stored.kind === 'clear') return { kind, key: stored.key };
    return { kind, key: await stored.decrypt(new Secret(password, 'the file pw'), unbounded) };
  } catch (error) {
    const { code, message, facts } = error as { code: string; message: string; facts: unknown };
    return { kind, failure: `${code}: ${message}`, facts };
  }
}

describe('the key of a file', () => {
  const two = `${certificatePem}${pem(otherRsaKey, 'pkcs8')}${pem(rsaKey, 'pkcs8')}`;
  const pkcs1Der = Buffer.concat([der(rsaKey, 'pkcs1'), Buffer.from('\n')]);
  const encryptedDer = rsaKey.export({
    type: 'pkcs8',
    format: 'der',
    cipher: 'aes-256-cbc',
    passphrase,
  });
  test.each<[string, string | Uint8Array, string, KeyObject]>([
    ['PKCS #8', pem(rsaKey, 'pkcs8'), 'clear', rsaKey],
    ['PKCS #8 as DER', der(rsaKey, 'pkcs8'), 'clear', rsaKey],
    ['PKCS #1', pem(rsaKey, 'pkcs1'), 'clear', rsaKey],
    ['PKCS #1 as DER, and a line break', pkcs1Der, 'clear', rsaKey],
    ['SEC 1', pem(p384, 'sec1'), 'clear', p384],
    ['SEC 1 on the curve of an auth key', pem(p256, 'sec1'), 'clear', p256],
    ['PKCS #8 on another curve', pem(p384, 'pkcs8'), 'clear', p384],
    ['the first of two, among others', two, 'clear', otherRsaKey],
    ['encrypted', encrypted(rsaKey), 'encrypted', rsaKey],
    ['encrypted as DER', encryptedDer, 'encrypted', rsaKey],
  ])('%s', async (_, bytes, kind, key) => {
    const found = await outcome(bytes);
    expect([found.kind, found.failure, found.key?.equals(key)]).toEqual([kind, undefined, true]);
  });
});

test('a key under scrypt, which counts no iterations, is decrypted', async () => {
  const [salt, iv] = [Buffer.from('saltsalt'), Buffer.alloc(16, 5)];
  const cipher = createCipheriv(
    'aes-256-cbc',
    scryptSync(passphrase, salt, 32, { N: 2, r: 1, p: 1 }),
    iv,
  );
  const ciphertext = Buffer.concat([cipher.update(der(rsaKey, 'pkcs8')), cipher.final()]);
  const algorithm = scryptScheme(2, 1, 1, salt, iv);
  const read = await outcome(toDer(make.sequence(algorithm, make.octetString(ciphertext))));
  expect([read.kind, read.failure, read.key?.equals(rsaKey)]).toEqual([
    'encrypted',
    undefined,
    true,
  ]);
});

test('a password that was written as Latin-1 decrypts a key', async () => {
  const latin1 = Buffer.from('ä', 'latin1');
  const bytes = rsaKey.export({
    type: 'pkcs8',
    format: 'der',
    cipher: 'aes-256-cbc',
    passphrase: latin1,
  });
  expect((await outcome(bytes, 'ä')).key?.equals(rsaKey)).toBe(true);
});

test('an interrupt is no wrong password', async () => {
  const stored = readPrivateKey({ name: 'a.key', bytes: Buffer.from(encrypted(rsaKey)) });
  const interrupt = new Error('enough');
  const pace = { ...unbounded, signal: AbortSignal.abort(interrupt) };
  const decrypting = stored.kind === 'encrypted' && stored.decrypt(new Secret(passphrase), pace);
  await expect(decrypting).rejects.toBe(interrupt);
});

test("a key in OpenSSL's old format is refused, with the command that converts it", async () => {
  const pem = { type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase } as const;
  const { failure, facts } = await outcome(rsaKey.export(pem));
  expect(failure).toBe("key-not-recognized: a.key is encrypted in OpenSSL's old format");
  expect(
    hintsFor(new CliError('key-not-recognized', '', { facts: facts as object }), nowhere),
  ).toEqual(['Convert it: `openssl pkcs8 -topk8 -in KEY -out new.key`.']);
});

const unknown = toDer(
  make.sequence(make.sequence(make.oid('1.2.3')), make.octetString(Buffer.from('x'))),
);
const locked = (algorithm: Asn1) =>
  toDer(make.sequence(algorithm, make.octetString(Buffer.alloc(32))));
const long = toDer(make.sequence(make.integer(0), make.octetString(Buffer.alloc(20_000))));
const encryptedBy = async (plain: Uint8Array, password: string) => {
  const { algorithm, ciphertext } = await encryptWith3Des(plain, new Secret(password), 1);
  return toDer(make.sequence(algorithm, make.octetString(ciphertext)));
};

test('a file that holds no key that can be read', async () => {
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'an auth key': pem(p256, 'pkcs8'),
    'an auth key that is encrypted': encrypted(p256),
    'a damaged key': encodePemBlock('PRIVATE KEY', Buffer.from('key')),
    'a certificate': certificatePem,
    'a request': p12Bytes('40-csr-der'),
    words: 'words',
    'an unknown algorithm': unknown,
    'scrypt parameters that OpenSSL refuses': locked(scryptScheme(65_536, 1, 1)),
    'its count': locked(pbes2('1.2.840.113549.2.9', 2_000_001)),
    'its length': long,
    'a number beyond its curve': encodePemBlock('PRIVATE KEY', overlongKey()),
    'a wrong password, with what is odd about it': await encryptedBy(
      der(rsaKey, 'pkcs1'),
      'another',
    ),
    'an encrypted text that is no key': await encryptedBy(Buffer.from('0123456789'), passphrase),
    'an encrypted list of nothing': await encryptedBy(toDer(make.sequence()), passphrase),
  };
  const told: string[] = [];
  for (const [name, bytes] of Object.entries(files)) {
    const { kind, failure, facts } = await outcome(bytes);
    told.push(`${name}: ${kind}, ${failure} ${JSON.stringify(facts)}\n`);
  }
  await expect(told.join('')).toMatchFileSnapshot('../golden/private-keys.txt');
});
