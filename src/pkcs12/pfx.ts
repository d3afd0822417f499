import { CliError } from '../errors/cli-error.ts';
import { appearance, beginsLikePfx, looksConverted, loosePart } from './appearance.ts';
import { children, explicit, integer, Malformed, octets, oid, parsePrefix, Unsupported } from './asn1.ts';
import { type Mac, readMac } from './mac.ts';
import type { P12File } from './model.ts';
import { readAuthenticatedSafe, type SafePart } from './safe-contents.ts';

/** A PFX (RFC 7292 §4) as it is in the file: nothing decrypted, nothing judged. */
export interface Pfx {
  /** Without trailing bytes. */
  readonly bytes: Uint8Array;
  readonly trailingBytes: number;
  readonly mac: Mac | null;
  /** The content of the AuthenticatedSafe, which the MAC is computed over. */
  readonly content: Uint8Array;
  readonly parts: readonly SafePart[];
}

const data = '1.2.840.113549.1.7.1';

/** The file is of another kind, or was converted as text on its way. */
class NotPfx extends Malformed {}

/**
 * Reads the outer structure of a .p12, without a password.
 * @throws {CliError} pkcs12-not-recognised, pkcs12-corrupt, pkcs12-unsupported (a version other than 3, a signature for integrity)
 */
export function readPfx(file: P12File): Pfx {
  try {
    return decodePfx(file.bytes);
  } catch (error) {
    throw error instanceof Malformed ? notRead(file, error) : error;
  }
}

/** Reads the outer structure of a .p12 whose name is told by whoever catches what it throws. @throws {Malformed} for `notRead` */
export function decodePfx(bytes: Uint8Array): Pfx {
  if (!beginsLikePfx(bytes)) throw new NotPfx();
  const { node, length } = parseOuter(bytes);
  const [version, contentInfo, macData] = children(node);
  if (integer(version) !== 3) throw new Unsupported(`is a PFX of version ${integer(version)}, not 3`);
  const [type, wrapped] = children(contentInfo);
  if (oid(type) !== data)
    throw new Unsupported(`is protected by something other than a password (${oid(type)})`);
  const content = octets(explicit(wrapped, 0));
  return {
    bytes: bytes.subarray(0, length),
    trailingBytes: bytes.length - length,
    mac: macData === undefined ? null : readMac(macData),
    content,
    parts: readAuthenticatedSafe(content),
  };
}

function parseOuter(bytes: Uint8Array): ReturnType<typeof parsePrefix> {
  try {
    return parsePrefix(bytes);
  } catch (error) {
    throw error instanceof Malformed && looksConverted(bytes) ? new NotPfx() : error;
  }
}

/** The error of a file that is no .p12, or begins as one and then is damaged or unsupported. */
export function notRead({ name, bytes }: P12File, cause: Malformed): CliError {
  if (cause instanceof NotPfx) {
    const part = loosePart(bytes);
    return new CliError(
      'pkcs12-not-recognised',
      `${name} is not a .p12 file: it ${appearance(bytes)}`,
      part === null ? {} : { facts: { part, name } },
    );
  }
  if (cause instanceof Unsupported)
    return new CliError('pkcs12-unsupported', `${name} ${cause.message}`, { cause });
  return new CliError('pkcs12-corrupt', `${name} is damaged or incomplete`, { cause });
}
