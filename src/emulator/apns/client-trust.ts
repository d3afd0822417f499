import { constants, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { Duplex, Transform } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import { CliError } from '../../errors/cli-error.ts';
import { type Asn1, children, isContext, isUniversal, Malformed, parse, tag } from '../../pkcs12/asn1.ts';
import { formatName, readName } from '../../pkcs12/certificate.ts';
import { decodePem } from '../../pkcs12/pem.ts';

/** TLS alerts about a certificate, and their numbers. @see RFC 5246 §7.2 */
const alerts = {
  bad_certificate: 42,
  certificate_revoked: 44,
  certificate_expired: 45,
  unknown_ca: 48,
} as const;
type Alert = keyof typeof alerts;

const deepestPath = 5;

/**
 * Trusts the authorities in `ca`, except for certificates in the revocation lists in `crl`; both are PEM. Lists are not
 * verified: they come from the same source as the authorities.
 * @throws {CliError} file-unreadable
 */
export function readClientTrust(ca: string, crl: string | null) {
  const anchors = reading('The client CA', ca, 'CERTIFICATE', (der) => new X509Certificate(der));
  const revoked = new Set(
    crl === null ? [] : reading('The revocation list', crl, 'X509 CRL', readRevoked).flat(),
  );
  return {
    /**
     * The alert that ends the handshake, or null; a connection without a certificate passes.
     * @param chain DER, the leaf first
     */
    alertFor(chain: readonly Uint8Array[], now: Date): Alert | null {
      try {
        const certificates = chain.map((der) => new X509Certificate(der));
        return certificates.length === 0 ? null : judge(certificates, now);
      } catch {
        // An unreadable certificate, for example with a key of an unknown type.
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
  // No limit: the list comes from the authority.
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
  if (blocks.length === 0) throw new CliError('file-unreadable', `${what} contains no ${label} in PEM`);
  try {
    return blocks.map(({ der }) => read(der));
  } catch (cause) {
    throw new CliError('file-unreadable', `${what} is damaged`, { cause });
  }
}

/** TLS options that make handshakes readable: unencrypted, each with a certificate. */
export const judgedTls = {
  maxVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const satisfies TlsOptions;

const record = { changeCipherSpec: 20, alert: 21, handshake: 22 } as const;
const certificateMessage = 11;
const fatal = 2;

/**
 * Listens for `server`, and ends a handshake with a refused client certificate with a TLS alert that names the reason, like
 * Apple. Node.js lets every certificate through the handshake and only then closes the connection; so the Certificate
 * message is read in transit, which TLS 1.2 sends unencrypted (RFC 5246 §7.4.6).
 */
export function listenJudged(
  server: Pick<Server, 'emit'>,
  judge: (chain: readonly Uint8Array[]) => Alert | null,
): Server {
  return createServer((socket) => {
    let handshake: HandshakeReader | null = new HandshakeReader();
    const reader = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const chain = handshake?.read(chunk) ?? null;
        const alert = chain === null ? null : judge(chain);
        if (chain !== null || handshake?.isOver === true) handshake = null;
        if (alert === null) return done(null, chunk);
        socket.end(Uint8Array.of(record.alert, 3, 3, 0, 2, fatal, alerts[alert]));
        // Sends the alert before it closes.
        socket.destroySoon();
      },
    });
    const judged = Duplex.from({ readable: socket.pipe(reader), writable: socket });
    for (const stream of [socket, judged]) stream.on('error', () => socket.destroy());
    socket.on('close', () => judged.destroy());
    server.emit('connection', judged);
  });
}

/** Finds the client's Certificate message in TLS records (RFC 5246 §6.2.1). */
class HandshakeReader {
  #records = Buffer.alloc(0);
  #messages = Buffer.alloc(0);
  /** Whether no Certificate message can follow. */
  isOver = false;

  /** The certificates in DER once received; else null. */
  read(chunk: Buffer): readonly Uint8Array[] | null {
    this.#records = Buffer.concat([this.#records, chunk]);
    while (this.#records.length >= 5 && !this.isOver) {
      const end = 5 + this.#records.readUInt16BE(3);
      if (this.#records.length < end) return null;
      if (this.#records[0] === record.handshake)
        this.#messages = Buffer.concat([this.#messages, this.#records.subarray(5, end)]);
      else this.isOver = this.#records[0] === record.changeCipherSpec;
      this.#records = this.#records.subarray(end);
      const chain = this.#nextChain();
      if (chain !== null) return chain;
    }
    return null;
  }

  #nextChain(): readonly Uint8Array[] | null {
    while (this.#messages.length >= 4) {
      const end = 4 + this.#messages.readUIntBE(1, 3);
      if (this.#messages.length < end) return null;
      const [type, content] = [this.#messages[0], this.#messages.subarray(4, end)];
      this.#messages = this.#messages.subarray(end);
      if (type === certificateMessage) return certificatesOf(content);
    }
    return null;
  }
}

/** The list in a Certificate message (RFC 5246 §7.4.2); TLS handles a damaged one. */
function certificatesOf(content: Buffer): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  for (let start = 3; start + 3 <= content.length; ) {
    const end = start + 3 + content.readUIntBE(start, 3);
    certificates.push(content.subarray(start + 3, end));
    start = end;
  }
  return certificates;
}
