import pem from 'node-forge/lib/pem.js';
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
 * A push identity as PEM text (RFC 7468): the private key as PKCS #8, the leaf, the other
 * certificates, as far as present.
 */
export function encodePem({ privateKey, certificate, chain }: PushIdentity): string {
  const key = privateKey?.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '';
  const certificates = certificate === null ? chain : [certificate, ...chain];
  return [key, ...certificates.map(({ der }) => encodePemBlock('CERTIFICATE', der))].join('');
}

/**
 * Encodes bytes as one block of PEM text with lines of 64 characters, and its last line
 * break.
 */
export function encodePemBlock(label: string, der: Uint8Array): string {
  return pem.encode({ type: label, body: toBinary(der) }).replaceAll('\r\n', '\n');
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

/**
 * Whether OpenSSL encrypted the block in its format before PKCS #8 (RFC 1421 §4.6.1.1).
 */
export function isEncryptedPem(text: string): boolean {
  return text.includes('Proc-Type: 4,ENCRYPTED');
}
