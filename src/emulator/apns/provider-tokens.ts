import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { membersOf, parseJson } from '../../text/json.ts';
import { refuse } from './judge-push.ts';

/** A token key of a developer account, as APNs knows it. */
export interface RegisteredKey {
  readonly keyId: string;
  readonly teamId: string;
  readonly publicKey: KeyObject;
  /** The apps that it may push to; null: all. */
  readonly topics: readonly string[] | null;
}

/** The maximum age of a token, in seconds. */
const maxAge = 60 * 60;

/**
 * The registered keys, which judge provider tokens.
 * @see https://developer.apple.com/documentation/usernotifications/establishing-a-token-based-connection-to-apns
 */
export class ProviderKeys {
  readonly #keys = new Map<string, RegisteredKey>();

  add(key: RegisteredKey): void {
    this.#keys.set(key.keyId, key);
  }

  /**
   * The topics that the token in this header may push to; null: all.
   * @throws {ApnsRefusal}
   */
  topicsFor(authorization: string | null, now: Date): RegisteredKey['topics'] {
    if (authorization === null || /^(bearer *)?$/i.test(authorization))
      throw refuse('MissingProviderToken');
    const [, text = ''] = /^bearer +(.*)$/is.exec(authorization) ?? [];
    const token = readToken(text);
    const key = this.#keys.get(token.keyId);
    if (key === undefined || !isSignedBy(key, token)) throw refuse('InvalidProviderToken');
    const age = Math.floor(now.getTime() / 1000) - token.issuedAt;
    if (age < 0) throw refuse('InvalidProviderToken');
    if (age > maxAge) throw refuse('ExpiredProviderToken');
    return key.topics;
  }
}

function isSignedBy({ publicKey, teamId }: RegisteredKey, token: ProviderToken): boolean {
  if (teamId !== token.teamId) return false;
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return verify('sha256', Buffer.from(token.signedText), key, token.signature);
}

interface ProviderToken {
  readonly keyId: string;
  readonly teamId: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly signedText: string;
  readonly signature: Uint8Array;
}

/**
 * The parts of a JSON Web Signature (RFC 7515 §7.1) with ES256.
 * @throws {ApnsRefusal} InvalidProviderToken
 */
function readToken(token: string): ProviderToken {
  const [header = '', claims = '', signature = '', ...rest] = token.trim().split('.');
  const { alg, kid } = membersOf(parseJson(Buffer.from(header, 'base64url'))) ?? {};
  const { iss, iat } = membersOf(parseJson(Buffer.from(claims, 'base64url'))) ?? {};
  if (rest.length > 0 || alg !== 'ES256' || typeof kid !== 'string' || typeof iss !== 'string')
    throw refuse('InvalidProviderToken');
  if (typeof iat !== 'number' || !Number.isInteger(iat)) throw refuse('InvalidProviderToken');
  return {
    keyId: kid,
    teamId: iss,
    issuedAt: iat,
    signedText: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/**
 * A public key on P-256, in PEM or as the base64 of its DER; null for anything else,
 * including private keys.
 */
export function readPublicKey(text: string): KeyObject | null {
  const base64 = text.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, '');
  if (!/^[A-Za-z0-9+/=\s]+$/.test(base64)) return null;
  try {
    const key = createPublicKey({
      key: Buffer.from(base64, 'base64'),
      format: 'der',
      type: 'spki',
    });
    const isOnP256 =
      key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return isOnP256 ? key : null;
  } catch {
    return null;
  }
}
