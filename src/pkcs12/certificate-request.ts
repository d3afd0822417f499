import { createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../text/secret.ts';
import { type Asn1, make, parse, toDer } from './asn1.ts';
import { encodeEncryptedKey } from './encode.ts';
import { encodePemBlock } from './pem.ts';

/** One attribute of the subject; an e-mail address is ASCII. Apple replaces them all and keeps only the key. */
export interface RequestAttribute {
  readonly name: 'CN' | 'OU' | 'emailAddress';
  readonly value: string;
}

/** The object identifier and the string type that RFC 5280 §4.1.2.4 and appendix A give it. */
const attributeTypes = {
  CN: ['2.5.4.3', make.utf8String],
  OU: ['2.5.4.11', make.utf8String],
  emailAddress: ['1.2.840.113549.1.9.1', make.ia5String],
} as const;
const sha256WithRsaEncryption = '1.2.840.113549.1.1.11';

/** A certificate request for an RSA key, signed with that key and SHA-256, as DER. @see RFC 2986 §4 */
export function encodeCertificateRequest(
  subject: readonly RequestAttribute[],
  privateKey: KeyObject,
): Uint8Array {
  const info = make.sequence(
    make.integer(0),
    make.sequence(...subject.map(encodeAttribute)),
    parse(createPublicKey(privateKey).export({ type: 'spki', format: 'der' })),
    make.implicitSet(0),
  );
  const algorithm = make.sequence(make.oid(sha256WithRsaEncryption), make.null());
  const signature = sign('sha256', toDer(info), privateKey);
  return toDer(make.sequence(info, algorithm, make.bitString(signature)));
}

function encodeAttribute({ name, value }: RequestAttribute): Asn1 {
  const [id, makeString] = attributeTypes[name];
  return make.set(make.sequence(make.oid(id), makeString(value)));
}

/** What Apple asks of the key of a push certificate. */
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
