import { setImmediate } from 'node:timers/promises';
import util from 'node-forge/lib/util.js';
import { toBinary, toBytes } from './asn1.ts';

const blockBytes = 8;
/** node-forge's cipher copies its whole history block by block: quick only for so many bytes a cipher. */
const chunkBytes = 2048;
/** Between so many bytes (some 20 ms) other events have their turn. */
const turnBytes = 32 * chunkBytes;

/**
 * Decrypts RC2-CBC (RFC 2268), which Node's OpenSSL no longer has; null where the padding is wrong.
 * `bits` is the effective key length.
 */
export async function decryptRc2(
  key: Uint8Array,
  bits: number,
  iv: Uint8Array,
  ciphertext: Uint8Array,
): Promise<Uint8Array | null> {
  if (ciphertext.length === 0 || ciphertext.length % blockBytes !== 0) return null;
  const { default: rc2 } = await import('node-forge/lib/rc2.js');
  const plain: Uint8Array[] = [];
  for (let at = 0; at < ciphertext.length; at += chunkBytes) {
    const cipher = rc2.createDecryptionCipher(toBinary(key), bits);
    cipher.start(toBinary(at === 0 ? iv : ciphertext.subarray(at - blockBytes, at)));
    cipher.update(util.createBuffer(toBinary(ciphertext.subarray(at, at + chunkBytes))));
    plain.push(toBytes(cipher.output.getBytes()));
    if (at % turnBytes === 0 && at > 0) await setImmediate();
  }
  return withoutPadding(Buffer.concat(plain));
}

/** RFC 8018 §6.1.1: as many bytes as each of them says. */
function withoutPadding(bytes: Uint8Array): Uint8Array | null {
  const count = bytes.at(-1) ?? 0;
  if (count < 1 || count > blockBytes || bytes.subarray(-count).some((byte) => byte !== count)) return null;
  return bytes.subarray(0, -count);
}
