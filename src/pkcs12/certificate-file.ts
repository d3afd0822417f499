import { CliError } from '../errors/cli-error.ts';
import type { Pace } from '../text/pace.ts';
import { appearance, beginsLikePfx } from './appearance.ts';
import { Malformed, parsePrefix, Unsupported } from './asn1.ts';
import { readCertificate } from './certificate.ts';
import { certificateInDer, derAppearance } from './der-appearance.ts';
import { judgeContents } from './limits.ts';
import type { Certificate, P12File } from './model.ts';
import { decodePem } from './pem.ts';
import { inPieces } from './turns.ts';

const sequenceByte = 0x30;

/**
 * The certificates of a file in its order, at least one: DER has one, PEM (RFC 7468 §5) any number.
 * @throws {CliError} certificate-not-recognised
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
    throw new CliError('certificate-not-recognised', `${file.name} ${what}`, { cause });
  }
  const looks = appearance(file.bytes);
  throw new CliError('certificate-not-recognised', `${file.name} holds no certificate: it ${looks}`);
}

function encodedIn(bytes: Uint8Array): Uint8Array[] {
  const blocks = decodePem(bytes).filter(({ label }) => label.endsWith('CERTIFICATE'));
  if (blocks.length > 0) return blocks.map(({ der }) => der);
  if (bytes[0] !== sequenceByte) return [];
  const looks = derAppearance(bytes);
  return looks === certificateInDer || (looks === null && !beginsLikePfx(bytes)) ? [bytes] : [];
}

/** Without what follows it: a line break, or what OpenSSL's TRUSTED CERTIFICATE adds. */
function readOne(der: Uint8Array): Certificate {
  return readCertificate(der.subarray(0, parsePrefix(der).length)).certificate;
}
