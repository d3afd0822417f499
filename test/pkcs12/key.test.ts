import { createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Asn1, Malformed, make, parse, toDer, Unsupported } from '../../src/pkcs12/asn1.ts';
import {
  certifiedKeyFingerprint,
  judgeCurve,
  publicKeyFingerprint,
  readKey,
  readPrivateKeyInfo,
} from '../../src/pkcs12/key.ts';
import { type Certificate, type PushIdentity, pairOf } from '../../src/pkcs12/model.ts';
import { certificate, certificateWithKey, otherRsaKey, overlongKey, rsaKey } from './build.ts';

const elliptic = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey;
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 1024 }).privateKey;
const edwards = generateKeyPairSync('ed25519').privateKey;
const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'der' });
const info = (id: string, key: Uint8Array) =>
  toDer(make.sequence(make.integer(0), make.sequence(make.oid(id)), make.octetString(key)));

describe('a key is read in each of its forms', () => {
  test.each<[string, KeyObject, Uint8Array]>([
    ['RSA as PKCS #8', rsaKey, pkcs8(rsaKey)],
    ['RSA as PKCS #1', rsaKey, rsaKey.export({ type: 'pkcs1', format: 'der' })],
    ['EC as PKCS #8', elliptic, pkcs8(elliptic)],
    ['EC as SEC 1', elliptic, elliptic.export({ type: 'sec1', format: 'der' })],
    ['Ed25519 as PKCS #8', edwards, pkcs8(edwards)],
    ['RSA-PSS as PKCS #8', pss, pkcs8(pss)],
  ])('%s', (_, key, der) => {
    expect(readKey(parse(der)).equals(key)).toBe(true);
  });

  test.each(['ed448', 'x25519', 'x448'] as const)('%s', (type) => {
    // One overload a type, and the same result for all.
    const { privateKey } = generateKeyPairSync(type as 'ed448');
    expect(readPrivateKeyInfo(pkcs8(privateKey)).equals(privateKey)).toBe(true);
  });
});

describe('a key is refused', () => {
  const noise = Buffer.from('noise');
  const rsa = (bytes: number) =>
    make.sequence(make.integer(0), make.integerOctets(Buffer.alloc(bytes, 0x7f)), make.integer(3));
  const compressed = 'has a compressed key on an elliptic curve that is not a named one';
  const writtenOut = make.sequence(
    make.integer(1),
    make.sequence(make.integer(1)),
    make.sequence(make.integer(1)),
  );
  /** An ECPrivateKey with a compressed point. */
  const ecKey = (...curve: Asn1[]) =>
    make.sequence(
      make.integer(1),
      make.octetString(noise),
      ...curve.map((parameters) => make.explicit(0, parameters)),
      make.explicit(1, make.bitString(Uint8Array.of(2, 1))),
    );
  const ecInfo = (beside: Asn1, key: Asn1) =>
    toDer(
      make.sequence(
        make.integer(0),
        make.sequence(make.oid('1.2.840.10045.2.1'), beside),
        make.octetString(toDer(key)),
      ),
    );
  const named = make.oid('1.2.840.10045.3.1.7');
  const type = 'has a private key of an unsupported type: 1.2.840.10040.4.1';
  const bits = 'has an RSA key of more than 16,384 bits';
  const bytes = 'has a private key of 16,418 bytes, more than 16,384';
  const none = 'no private key';
  const numbered = make.sequence(
    make.integer(0),
    make.sequence(make.oid('1.3.101.112')),
    make.integer(1),
  );
  const noModulus = info('1.2.840.113549.1.1.1', toDer(make.sequence(make.integer(0))));
  test.each<[string, Asn1 | Uint8Array, typeof Malformed, string]>([
    ['for its curve', ecKey(writtenOut), Unsupported, compressed],
    ['for its curve in PKCS #8', ecInfo(writtenOut, ecKey()), Unsupported, compressed],
    [
      'for the curve within it, not beside it',
      ecInfo(named, ecKey(writtenOut)),
      Unsupported,
      compressed,
    ],
    ['not for a named curve', ecKey(named), Malformed, none],
    ['for a type that costs too much', info('1.2.840.10040.4.1', noise), Unsupported, type],
    ['for its modulus', rsa(2050), Unsupported, bits],
    [
      'for its modulus in PKCS #8',
      info('1.2.840.113549.1.1.10', toDer(rsa(2050))),
      Unsupported,
      bits,
    ],
    ['for what is no key', rsa(2049), Malformed, none],
    ['for a modulus that is missing', noModulus, Malformed, none],
    ['for what is none of a type', info('1.3.101.112', noise), Malformed, none],
    ['for a number in the place of the key', toDer(numbered), Malformed, 'no OCTET STRING'],
    ['for a number beyond its curve', overlongKey(), Malformed, none],
    ['for its length', info('1.3.101.112', Buffer.alloc(16_400)), Unsupported, bytes],
  ])('%s', (_, key, kind, message) => {
    const work = () => (key instanceof Uint8Array ? readPrivateKeyInfo(key) : readKey(key));
    expect(work).toThrow(expect.objectContaining({ constructor: kind, message }));
  });

  test('for a number, not for a length just short of the longest', () => {
    const longest = info('1.3.101.112', Buffer.alloc(16_384 - 18));
    expect(longest).toHaveLength(16_384);
    expect(() => readPrivateKeyInfo(longest)).toThrow('no private key');
  });
});

