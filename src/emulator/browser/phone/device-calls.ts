import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Application ID and public client ID of the phone at every emulated tenant. */
export const clientId = 'emulator-phone';

export const scope = 'phone';

/** A call of a tenant's API in the form of the vendor's iOS library. */
export interface ApiRequest {
  readonly path: string;
  readonly body?: Members;
  readonly signal?: AbortSignal;
}

/** Returns the whole answer to a call. @throws {CallFailure} */
export type Call = (request: ApiRequest) => Promise<Members>;

export class CallFailure extends Error {
  /**
   * `unreachable` may be over at the next attempt; `signed-out` needs a sign-in;
   * `refused` is final.
   */
  readonly kind: 'unreachable' | 'signed-out' | 'refused';

  constructor(kind: CallFailure['kind'], message: string) {
    super(message);
    this.name = 'CallFailure';
    this.kind = kind;
  }
}

interface TenantRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal?: AbortSignal | undefined;
}

export interface TenantAnswer {
  readonly status: number;
  /** The JSON, or undefined. */
  readonly document: unknown;
}

/** Sends a request. @throws {CallFailure} unreachable */
export type Send = (request: TenantRequest) => Promise<TenantAnswer>;

/**
 * Sends the token as the only credential: without cookies, and without following
 * redirects.
 */
export function createSend(origin: string): Send {
  return async ({ path, headers, body, signal = null }) => {
    try {
      const response = await fetch(`${origin}${path}`, {
        method: 'POST',
        headers,
        body,
        credentials: 'omit',
        redirect: 'error',
        signal,
      });
      const text = await response.text();
      return { status: response.status, document: attempt(() => JSON.parse(text)) ?? undefined };
    } catch {
      throw new CallFailure('unreachable', 'The tenant does not answer.');
    }
  };
}

/** The result of work; null if it throws. */
export function attempt<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch {
    return null;
  }
}

export type Members = Readonly<Record<string, unknown>>;

/** The members of an object; none for any other value. */
export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

export function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** In the order of the vendor's `HmacAlgorithm` numbers. Browsers do not provide MD5. */
const hashes = [sha1, sha256, sha512, md5];

/** The tenant's key for a phone's one-time passwords. */
export interface OtpProfile {
  readonly keyVersion: number;
  readonly oathProfileUuid: string;
  /** The vendor's `SecretKey`: its UTF-8 bytes are the key. */
  readonly key: string;
  /** The vendor's `HmacAlgorithm`. */
  readonly algorithm: number;
  readonly digits: number;
  /** Seconds. */
  readonly interval: number;
}

/**
 * RFC 6238 §4. @param at milliseconds since 1970
 * @returns null if the truncation reads past the 16 bytes of MD5
 */
export function oneTimePassword(
  { key, algorithm, digits, interval }: Omit<OtpProfile, 'keyVersion' | 'oathProfileUuid'>,
  at: number,
): string | null {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(at / 1000 / interval)));
  const mac = hmac(hashes[algorithm] ?? sha1, utf8ToBytes(key), new Uint8Array(counter.buffer));
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  if (offset + 4 > mac.length) return null;
  const truncated = new DataView(mac.buffer, mac.byteOffset).getUint32(offset) & 0x7fffffff;
  return String(truncated % 10 ** digits).padStart(digits, '0');
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
