import { generateKeyPairSync, hash, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { type Asn1, make, parse, toDer } from '../../pkcs12/asn1.ts';
import { encodePemBlock } from '../../pkcs12/pem.ts';

interface Party {
  readonly name: string;
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

const commonName = '2.5.4.3';
const subjectKeyIdentifier = '2.5.29.14';
const keyUsage = '2.5.29.15';
const subjectAltName = '2.5.29.17';
const basicConstraints = '2.5.29.19';
const authorityKeyIdentifier = '2.5.29.35';
const extendedKeyUsage = '2.5.29.37';
const serverAuth = '1.3.6.1.5.5.7.3.1';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

/** KeyUsage bits: a named bit list ends with its last bit set. @see RFC 5280 §4.2.1.3, X.690 §11.2.2 */
const digitalSignature = make.bitString(Uint8Array.of(0b1000_0000), 7);
const keyCertSign = make.bitString(Uint8Array.of(0b0000_0100), 2);

const authorityName = 'mfa-cli emulator CA';

/** Octets of a P-256 point, the end of its SubjectPublicKeyInfo. @see RFC 5480 §2.2 */
const pointLength = 65;

/**
 * A TLS server's identity in PEM: a certification authority for this run only, and a certificate for `localhost` and 127.0.0.1.
 * Strict clients (Python's `VERIFY_X509_STRICT`) require every extension of RFC 5280 in both. @see RFC 5280 §4.1, §4.2.1
 */
export function createServerIdentity() {
  const authority = createParty(authorityName);
  const server = createParty('mfa-cli emulator APNs');
  return {
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: issue(server, authority, [
      critical(basicConstraints, make.sequence()),
      critical(keyUsage, digitalSignature),
      extension(extendedKeyUsage, make.sequence(make.oid(serverAuth))),
      extension(subjectAltName, subjectNames),
    ]),
    ca: issue(authority, authority, [
      // An authority for leaves only.
      critical(basicConstraints, make.sequence(make.true(), make.integer(0))),
      critical(keyUsage, keyCertSign),
    ]),
  };
}

/** Whether a text is only such an authority's certificate, so that an emulator wrote its file. */
export function isAuthority(text: string): boolean {
  if (!/^-----BEGIN CERTIFICATE-----[\w+/=\s]*-----END CERTIFICATE-----\s*$/.test(text)) return false;
  try {
    return new X509Certificate(text).subject === `CN=${authorityName}`;
  } catch {
    return false;
  }
}

function createParty(name: string): Party {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { name, privateKey, publicKey: publicKey.export({ type: 'spki', format: 'der' }) };
}

function issue(subject: Party, issuer: Party, extensions: readonly Asn1[]): string {
  const algorithm = make.sequence(make.oid(ecdsaWithSha256));
  const content = make.sequence(
    make.explicit(0, make.integer(2)),
    make.integerOctets(serialNumber()),
    algorithm,
    nameOf(issuer),
    // Valid for any clock: the keys vanish with the process. After 2049 the encoding would change, and from July 2019 on
    // Apple's systems would accept at most 825 days.
    make.sequence(make.utcTime('000101000000Z'), make.utcTime('491231235959Z')),
    nameOf(subject),
    parse(subject.publicKey),
    make.explicit(
      3,
      make.sequence(
        ...extensions,
        extension(subjectKeyIdentifier, make.octetString(keyIdentifier(subject))),
        extension(authorityKeyIdentifier, make.sequence(make.implicitOctets(0, keyIdentifier(issuer)))),
      ),
    ),
  );
  const signature = sign('sha256', toDer(content), issuer.privateKey);
  const certificate = make.sequence(content, algorithm, make.bitString(signature));
  return encodePemBlock('CERTIFICATE', toDer(certificate));
}

/** Positive, 126 random bits, with a first octet that DER keeps. @see RFC 5280 §4.1.2.2 */
function serialNumber(): Uint8Array {
  const [first = 0, ...others] = randomBytes(16);
  return Uint8Array.of((first & 0b0011_1111) | 0b0100_0000, ...others);
}

/** @see RFC 7093 §2, method 1 */
function keyIdentifier({ publicKey }: Party): Uint8Array {
  return hash('sha256', publicKey.subarray(-pointLength), 'buffer').subarray(0, 20);
}

function nameOf({ name }: Party): Asn1 {
  return make.sequence(make.set(make.sequence(make.oid(commonName), make.utf8String(name))));
}

function extension(id: string, value: Asn1, isCritical = false): Asn1 {
  const octets = make.octetString(toDer(value));
  return isCritical ? make.sequence(make.oid(id), make.true(), octets) : make.sequence(make.oid(id), octets);
}

const critical = (id: string, value: Asn1): Asn1 => extension(id, value, true);

/** GeneralNames: dNSName [2] and iPAddress [7]. */
const subjectNames = make.sequence(
  make.implicitOctets(2, Buffer.from('localhost')),
  make.implicitOctets(7, Uint8Array.of(127, 0, 0, 1)),
);
