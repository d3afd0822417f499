import { createDecipheriv, getCipherInfo, hash } from 'node:crypto';
import pem from 'node-forge/lib/pem.js';
import util from 'node-forge/lib/util.js';
import { orNull } from '../errors/cli-error.ts';
import type { Secret } from '../text/secret.ts';
import { toBinary } from './asn1.ts';
import type { PushIdentity } from './model.ts';

/** One block of PEM text (RFC 7468 §2). */
export interface PemBlock {
  readonly label: string;
  /** The decoded content between BEGIN and END; useless if headers encrypt it. */
  readonly der: Uint8Array;
  /** The text of the block, with its headers (RFC 1421 §4.6.1). */
  readonly text: string;
}

const begin = '-----BEGIN ';

/**
 * A push identity as PEM text (RFC 7468): the private key as PKCS #8, the leaf, the other certificates, as far as present.
 */
export function encodePem({ privateKey, certificate, chain }: PushIdentity): string {
  const key = privateKey?.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '';
  const certificates = certificate === null ? chain : [certificate, ...chain];
  return [key, ...certificates.map(({ der }) => encodePemBlock('CERTIFICATE', der))].join('');
}

/** Encodes bytes as one block of PEM text with lines of 64 characters, and its last line break. */
export function encodePemBlock(label: string, der: Uint8Array): string {
  return pem.encode({ type: label, body: toBinary(der) }).replaceAll('\r\n', '\n');
}

/** Encodes bytes as base64 (RFC 4648 §4) without line breaks, for `APNSCert` and `apns convert`. */
export function encodeBase64(bytes: Uint8Array): string {
  return util.encode64(toBinary(bytes));
}

/** All complete blocks in a text; empty if it is not PEM. */
export function decodePem(bytes: Uint8Array): PemBlock[] {
  const [, ...parts] = toBinary(bytes).split(begin);
  return parts.flatMap((part) => {
    const [label = ''] = /^[A-Z0-9 ]{1,64}(?=-----)/.exec(part) ?? [];
    const end = part.indexOf(`-----END ${label}-----`);
    if (label === '' || end < 0) return [];
    const body = part.slice(label.length + '-----'.length, end);
    const text = `${begin}${label}-----${body}-----END ${label}-----\n`;
    return [{ label, der: Buffer.from(body, 'base64'), text }];
  });
}

/** Whether text without a whole block contains the beginning of one. */
export function hasUnendedPem(bytes: Uint8Array): boolean {
  return decodePem(bytes).length === 0 && toBinary(bytes).includes(begin);
}

/** Whether OpenSSL encrypted the block in its format before PKCS #8 (RFC 1421 §4.6.1.1). */
export function isEncryptedPem(text: string): boolean {
  return text.includes('Proc-Type: 4,ENCRYPTED');
}

/**
 * The content of such a block; null: wrong password or header. Not by OpenSSL, which would also parse the content at any
 * cost.
 */
export function decryptPem(text: string, password: Secret): Uint8Array | null {
  const [, name = '', salt = ''] = /^DEK-Info: ([\w-]{1,32}),([0-9A-F]{1,64})\s*$/im.exec(text) ?? [];
  const cipher = getCipherInfo(name);
  const [, body = ''] = /\r?\n\r?\n([^-]*)-/.exec(text) ?? [];
  const iv = Buffer.from(salt, 'hex');
  if (cipher?.mode !== 'cbc') return null;
  return orNull(() => {
    const key = deriveKey(password.revealBytes(), iv.subarray(0, 8), cipher.keyLength);
    const decipher = createDecipheriv(cipher.name, key, iv);
    return Buffer.concat([decipher.update(body, 'base64'), decipher.final()]);
  });
}

/** EVP_BytesToKey of OpenSSL, with MD5 and a count of one. */
function deriveKey(password: Uint8Array, salt: Uint8Array, length: number): Uint8Array {
  const digests: Buffer[] = [];
  for (let derived = 0; derived < length; derived += 16)
    digests.push(hash('md5', Buffer.concat([digests.at(-1) ?? Buffer.alloc(0), password, salt]), 'buffer'));
  return Buffer.concat(digests).subarray(0, length);
}
