import { createCipheriv, generateKeyPairSync, type KeyObject, scryptSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { make, parse, toDer } from '../../src/pkcs12/asn1.ts';
import { encodePemBlock } from '../../src/pkcs12/pem.ts';
import { readPrivateKey } from '../../src/pkcs12/private-key.ts';
import { unbounded } from '../../src/text/pace.ts';
import { Secret } from '../../src/text/secret.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { certificate, encryptWith3Des, otherRsaKey, rsaKey, scryptScheme } from './build.ts';

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
  const headed = rsaKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase });
  const encryptedDer = rsaKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase });
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
    ['encrypted under a header', headed, 'encrypted', rsaKey],
  ])('%s', async (_, bytes, kind, key) => {
    const found = await outcome(bytes);
    expect([found.kind, found.failure, found.key?.equals(key)]).toEqual([kind, undefined, true]);
  });
});

test('a key under scrypt, which counts no iterations, is decrypted', async () => {
  const [salt, iv] = [Buffer.from('saltsalt'), Buffer.alloc(16, 5)];
  const cipher = createCipheriv('aes-256-cbc', scryptSync(passphrase, salt, 32, { N: 2, r: 1, p: 1 }), iv);
  const ciphertext = Buffer.concat([cipher.update(der(rsaKey, 'pkcs8')), cipher.final()]);
  const algorithm = scryptScheme(2, 1, 1, salt, iv);
  const read = await outcome(toDer(make.sequence(algorithm, make.octetString(ciphertext))));
  expect([read.kind, read.failure, read.key?.equals(rsaKey)]).toEqual(['encrypted', undefined, true]);
});

test('a password that was written as Latin-1 decrypts a key', async () => {
  const latin1 = Buffer.from('ä', 'latin1');
  const bytes = rsaKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: latin1 });
  expect((await outcome(bytes, 'ä')).key?.equals(rsaKey)).toBe(true);
});

test('an interrupt is no wrong password', async () => {
  const stored = readPrivateKey({ name: 'a.key', bytes: Buffer.from(encrypted(rsaKey)) });
  const interrupt = new Error('enough');
  const pace = { ...unbounded, signal: AbortSignal.abort(interrupt) };
  const decrypting = stored.kind === 'encrypted' && stored.decrypt(new Secret(passphrase), pace);
  await expect(decrypting).rejects.toBe(interrupt);
});

const refused = (words: string) => `key-not-recognised: a.key ${words}`;
const authKey = refused('is an APNs auth key (.p8), which is another kind of credential');
describe('a file is refused', () => {
  const unknown = toDer(make.sequence(make.sequence(make.oid('1.2.3')), make.octetString(Buffer.from('x'))));
  const none = (looks: string) => refused(`holds no private key: it looks like ${looks}`);
  const damaged = refused('is damaged: its private key cannot be read');
  test.each<[string, string | Uint8Array, string, string]>([
    ['an auth key', pem(p256, 'pkcs8'), 'none', authKey],
    ['an auth key that is encrypted', encrypted(p256), 'encrypted', authKey],
    ['a damaged key', encodePemBlock('PRIVATE KEY', Buffer.from('key')), 'none', damaged],
    ['a certificate', certificatePem, 'none', none('PEM text with a certificate')],
    ['a request', p12Bytes('40-csr-der'), 'none', none('a certificate signing request')],
    ['words', 'words', 'none', none('text')],
    ['an unknown algorithm', unknown, 'none', refused('is encrypted with an unsupported algorithm: 1.2.3')],
  ])('%s', async (_, bytes, kind, failure) => {
    expect(await outcome(bytes)).toEqual({ kind, failure, facts: {} });
  });

  test.each<[string, () => Promise<Uint8Array>]>([
    ['a wrong password', async () => der(rsaKey, 'pkcs8')],
    ['what is no key', async () => Buffer.from('0123456789')],
    ['a list of nothing', async () => toDer(make.sequence())],
  ])('%s, with what is odd about the password', async (name, plain) => {
    const password = name === 'a wrong password' ? 'another' : passphrase;
    const { algorithm, ciphertext } = await encryptWith3Des(await plain(), new Secret(password), 1);
    const bytes = toDer(make.sequence(algorithm, make.octetString(ciphertext)));
    expect(parse(bytes)).toBeDefined();
    expect(await outcome(bytes)).toEqual({
      kind: 'encrypted',
      failure: 'key-password-incorrect: The password does not decrypt a.key, or the file is damaged',
      facts: { secretSource: 'the file pw', oddities: 'quotes' },
    });
  });
});
