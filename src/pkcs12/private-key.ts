import type { KeyObject } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import type { Pace } from '../text/pace.ts';
import type { Secret } from '../text/secret.ts';
import { appearance } from './appearance.ts';
import {
  type Asn1,
  children,
  isUniversal,
  Malformed,
  parsePrefix,
  tag,
  Unsupported,
} from './asn1.ts';
import { encodings } from './derivation.ts';
import { readKey } from './key.ts';
import { judgeCounts, Work } from './limits.ts';
import type { P12File } from './model.ts';
import { decodePem, isEncryptedPem } from './pem.ts';
import { attempts, derivationsOf, type Locked, tryAll } from './protections.ts';
import { readEncryptedKey } from './safe-contents.ts';

/** A private key in its file: readable, or encrypted. */
export type StoredKey =
  | { readonly kind: 'clear'; readonly key: KeyObject }
  | {
      readonly kind: 'encrypted';
      /** @throws {CliError} key-password-incorrect, key-not-recognized, interrupted */
      decrypt(password: Secret, pace: Pace): Promise<KeyObject>;
    };

/**
 * The first private key of a file, in PEM among other blocks, or DER: PKCS #8 (RFC 5958),
 * clear or encrypted, PKCS #1 (RFC 8017 §A.1.2) or SEC 1 (RFC 5915). Decrypts nothing
 * yet.
 * @throws {CliError} key-not-recognized
 */
export function readPrivateKey(file: P12File): StoredKey {
  const blocks = decodePem(file.bytes);
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block !== undefined && isEncryptedPem(block.text))
    throw new CliError('key-not-recognized', `${file.name} is encrypted in OpenSSL's old format`, {
      facts: { wanted: 'pkcs8' },
    });
  try {
    return readDer(block?.der ?? file.bytes, file);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    if (error instanceof Unsupported) throw refused(error.message, file, error);
    if (block === undefined)
      throw refused(`holds no private key: it ${appearance(file.bytes)}`, file, error);
    throw refused('is damaged: its private key cannot be read', file, error);
  }
}

/** @throws {Malformed} */
function readDer(der: Uint8Array, file: P12File): StoredKey {
  const { node } = parsePrefix(der);
  if (!isUniversal(children(node)[0], tag.sequence)) return { kind: 'clear', key: readClear(node) };
  const encrypted = readEncryptedKey(node);
  const { name, iterations, lock } = encrypted.scheme;
  if (lock === null) throw new Unsupported(`is encrypted with an unsupported algorithm: ${name}`);
  judgeCounts(iterations === null ? [] : [iterations]);
  new Work().require(lock.derivations);
  return {
    kind: 'encrypted',
    decrypt: (password, pace) => decryptKey(encrypted, password, file, pace),
  };
}

function readClear(node: Asn1): KeyObject {
  const key = readKey(node);
  // Without the details of an RSA key, which contain the exponent as a number: quadratic
  // in its length.
  const isAuthKey =
    key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (isAuthKey && isUniversal(children(node)[1], tag.sequence))
    throw new Unsupported('is an APNs auth key (.p8), not the key of a certificate');
  return key;
}

/** A wrong password shows in the padding, in the first byte, or in what was decrypted. */
async function decryptKey(
  encrypted: Locked,
  password: Secret,
  file: P12File,
  { signal, inOneGo }: Pace,
): Promise<KeyObject> {
  try {
    const list = attempts(encrypted, encodings(password));
    new Work().require(derivationsOf(list.map(({ locked }) => locked)));
    const plain = (await tryAll(list, signal)).find((answer) => answer !== null) ?? null;
    if (plain !== null) return await inOneGo(() => readClear(parsePrefix(plain).node));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    if (error instanceof Unsupported) throw refused(error.message, file, error);
  }
  throw new CliError(
    'key-password-incorrect',
    `The password does not decrypt ${file.name}, or the file is damaged`,
    { rejected: password },
  );
}

function refused(what: string, { name }: P12File, cause: Malformed): CliError {
  return new CliError('key-not-recognized', `${name} ${what}`, { cause });
}
