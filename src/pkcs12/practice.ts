import { createPublicKey, generateKeyPairSync, hash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type Asn1, make, parse, toDer } from './asn1.ts';

const commonName = '2.5.4.3';
const organizationalUnit = '2.5.4.11';
const userId = '0.9.2342.19200300.100.1.1';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const clientAuth = '1.3.6.1.5.5.7.3.2';
const applePush = '1.2.840.113635.100.6.3';

const day = 24 * 60 * 60 * 1000;
/** Days; the same as for Apple's certificates. */
const lifetime = 395;

/**
 * A certificate for rehearsals, as DER: marked like a universal push certificate of Apple, but signed by an unknown
 * authority. @param issuer the common name of its authority, whose key is discarded @see RFC 5280 §4.1
 */
export function encodePracticeCertificate(
  issuer: string,
  bundleId: string,
  teamId: string,
  privateKey: KeyObject,
  now: Date,
): Uint8Array {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const topic = [make.utf8String(bundleId), make.sequence(make.utf8String('topic'))];
  const algorithm = make.sequence(make.oid(ecdsaWithSha256));
  const validity = [-1, lifetime].map((days) => make.utcTime(utcTime(new Date(now.getTime() + days * day))));
  const extensions = [
    extension('2.5.29.19', make.sequence(), true),
    extension('2.5.29.15', make.bitString(Uint8Array.of(0b1000_0000), 7), true),
    extension('2.5.29.37', make.sequence(make.oid(clientAuth)), true),
    extension('2.5.29.14', make.octetString(hash('sha256', publicKey, 'buffer').subarray(0, 20))),
    extension(`${applePush}.1`, make.null()),
    extension(`${applePush}.2`, make.null()),
    extension(`${applePush}.6`, make.sequence(...topic)),
  ];
  const content = make.sequence(
    make.explicit(0, make.integer(2)),
    make.integerOctets(serialNumber()),
    algorithm,
    nameOf([commonName, issuer]),
    make.sequence(...validity),
    nameOf(
      [userId, bundleId],
      [commonName, `Practice Push Services: ${bundleId}`],
      [organizationalUnit, teamId],
    ),
    parse(publicKey),
    make.explicit(3, make.sequence(...extensions)),
  );
  const signature = sign('sha256', toDer(content), authority.privateKey);
  return toDer(make.sequence(content, algorithm, make.bitString(signature)));
}

/** Positive, 126 random bits, with a first octet that DER keeps. @see RFC 5280 §4.1.2.2 */
function serialNumber(): Uint8Array {
  const [first = 0, ...others] = randomBytes(16);
  return Uint8Array.of((first & 0b0011_1111) | 0b0100_0000, ...others);
}

function nameOf(...attributes: readonly (readonly [type: string, value: string])[]): Asn1 {
  const sets = attributes.map(([type, value]) => make.sequence(make.oid(type), make.utf8String(value)));
  return make.sequence(...sets.map((each) => make.set(each)));
}

function extension(id: string, value: Asn1, isCritical = false): Asn1 {
  const critical = isCritical ? [make.true()] : [];
  return make.sequence(make.oid(id), ...critical, make.octetString(toDer(value)));
}

/** `271224160000Z`: to the second, until 2049. */
function utcTime(date: Date): string {
  return `${date.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`;
}
