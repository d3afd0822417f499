import { X509Certificate } from 'node:crypto';
import { CliError, orNull } from '../errors/cli-error.ts';
import type { Pace } from '../text/pace.ts';
import { appearance, beginsLikePfx, certificateInDer, derAppearance } from './appearance.ts';
import { Malformed, parsePrefix, Unsupported } from './asn1.ts';
import { readCertificate } from './certificate.ts';
import { inPieces, judgeContents } from './limits.ts';
import type { Certificate, P12File } from './model.ts';
import { decodePem } from './pem.ts';

const sequenceByte = 0x30;

/**
 * The certificates of a file in its order, at least one: DER has one, PEM (RFC 7468 §5)
 * any number.
 * @throws {CliError} certificate-not-recognized
 */
export async function readCertificateFile(
  file: P12File,
  pace: Pace,
): Promise<readonly [Certificate, ...Certificate[]]> {
  try {
    const encoded = await pace.inOneGo(() => encodedIn(file.bytes));
    judgeContents(0, encoded.length);
    const [first, ...others] = await inPieces(encoded, readOne, pace);
    if (first !== undefined) return [first, ...others];
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
    const what = cause instanceof Unsupported ? cause.message : 'is damaged or incomplete';
    throw new CliError('certificate-not-recognized', `${file.name} ${what}`, { cause });
  }
  if (beginsLikePfx(file.bytes))
    throw new CliError('certificate-not-recognized', `${file.name} is a .p12, not a certificate`, {
      facts: { p12: file.path ?? null },
    });
  const looks = appearance(file.bytes);
  throw new CliError(
    'certificate-not-recognized',
    `${file.name} holds no certificate: it ${looks}`,
  );
}

function encodedIn(bytes: Uint8Array): Uint8Array[] {
  const blocks = decodePem(bytes).filter(({ label }) => label.endsWith('CERTIFICATE'));
  if (blocks.length > 0) return blocks.map(({ der }) => der);
  if (bytes[0] !== sequenceByte) return [];
  const looks = derAppearance(bytes);
  return looks === certificateInDer || (looks === null && !beginsLikePfx(bytes)) ? [bytes] : [];
}

/**
 * Cuts trailing bytes: a line break, or the additions of OpenSSL's TRUSTED CERTIFICATE.
 */
function readOne(der: Uint8Array): Certificate {
  return readCertificate(der.subarray(0, parsePrefix(der).length)).certificate;
}

type Encoded = Pick<Certificate, 'der' | 'fingerprint'>;
/**
 * The most verifications: a chain takes one for each certificate, and more only if
 * several share a name.
 */
const maxSignatures = 64;

/**
 * The leaf's authorities, issuer by issuer, without the leaf itself, duplicates and
 * others.
 */
export function orderChain<Link extends Encoded>(
  leaf: Encoded,
  candidates: readonly Link[],
): readonly Link[] {
  const left = new Map(
    candidates.map((candidate) => [
      candidate.fingerprint,
      [candidate, new X509Certificate(candidate.der)] as const,
    ]),
  );
  left.delete(leaf.fingerprint);
  const ordered: Link[] = [];
  let signatures = 0;
  for (let subject = new X509Certificate(leaf.der); ; ) {
    const issuer = [...left.values()].find(
      ([, authority]) =>
        subject.checkIssued(authority) &&
        ++signatures <= maxSignatures &&
        orNull(() => subject.verify(authority.publicKey)),
    );
    if (issuer === undefined) return ordered;
    left.delete(issuer[0].fingerprint);
    ordered.push(issuer[0]);
    subject = issuer[1];
  }
}
