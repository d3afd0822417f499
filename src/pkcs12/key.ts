import {
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { orNull } from '../errors/cli-error.ts';
import {
  type Asn1,
  bitString,
  children,
  explicit,
  isContext,
  isUniversal,
  octets,
  oid,
  parse,
  tag,
  toDer,
  Unsupported,
  wellFormed,
} from './asn1.ts';
import { judgeLength } from './limits.ts';
import type { Certificate } from './model.ts';

/** The size limit; an RSA key of the most bits takes half of it. */
const maxBytes = 16_384;
/**
 * The limit of OpenSSL for verification (OPENSSL_RSA_MAX_MODULUS_BITS); one signature
 * takes a second already.
 */
const maxBits = 16_384;
const rsa = ['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.10'];
const elliptic = '1.2.840.10045.2.1';
/**
 * Keys whose cost is bounded by their length: X25519, X448, Ed25519, Ed448. A DSA or DH
 * key could need a power of any size.
 */
const others = ['1.3.101.110', '1.3.101.111', '1.3.101.112', '1.3.101.113'];

/** Reads a PrivateKeyInfo (RFC 5958 §2) after checking its cost. @throws {Malformed} */
export function readPrivateKeyInfo(der: Uint8Array): KeyObject {
  const [, algorithm, key] = children(parse(der));
  const [identifier, parameters] = children(algorithm);
  const id = oid(identifier);
  // Without one it is not a key but something else, such as a PFX.
  const content = octets(key);
  if (rsa.includes(id)) judgeRsaKey(parse(content));
  else if (id === elliptic) judgeEcKey(parse(content), parameters);
  else if (!others.includes(id))
    throw new Unsupported(`has a private key of an unsupported type: ${id}`);
  return createKey(der, 'pkcs8');
}

/**
 * Reads a private key in one of its three forms, told apart by the second field: a
 * PrivateKeyInfo has an AlgorithmIdentifier, an RSAPrivateKey (RFC 8017 §A.1.2) an
 * INTEGER, an ECPrivateKey (RFC 5915 §3) an OCTET STRING.
 * @throws {Malformed}
 */
export function readKey(node: Asn1): KeyObject {
  const [, second] = children(node);
  if (isUniversal(second, tag.integer)) {
    judgeRsaKey(node);
    return createKey(toDer(node), 'pkcs1');
  }
  if (!isUniversal(second, tag.octetString)) return readPrivateKeyInfo(toDer(node));
  judgeEcKey(node);
  return createKey(toDer(node), 'sec1');
}

function judgeRsaKey(node: Asn1): void {
  const [, modulus] = children(node);
  if (typeof modulus?.value === 'string' && modulus.value.length * 8 > maxBits + 8)
    throw new Unsupported(`has an RSA key of more than ${maxBits.toLocaleString('en')} bits`);
}

/** Parameters in the key itself take precedence over those next to it. */
function judgeEcKey(node: Asn1, beside?: Asn1): void {
  const fields = children(node);
  const inside = fields.find((field) => isContext(field, 0));
  const point = fields.find((field) => isContext(field, 1));
  for (const parameters of [beside, inside && explicit(inside, 0)])
    judgeCurve(parameters, point && explicit(point, 1));
}

function createKey(der: Uint8Array, type: 'pkcs1' | 'pkcs8' | 'sec1'): KeyObject {
  judgeLength('private key', der, maxBytes);
  return wellFormed('no private key', () => {
    const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type });
    // OpenSSL reads a number longer than the curve's order, and crashes Node.js when
    // asked for the curve.
    if (key.asymmetricKeyType === 'ec') key.export({ format: 'der', type: 'sec1' });
    return key;
  });
}

/**
 * Refuses a compressed point (SEC 1 §2.3.4) on a curve that is written out in the file
 * instead of named (RFC 5480 §2.1.1): OpenSSL computes a square root, which takes 80 ms
 * modulo a prime chosen for the purpose, but 1 ms at most on named curves.
 * @param parameters of any algorithm; only ECParameters (RFC 3279 §2.3.5) are judged
 * @param point a BIT STRING, or none
 * @throws {Malformed}
 */
export function judgeCurve(parameters: Asn1 | undefined, point: Asn1 | undefined): void {
  if (!isUniversal(parameters, tag.sequence) || typeof parameters.value === 'string') return;
  const [, field, coefficients, base] = parameters.value;
  if (!isUniversal(field, tag.sequence) || !isUniversal(coefficients, tag.sequence)) return;
  if (
    (isUniversal(base, tag.octetString) && isCompressed(octets(base))) ||
    (isUniversal(point, tag.bitString) && isCompressed(bitString(point)))
  )
    throw new Unsupported('has a compressed key on an elliptic curve that is not a named one');
}

function isCompressed([form = 0]: Uint8Array): boolean {
  return form === 2 || form === 3;
}

/**
 * SHA-256 of a key's SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), 64 lower-case hex: the
 * same for both halves of a pair.
 */
export function publicKeyFingerprint(key: KeyObject): string {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return hash('sha256', half.export({ type: 'spki', format: 'der' }));
}

/**
 * The fingerprint of a certificate's public key; null where Node.js cannot read the key.
 */
export function certifiedKeyFingerprint({ der }: Certificate): string | null {
  return orNull(() => publicKeyFingerprint(new X509Certificate(der).publicKey));
}
