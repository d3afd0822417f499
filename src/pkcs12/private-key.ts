import { createPrivateKey, type KeyObject } from 'node:crypto';
import { CliError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { oddFacts } from '../secret-oddities.ts';
import { appearance } from './appearance.ts';
import { type Asn1, children, isUniversal, Malformed, oid, parsePrefix, tag, toDer } from './asn1.ts';
import { spellings } from './derivation.ts';
import { judgeCounts } from './limits.ts';
import { attempts, encryptionLock, type Lock, tryAll } from './locks.ts';
import type { P12File } from './model.ts';
import { decodePem } from './pem.ts';
import { keyAlgorithms } from './push-identity.ts';
import { readEncryptedKey } from './safe-contents.ts';

/** A private key as it stands in its file: readable, or behind a password. */
export type StoredKey =
  | { readonly kind: 'clear'; readonly key: KeyObject }
  | {
      readonly kind: 'encrypted';
      /** @throws {CliError} key-password-incorrect, interrupted */
      decrypt(password: Secret, signal: AbortSignal): Promise<KeyObject>;
    };

/** Ends the header of a key that OpenSSL encrypted before there was PKCS #8 (RFC 1421 §4.6.1.1). */
const encryptedByHeader = 'Proc-Type: 4,ENCRYPTED';

/**
 * The first private key of a file, PEM among whatever else or DER: PKCS #8 (RFC 5958), clear or encrypted, PKCS #1
 * (RFC 8017 §A.1.2) or SEC 1 (RFC 5915). Nothing is decrypted yet.
 * @throws {CliError} key-not-recognised
 */
export function readPrivateKey(file: P12File): StoredKey {
  const blocks = decodePem(file.bytes);
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block?.text.includes(encryptedByHeader))
    return { kind: 'encrypted', decrypt: async (password) => decryptByHeader(block.text, password, file) };
  try {
    return readDer(block?.der ?? file.bytes, file);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    if (block === undefined) throw refused(`holds no private key: it ${appearance(file.bytes)}`, file, error);
    throw refused('is damaged: its private key cannot be read', file, error);
  }
}

/** @throws {CliError} key-not-recognised @throws {Malformed} */
function readDer(der: Uint8Array, file: P12File): StoredKey {
  const { node } = parsePrefix(der);
  if (!isUniversal(children(node)[0], tag.sequence)) return { kind: 'clear', key: readClear(node, file) };
  const encrypted = readEncryptedKey(node);
  const lock = encryptionLock(encrypted);
  if (lock === null)
    throw refused(`is encrypted with an unsupported algorithm: ${encrypted.encryption.name}`, file);
  judgeWork(lock, file);
  return { kind: 'encrypted', decrypt: (password, signal) => decrypt(lock, password, file, signal) };
}

function judgeWork({ work }: Lock, file: P12File): void {
  try {
    judgeCounts(file.name, [work]);
  } catch (error) {
    throw error instanceof CliError ? new CliError('key-not-recognised', error.message) : error;
  }
}

/** Told apart by the second field: an AlgorithmIdentifier, an INTEGER or an OCTET STRING. */
function readClear(node: Asn1, file: P12File): KeyObject {
  const [, second, third] = children(node);
  if (isUniversal(second, tag.integer)) return createKey(node, 'pkcs1');
  if (isUniversal(second, tag.octetString)) return createKey(node, 'sec1');
  const id = oid(children(second)[0]);
  if (!isUniversal(third, tag.octetString)) throw new Malformed('no private key');
  if (!keyAlgorithms.includes(id)) throw refused(`has a private key of an unsupported type: ${id}`, file);
  const key = createKey(node, 'pkcs8');
  if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1')
    throw refused('is an APNs auth key (.p8), which is another kind of credential', file);
  return key;
}

function createKey(node: Asn1, type: 'pkcs1' | 'pkcs8' | 'sec1'): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(toDer(node)), format: 'der', type });
  } catch (cause) {
    throw new Malformed('no private key', { cause });
  }
}

/** Wrong keys show in the padding, in the first byte, or in what was decrypted. */
async function decrypt(lock: Lock, password: Secret, file: P12File, signal: AbortSignal): Promise<KeyObject> {
  const answers = await tryAll(attempts(lock, spellings(password)), signal);
  const plain = answers.find((answer) => answer !== null);
  try {
    if (plain) return readClear(parsePrefix(plain).node, file);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  throw incorrect(file, password);
}

function decryptByHeader(text: string, password: Secret, file: P12File): KeyObject {
  try {
    return createPrivateKey({ key: text, format: 'pem', passphrase: password.revealBytes() });
  } catch {
    throw incorrect(file, password);
  }
}

function incorrect({ name }: P12File, password: Secret): CliError {
  return new CliError(
    'key-password-incorrect',
    `The password does not decrypt ${name}, or the file is damaged`,
    { facts: oddFacts(password) },
  );
}

function refused(what: string, { name }: P12File, cause?: Malformed): CliError {
  return new CliError('key-not-recognised', `${name} ${what}`, cause === undefined ? {} : { cause });
}
