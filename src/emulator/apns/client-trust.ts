import { X509Certificate } from 'node:crypto';
import { CliError } from '../../errors/cli-error.ts';
import { type Asn1, children, isContext, isUniversal, Malformed, parse, tag } from '../../pkcs12/asn1.ts';
import { formatName, readName } from '../../pkcs12/certificate.ts';
import { decodePem } from '../../pkcs12/pem.ts';

/** TLS alerts about a certificate, and their numbers. @see RFC 5246 §7.2 */
export const alerts = {
  bad_certificate: 42,
  certificate_revoked: 44,
  certificate_expired: 45,
  unknown_ca: 48,
} as const;
export type Alert = keyof typeof alerts;

/** Which client certificates TLS accepts. */
export interface ClientTrust {
  /**
   * The alert that ends the handshake, or null: a connection without a certificate passes.
   * @param chain DER, the leaf first
   */
  alertFor(chain: readonly Uint8Array[], now: Date): Alert | null;
}

const deepestPath = 5;

/**
 * Trusts the authorities in `ca`, except the certificates that the revocation lists in `crl` name; both are PEM. A list is
 * not verified: it comes from the same place as the authorities.
 * @throws {CliError} file-unreadable
 */
export function readClientTrust(ca: string, crl: string | null): ClientTrust {
  const anchors = reading('The client CA', ca, 'CERTIFICATE', (der) => new X509Certificate(der));
  const revoked = new Set(
    crl === null ? [] : reading('The revocation list', crl, 'X509 CRL', readRevoked).flat(),
  );
  return {
    alertFor(chain, now) {
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
