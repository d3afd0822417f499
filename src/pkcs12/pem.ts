import { toBinary } from './asn1.ts';
import type { PushIdentity } from './model.ts';

/** One block of PEM text (RFC 7468 §2). */
export interface PemBlock {
  readonly label: string;
  /** What stands between the lines of BEGIN and END, decoded; of no use where headers encrypt it. */
  readonly der: Uint8Array;
  /** The block alone, with its headers (RFC 1421 §4.6.1). */
  readonly text: string;
}

const lineLength = 64;
const begin = '-----BEGIN ';

/** A push identity as PEM text (RFC 7468): the private key as PKCS #8, the leaf, the other certificates. What is missing is left out. */
export function encodePem({ privateKey, certificate, chain }: PushIdentity): string {
  const key = privateKey?.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '';
  const certificates = certificate === null ? chain : [certificate, ...chain];
  return [key, ...certificates.map(({ der }) => encodePemBlock('CERTIFICATE', der))].join('');
}

/** Bytes as one block of PEM text, with its last line break. */
export function encodePemBlock(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return [`${begin}${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** Every whole block of a text, whatever stands between them; none where it is no PEM. */
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
