import { type Asn1, children, integer, isUniversal, octets, oid, tag } from './asn1.ts';
import type { Digest } from './pkcs12-kdf.ts';

/** The parameters of PBKDF2 (RFC 8018 §A.2); `keyLength` in bytes, null where the file does not state it; `prf` an object identifier. */
export interface Pbkdf2Parameters {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly keyLength: number | null;
  readonly prf: string;
}

const hmacWithSha1 = '1.2.840.113549.2.7';
const prfs: Readonly<Record<string, Digest>> = {
  '1.2.840.113549.2.6': 'md5',
  [hmacWithSha1]: 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
  '1.2.840.113549.2.12': 'sha512-224',
  '1.2.840.113549.2.13': 'sha512-256',
  '2.16.840.1.101.3.4.2.13': 'sha3-224',
  '2.16.840.1.101.3.4.2.14': 'sha3-256',
  '2.16.840.1.101.3.4.2.15': 'sha3-384',
  '2.16.840.1.101.3.4.2.16': 'sha3-512',
};

/** The digest of an HMAC by its object identifier (RFC 8018 §B.1; NIST's for SHA-3), or null. */
export function digestOfPrf(id: string): Digest | null {
  return prfs[id] ?? null;
}

/** Reads PBKDF2-params. @throws {Malformed} */
export function readPbkdf2(parameters: Asn1 | undefined): Pbkdf2Parameters {
  const [salt, count, ...rest] = children(parameters);
  const keyLength = rest.find((node) => isUniversal(node, tag.integer));
  const prf = rest.find((node) => isUniversal(node, tag.sequence));
  return {
    salt: octets(salt),
    iterations: integer(count),
    keyLength: keyLength === undefined ? null : integer(keyLength),
    prf: prf === undefined ? hmacWithSha1 : oid(children(prf)[0]),
  };
}
