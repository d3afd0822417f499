import asn1 from 'node-forge/lib/asn1.js';
import util from 'node-forge/lib/util.js';
import { orNull } from '../errors/cli-error.ts';

/**
 * One ASN.1 value. `value` has the children of a constructed one, else the content as a
 * binary string (UTF-16 for BMPString).
 */
export interface Asn1 {
  tagClass: number;
  type: number;
  constructed: boolean;
  value: string | Asn1[];
}

/**
 * The bytes do not have the expected structure. Never leaves this room: readers turn it
 * into `pkcs12-corrupt`.
 */
export class Malformed extends Error {}

/**
 * The structure is valid, but of an unreasonable size or kind. The message completes a
 * sentence about the file.
 */
export class Unsupported extends Malformed {}

/**
 * The result of work on bytes; an error of the work means that they are malformed.
 * @throws {Malformed}
 */
export function wellFormed<T>(fault: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof Malformed ? cause : new Malformed(fault, { cause });
  }
}

/**
 * The most values in one piece. A value needs about 350 bytes of memory; a thousand
 * certificates have this many values.
 */
const maxValues = 100_000;
const context = 0x80;
export const tag = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  utf8String: 12,
  sequence: 16,
  set: 17,
  ia5String: 22,
  utcTime: 23,
  bmpString: 30,
} as const;

/**
 * Parses BER or DER that ends with its first value; `max` is how many values may stand
 * in it.
 * @throws {Malformed}
 */
export function parse(bytes: Uint8Array, max = maxValues): Asn1 {
  const { node, length } = parsePrefix(bytes, max);
  if (length !== bytes.length) throw new Malformed('bytes after the value');
  return node;
}

/** A value, and how many bytes it takes. */
export interface ParsedPrefix {
  readonly node: Asn1;
  readonly length: number;
}

/** Parses the first value and returns how many bytes it takes. @throws {Malformed} */
export function parsePrefix(bytes: Uint8Array, max = maxValues): ParsedPrefix {
  const buffer = util.createBuffer(toBinary(bytes));
  countValues(buffer, max);
  const options = { parseAllBytes: false, decodeBitStrings: false };
  const node = wellFormed('not ASN.1', () => asn1.fromDer(buffer, options));
  return { node, length: bytes.length - buffer.length() };
}

/** The part of a buffer of node-forge that its parser reads byte by byte. */
interface ByteSource {
  getByte(): number;
}

/**
 * Makes the buffer count values: each takes two single-byte reads, its tag and the first
 * of its length.
 */
function countValues(buffer: ByteSource, max: number): void {
  const { getByte } = buffer;
  let left = 2 * max;
  buffer.getByte = () => {
    if (left-- === 0)
      throw new Unsupported(`has more than ${max.toLocaleString('en')} ASN.1 values in one piece`);
    return getByte.call(buffer);
  };
}

export function isUniversal(node: Asn1 | undefined, type: number): node is Asn1 {
  return node !== undefined && node.tagClass === 0 && node.type === type;
}

export function isContext(node: Asn1 | undefined, number: number): node is Asn1 {
  return node !== undefined && node.tagClass === context && node.type === number;
}

/** The children of a SEQUENCE, or of a SET. @throws {Malformed} */
export function children(node: Asn1 | undefined, type: number = tag.sequence): readonly Asn1[] {
  if (!isUniversal(node, type) || typeof node.value === 'string')
    throw new Malformed('no such list');
  return node.value;
}

/** The value inside an explicit tag `[number]`. @throws {Malformed} */
export function explicit(node: Asn1 | undefined, number: number): Asn1 {
  const [child] = isContext(node, number) && typeof node.value !== 'string' ? node.value : [];
  if (child === undefined) throw new Malformed(`no [${number}]`);
  return child;
}

/**
 * The content of an OCTET STRING, pieces of a constructed one joined at any depth (X.690
 * §8.7).
 * @throws {Malformed}
 */
export function octets(node: Asn1 | undefined): Uint8Array {
  if (!isUniversal(node, tag.octetString)) throw new Malformed('no OCTET STRING');
  return implicitOctets(node);
}

/** The content of an implicitly tagged OCTET STRING. @throws {Malformed} */
export function implicitOctets(node: Asn1): Uint8Array {
  if (typeof node.value === 'string') return toBytes(node.value);
  return Buffer.concat(node.value.map(octets));
}

