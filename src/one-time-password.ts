import { createHmac } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const digits = 6;

/** The time-based one-time password of an instant: SHA-1, six digits. @param interval seconds @see RFC 6238 §4, RFC 4226 §5.3 */
export function oneTimePassword(key: Uint8Array, interval: number, at: Date): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 1000 / interval)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
  return String(number).padStart(digits, '0');
}

/** Base32 without padding (RFC 4648 §6), as keys of one-time passwords are written. */
export function encodeBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

/** The bytes of base32 in either case, with or without padding; null for other text, and for none. */
export function decodeBase32(text: string): Uint8Array | null {
  if (!/^[A-Z2-7]+=*$/i.test(text)) return null;
  const values = [...text.replace(/=+$/, '').toUpperCase()].map((letter) => alphabet.indexOf(letter));
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('');
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}
