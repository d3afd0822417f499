import { createDecipheriv, getCipherInfo, hash } from 'node:crypto';
import type { Secret } from '../text/secret.ts';

/** Whether the block was encrypted by OpenSSL before there was PKCS #8 (RFC 1421 §4.6.1.1). */
export function isEncryptedPem(text: string): boolean {
  return text.includes('Proc-Type: 4,ENCRYPTED');
}

/** The content of such a block, or null where the password or the header is wrong. OpenSSL would read what is in it too, at any cost. */
export function decryptPem(text: string, password: Secret): Uint8Array | null {
  const [, name = '', salt = ''] = /^DEK-Info: ([\w-]{1,32}),([0-9A-F]{1,64})\s*$/im.exec(text) ?? [];
  const cipher = getCipherInfo(name);
  const [, body = ''] = /\r?\n\r?\n([^-]*)-/.exec(text) ?? [];
  const iv = Buffer.from(salt, 'hex');
  if (cipher?.mode !== 'cbc') return null;
  try {
    const key = deriveKey(password.revealBytes(), iv.subarray(0, 8), cipher.keyLength);
    const decipher = createDecipheriv(cipher.name, key, iv);
    return Buffer.concat([decipher.update(body, 'base64'), decipher.final()]);
  } catch {
    return null;
  }
}

/** EVP_BytesToKey of OpenSSL, with MD5 and a count of one. */
function deriveKey(password: Uint8Array, salt: Uint8Array, length: number): Uint8Array {
  const digests: Buffer[] = [];
  for (let derived = 0; derived < length; derived += 16)
    digests.push(hash('md5', Buffer.concat([digests.at(-1) ?? Buffer.alloc(0), password, salt]), 'buffer'));
  return Buffer.concat(digests).subarray(0, length);
}
