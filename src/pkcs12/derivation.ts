import { isUtf8 } from 'node:buffer';
import { pbkdf2, pbkdf2Sync, scrypt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Secret } from '../text/secret.ts';
import { type Asn1, children, integer, isUniversal, octets, oid, tag } from './asn1.ts';
import { derivePkcs12Key, digests, type Iterated } from './pkcs12-kdf.ts';

interface Scrypt extends Pick<Iterated, 'salt' | 'length'> {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** How a key is derived from a password. */
export type Derivation =
  | ({ readonly kdf: 'pkcs12'; readonly purpose: 1 | 2 | 3 } & Iterated)
  | ({ readonly kdf: 'pbkdf2' } & Iterated)
  | ({ readonly kdf: 'scrypt' } & Scrypt);

/**
 * A password as bytes: for the PKCS #12 derivation (RFC 7292 §B.1), and for the others
 * (RFC 8018 §3).
 */
export interface EncodedPassword {
  readonly bmp: Uint8Array;
  readonly utf8: Uint8Array;
}

/**
 * The encodings of a password in common programs, the likeliest first. Null (absent) and
 * empty are each also tried as the other.
 */
export function encodings(
  password: Secret | null,
): readonly [EncodedPassword, ...EncodedPassword[]] {
  const bytes = password?.revealBytes() ?? Buffer.alloc(0);
  // Bytes that are not UTF-8 count one by one, as in OpenSSL: replacement characters
  // would turn many passwords into the same wrong one.
  if (!isUtf8(bytes)) return [{ bmp: bmpString(bytes.toString('latin1')), utf8: bytes }];
  const text = bytes.toString('utf8');
  const encoded = { bmp: bmpString(text), utf8: Buffer.from(text, 'utf8') };
  if (text === '') return [encoded, { ...encoded, bmp: new Uint8Array() }];
  const latin1 = Buffer.from(text, 'latin1');
  if (latin1.equals(encoded.utf8) || latin1.toString('latin1') !== text) return [encoded];
  return [encoded, { ...encoded, utf8: latin1 }];
}

/**
 * UTF-16, big-endian, surrogates kept, with two zero bytes at the end (RFC 7292 §B.1).
 */
function bmpString(text: string): Uint8Array {
  return Buffer.from(`${text}\0`, 'utf16le').swap16();
}

/** The form of an encoded password that a derivation reads. */
export function passwordBytes(derivation: Derivation, encoded: EncodedPassword): Uint8Array {
  return derivation.kdf === 'pkcs12' ? encoded.bmp : encoded.utf8;
}

const derivePbkdf2 = promisify(pbkdf2);
const deriveScrypt = promisify<Uint8Array, Uint8Array, number, object, Buffer>(scrypt);

type Tasks = readonly { readonly derivation: Derivation; readonly encoded: EncodedPassword }[];

/**
 * Derives all keys in parallel, a few short ones without a thread. Rejects with the
 * signal's reason on abort.
 */
export async function deriveKeys(tasks: Tasks, signal?: AbortSignal): Promise<Uint8Array[]> {
  signal?.throwIfAborted();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort);
  });
  // A fleet derives many keys under one signal: remove each listener.
  return Promise.race([sideBySide(tasks, signal), aborted]).finally(() =>
    signal?.removeEventListener('abort', onAbort),
  );
}

/** The size of Node's thread pool; a worker takes some 10 MB. */
const maxThreads = 4;

/**
 * One derivation per core at a time: the thread pool finishes its work, and the process
 * waits for it at exit, aborted or not.
 */
async function sideBySide(tasks: Tasks, signal: AbortSignal | undefined): Promise<Uint8Array[]> {
  const keys: Uint8Array[] = [];
  const left = tasks.entries();
  const takeTurns = async (): Promise<void> => {
    for (const [index, { derivation, encoded }] of left) {
      signal?.throwIfAborted();
      keys[index] = await deriveKey(derivation, encoded, tasks.length <= maxThreads, signal);
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), maxThreads) }, takeTurns),
  );
  return keys;
}

/**
 * PBKDF2 takes 2 to 12 ms for this many. Starting the thread pool takes 1 ms: a few such
 * keys do without it.
 */
const fewIterations = 5000;

async function deriveKey(
  derivation: Derivation,
  encoded: EncodedPassword,
  areFew: boolean,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { salt, length } = derivation;
  const password = passwordBytes(derivation, encoded);
  if (derivation.kdf === 'pkcs12') {
    const { output, block } = digests[derivation.digest];
    return derivePkcs12Key({ ...derivation, output, block, password }, signal);
  }
  if (derivation.kdf === 'pbkdf2') {
    const { iterations, digest } = derivation;
    if (!areFew || iterations > fewIterations)
      return derivePbkdf2(password, salt, iterations, length, digest);
    // Timers and signals have their turn between keys.
    await setImmediate();
    return pbkdf2Sync(password, salt, iterations, length, digest);
  }
  const { N, r, p } = derivation;
  return deriveScrypt(password, salt, length, { N, r, p, maxmem: 2 * scryptMemory(derivation) });
}

/** Bytes that scrypt needs (RFC 7914 §2). */
export function scryptMemory({ N, r, p }: Pick<Scrypt, 'N' | 'r' | 'p'>): number {
  return 128 * r * (N + p + 1);
}

export const pbkdf2Id = '1.2.840.113549.1.5.12';

/**
 * Reads PBKDF2-params (RFC 8018 §A.2); `keyLength` in bytes, null where the file does not
 * state it; `prf` an object identifier.
 * @throws {Malformed}
 */
export function readPbkdf2(parameters: Asn1 | undefined) {
  const [salt, count, ...rest] = children(parameters);
  const keyLength = rest.find((node) => isUniversal(node, tag.integer));
  const prf = rest.find((node) => isUniversal(node, tag.sequence));
  return {
    salt: octets(salt),
    iterations: integer(count),
    keyLength: keyLength === undefined ? null : integer(keyLength),
    prf: prf === undefined ? digests.sha1.hmac : oid(children(prf)[0]),
  };
}
