import { type KeyObject, randomBytes, sign } from 'node:crypto';
import { type Asn1, make, parse, toDer } from './asn1.ts';

/**
 * Attributes in their order, each in a set of its own; `type` is an object identifier.
 */
type Name = readonly (readonly [type: string, value: string])[];

export const commonName = '2.5.4.3';
export const organizationalUnit = '2.5.4.11';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

/**
 * KeyUsage with its first bit; a named bit list ends with its last bit set.
 * @see RFC 5280 §4.2.1.3, X.690 §11.2.2
 */
export const digitalSignature = make.bitString(Uint8Array.of(0b1000_0000), 7);

/**
 * Signs a certificate, as DER. @see RFC 5280 §4.1
 * @param content `publicKey` is a SubjectPublicKeyInfo in DER; `validity` holds UTCTime
 * values: `271224160000Z`
 * @param authorityKey on P-256
 */
export function encodeCertificate(
  content: {
    readonly issuer: Name;
    readonly subject: Name;
    readonly publicKey: Uint8Array;
    readonly validity: readonly [notBefore: string, notAfter: string];
    readonly extensions: readonly Asn1[];
  },
  authorityKey: KeyObject,
): Uint8Array {
  const { issuer, subject, publicKey, validity, extensions } = content;
  const algorithm = make.sequence(make.oid(ecdsaWithSha256));
  const signed = make.sequence(
    make.explicit(0, make.integer(2)),
    make.integerOctets(serialNumber()),
    algorithm,
    nameOf(issuer),
    make.sequence(...validity.map(make.utcTime)),
    nameOf(subject),
    parse(publicKey),
    make.explicit(3, make.sequence(...extensions)),
  );
  const signature = sign('sha256', toDer(signed), authorityKey);
  return toDer(make.sequence(signed, algorithm, make.bitString(signature)));
}

export function extension(id: string, value: Asn1, isCritical = false): Asn1 {
  const critical = isCritical ? [make.true()] : [];
  return make.sequence(make.oid(id), ...critical, make.octetString(toDer(value)));
}

/**
 * Positive, 126 random bits, with a first octet that DER keeps.
 * @see RFC 5280 §4.1.2.2
 */
function serialNumber(): Uint8Array {
  const [first = 0, ...others] = randomBytes(16);
  return Uint8Array.of((first & 0b0011_1111) | 0b0100_0000, ...others);
}

function nameOf(attributes: Name): Asn1 {
  const sets = attributes.map(([type, value]) =>
    make.sequence(make.oid(type), make.utf8String(value)),
  );
  return make.sequence(...sets.map((each) => make.set(each)));
}
