import { Unsupported } from './asn1.ts';
import type { Derivation } from './derivation.ts';
import { digests } from './pkcs12-kdf.ts';

/** Above the count of any exporter that is known (600,000), and derived in well under a second. */
const highestCount = 2_000_000;
/** The work of a whole file; it takes about two seconds on two cores. */
const highestTotal = 5_000_000;

/**
 * Judges what the derivations of a file would cost, before any of them begins.
 * @param counts iteration counts, including those already spent
 * @param derivations the derivations they belong to, as far as known
 * @throws {Unsupported}
 */
export function judgeCounts(counts: readonly number[], derivations: readonly Derivation[]): void {
  const bad = counts.find((count) => count < 1 || count > highestCount);
  if (bad !== undefined)
    throw new Unsupported(
      `has an iteration count of ${words(bad)}, ${bad < 1 ? 'below 1' : `above ${words(highestCount)}`}`,
    );
  const again = sum(derivations.map(repeated));
  const total = sum(counts) + again;
  if (total > highestTotal)
    throw new Unsupported(
      `has ${again > 0 ? 'the work of ' : ''}${words(total)} iterations in all, above ${words(highestTotal)}`,
    );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * The iterations that a derivation does beyond its count. PBKDF2 repeats them for each next block of a longer key (RFC 8018
 * §5.2); two blocks of a short hash cost as much as one of SHA-512, which an iteration is taken for. So does PKCS #12
 * (RFC 7292 §B.2), and once more for the IV, which shares the count of its key.
 */
export function repeated(derivation: Derivation): number {
  if (derivation.kdf === 'scrypt') return 0;
  const { output, block } = digests[derivation.digest];
  const blocks = Math.ceil(derivation.length / output);
  if (derivation.kdf === 'pkcs12')
    return derivation.iterations * (derivation.purpose === 2 ? blocks : blocks - 1);
  return derivation.iterations * (Math.ceil(block === 64 ? blocks / 2 : blocks) - 1);
}

/** Reading one may take 5 ms: the public key on an elliptic curve is computed if it is left out. */
const mostKeys = 64;
/** Reading one may take 1 ms, for the point of a compressed key. A whole Keychain has about 200. */
const mostCertificates = 256;

/** Judges what a file holds before any of it is read. `parts` are those of a .p12, at most one for each key and certificate. @throws {Unsupported} */
export function judgeContents(keys: number, certificates: number, parts = 0): void {
  if (keys > mostKeys) throw new Unsupported(`holds ${words(keys)} private keys, more than ${mostKeys}`);
  if (certificates > mostCertificates)
    throw new Unsupported(`holds ${words(certificates)} certificates, more than ${mostCertificates}`);
  const mostParts = mostKeys + mostCertificates;
  if (parts > mostParts) throw new Unsupported(`consists of ${words(parts)} parts, more than ${mostParts}`);
}

function words(count: number): string {
  return Number.isFinite(count) ? count.toLocaleString('en') : `${count < 0 ? 'less' : 'more'} than 48 bits`;
}
