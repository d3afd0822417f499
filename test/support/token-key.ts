import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';

export const keyId = 'ABC123DEFG';
export const teamId = 'A1B2C3D4E5';

/** A key as Apple issues it, and its public half. */
export function createTokenKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    privateKey,
    publicKey,
    pem,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Writes a file under the name that Apple uses. */
export function writeP8(content: string | Uint8Array, directory = temporaryDirectory()): string {
  const path = join(directory, `AuthKey_${keyId}.p8`);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A JSON Web Token with any content. */
export function tokenOf(privateKey: KeyObject, header: object, claims: object): string {
  const signed = `${encoded(header)}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${signed}.${signature.toString('base64url')}`;
}

/** The content of a token, and whether the key signed it. */
export function readToken(token: string, key: KeyObject) {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const parse = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  const by = { key, dsaEncoding: 'ieee-p1363' } as const;
  const signed = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    by,
    Buffer.from(signature, 'base64url'),
  );
  return { header: parse(header), claims: parse(claims), signed };
}
