import { CliError } from '../errors/cli-error.ts';
import { oddFacts } from '../errors/secret-oddities.ts';
import type { Secret } from '../text/secret.ts';
import { appearance, beginsLikePfx, looksConverted, loosePart } from './appearance.ts';
import { children, explicit, integer, Malformed, octets, oid, parsePrefix, Unsupported } from './asn1.ts';
import { readMac } from './mac.ts';
import type { P12File } from './model.ts';
import type { Scheme } from './protections.ts';
import { readAuthenticatedSafe, type SafePart } from './safe-contents.ts';

/** A PFX (RFC 7292 §4) as it is in the file: nothing decrypted, nothing judged. */
export interface Pfx {
  /** Without trailing bytes. */
  readonly bytes: Uint8Array;
  readonly trailingBytes: number;
  readonly mac: Scheme | null;
  /** The content of the AuthenticatedSafe, which the MAC is computed over. */
  readonly content: Uint8Array;
  readonly parts: readonly SafePart[];
}

const data = '1.2.840.113549.1.7.1';

/** The file is of another kind, or was converted as text on its way. */
class NotPfx extends Malformed {}

/** A password that opens nothing, or that the MAC accepts and a part does not. It never leaves this folder. */
export class PasswordRefused extends Error {
  readonly partly: boolean;

  /** @param partly whether the MAC accepts it, and only a part does not open */
  constructor(partly: boolean) {
    super();
    this.partly = partly;
  }
}

/**
 * Reads the outer structure of a .p12, without a password.
 * @throws {CliError} pkcs12-not-recognised, pkcs12-corrupt, pkcs12-unsupported (a version other than 3, a signature for integrity)
 */
export function readPfx(file: P12File): Pfx {
  try {
    return decodePfx(file.bytes);
  } catch (error) {
    throw notRead(file, error);
  }
}

/** Reads the outer structure of a .p12 whose name is told by whoever catches what it throws. @throws {Malformed} for `notRead` */
export function decodePfx(bytes: Uint8Array): Pfx {
  if (!beginsLikePfx(bytes)) throw new NotPfx();
  let outer: ReturnType<typeof parsePrefix>;
  try {
    outer = parsePrefix(bytes);
  } catch (error) {
    throw error instanceof Malformed && looksConverted(bytes) ? new NotPfx() : error;
  }
  const { node, length } = outer;
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

/** The error as whoever gave the file and its password is to read it; of what is none of this folder's, itself. */
export function notRead({ name, bytes }: P12File, error: unknown, password: Secret | null = null): unknown {
  if (error instanceof NotPfx) {
    const part = loosePart(bytes);
    return new CliError(
      'pkcs12-not-recognised',
      `${name} is not a .p12 file: it ${appearance(bytes)}`,
      part === null ? {} : { facts: { part, name } },
    );
  }
  if (error instanceof Unsupported)
    return new CliError('pkcs12-unsupported', `${name} ${error.message}`, { cause: error });
  if (error instanceof Malformed)
    return new CliError('pkcs12-corrupt', `${name} is damaged or incomplete`, { cause: error });
  if (!(error instanceof PasswordRefused)) return error;
  if (isEmpty(password))
    return new CliError(
      'pkcs12-password-required',
      `${name} ${error.partly ? 'has an encrypted part that does' : 'does'} not open without a password`,
    );
  return new CliError(
    'pkcs12-password-incorrect',
    error.partly
      ? `The password is the one of ${name}, but does not decrypt all of it: a part has another password or is damaged`
      : `The password does not open ${name}, or the file is damaged: the two cannot be told apart`,
    { facts: oddFacts(password) },
  );
}

/** Absent and empty are each also tried as the other. */
export function isEmpty(password: Secret | null): boolean {
  return password === null || password.reveal() === '';
}
