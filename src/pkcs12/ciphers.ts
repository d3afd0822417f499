import { createDecipheriv, getCipherInfo } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import util from 'node-forge/lib/util.js';
import { toBinary, toBytes } from './asn1.ts';

/** Decrypts a ciphertext; null where the key or the bytes are wrong, as far as the padding shows. */
export type Decrypt = (key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array) => Promise<Uint8Array | null>;

/** Whether this system's OpenSSL has the cipher: BoringSSL, which Bun uses, has no Camellia. */
export const isAvailable = (algorithm: string): boolean => getCipherInfo(algorithm) !== undefined;

/** A cipher by its name in Node. */
export const nodeCipher =
  (algorithm: string): Decrypt =>
  async (key, iv, ciphertext) => {
    try {
      const decipher = createDecipheriv(algorithm, key, iv);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      return null;
    }
  };

const blockBytes = 8;
/**
 * node-forge decrypts this much at a time, a few milliseconds, before other events get their turn. Each piece has a cipher
 * of its own: one keeps all of its input and copies it for every block, which takes a minute for a megabyte.
 */
const pieceBytes = 2048;

/** RC2-CBC (RFC 2268) by node-forge, as Node's OpenSSL no longer has it. `bits` is the effective key length. */
export const rc2Cipher =
  (bits: number): Decrypt =>
  async (key, iv, ciphertext) => {
    if (ciphertext.length % blockBytes !== 0) return null;
    const { default: rc2 } = await import('node-forge/lib/rc2.js');
    const decipher = rc2.createDecryptionCipher(toBinary(key), bits);
    const plain: Uint8Array[] = [];
    let before = iv;
    for (let at = 0; at < ciphertext.length; at += pieceBytes) {
      if (at > 0) await setImmediate();
      const piece = ciphertext.subarray(at, at + pieceBytes);
      decipher.start(toBinary(before));
      decipher.update(util.createBuffer(toBinary(piece)));
      plain.push(toBytes(decipher.output.getBytes()));
      before = piece.subarray(-blockBytes);
    }
    return withoutPadding(Buffer.concat(plain));
  };

/** RFC 8018 §6.1.1. node-forge checks only the last byte, and so accepts more wrong keys. */
function withoutPadding(bytes: Uint8Array): Uint8Array | null {
  const count = bytes.at(-1) ?? 0;
  if (count < 1 || count > blockBytes || bytes.subarray(-count).some((byte) => byte !== count)) return null;
  return bytes.subarray(0, -count);
}
