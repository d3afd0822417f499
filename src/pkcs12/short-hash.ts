import { hash } from 'node:crypto';
import { type RepeatedHash, repeatWith } from './pkcs12-kdf.ts';

/** Fewer hashes than these are done before the loop below has been compiled. */
const worthCompiling = 1_000;

const repeatNative = repeatWith(hash);

/**
 * Repeats a hash some thousand times on the main thread, as an ordinary file asks for. A call into Node's crypto costs
 * 1.5 µs in a program that has just started, most of it not hashing; SHA-1 in a plain loop costs half of that. The loops
 * for workers are faster still, but only after some hundred thousand hashes.
 */
export const repeatShort: RepeatedHash = (digest, message, times) => {
  if (digest !== 'sha1' || times < worthCompiling) return repeatNative(digest, message, times);
  const bytes = Buffer.from(repeatNative(digest, message, 1));
  const state = Int32Array.from({ length: 5 }, (_, index) => bytes.readInt32BE(4 * index));
  repeatSha1(state, times - 1);
  for (const [index, word] of state.entries()) bytes.writeInt32BE(word, 4 * index);
  return bytes;
};

/** Replaces a SHA-1 digest by its own SHA-1 digest, `times` times. */
function repeatSha1(state: Int32Array, times: number): void {
  const schedule = new Int32Array(80);
  schedule[5] = 0x80000000;
  schedule[15] = 160;
  for (let done = 0; done < times; done++) hashDigest(state, schedule);
}

/**
 * FIPS 180-4 §6.1.2 over a message of 20 bytes, whose padding stands in `w`. Flat, and one call a hash: V8 compiles a
 * function that is called often sooner than a loop that does not end.
 */
function hashDigest(state: Int32Array, w: Int32Array): void {
  for (let t = 0; t < 5; t++) w[t] = state[t] as number;
  for (let t = 16; t < 80; t++) {
    const mixed = (w[t - 3] as number) ^ (w[t - 8] as number) ^ (w[t - 14] as number) ^ (w[t - 16] as number);
    w[t] = (mixed << 1) | (mixed >>> 31);
  }
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  let e = 0xc3d2e1f0 | 0;
  let next = 0;
  let t = 0;
  for (; t < 20; t++) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + 0x5a827999 + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 40; t++) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 60; t++) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + e + 0x8f1bbcdc + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 80; t++) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0xca62c1d6 + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] = 0x67452301 + a;
  state[1] = 0xefcdab89 + b;
  state[2] = 0x98badcfe + c;
  state[3] = 0x10325476 + d;
  state[4] = 0xc3d2e1f0 + e;
}
