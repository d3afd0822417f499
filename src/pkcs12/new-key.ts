import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../text/secret.ts';
import { encodeEncryptedKey } from './encode.ts';
import { encodePemBlock } from './pem.ts';

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
