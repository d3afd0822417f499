import { setImmediate } from 'node:timers/promises';

const blockBytes = 8;
/** Between so many bytes (some 10 ms) other events have their turn. */
const turnBytes = 2 ** 17;

/**
 * Decrypts RC2-CBC (RFC 2268), which Node's OpenSSL no longer has; null where the padding is wrong. node-forge's takes
 * 4 ms for one certificate. `bits` is the effective key length.
 */
export async function decryptRc2(
  key: Uint8Array,
  bits: number,
  iv: Uint8Array,
  ciphertext: Uint8Array,
): Promise<Uint8Array | null> {
  if (ciphertext.length === 0 || ciphertext.length % blockBytes !== 0) return null;
  const expanded = expandKey(key, bits);
  const plain = new Uint8Array(ciphertext.length);
  let before = iv;
  for (let at = 0; at < ciphertext.length; at += turnBytes) {
    if (at > 0) await setImmediate();
    const end = Math.min(at + turnBytes, ciphertext.length);
    decryptBlocks(expanded, before, ciphertext.subarray(at, end), plain.subarray(at, end));
    before = ciphertext.subarray(end - blockBytes, end);
  }
  return withoutPadding(plain);
}

/** RFC 2268 §2. */
function expandKey(key: Uint8Array, bits: number): Uint8Array {
  const pi = Buffer.from(piTable, 'hex');
  const expanded = new Uint8Array(128);
  expanded.set(key);
  const at = (index: number): number => expanded[index] as number;
  const put = (index: number, sum: number): void => {
    expanded[index] = pi[sum & 0xff] as number;
  };
  for (let i = key.length; i < 128; i++) put(i, at(i - 1) + at(i - key.length));
  const kept = Math.ceil(bits / 8);
  put(128 - kept, at(128 - kept) & (0xff >> (8 * kept - bits)));
  for (let i = 127 - kept; i >= 0; i--) put(i, at(i + 1) ^ at(i + kept));
  return expanded;
}

/**
 * RFC 2268 §4: five, six and five rounds with a mash between them; each block XORed with the one before it (CBC). Without
 * calls: it is interpreted for all of its life.
 */
function decryptBlocks(key: Uint8Array, iv: Uint8Array, input: Uint8Array, output: Uint8Array): void {
  const k = Int32Array.from({ length: 64 }, (_, i) => word(key, 2 * i));
  let before = iv;
  for (let at = 0; at < input.length; at += blockBytes) {
    const block = input.subarray(at, at + blockBytes);
    let r0 = word(block, 0);
    let r1 = word(block, 2);
    let r2 = word(block, 4);
    let r3 = word(block, 6);
    for (let j = 60; j >= 0; j -= 4) {
      r3 = (((r3 >> 5) | (r3 << 11)) - (r0 & ~r2) - (r1 & r2) - (k[j + 3] as number)) & 0xffff;
      r2 = (((r2 >> 3) | (r2 << 13)) - (r3 & ~r1) - (r0 & r1) - (k[j + 2] as number)) & 0xffff;
      r1 = (((r1 >> 2) | (r1 << 14)) - (r2 & ~r0) - (r3 & r0) - (k[j + 1] as number)) & 0xffff;
      r0 = (((r0 >> 1) | (r0 << 15)) - (r1 & ~r3) - (r2 & r3) - (k[j] as number)) & 0xffff;
      if (j !== 44 && j !== 20) continue;
      r3 = (r3 - (k[r2 & 63] as number)) & 0xffff;
      r2 = (r2 - (k[r1 & 63] as number)) & 0xffff;
      r1 = (r1 - (k[r0 & 63] as number)) & 0xffff;
      r0 = (r0 - (k[r3 & 63] as number)) & 0xffff;
    }
    for (const [index, register] of [r0, r1, r2, r3].entries()) {
      const plain = register ^ word(before, 2 * index);
      output[at + 2 * index] = plain & 0xff;
      output[at + 2 * index + 1] = plain >> 8;
    }
    before = block;
  }
}

/** Little-endian. */
function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

/** RFC 8018 §6.1.1: as many bytes as each of them says. */
function withoutPadding(bytes: Uint8Array): Uint8Array | null {
  const count = bytes.at(-1) ?? 0;
  if (count < 1 || count > blockBytes || bytes.subarray(-count).some((byte) => byte !== count)) return null;
  return bytes.subarray(0, -count);
}

/** PITABLE of RFC 2268 §2, from the digits of pi. */
const piTable =
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2' +
  '179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
  '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626' +
  '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
  '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec' +
  'c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
  '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9' +
  '0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad';