/** The content of a BIT STRING of whole octets. @throws {Malformed} */
export function bitString(node: Asn1 | undefined): Uint8Array {
  if (!isUniversal(node, tag.bitString) || typeof node.value !== 'string')
    throw new Malformed('no BIT STRING');
  return toBytes(node.value.slice(1));
}

/**
 * The length limit of an OBJECT IDENTIFIER; real ones are far shorter, and a longer one
 * only fills memory and messages.
 */
const longestOid = 64;

/**
 * An OBJECT IDENTIFIER as dotted decimals, or as hex where an arc takes more than 53
 * bits.
 * @throws {Malformed}
 */
export function oid(node: Asn1 | undefined): string {
  if (!isUniversal(node, tag.oid) || typeof node.value !== 'string')
    throw new Malformed('no OBJECT IDENTIFIER');
  // The last octet of an arc has its first bit clear (X.690 §8.19.2).
  const endless = node.value === '' || node.value.charCodeAt(node.value.length - 1) >= 0x80;
  if (endless || node.value.length > longestOid)
    throw new Malformed('an invalid OBJECT IDENTIFIER');
  const { value } = node;
  return orNull(() => asn1.derToOid(value)) ?? Buffer.from(value, 'latin1').toString('hex');
}

/**
 * An INTEGER; infinite, with its sign, where it takes more than six bytes.
 * @throws {Malformed}
 */
export function integer(node: Asn1 | undefined): number {
  if (!isUniversal(node, tag.integer) || typeof node.value !== 'string' || node.value === '')
    throw new Malformed('no INTEGER');
  const bytes = Buffer.from(node.value.replace(/^\0+(?=.)/s, ''), 'latin1');
  const negative = node.value.charCodeAt(0) >= 0x80;
  if (bytes.length > 6) return negative ? -Infinity : Infinity;
  return negative ? bytes.readIntBE(0, bytes.length) : bytes.readUIntBE(0, bytes.length);
}

/** A character string of any of the usual types, or null. */
export function text(node: Asn1 | undefined): string | null {
  if (node === undefined || typeof node.value !== 'string') return null;
  return node.type === tag.utf8String
    ? Buffer.from(node.value, 'latin1').toString('utf8')
    : node.value;
}

/** A value encoded again as DER. */
export function toDer(node: Asn1): Uint8Array {
  return toBytes(asn1.toDer(node).getBytes());
}

export function toBinary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function toBytes(binary: string): Uint8Array {
  return Buffer.from(binary, 'latin1');
}

const list = (type: number, values: Asn1[]) => asn1.create(0, type, true, values);
const leaf = (type: number, value: string) => asn1.create(0, type, false, value);

/** Makes ASN.1 values for `toDer`. */
export const make = {
  sequence: (...values: Asn1[]) => list(tag.sequence, values),
  set: (...values: Asn1[]) => list(tag.set, values),
  explicit: (number: number, value: Asn1) => asn1.create(context, number, true, [value]),
  implicitOctets: (number: number, bytes: Uint8Array) =>
    asn1.create(context, number, false, toBinary(bytes)),
  true: () => leaf(tag.boolean, '\xff'),
  /** @param unused how many bits of the last octet do not count */
  bitString: (bytes: Uint8Array, unused = 0) =>
    leaf(tag.bitString, String.fromCharCode(unused) + toBinary(bytes)),
  octetString: (bytes: Uint8Array) => leaf(tag.octetString, toBinary(bytes)),
  oid: (dotted: string) => leaf(tag.oid, asn1.oidToDer(dotted).getBytes()),
  integer: (value: number) => leaf(tag.integer, asn1.integerToDer(value).getBytes()),
  /** Two's complement, big-endian, as short as it can be. */
  integerOctets: (bytes: Uint8Array) => leaf(tag.integer, toBinary(bytes)),
  utf8String: (value: string) =>
    leaf(tag.utf8String, Buffer.from(value, 'utf8').toString('latin1')),
  /** `YYMMDDHHMMSSZ` */
  utcTime: (value: string) => leaf(tag.utcTime, value),
  bmpString: (value: string) => leaf(tag.bmpString, value),
  null: () => leaf(tag.null, ''),
};
