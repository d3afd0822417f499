import type { Pace } from '../text/pace.ts';
import { Unsupported } from './asn1.ts';
import type { Derivation } from './derivation.ts';
import { digests } from './pkcs12-kdf.ts';

/** The limit of one iteration count; known exporters use up to 600,000. */
const maxCount = 2_000_000;
/** The limit of all iteration counts of a file together. */
const maxTotal = 5_000_000;
/**
 * The most hashes to open a file, over all encodings of the password. A hash takes 0.5
 * µs, and 0.9 µs on a busy core: two to four seconds on two cores. A legacy file takes
 * six hashes an iteration: one for the MAC, two for RC2 and three for 3DES.
 */
const maxHashes = 8_000_000;

/** Checks the iteration counts of a file before deriving a key. @throws {Unsupported} */
export function judgeCounts(counts: readonly number[]): void {
  const wrong = counts.find((count) => count < 1 || count > maxCount);
  if (wrong !== undefined) {
    const limit = wrong < 1 ? 'below 1' : `above ${words(maxCount)}`;
    throw new Unsupported(`has an iteration count of ${words(wrong)}, ${limit}`);
  }
  const total = sum(counts);
  if (total > maxTotal)
    throw new Unsupported(`has ${words(total)} iterations in all, above ${words(maxTotal)}`);
}

/** Counts the hashes of one file before they are made. */
export class Work {
  #hashes = 0;

  /** @throws {Unsupported} if the sum exceeds the limit */
  require(derivations: readonly Derivation[]): void {
    if (this.affords(derivations)) return;
    const hashes = this.#hashes + hashesOf(derivations);
    throw new Unsupported(`needs ${words(hashes)} hashes to open, above ${words(maxHashes)}`);
  }

  /** Counts them only within the limit. */
  affords(derivations: readonly Derivation[]): boolean {
    const hashes = this.#hashes + hashesOf(derivations);
    if (hashes > maxHashes) return false;
    this.#hashes = hashes;
    return true;
  }
}

function hashesOf(derivations: readonly Derivation[]): number {
  return sum(derivations.map(hashesOfOne));
}

/**
 * The cost of a derivation in PKCS #12 hashes, each one call into Node.js's crypto (RFC
 * 7292 §B.2). PBKDF2 needs a single call: an iteration takes half a hash, or one with a
 * longer block (RFC 8018 §5.2). SHA-3 takes half as long again. scrypt hashes as often as
 * it fills and reads its memory (RFC 7914 §5).
 */
function hashesOfOne(derivation: Derivation): number {
  if (derivation.kdf === 'scrypt') return 2 * derivation.N * derivation.r * derivation.p;
  const { output, block } = digests[derivation.digest];
  const hashes = derivation.iterations * Math.ceil(derivation.length / output);
  if (derivation.digest.startsWith('sha3')) return Math.ceil(hashes * 1.5);
  const isHalf = derivation.kdf === 'pbkdf2' && block === 64;
  return isHalf ? Math.ceil(hashes * 0.5) : hashes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * The most private keys: reading one may take 5 ms, since a missing public key on an
 * elliptic curve is computed.
 */
const maxKeys = 64;
/**
 * The most certificates: reading one may take 1 ms, for the point of a compressed key. A
 * whole Keychain has about 200.
 */
const maxCertificates = 256;

/**
 * Checks the contents of a file before reading them. `parts` are those of a .p12, at most
 * one for each key and certificate.
 * @throws {Unsupported}
 */
export function judgeContents(keys: number, certificates: number, parts = 0): void {
  if (keys > maxKeys)
    throw new Unsupported(`holds ${words(keys)} private keys, more than ${maxKeys}`);
  if (certificates > maxCertificates)
    throw new Unsupported(
      `holds ${words(certificates)} certificates, more than ${maxCertificates}`,
    );
  const maxParts = maxKeys + maxCertificates;
  if (parts > maxParts)
    throw new Unsupported(`consists of ${words(parts)} parts, more than ${maxParts}`);
}

/** Checks a value whose cost grows with its length. @throws {Unsupported} */
export function judgeLength(what: string, { length }: Uint8Array, max: number): void {
  if (length > max)
    throw new Unsupported(`has a ${what} of ${words(length)} bytes, more than ${words(max)}`);
}

/** One item takes 5 ms at most. */
const pieceLength = 8;

/**
 * Reads the items in order, a few at a time. Rejects with the signal's reason on abort.
 */
export async function inPieces<From, To>(
  list: readonly From[],
  read: (item: From) => To,
  { signal, inOneGo }: Pace,
): Promise<To[]> {
  const results: To[] = [];
  for (let start = 0; start < list.length; start += pieceLength) {
    signal?.throwIfAborted();
    const piece = list.slice(start, start + pieceLength);
    results.push(...(await inOneGo(() => piece.map((item) => read(item)))));
  }
  return results;
}

function words(count: number): string {
  return Number.isFinite(count)
    ? count.toLocaleString('en')
    : `${count < 0 ? 'less' : 'more'} than 48 bits`;
}
