import {
  createCipheriv,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { type Asn1, children, make, parse, toDer } from '../../src/pkcs12/asn1.ts';
import { deriveKeys, encodings } from '../../src/pkcs12/derivation.ts';
import type { Secret } from '../../src/text/secret.ts';

/** Hand-made .p12 files and certificates, for what no program writes. */

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  pbeSha1And3Des: '1.2.840.113549.1.12.1.3',
  sha1: '1.3.14.3.2.26',
  sha256WithRsa: '1.2.840.113549.1.1.11',
};

export function dataPart(bags: readonly Asn1[]): Asn1 {
  return content(oids.data, make.octetString(toDer(sequenceOf(bags))));
}

export function content(type: string, value: Asn1): Asn1 {
  return make.sequence(make.oid(type), make.explicit(0, value));
}

/** EncryptedData whose ciphertext is what it is. */
export function encryptedPart(algorithm: Asn1, ciphertext: Uint8Array): Asn1 {
  const info = make.sequence(make.oid(oids.data), algorithm, make.implicitOctets(0, ciphertext));
  return content(oids.encryptedData, make.sequence(make.integer(0), info));
}

export function bag(type: number, value: Asn1): Asn1 {
  return make.sequence(make.oid(`1.2.840.113549.1.12.10.1.${type}`), make.explicit(0, value));
}

export function certificateBag(der: Uint8Array): Asn1 {
  const type = make.oid('1.2.840.113549.1.9.22.1');
  return bag(3, make.sequence(type, make.explicit(0, make.octetString(der))));
}

export function keyBag(key: KeyObject): Asn1 {
  return bag(1, parse(key.export({ type: 'pkcs8', format: 'der' })));
}

