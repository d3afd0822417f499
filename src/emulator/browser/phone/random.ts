import { bytesToHex, randomBytes } from '@noble/hashes/utils.js';

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
