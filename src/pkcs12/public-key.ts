import { createPublicKey, hash, type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate } from './model.ts';

/** SHA-256 of a key's SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), 64 lower-case hex: the same for both halves of a pair. */
export function publicKeyFingerprint(key: KeyObject): string {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return hash('sha256', half.export({ type: 'spki', format: 'der' }));
}

/** The same of a certificate; null where Node.js cannot read its key. */
export function certifiedKeyFingerprint({ der }: Certificate): string | null {
  try {
    return publicKeyFingerprint(new X509Certificate(der).publicKey);
  } catch {
    return null;
  }
}
