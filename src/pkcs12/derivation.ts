import { isUtf8 } from 'node:buffer';
import { pbkdf2, scrypt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import type { Secret } from '../text/secret.ts';
import { type Asn1, children, integer, isUniversal, octets, oid, tag } from './asn1.ts';
import {
  type Digest,
  derivePkcs12Keys,
  digests,
  type Numbered,
  type Pkcs12Derivation,
} from './pkcs12-kdf.ts';

/** How a key is derived from a password; `length` in bytes. */
export type Derivation =
  | {
      readonly kdf: 'pkcs12';
      readonly digest: Digest;
      readonly purpose: 1 | 2 | 3;
      readonly salt: Uint8Array;
      readonly iterations: number;
      readonly length: number;
    }
  | {
      readonly kdf: 'pbkdf2';
      readonly digest: Digest;
      readonly salt: Uint8Array;
      readonly iterations: number;
      readonly length: number;
    }
  | {
      readonly kdf: 'scrypt';
      readonly salt: Uint8Array;
      readonly N: number;
      readonly r: number;
      readonly p: number;
      readonly length: number;
    };

/** A password as bytes: for the PKCS #12 derivation (RFC 7292 §B.1), and for the others (RFC 8018 §3). */
export interface EncodedPassword {
  readonly bmp: Uint8Array;
  readonly utf8: Uint8Array;
}

/** The ways in which programs encode a password, the likeliest first. Null (absent) and empty are each also tried as the other. */
export function encodings(password: Secret | null): readonly [EncodedPassword, ...EncodedPassword[]] {
  const bytes = password?.revealBytes() ?? Buffer.alloc(0);
  // Bytes that are not UTF-8 are taken one by one, as OpenSSL does: replacement characters would be another password, and
  // the same one for many.
  if (!isUtf8(bytes)) return [{ bmp: bmpString(bytes.toString('latin1')), utf8: bytes }];
  const text = bytes.toString('utf8');
  const encoded = { bmp: bmpString(text), utf8: Buffer.from(text, 'utf8') };
  if (text === '') return [encoded, { ...encoded, bmp: new Uint8Array() }];
  const latin1 = Buffer.from(text, 'latin1');
  if (latin1.equals(encoded.utf8) || latin1.toString('latin1') !== text) return [encoded];
  return [encoded, { ...encoded, utf8: latin1 }];
}

/** UTF-16, big-endian, surrogates kept, with two zero bytes at the end (RFC 7292 §B.1). */
function bmpString(text: string): Uint8Array {
  return Buffer.from(`${text}\0`, 'utf16le').swap16();
}

/** What a derivation reads of an encoded password. */
export function passwordBytes(derivation: Derivation, encoded: EncodedPassword): Uint8Array {
  return derivation.kdf === 'pkcs12' ? encoded.bmp : encoded.utf8;
}

const derivePbkdf2 = promisify(pbkdf2);
const deriveScrypt = promisify<Uint8Array, Uint8Array, number, object, Buffer>(scrypt);

/** Derives all keys in parallel, off the event loop where that takes long. Rejects with the signal's reason on abort. */
export async function deriveKeys(
  tasks: readonly { readonly derivation: Derivation; readonly encoded: EncodedPassword }[],
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  signal?.throwIfAborted();
  const inThreadPool: Numbered<() => Promise<Uint8Array>>[] = [];
  const inWorkers: Numbered<Pkcs12Derivation>[] = [];
  for (const [index, { derivation, encoded }] of tasks.entries()) {
    if (derivation.kdf === 'pkcs12') {
      inWorkers.push([index, { ...derivation, ...digests[derivation.digest], password: encoded.bmp }]);
    } else {
      inThreadPool.push([index, () => deriveInThread(derivation, encoded.utf8)]);
    }
  }
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort);
  });
  const derived = Promise.all([derivePkcs12Keys(inWorkers, signal), sideBySide(inThreadPool, signal)]);
  // A fleet derives many keys under one signal, and every listener would stay with it.
  const [fromWorkers, fromThreadPool] = await Promise.race([derived, aborted]).finally(() =>
    signal?.removeEventListener('abort', onAbort),
  );
  const keys: Uint8Array[] = [];
  for (const [index, key] of [...fromWorkers, ...fromThreadPool]) keys[index] = key;
  return keys;
}

/** The size of Node's thread pool. */
const mostThreads = 4;

/**
 * One derivation per core at a time: the thread pool finishes whatever it was given, and the process waits for it to exit,
 * aborted or not.
 */
async function sideBySide(
  tasks: readonly Numbered<() => Promise<Uint8Array>>[],
  signal: AbortSignal | undefined,
): Promise<Numbered<Uint8Array>[]> {
  const keys: Numbered<Uint8Array>[] = [];
  const left = tasks.values();
  const takeTurns = async (): Promise<void> => {
    for (const [index, derive] of left) {
      signal?.throwIfAborted();
      keys.push([index, await derive()]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), mostThreads) }, takeTurns));
  return keys;
}

function deriveInThread(
  derivation: Exclude<Derivation, { kdf: 'pkcs12' }>,
  password: Uint8Array,
): Promise<Uint8Array> {
  const { salt, length } = derivation;
  if (derivation.kdf === 'pbkdf2')
    return derivePbkdf2(password, salt, derivation.iterations, length, derivation.digest);
  const { N, r, p } = derivation;
  return deriveScrypt(password, salt, length, { N, r, p, maxmem: 2 * scryptMemory(derivation) });
}

/** Bytes that scrypt needs (RFC 7914 §2). */
export function scryptMemory({ N, r, p }: { N: number; r: number; p: number }): number {
  return 128 * r * (N + p + 1);
}

/** The parameters of PBKDF2 (RFC 8018 §A.2); `keyLength` in bytes, null where the file does not state it; `prf` an object identifier. */
export interface Pbkdf2Parameters {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly keyLength: number | null;
  readonly prf: string;
}

const hmacWithSha1 = '1.2.840.113549.2.7';
const prfs: Readonly<Record<string, Digest>> = {
  '1.2.840.113549.2.6': 'md5',
  [hmacWithSha1]: 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
  '1.2.840.113549.2.12': 'sha512-224',
  '1.2.840.113549.2.13': 'sha512-256',
  '2.16.840.1.101.3.4.2.13': 'sha3-224',
  '2.16.840.1.101.3.4.2.14': 'sha3-256',
  '2.16.840.1.101.3.4.2.15': 'sha3-384',
  '2.16.840.1.101.3.4.2.16': 'sha3-512',
};

/** The digest of an HMAC by its object identifier (RFC 8018 §B.1; NIST's for SHA-3), or null. */
export function digestOfPrf(id: string): Digest | null {
  return prfs[id] ?? null;
}

/** Reads PBKDF2-params. @throws {Malformed} */
export function readPbkdf2(parameters: Asn1 | undefined): Pbkdf2Parameters {
  const [salt, count, ...rest] = children(parameters);
  const keyLength = rest.find((node) => isUniversal(node, tag.integer));
  const prf = rest.find((node) => isUniversal(node, tag.sequence));
  return {
    salt: octets(salt),
    iterations: integer(count),
    keyLength: keyLength === undefined ? null : integer(keyLength),
    prf: prf === undefined ? hmacWithSha1 : oid(children(prf)[0]),
  };
}
