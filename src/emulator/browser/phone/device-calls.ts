import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** Application ID and public client ID of the phone at every emulated tenant. */
export const clientId = 'emulator-phone';

export const scope = 'phone';

/** An API of the tenant, as the vendor's iOS library asks it. */
export interface ApiRequest {
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

/** Gives the whole answer to a call. @throws {CallFailure} */
export type Call = (request: ApiRequest) => Promise<Readonly<Record<string, unknown>>>;

export class CallFailure extends Error {
  /** `unreachable` may be over at the next try; `signed-out` wants a person; a refusal is the tenant's last word. */
  readonly kind: 'unreachable' | 'signed-out' | 'refused';

  constructor(kind: CallFailure['kind'], message: string) {
    super(message);
    this.name = 'CallFailure';
    this.kind = kind;
  }
}

export const signedOut = (): CallFailure => new CallFailure('signed-out', 'The tenant ended the session.');

/** A request to the tenant that this page is of. */
interface TenantRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal?: AbortSignal | undefined;
}

export interface TenantAnswer {
  readonly status: number;
  /** The JSON, or undefined where it is none. */
  readonly document: unknown;
}

/** Sends a request. @throws {CallFailure} unreachable */
export type Send = (request: TenantRequest) => Promise<TenantAnswer>;

/** Sends with the token as the only proof: no cookie of the browser goes along, and no redirect is followed. */
export function createSend(origin: string): Send {
  return async ({ path, signal, ...request }) => {
    try {
      const proof = { credentials: 'omit', redirect: 'error', signal: signal ?? null } as const;
      const response = await fetch(`${origin}${path}`, { method: 'POST', ...request, ...proof });
      return { status: response.status, document: parse(await response.text()) };
    } catch {
      throw new CallFailure('unreachable', 'The tenant does not answer.');
    }
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The members of an object; none of anything else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

export function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** In the order of the vendor's `HmacAlgorithm` numbers. A browser's own cryptography has no MD5. */
const hashes = [sha1, sha256, sha512, md5];

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
