import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

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
