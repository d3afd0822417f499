import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** In the order of the vendor's `HmacAlgorithm` numbers. A browser's own cryptography has no MD5. */
const hashes = [sha1, sha256, sha512, md5];

/** What one-time passwords are made of. */
export interface OtpSecret {
  /** The vendor's `SecretKey`: its UTF-8 bytes are the key. */
  readonly key: string;
  /** The vendor's `HmacAlgorithm`. */
  readonly algorithm: number;
  readonly digits: number;
  /** Seconds. */
  readonly interval: number;
}

/**
 * The time-based one-time password at an instant, in milliseconds since 1970, as `one-time-password.ts` makes it with Node.js. Null:
 * there is none, as the truncation would read past the 16 bytes of MD5. @see RFC 6238 §4, RFC 4226 §5.3
 */
export function oneTimePassword({ key, algorithm, digits, interval }: OtpSecret, at: number): string | null {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(at / 1000 / interval)));
  const mac = hmac(hashes[algorithm] ?? sha1, utf8ToBytes(key), new Uint8Array(counter.buffer));
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  if (offset + 4 > mac.length) return null;
  const number = (new DataView(mac.buffer, mac.byteOffset).getUint32(offset) & 0x7fffffff) % 10 ** digits;
  return String(number).padStart(digits, '0');
}

/** Random bytes as lower-case hex: a device token has 32. */
export function randomHex(length: number): string {
  return bytesToHex(randomBytes(length));
}

/** A random UUID as iOS writes it (RFC 9562 §5.4); `crypto.randomUUID` is not everywhere that this page is. */
export function randomUuid(): string {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytesToHex(bytes)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    .toUpperCase();
}

/** Random and fit for an address: 43 characters with 256 bits (RFC 7636 §4.1). */
export function randomWord(): string {
  return base64Url(randomBytes(32));
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** RFC 4648 §5, without padding. */
export function base64Url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
