import { CliError } from '../errors/cli-error.ts';
import { appearance, beginsLikePfx, looksConverted, loosePart } from './appearance.ts';
import {
  type Asn1,
  children,
  explicit,
  integer,
  Malformed,
  octets,
  oid,
  parsePrefix,
  Unsupported,
} from './asn1.ts';
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

/**
 * Reads the outer structure of a .p12, without a password.
 * @throws {CliError} pkcs12-not-recognised, pkcs12-corrupt, pkcs12-unsupported (a version other than 3, a signature for integrity)
 */
export function readPfx(file: P12File): Pfx {
  if (!beginsLikePfx(file.bytes)) throw notRecognised(file);
  try {
    return readStructure(file);
  } catch (error) {
    throw error instanceof Malformed ? notRead(file, error) : error;
  }
}

/** The error of a file that begins as a .p12 and then is damaged or unsupported. */
export function notRead(file: P12File, cause: Malformed): CliError {
  if (cause instanceof Unsupported)
    return new CliError('pkcs12-unsupported', `${file.name} ${cause.message}`, { cause });
  return new CliError('pkcs12-corrupt', `${file.name} is damaged or incomplete`, { cause });
}

function readStructure(file: P12File): Pfx {
  const { node, length } = parseOuter(file);
  const [version, authSafe, macData] = children(node);
  if (integer(version) !== 3)
    throw new CliError('pkcs12-unsupported', `${file.name} is a PFX of version ${integer(version)}, not 3`);
  const content = readContent(file, authSafe);
  return {
    bytes: file.bytes.subarray(0, length),
    trailingBytes: file.bytes.length - length,
    mac: macData === undefined ? null : readMac(macData),
    content,
    parts: readAuthenticatedSafe(content),
  };
}

function parseOuter(file: P12File): ReturnType<typeof parsePrefix> {
  try {
    return parsePrefix(file.bytes);
  } catch (error) {
    if (error instanceof Malformed && looksConverted(file.bytes)) throw notRecognised(file);
    throw error;
  }
}

function readContent(file: P12File, contentInfo: Asn1 | undefined): Uint8Array {
  const [type, content] = children(contentInfo);
  if (oid(type) !== data)
    throw new CliError(
      'pkcs12-unsupported',
      `${file.name} is protected by something other than a password (${oid(type)})`,
    );
  return octets(explicit(content, 0));
}

function notRecognised(file: P12File): CliError {
  const part = loosePart(file.bytes);
  return new CliError(
    'pkcs12-not-recognised',
    `${file.name} is not a .p12 file: it ${appearance(file.bytes)}`,
    part === null ? {} : { facts: { part, name: file.name } },
  );
}