const whole = { certificate: 'a', privateKey: 'b', paired: true };

test.each<[string, object, object | null]>([
  ['both, which belong together', whole, { certificate: 'a', privateKey: 'b' }],
  ['both, which do not', { ...whole, paired: false }, null],
  ['no certificate', { ...whole, certificate: null }, null],
  ['no key', { ...whole, privateKey: null }, null],
])('a pair of %s', (_, identity, expected) => {
  expect(pairOf(identity as PushIdentity)).toEqual(expected);
});

const spki = createPublicKey(rsaKey).export({ type: 'spki', format: 'der' });
const certified = (der: Uint8Array) => certifiedKeyFingerprint({ der } as Certificate);

describe('the fingerprint of a public key', () => {
  test.each([
    ['of it', () => publicKeyFingerprint(createPublicKey(rsaKey))],
    ['of its private half', () => publicKeyFingerprint(rsaKey)],
    ['of its certificate', () => certified(certificate({ subject: [] }, rsaKey, otherRsaKey))],
  ])('%s is SHA-256 of its SubjectPublicKeyInfo', (_, fingerprint) => {
    expect(fingerprint()).toBe(hash('sha256', spki));
  });

  test('that Node.js cannot read is none', () => {
    expect(certified(certificateWithKey('1.2.3.4', Buffer.from('key')))).toBe(null);
  });
});

const octets = (...bytes: number[]) => make.octetString(Uint8Array.from(bytes));
const bits = (...bytes: number[]) => make.bitString(Uint8Array.from(bytes));
const written = (base: Asn1) =>
  make.sequence(make.integer(1), make.sequence(make.null()), make.sequence(make.null()), base);

const refusal = 'has a compressed key on an elliptic curve that is not a named one';
test.each<[string, Asn1 | undefined, Asn1 | undefined, string?]>([
  ['a compressed point', written(octets(4, 1)), bits(2, 1), refusal],
  ['the other compressed point', written(octets(4, 1)), bits(3, 1), refusal],
  ['a compressed base point', written(octets(2, 1)), bits(4, 1), refusal],
  ['the other compressed base point, alone', written(octets(3, 1)), undefined, refusal],
  ['points that are written out', written(octets(4, 1)), bits(4, 1)],
  ['points of a form that nobody knows', written(octets(1)), bits(5)],
  ['points without bytes', written(octets()), bits()],
  ['points that are none', written(make.integer(2)), octets(2)],
  ['a compressed point beside a name', make.oid('1.2.840.10045.3.1.7'), bits(2, 1)],
  ['a compressed point beside nothing', undefined, bits(2, 1)],
  ['one beside a list in an own tag', { ...written(octets(2)), tagClass: 0x80 }, bits(2, 1)],
  [
    'one beside another list',
    make.sequence(make.integer(1), make.null(), make.null(), octets(2)),
    bits(2, 1),
  ],
  [
    'one beside a list without coefficients',
    make.sequence(make.integer(1), make.sequence(), make.null(), octets(2)),
    bits(2, 1),
  ],
  [
    'one beside a list without a field',
    make.sequence(make.integer(1), make.null(), make.sequence(), octets(2)),
    bits(2, 1),
  ],
])('on a curve, %s', (_, parameters, point, message) => {
  if (message === undefined) expect(judgeCurve(parameters, point)).toBe(undefined);
  else expect(() => judgeCurve(parameters, point)).toThrow(new Unsupported(message));
});
