import { createCipheriv, createHmac, hash, type KeyObject, randomBytes } from 'node:crypto';
import type { Secret } from '../text/secret.ts';
import { type Asn1, make, toDer } from './asn1.ts';
import { type Derivation, deriveKeys, encodings, pbkdf2Id } from './derivation.ts';
import { pbes2 } from './encryption.ts';
import { type Digest, digests } from './pkcs12-kdf.ts';
import { oids } from './safe-contents.ts';

/** The contents of a new .p12; certificates as DER. */
export interface Pkcs12Content {
  readonly privateKey: KeyObject;
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly friendlyName: string | null;
}

/**
 * The encryption of a new .p12. `modern`: AES-256 and SHA-256 (RFC 8018), for current
 * programs. `legacy`: 3DES and SHA-1 (RFC 7292 §C), for Windows Server 2016 and older;
 * every program reads it.
 */
export type Pkcs12Encryption = 'modern' | 'legacy';
/** Only the test runner defines it: fewer iterations. */
declare const TEST_P12_ITERATIONS: number | undefined;
/**
 * Costly to guess, and within the limits of .NET's loader: 300,000 for one derivation,
 * 1,000,000 for the file.
 */
const iterations = typeof TEST_P12_ITERATIONS === 'undefined' ? 100_000 : TEST_P12_ITERATIONS;
const saltBytes = 16;

const aes256Cbc = '2.16.840.1.101.3.4.1.42';
const pbeWithSha1And3Des = '1.2.840.113549.1.12.1.3';
const macs: Readonly<Record<Pkcs12Encryption, Digest>> = { modern: 'sha256', legacy: 'sha1' };

/**
 * Creates a .p12 (RFC 7292 §5.1): certificates and key encrypted, a MAC over all, one
 * localKeyID for the key and its certificate. Any password works, but Java's own reader
 * accepts ASCII only.
 */
export async function encodePkcs12(
  content: Pkcs12Content,
  password: Secret,
  encryption: Pkcs12Encryption,
): Promise<Uint8Array> {
  const { privateKey, certificate, chain, friendlyName } = content;
  const attributes = bagAttributes(certificate, friendlyName);
  const certificates = [
    certBag(certificate, attributes),
    ...chain.map((der) => certBag(der, null)),
  ];
  const [encryptedCertificates, shroudedKey] = await Promise.all([
    encrypt(toDer(make.sequence(...certificates)), password, encryption),
    encryptKey(privateKey, password, encryption),
  ]);
  const authenticatedSafe = toDer(
    make.sequence(
      encryptedDataContent(encryptedCertificates),
      dataContent(toDer(make.sequence(bag(oids.shroudedKeyBag, shroudedKey, attributes)))),
    ),
  );
  const mac = await macData(authenticatedSafe, password, encryption);
  return toDer(make.sequence(make.integer(3), dataContent(authenticatedSafe), mac));
}

/**
 * A private key alone as EncryptedPrivateKeyInfo (RFC 5958 §3), under the modern scheme.
 */
export async function encodeEncryptedKey(
  privateKey: KeyObject,
  password: Secret,
): Promise<Uint8Array> {
  return toDer(await encryptKey(privateKey, password, 'modern'));
}

async function encryptKey(
  privateKey: KeyObject,
  password: Secret,
  encryption: Pkcs12Encryption,
): Promise<Asn1> {
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const { algorithm, ciphertext } = await encrypt(pkcs8, password, encryption);
  return make.sequence(algorithm, make.octetString(ciphertext));
}

function dataContent(bytes: Uint8Array): Asn1 {
  return make.sequence(make.oid(oids.data), make.explicit(0, make.octetString(bytes)));
}

function encryptedDataContent({ algorithm, ciphertext }: Encrypted): Asn1 {
  const info = make.sequence(make.oid(oids.data), algorithm, make.implicitOctets(0, ciphertext));
  return make.sequence(
    make.oid(oids.encryptedData),
    make.explicit(0, make.sequence(make.integer(0), info)),
  );
}

