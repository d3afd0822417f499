import { createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../text/secret.ts';
import { make, parse, toDer } from './asn1.ts';
import { encodeEncryptedKey } from './encode.ts';
import { commonName, emailAddress, nameOf, organizationalUnit } from './encode-certificate.ts';
import { encodePemBlock } from './pem.ts';

/** One attribute of the subject; an email address is ASCII. Apple replaces them all and keeps only the key. */
export interface RequestAttribute {
  readonly name: 'CN' | 'OU' | 'emailAddress';
  readonly value: string;
}

const attributeTypes = { CN: commonName, OU: organizationalUnit, emailAddress };

/** The SHA-256 signature of RSA keys (RFC 8017 §A.2.4). */
const sha256WithRsaEncryption = '1.2.840.113549.1.1.11';

/** Makes a certificate signing request for an RSA key, signed with that key and SHA-256, as DER (RFC 2986 §4). */
export function encodeCertificateRequest(
  subject: readonly RequestAttribute[],
  privateKey: KeyObject,
): Uint8Array {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const name = nameOf(subject.map((attribute) => [attributeTypes[attribute.name], attribute.value]));
  const signed = make.sequence(make.integer(0), name, parse(publicKey), make.explicit(0));
  const algorithm = make.sequence(make.oid(sha256WithRsaEncryption), make.null());
  const signature = sign('sha256', toDer(signed), privateKey);
  return toDer(make.sequence(signed, algorithm, make.bitString(signature)));
}

/** Apple's required length for the key of a push certificate. */
export const keyBits = 2048;

/** A new RSA key for a push certificate. */
export async function generateKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: keyBits });
  return privateKey;
}

/** A private key as PEM text: PKCS #8, encrypted under the password unless it is null. @see RFC 7468 §10, §11 */
export async function encodeKeyPem(privateKey: KeyObject, password: Secret | null): Promise<string> {
  if (password === null)
    return encodePemBlock('PRIVATE KEY', privateKey.export({ type: 'pkcs8', format: 'der' }));
  return encodePemBlock('ENCRYPTED PRIVATE KEY', await encodeEncryptedKey(privateKey, password));
}
