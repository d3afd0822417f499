import { createHmac } from 'node:crypto';

/** In the order of the vendor's `HmacAlgorithm` numbers. */
export const otpAlgorithms = ['sha1', 'sha256', 'sha512', 'md5'] as const;
export type OtpAlgorithm = (typeof otpAlgorithms)[number];

export interface OtpParameters {
  readonly algorithm: OtpAlgorithm;
  readonly digits: number;
  readonly interval: number;
}

/**
 * The time-based one-time password at an instant. Null if the truncation, which assumes
 * the 20 bytes of SHA-1, reads past the 16 bytes of MD5.
 * @see RFC 6238 §4, RFC 4226 §5.3
 */
export function oneTimePassword(
  key: Uint8Array,
  { algorithm, digits, interval }: OtpParameters,
  at: Date,
): string | null {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 1000 / interval)));
  const mac = createHmac(algorithm, key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  if (offset + 4 > mac.length) return null;
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
  return String(number).padStart(digits, '0');
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Base32 without padding (RFC 4648 §6), the usual spelling of keys for one-time
 * passwords.
 */
export function encodeBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}
