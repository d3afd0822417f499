import { generateKeyPairSync, hash, type KeyObject, X509Certificate } from 'node:crypto';
import { type Asn1, make } from '../../pkcs12/asn1.ts';
import {
  commonName,
  digitalSignature,
  encodeCertificate,
  extension,
} from '../../pkcs12/encode-certificate.ts';
import { encodePemBlock } from '../../pkcs12/pem.ts';

/** The owner of a certificate. */
interface Subject {
  readonly name: string;
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

const subjectKeyIdentifier = '2.5.29.14';
const keyUsage = '2.5.29.15';
const subjectAltName = '2.5.29.17';
const basicConstraints = '2.5.29.19';
const authorityKeyIdentifier = '2.5.29.35';
const extendedKeyUsage = '2.5.29.37';
const serverAuth = '1.3.6.1.5.5.7.3.1';

const keyCertSign = make.bitString(Uint8Array.of(0b0000_0100), 2);

const authorityName = 'mfa-cli emulator CA';

/** Octets of a P-256 point, the end of its SubjectPublicKeyInfo. @see RFC 5480 §2.2 */
const pointLength = 65;

/** A TLS server's identity, in PEM. */
export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
  /** The certificate of its authority. */
  readonly ca: string;
}

/**
 * Creates a certification authority for this run only, and a certificate for `localhost`
 * and 127.0.0.1. Strict clients (Python's `VERIFY_X509_STRICT`) require every extension
 * of RFC 5280 in both.
 * @see RFC 5280 §4.1, §4.2.1
 */
export function createServerIdentity(): ServerIdentity {
  const authority = createSubject(authorityName);
  const server = createSubject('mfa-cli emulator APNs');
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

/** Whether a text is the certificate of such an authority: an emulator wrote its file. */
export function isAuthority(text: string): boolean {
  if (!/^-----BEGIN CERTIFICATE-----[\w+/=\s]*-----END CERTIFICATE-----\s*$/.test(text))
    return false;
  try {
    return new X509Certificate(text).subject === `CN=${authorityName}`;
  } catch {
    return false;
  }
}

function createSubject(name: string): Subject {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { name, privateKey, publicKey: publicKey.export({ type: 'spki', format: 'der' }) };
}

function issue(subject: Subject, issuer: Subject, extensions: readonly Asn1[]): string {
  const content = {
    issuer: [[commonName, issuer.name]] as const,
    subject: [[commonName, subject.name]] as const,
    publicKey: subject.publicKey,
    // Valid for any clock: the keys vanish with the process. After 2049 the encoding
    // would change, and from July 2019 on Apple's systems would accept at most 825 days.
    validity: ['000101000000Z', '491231235959Z'] as const,
    extensions: [
      ...extensions,
      extension(subjectKeyIdentifier, make.octetString(keyIdentifier(subject))),
      extension(
        authorityKeyIdentifier,
        make.sequence(make.implicitOctets(0, keyIdentifier(issuer))),
      ),
    ],
  };
  return encodePemBlock('CERTIFICATE', encodeCertificate(content, issuer.privateKey));
}

/** @see RFC 7093 §2, method 1 */
function keyIdentifier({ publicKey }: Subject): Uint8Array {
  return hash('sha256', publicKey.subarray(-pointLength), 'buffer').subarray(0, 20);
}

function critical(id: string, value: Asn1): Asn1 {
  return extension(id, value, true);
}

/** GeneralNames: dNSName [2] and iPAddress [7]. */
const subjectNames = make.sequence(
  make.implicitOctets(2, Buffer.from('localhost')),
  make.implicitOctets(7, Uint8Array.of(127, 0, 0, 1)),
);
