import { generateKeyPairSync, hash, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { CliError } from '../../errors/cli-error.ts';
import {
  type Asn1,
  children,
  isContext,
  isUniversal,
  Malformed,
  make,
  parse,
  tag,
  toDer,
} from '../../pkcs12/asn1.ts';
import { formatName, readName } from '../../pkcs12/certificate.ts';
import { decodePem, encodePemBlock } from '../../pkcs12/pem.ts';

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
 * What a TLS server presents, as PEM: a certification authority for this run only, and its certificate for `localhost` and 127.0.0.1, with everything that
 * RFC 5280 requires of both: strict clients (Python's `VERIFY_X509_STRICT`) refuse anything less. @see RFC 5280 §4.1, §4.2.1
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
      extension(subjectAltName, subjectNames()),
    ]),
    ca: issue(authority, authority, [
      // An authority for leaves only.
      critical(basicConstraints, make.sequence(make.true(), make.integer(0))),
      critical(keyUsage, keyCertSign),
    ]),
  };
}

/** Whether a text is such an authority's certificate and nothing else: an emulator wrote its file. */
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
    // Wide enough for any clock: the keys vanish with the process. After 2049 the encoding would change, and from July 2019
    // on Apple's systems would accept at most 825 days.
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
function subjectNames(): Asn1 {
  const loopback = make.implicitOctets(7, Uint8Array.of(127, 0, 0, 1));
  return make.sequence(make.implicitOctets(2, Buffer.from('localhost')), loopback);
}

/** TLS alerts about a certificate, and their numbers. @see RFC 5246 §7.2 */
export const alerts = {
  bad_certificate: 42,
  certificate_revoked: 44,
  certificate_expired: 45,
  unknown_ca: 48,
} as const;
export type Alert = keyof typeof alerts;

/** Which client certificates TLS accepts. */
export type ClientTrust = ReturnType<typeof readClientTrust>;

const deepestPath = 5;

/**
 * Trusts the authorities in `ca`, except the certificates that the revocation lists in `crl` name; both are PEM. A list is
 * not verified: it comes from the same place as the authorities.
 * @throws {CliError} file-unreadable
 */
export function readClientTrust(ca: string, crl: string | null) {
  const anchors = reading('The client CA', ca, 'CERTIFICATE', (der) => new X509Certificate(der));
  const revoked = new Set(
    crl === null ? [] : reading('The revocation list', crl, 'X509 CRL', readRevoked).flat(),
  );
  return {
    /**
     * The alert that ends the handshake, or null: a connection without a certificate passes.
     * @param chain DER, the leaf first
     */
    alertFor(chain: readonly Uint8Array[], now: Date): Alert | null {
      try {
        const certificates = chain.map((der) => new X509Certificate(der));
        return certificates.length === 0 ? null : judge(certificates, now);
      } catch {
        // Anything unreadable in a stranger's certificate, such as a key of an unknown type.
        return 'bad_certificate';
      }
    },
  };

  function judge(chain: readonly X509Certificate[], now: Date): Alert | null {
    const path = pathTo(anchors, chain);
    if (path === null) return 'unknown_ca';
    if (path.some((certificate) => revoked.has(identityOf(certificate)))) return 'certificate_revoked';
    if (path.some(({ validTo }) => now > new Date(validTo))) return 'certificate_expired';
    return path.some(({ validFrom }) => now < new Date(validFrom)) ? 'bad_certificate' : null;
  }
}

/** The certificates from the leaf to one issued by an anchor, or null. */
function pathTo(
  anchors: readonly X509Certificate[],
  [leaf, ...others]: readonly X509Certificate[],
): readonly X509Certificate[] | null {
  const path: X509Certificate[] = [];
  for (let last = leaf; last !== undefined && path.length < deepestPath; ) {
    path.push(last);
    const certificate = last;
    if (anchors.some((anchor) => hasIssued(anchor, certificate))) return path;
    last = others.find((other) => other.ca && !path.includes(other) && hasIssued(other, certificate));
  }
  return null;
}

function hasIssued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Issuer and serial number, unique to each certificate (RFC 5280 §4.1.2.2). */
function identityOf({ raw, serialNumber }: X509Certificate): string {
  const fields = children(children(parse(raw))[0]);
  const issuer = isContext(fields[0], 0) ? fields[3] : fields[2];
  return identity(issuer, serialNumber);
}

function identity(issuer: Asn1 | undefined, serialNumber: string): string {
  return `${formatName(readName(issuer))} ${BigInt(`0x${serialNumber}`)}`;
}

/** The identities in a CertificateList (RFC 5280 §5.1). @throws {Malformed} */
function readRevoked(der: Uint8Array): string[] {
  // As long as its authority made it: no limit.
  const fields = children(children(parse(der, Number.POSITIVE_INFINITY))[0]);
  const [, issuer, ...rest] = isUniversal(fields[0], tag.integer) ? fields.slice(1) : fields;
  const list = rest.find((field) => isUniversal(field, tag.sequence));
  const entries = list === undefined ? [] : children(list);
  return entries.map((entry) => {
    const [serial] = children(entry);
    if (!isUniversal(serial, tag.integer) || typeof serial.value !== 'string')
      throw new Malformed('no serial');
    return identity(issuer, Buffer.from(serial.value, 'latin1').toString('hex'));
  });
}

function reading<T>(what: string, pem: string, label: string, read: (der: Uint8Array) => T): T[] {
  const blocks = decodePem(Buffer.from(pem)).filter((block) => block.label === label);
  if (blocks.length === 0) throw new CliError('file-unreadable', `${what} holds no ${label} in PEM`);
  try {
    return blocks.map(({ der }) => read(der));
  } catch (cause) {
    throw new CliError('file-unreadable', `${what} is damaged`, { cause });
  }
}
