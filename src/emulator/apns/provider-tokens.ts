import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { membersOf, parseJson } from '../../text/json.ts';
import { refuse } from './judge-push.ts';

/** A token key of a developer account, as APNs knows it. */
interface RegisteredKey {
  readonly keyId: string;
  readonly teamId: string;
  readonly publicKey: KeyObject;
  /** The apps that it may push to; null: all. */
  readonly topics: readonly string[] | null;
}

/** The maximum age of a token, in seconds. */
const longestAge = 60 * 60;

/**
 * Judges provider tokens by the registered keys.
 * @see https://developer.apple.com/documentation/usernotifications/establishing-a-token-based-connection-to-apns
 */
export function createTokenJudge() {
  const keys = new Map<string, RegisteredKey>();
  return {
    add: (key: RegisteredKey): void => void keys.set(key.keyId, key),
    /** The topics that the token in this header may push to; null: all. @throws {ApnsRefusal} */
    topicsFor(authorization: string | null, now: Date): RegisteredKey['topics'] {
      const [, token = ''] = /^bearer +(.*)$/is.exec(authorization ?? '') ?? [];
      if (authorization === null || /^(bearer *)?$/i.test(authorization))
        throw refuse('MissingProviderToken');
      const { keyId, teamId, issuedAt, signed, signature } = read(token);
      const key = keys.get(keyId);
      if (key === undefined || key.teamId !== teamId) throw refuse('InvalidProviderToken');
      const by = { key: key.publicKey, dsaEncoding: 'ieee-p1363' } as const;
      if (!verify('sha256', Buffer.from(signed), by, signature))
        throw refuse('InvalidProviderToken');
      const age = Math.floor(now.getTime() / 1000) - issuedAt;
      if (age < 0) throw refuse('InvalidProviderToken');
      if (age > longestAge) throw refuse('ExpiredProviderToken');
      return key.topics;
    },
  };
}

/** The parts of a JSON Web Signature (RFC 7515 §7.1) with ES256. @throws {ApnsRefusal} InvalidProviderToken */
function read(token: string) {
  const [header = '', claims = '', signature = '', ...rest] = token.trim().split('.');
  const { alg, kid } = membersOf(parseJson(Buffer.from(header, 'base64url'))) ?? {};
  const { iss, iat } = membersOf(parseJson(Buffer.from(claims, 'base64url'))) ?? {};
  if (rest.length > 0 || alg !== 'ES256' || typeof kid !== 'string' || typeof iss !== 'string')
    throw refuse('InvalidProviderToken');
  if (typeof iat !== 'number' || !Number.isInteger(iat)) throw refuse('InvalidProviderToken');
  const signed = `${header}.${claims}`;
  return {
    keyId: kid,
    teamId: iss,
    issuedAt: iat,
    signed,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** A public key on P-256, in PEM or as the base64 of its DER; null for anything else, including private keys. */
export function readPublicKey(text: string): KeyObject | null {
  const base64 = text.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, '');
  if (!/^[A-Za-z0-9+/=\s]+$/.test(base64)) return null;
  try {
    const key = createPublicKey({
      key: Buffer.from(base64, 'base64'),
      format: 'der',
      type: 'spki',
    });
    const isFit =
      key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return isFit ? key : null;
  } catch {
    return null;
  }
}
