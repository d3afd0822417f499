// DER (X.690), and of CMS (RFC 5652) a signed message with one signer.
import { createSign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { applePath } from '../apple-fixtures.ts';

/** A value with its tag and its length. */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x10000
        ? [tag, 0x82, length >> 8, length & 0xff]
        : [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

/** An object identifier by the bytes of its content, in hex. */
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const data = oid('2a864886f70d010701');
const signedData = oid('2a864886f70d010702');
const sha256 = tlv(0x30, oid('608648016503040201'), tlv(0x05));
const rsa = tlv(0x30, oid('2a864886f70d010101'), tlv(0x05));

/** A message that the authority of the fixtures signed. @param content null: it is elsewhere */
export function signedMessage(content: Uint8Array, isDetached = false): Buffer {
  const certificate = readFileSync(applePath('authority.cer'));
  const signature = createSign('sha256')
    .update(content)
    .sign(readFileSync(applePath('authority.key')));
  const version = tlv(0x02, Buffer.from([1]));
  const signer = tlv(
    0x30,
    version,
    tlv(0x30, issuerOf(certificate), serialOf(certificate)),
    sha256,
    rsa,
    tlv(0x04, signature),
  );
  const inner = isDetached ? [] : [tlv(0xa0, tlv(0x04, content))];
  const body = tlv(
    0x30,
    version,
    tlv(0x31, sha256),
    tlv(0x30, data, ...inner),
    tlv(0xa0, certificate),
    tlv(0x31, signer),
  );
  return tlv(0x30, signedData, tlv(0xa0, body));
}

function serialOf(certificate: Uint8Array): Buffer {
  const hex = new X509Certificate(certificate).serialNumber;
  return tlv(0x02, Buffer.from(hex, 'hex'));
}

/** The name of the issuer, as it stands in a certificate: the value behind serial number and algorithm. */
function issuerOf(certificate: Buffer): Buffer {
  const serial = serialOf(certificate);
  const algorithm = certificate.indexOf(serial) + serial.length;
  const issuer = algorithm + 2 + (certificate[algorithm + 1] ?? 0);
  return certificate.subarray(issuer, issuer + 2 + (certificate[issuer + 1] ?? 0));
}

type Entitlement =
  | string
  | number
  | boolean
  | readonly Entitlement[]
  | { readonly [key: string]: Entitlement };

export interface Entitlements {
  readonly [key: string]: Entitlement;
}

/** Apple's form, and the one before it. */
export type DerForm = 'apple' | 'set';

/** Entitlements as a code signature has them in DER. */
export function derEntitlements(entitlements: Entitlements, form: DerForm): Buffer {
  const dictionary = derOf(entitlements, form === 'apple' ? 0xb0 : 0x31);
  return form === 'apple' ? tlv(0x70, tlv(0x02, Buffer.from([1])), dictionary) : dictionary;
}

/** @param dictionary the tag of a dictionary */
function derOf(value: Entitlement, dictionary: number): Buffer {
  if (typeof value === 'boolean') return tlv(0x01, Buffer.from([value ? 0xff : 0]));
  if (typeof value === 'number') return tlv(0x02, Buffer.from([value]));
  if (typeof value === 'string') return tlv(0x0c, Buffer.from(value));
  if (Array.isArray(value)) return tlv(0x30, ...value.map((each) => derOf(each, dictionary)));
  const pairs = Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, each]) => tlv(0x30, derOf(key, dictionary), derOf(each, dictionary)));
  return tlv(dictionary, ...pairs);
}
