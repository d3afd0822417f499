import { createHmac, timingSafeEqual } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import type { Secret } from '../text/secret.ts';
import { appearance, beginsLikePfx, looksConverted, wrongKind } from './appearance.ts';
import {
  type Asn1,
  children,
  explicit,
  integer,
  Malformed,
  octets,
  oid,
  type ParsedPrefix,
  parsePrefix,
  Unsupported,
} from './asn1.ts';
import { type Derivation, pbkdf2Id, readPbkdf2 } from './derivation.ts';
import type { P12File } from './model.ts';
import { type Digest, digestBy, digests } from './pkcs12-kdf.ts';
import type { Lock, Scheme } from './protections.ts';
import { oids, readAuthenticatedSafe, type SafePart } from './safe-contents.ts';

/** A PFX (RFC 7292 §4) as in the file: neither decrypted nor checked. */
export interface Pfx {
  /** Without trailing bytes. */
  readonly bytes: Uint8Array;
  readonly trailingBytes: number;
  readonly mac: Scheme | null;
  /** The content of the AuthenticatedSafe, which the MAC covers. */
  readonly content: Uint8Array;
  readonly parts: readonly SafePart[];
}

/** The file is of another kind, or was converted as text on its way. */
class NotPfx extends Malformed {}

/**
 * A password that opens nothing, or only passes the MAC and not every part. Never leaves
 * this room.
 */
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
 * @throws {CliError} pkcs12-not-recognized, pkcs12-corrupt, pkcs12-unsupported (a version
 * other than 3, a signature for integrity)
 */
export function readPfx(file: P12File): Pfx {
  try {
    return decodePfx(file.bytes);
  } catch (error) {
    throw notRead(file, error);
  }
}

/**
 * Reads the outer structure of a .p12; the caller adds its name to errors.
 * @throws {Malformed} for `notRead`
 */
export function decodePfx(bytes: Uint8Array): Pfx {
  if (!beginsLikePfx(bytes)) throw new NotPfx();
  let outer: ParsedPrefix;
  try {
    outer = parsePrefix(bytes);
  } catch (error) {
    throw error instanceof Malformed && looksConverted(bytes) ? new NotPfx() : error;
  }
  const { node, length } = outer;
  const [version, contentInfo, macData] = children(node);
  if (integer(version) !== 3)
    throw new Unsupported(`is a PFX of version ${integer(version)}, not 3`);
  const [type, wrapped] = children(contentInfo);
  if (oid(type) !== oids.data)
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

/** The error for the user; errors from elsewhere stay as they are. */
export function notRead(
  { name, path, bytes, encoding }: P12File,
  error: unknown,
  password: Secret | null = null,
): unknown {
  if (error instanceof NotPfx) {
    const [is, it] = encoding === undefined ? ['not', 'it'] : ['base64, but not of', 'the content'];
    return new CliError(
      'pkcs12-not-recognized',
      `${name} is ${is} a .p12 file: ${it} ${appearance(bytes)}`,
      {
        facts: {
          kind: wrongKind(bytes) ?? 'other',
          ...(encoding && { encoding }),
          ...(path != null && { path }),
        },
      },
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
      error.partly
        ? `Part of ${name} is encrypted and needs a password`
        : `${name} does not open without a password`,
    );
  return new CliError(
    'pkcs12-password-incorrect',
    error.partly
      ? `The password opens ${name}, but not every part of it. One part has another ` +
          'password, or is damaged'
      : `The password does not open ${name}, or the file is damaged`,
    { rejected: password },
  );
}

/** Absent and empty are each also tried as the other. */
export function isEmpty(password: Secret | null): boolean {
  return password === null || password.reveal() === '';
}

const pbmac1 = '1.2.840.113549.1.5.14';

/**
 * Reads MacData, the integrity check of a PFX (RFC 7292 §4); the count defaults to 1. Its
 * name is `sha256`, or `pbmac1-sha256` where the key comes from PBKDF2 (RFC 9579).
 * @throws {Malformed}
 */
export function readMac(node: Asn1): Scheme {
  const [digestInfo, saltNode, count] = children(node);
  const [algorithm, expectedNode] = children(digestInfo);
  const [identifier, parameters] = children(algorithm);
  const id = oid(identifier);
  const salt = octets(saltNode);
  const expected = octets(expectedNode);
  if (id === pbmac1) return readPbmac1(parameters, expected);
  const iterations = count === undefined ? 1 : integer(count);
  const digest = digestBy('id', id);
  if (digest === null) return { name: id, iterations, lock: null };
  const length = digests[digest].output;
  const derivation = { kdf: 'pkcs12', digest, purpose: 3, salt, iterations, length } as const;
  return { name: digest, iterations, lock: macLock(derivation, digest, expected) };
}

/** A key longer than the longest digest would take more work than the count says. */
const longestKey = 64;

/** PBMAC1 (RFC 9579 §3, RFC 8018 §A.5): MacData's own salt and count are ignored. */
function readPbmac1(parameters: Asn1 | undefined, expected: Uint8Array): Scheme {
  const [kdfNode, schemeNode] = children(parameters);
  const [kdfId, kdfParameters] = children(kdfNode);
  const hmac = oid(children(schemeNode)[0]);
  const kdf = oid(kdfId);
  if (kdf !== pbkdf2Id) return { name: `pbmac1 with ${kdf}`, iterations: null, lock: null };
  const { salt, iterations, keyLength: length, prf } = readPbkdf2(kdfParameters);
  const digest = digestBy('hmac', hmac);
  const prfDigest = digestBy('hmac', prf);
  const name = `pbmac1-${digest ?? hmac}`;
  if (digest === null) return { name, iterations, lock: null };
  if (prfDigest === null) return { name: `${name} with ${prf}`, iterations, lock: null };
  if (length === null || length < 1 || length > longestKey)
    return { name: `${name} with a key of ${length ?? 'unstated'} bytes`, iterations, lock: null };
  const derivation = { kdf: 'pbkdf2', digest: prfDigest, salt, iterations, length } as const;
  return { name, iterations, lock: macLock(derivation, digest, expected) };
}

/** Compared in constant time. */
function macLock(derivation: Derivation, digest: Digest, expected: Uint8Array): Lock {
  return {
    derivations: [derivation],
    async open([key], content) {
      if (key === undefined) return null;
      const computed = createHmac(digest, key).update(content).digest();
      const fits = computed.length === expected.length && timingSafeEqual(computed, expected);
      return fits ? new Uint8Array() : null;
    },
  };
}
