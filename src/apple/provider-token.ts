import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import { appearance, beginsLikePfx } from '../pkcs12/appearance.ts';
import { decodePem, hasUnendedPem, isEncryptedPem } from '../pkcs12/pem.ts';
import { Secret } from '../text/secret.ts';
import type { TokenKey } from './apns.ts';

/** The size limit of a .p8 file, in bytes. Apple's have some 260. */
export const tokenKeyLimit = 16 * 1024;

/** The PEM label of a .p8 key: PKCS #8 (RFC 7468 §10). */
const label = 'PRIVATE KEY';

/**
 * Decodes the private key of a .p8 file as Apple issues it: one unencrypted P-256 key in PEM. @throws {CliError}
 * key-not-recognised
 */
export function decodeTokenKey({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }) {
  const refused = (what: string, cause?: unknown): CliError =>
    new CliError('key-not-recognised', `${name} ${what}`, { cause, facts: { wanted: 'p8' } });
  const blocks = decodePem(bytes);
  const [block] = blocks;
  if (beginsLikePfx(bytes)) throw refused('is a .p12, not a .p8 key: give it with --p12');
  if (block === undefined && hasUnendedPem(bytes)) throw refused('is cut off: its PEM block has no end');
  if (block === undefined) throw refused(`is not a .p8 key: it ${appearance(bytes)}`);
  if (blocks.some(({ label, text }) => label === 'ENCRYPTED PRIVATE KEY' || isEncryptedPem(text)))
    throw refused('is an encrypted private key: a .p8 key of Apple has no password');
  if (blocks.length > 1 || block.label !== label)
    throw refused(`is not a .p8 key: it holds ${blocks.map((each) => each.label).join(', ')} in PEM`);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(block.der), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw refused('is damaged: its private key cannot be read', cause);
  }
  const type = key.asymmetricKeyType;
  const kind = type === 'ec' ? `a key on ${key.asymmetricKeyDetails?.namedCurve ?? 'another curve'}` : type;
  if (kind === 'a key on prime256v1') return key;
  const words = type === 'rsa' ? 'an RSA key' : type === 'ec' ? kind : `a key of the type ${type}`;
  throw refused(`holds ${words}: a .p8 key of Apple is on the curve P-256`);
}

/** Seconds before a token is replaced. APNs rejects tokens older than an hour. */
const longestUse = 45 * 60;

/**
 * Seconds. APNs refuses a key whose tokens change more often than every 20 minutes. All processes within the same half hour,
 * on any machine, therefore use the same issue time.
 */
const step = 30 * 60;

/** Returns the provider token (RFC 7515, ES256) for each push, and replaces it after 45 minutes. */
export function createProviderTokens({ tokenKey, keyId, teamId }: TokenKey, now: () => Date): () => Secret {
  let made: { readonly token: Secret; readonly issuedAt: number } | null = null;
  return () => {
    const seconds = Math.floor(now().getTime() / 1000);
    if (made === null || seconds - made.issuedAt >= longestUse || seconds < made.issuedAt) {
      const issuedAt = seconds - (seconds % step);
      const parts = [
        { alg: 'ES256', kid: keyId },
        { iss: teamId, iat: issuedAt },
      ];
      const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      const signature = sign('sha256', Buffer.from(signed), { key: tokenKey, dsaEncoding: 'ieee-p1363' });
      made = { token: new Secret(`${signed}.${signature.toString('base64url')}`), issuedAt };
    }
    return made.token;
  };
}