export function shroudedKeyBag(algorithm: Asn1, ciphertext: Uint8Array): Asn1 {
  return bag(2, make.sequence(algorithm, make.octetString(ciphertext)));
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC with a salt and a count. */
export function tripleDes(iterations: number, salt: Uint8Array = randomBytes(8)): Asn1 {
  const parameters = make.sequence(make.octetString(salt), make.integer(iterations));
  return make.sequence(make.oid(oids.pbeSha1And3Des), parameters);
}

/** PBES2 with AES-256-CBC and PBKDF2 under the HMAC of that object identifier. */
export function pbes2(prf: string, iterations: number): Asn1 {
  const hmac = make.sequence(make.oid(prf), make.null());
  return aes256(
    '1.2.840.113549.1.5.12',
    randomBytes(8),
    randomBytes(16),
    make.integer(iterations),
    hmac,
  );
}

/** PBES2 with AES-256-CBC and scrypt of these parameters. */
export function scryptScheme(
  N: number,
  r: number,
  p: number,
  salt = randomBytes(8),
  iv = randomBytes(16),
): Asn1 {
  return aes256('1.3.6.1.4.1.11591.4.11', salt, iv, ...[N, r, p].map(make.integer));
}

function aes256(kdf: string, salt: Uint8Array, iv: Uint8Array, ...parameters: Asn1[]): Asn1 {
  return make.sequence(
    make.oid('1.2.840.113549.1.5.13'),
    make.sequence(
      make.sequence(make.oid(kdf), make.sequence(make.octetString(salt), ...parameters)),
      make.sequence(make.oid('2.16.840.1.101.3.4.1.42'), make.octetString(iv)),
    ),
  );
}

function authenticatedSafe(parts: readonly Asn1[]): Uint8Array {
  return toDer(sequenceOf(parts));
}

export interface MacOptions {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** A PFX; its MAC, SHA-1, under a key that the caller derived. */
export function pfx(parts: readonly Asn1[], mac?: MacOptions): Uint8Array {
  const safe = authenticatedSafe(parts);
  const fields = [make.integer(3), content(oids.data, make.octetString(safe))];
  if (mac === undefined) return toDer(make.sequence(...fields));
  const digest = createHmac('sha1', mac.key).update(safe).digest();
  const digestInfo = make.sequence(
    make.sequence(make.oid(oids.sha1), make.null()),
    make.octetString(digest),
  );
  return toDer(
    make.sequence(
      ...fields,
      make.sequence(digestInfo, make.octetString(mac.salt), make.integer(mac.iterations)),
    ),
  );
}

export interface CertificateOptions {
  /** Pairs of object identifier and text. */
  readonly subject: readonly (readonly [oid: string, value: string])[];
  readonly issuer?: readonly (readonly [oid: string, value: string])[];
  readonly extensions?: readonly (readonly [oid: string, value: Asn1])[];
  readonly notAfter?: string;
}

export const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
export const otherRsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** A real X.509 certificate for `key`, signed by `signer` (RSA, SHA-256). */
export function certificate(
  options: CertificateOptions,
  key: KeyObject = rsaKey,
  signer: KeyObject = key,
): Uint8Array {
  const algorithm = make.sequence(make.oid(oids.sha256WithRsa), make.null());
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const extensions = (options.extensions ?? []).map(([id, value]) =>
    make.sequence(make.oid(id), make.octetString(toDer(value))),
  );
  const tbs = make.sequence(
    make.explicit(0, make.integer(2)),
    make.integer(77),
    algorithm,
    name(options.issuer ?? options.subject),
    make.sequence(utcTime('260101000000Z'), utcTime(options.notAfter ?? '270101000000Z')),
    name(options.subject),
    parse(spki),
    ...(extensions.length === 0 ? [] : [make.explicit(3, sequenceOf(extensions))]),
  );
  const signature = sign('sha256', toDer(tbs), signer);
  return toDer(
    make.sequence(tbs, algorithm, primitive(3, Buffer.concat([Buffer.from([0]), signature]))),
  );
}

/** The same for whatever stands as a public key; its signature is of no use. */
export function certificateWithKey(algorithm: string, key: Uint8Array): Uint8Array {
  const [body, ...rest] = children(parse(certificate({ subject: [['2.5.4.3', 'x']] })));
  const spki = make.sequence(make.sequence(make.oid(algorithm), make.null()), make.bitString(key));
  return toDer(sequenceOf([sequenceOf(children(body).with(6, spki)), ...rest]));
}

/** A SEQUENCE of more values than a call takes arguments. */
export function sequenceOf(values: readonly Asn1[]): Asn1 {
  return { ...make.sequence(), value: [...values] };
}

export function utf8(value: string): Asn1 {
  return primitive(12, Buffer.from(value, 'utf8'));
}

export function primitive(type: number, bytes: Uint8Array): Asn1 {
  return { ...make.null(), type, value: Buffer.from(bytes).toString('latin1') };
}

function name(attributes: readonly (readonly [oid: string, value: string])[]): Asn1 {
  return sequenceOf(
    attributes.map(([id, value]) => make.set(make.sequence(make.oid(id), utf8(value)))),
  );
}

function utcTime(value: string): Asn1 {
  return primitive(23, Buffer.from(value, 'latin1'));
}

/** What encrypts for real under pbeWithSHAAnd3-KeyTripleDES-CBC. */
export async function encryptWith3Des(
  plain: Uint8Array,
  password: Secret,
  iterations: number,
): Promise<{ algorithm: Asn1; ciphertext: Uint8Array }> {
  const salt = randomBytes(8);
  const chain = { kdf: 'pkcs12', digest: 'sha1', salt, iterations } as const;
  const [encoded] = encodings(password);
  const [key = salt, iv = salt] = await deriveKeys([
    { derivation: { ...chain, purpose: 1, length: 24 }, encoded },
    { derivation: { ...chain, purpose: 2, length: 8 }, encoded },
  ]);
  const cipher = createCipheriv('des-ede3-cbc', key, iv);
  return {
    algorithm: tripleDes(iterations, salt),
    ciphertext: Buffer.concat([cipher.update(plain), cipher.final()]),
  };
}

/** A key on P-256 whose number is longer than the curve's order: OpenSSL reads it, and cannot write it. */
export function overlongKey(): Uint8Array {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const [algorithm, point] = children(
    parse(publicKey.export({ type: 'spki', format: 'der' })),
  ) as Asn1[];
  const number = make.octetString(Buffer.alloc(64, 0x7f));
  const key = make.sequence(make.integer(1), number, make.explicit(1, point as Asn1));
  return toDer(make.sequence(make.integer(0), algorithm as Asn1, make.octetString(toDer(key))));
}
