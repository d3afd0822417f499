import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import { appearance, beginsLikePfx } from '../pkcs12/appearance.ts';
import { decodePem, hasUnendedPem } from '../pkcs12/pem.ts';
import { Secret } from '../text/secret.ts';
import type { TokenKey } from './apns.ts';

/** The size limit of a .p8 file, in bytes. Apple's have some 260. */
export const tokenKeyLimit = 16 * 1024;

/** The PEM label of a .p8 key: PKCS #8 (RFC 7468 §10). */
const label = 'PRIVATE KEY';

/**
 * Decodes the private key of a .p8 file as Apple issues it: one unencrypted P-256 key in
 * PEM.
 * @throws {CliError} key-not-recognized
 */
export function decodeTokenKey({
  name,
  bytes,
}: {
  readonly name: string;
  readonly bytes: Uint8Array;
}) {
  const refused = (what: string, cause?: unknown): CliError =>
    new CliError('key-not-recognized', `${name} ${what}`, { cause, facts: { wanted: 'p8' } });
  if (beginsLikePfx(bytes)) throw refused('is a .p12, not a .p8 key: give it with --p12');
  if (hasUnendedPem(bytes)) throw refused('is cut off: its PEM block has no end');
  const [block, ...others] = decodePem(bytes);
  if (block?.label !== label || others.length > 0)
    throw refused(`is not a .p8 key: it ${appearance(bytes)}`);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(block.der), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw refused('is damaged: its private key cannot be read', cause);
  }
  if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw refused('holds another kind of key: a .p8 key of Apple is on the curve P-256');
}

/**
 * Seconds. APNs refuses a key whose tokens change more often than every 20 minutes, and
 * tokens older than an hour. All processes within the same half hour, on any machine,
 * therefore use the same issue time.
 */
const step = 30 * 60;

/** A provider token for pushes of the next half hour (RFC 7515, ES256). */
export function createProviderToken({ tokenKey, keyId, teamId }: TokenKey, now: Date): Secret {
  const seconds = Math.floor(now.getTime() / 1000);
  const parts = [
    { alg: 'ES256', kid: keyId },
    { iss: teamId, iat: seconds - (seconds % step) },
  ];
  const signed = parts
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(signed), {
    key: tokenKey,
    dsaEncoding: 'ieee-p1363',
  });
  return new Secret(`${signed}.${signature.toString('base64url')}`);
}