function bag(type: string, value: Asn1, attributes: Asn1 | null): Asn1 {
  const fields = [make.oid(type), make.explicit(0, value)];
  return make.sequence(...fields, ...(attributes === null ? [] : [attributes]));
}

function certBag(der: Uint8Array, attributes: Asn1 | null): Asn1 {
  const value = make.sequence(
    make.oid(oids.x509Certificate),
    make.explicit(0, make.octetString(der)),
  );
  return bag(oids.certBag, value, attributes);
}

function bagAttributes(certificate: Uint8Array, friendlyName: string | null): Asn1 {
  const localKeyId = make.octetString(hash('sha1', certificate, 'buffer'));
  const named =
    friendlyName === null ? [] : [attribute(oids.friendlyName, make.bmpString(friendlyName))];
  return make.set(...named, attribute(oids.localKeyId, localKeyId));
}

function attribute(type: string, value: Asn1): Asn1 {
  return make.sequence(make.oid(type), make.set(value));
}

/** A ciphertext with its AlgorithmIdentifier. */
interface Encrypted {
  readonly algorithm: Asn1;
  readonly ciphertext: Uint8Array;
}

function encrypt(
  plain: Uint8Array,
  password: Secret,
  encryption: Pkcs12Encryption,
): Promise<Encrypted> {
  return encryption === 'modern' ? encryptAes256(plain, password) : encrypt3Des(plain, password);
}

/** PBES2 with PBKDF2 (RFC 8018 §6.2). */
async function encryptAes256(plain: Uint8Array, password: Secret): Promise<Encrypted> {
  const salt = randomBytes(saltBytes);
  const iv = randomBytes(16);
  const key = await derive(password, {
    kdf: 'pbkdf2',
    digest: 'sha256',
    salt,
    iterations,
    length: 32,
  });
  const prf = make.sequence(make.oid(digests.sha256.hmac), make.null());
  const kdf = make.sequence(make.octetString(salt), make.integer(iterations), prf);
  const algorithm = make.sequence(
    make.oid(pbes2),
    make.sequence(
      make.sequence(make.oid(pbkdf2Id), kdf),
      make.sequence(make.oid(aes256Cbc), make.octetString(iv)),
    ),
  );
  return { algorithm, ciphertext: cipher('aes-256-cbc', key, iv, plain) };
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 §C). */
async function encrypt3Des(plain: Uint8Array, password: Secret): Promise<Encrypted> {
  const salt = randomBytes(saltBytes);
  const chain = { kdf: 'pkcs12', digest: 'sha1', salt, iterations } as const;
  const [key, iv] = await Promise.all([
    derive(password, { ...chain, purpose: 1, length: 24 }),
    derive(password, { ...chain, purpose: 2, length: 8 }),
  ]);
  const parameters = make.sequence(make.octetString(salt), make.integer(iterations));
  const algorithm = make.sequence(make.oid(pbeWithSha1And3Des), parameters);
  return { algorithm, ciphertext: cipher('des-ede3-cbc', key, iv, plain) };
}

function cipher(algorithm: string, key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  const encrypting = createCipheriv(algorithm, key, iv);
  return Buffer.concat([encrypting.update(plain), encrypting.final()]);
}

/** MacData (RFC 7292 §4). */
async function macData(
  content: Uint8Array,
  password: Secret,
  encryption: Pkcs12Encryption,
): Promise<Asn1> {
  const digest = macs[encryption];
  const salt = randomBytes(saltBytes);
  const { id, output: length } = digests[digest];
  const key = await derive(password, {
    kdf: 'pkcs12',
    digest,
    purpose: 3,
    salt,
    iterations,
    length,
  });
  const mac = createHmac(digest, key).update(content).digest();
  const digestInfo = make.sequence(make.sequence(make.oid(id), make.null()), make.octetString(mac));
  return make.sequence(digestInfo, make.octetString(salt), make.integer(iterations));
}

async function derive(password: Secret, derivation: Derivation): Promise<Uint8Array> {
  const [encoded] = encodings(password);
  const [key] = await deriveKeys([{ derivation, encoded }]);
  if (key === undefined) throw new Error('no key was derived');
  return key;
}
