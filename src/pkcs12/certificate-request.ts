import { createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../text/secret.ts';
import { tag, toBinary, toDer } from './asn1.ts';
import { encodeEncryptedKey } from './encode.ts';
import { encodePemBlock } from './pem.ts';

/** One attribute of the subject. Apple replaces them all and keeps only the key. */
export interface RequestAttribute {
  readonly name: 'CN' | 'OU';
  readonly value: string;
}

/** node-forge's name for each, and its string type in RFC 5280 §4.1.2.4. */
const attributeTypes = {
  CN: { name: 'commonName', valueTagClass: tag.utf8String },
  OU: { name: 'organizationalUnitName', valueTagClass: tag.utf8String },
} as const;

/** The SHA-256 signature of RSA keys (RFC 8017 §A.2.4). */
const sha256WithRsaEncryption = '1.2.840.113549.1.1.11';

/**
 * Makes a certificate signing request for an RSA key, signed with that key and SHA-256,
 * as DER (RFC 2986 §4). node-forge writes it; node:crypto signs, so that the private key
 * never enters JavaScript's numbers.
 */
export async function encodeCertificateRequest(
  subject: readonly RequestAttribute[],
  privateKey: KeyObject,
): Promise<Uint8Array> {
  const { default: x509 } = await import('node-forge/lib/x509.js');
  const request = x509.createCertificationRequest();
  request.setSubject(subject.map(({ name, value }) => ({ ...attributeTypes[name], value })));
  request.publicKey = x509.publicKeyFromPem(
    createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
  );
  request.signatureOid = sha256WithRsaEncryption;
  request.certificationRequestInfo = x509.getCertificationRequestInfo(request);
  request.signature = toBinary(sign('sha256', toDer(request.certificationRequestInfo), privateKey));
  return toDer(x509.certificationRequestToAsn1(request));
}

/** Apple's required length for the key of a push certificate. */
export const keyBits = 2048;

/** A new RSA key for a push certificate. */
export async function generateKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: keyBits });
  return privateKey;
}

/**
 * A private key as PEM text: PKCS #8, encrypted under the password unless it is null.
 * @see RFC 7468 §10, §11
 */
export async function encodeKeyPem(
  privateKey: KeyObject,
  password: Secret | null,
): Promise<string> {
  if (password === null)
    return encodePemBlock('PRIVATE KEY', privateKey.export({ type: 'pkcs8', format: 'der' }));
  return encodePemBlock('ENCRYPTED PRIVATE KEY', await encodeEncryptedKey(privateKey, password));
}
