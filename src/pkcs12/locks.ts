import { systemCode } from '../errors.ts';
import { Unsupported } from './asn1.ts';
import { type Derivation, deriveKeys, passwordBytes, type Spelling } from './derivation.ts';
import { repeated } from './limits.ts';
import { type Mac, macMatches } from './mac.ts';
import type { Encrypted } from './safe-contents.ts';
import { inTurns } from './turns.ts';

/** Something that keys derived from the password open: an encrypted part, or the MAC, which gives nothing but its assent. */
export interface Lock {
  readonly derivations: readonly Derivation[];
  /** What the derivations count against the limits. */
  readonly work: number;
  /** Null where the keys do not fit. */
  open(keys: readonly Uint8Array[]): Promise<Uint8Array | null>;
}

export interface Attempt {
  readonly lock: Lock;
  readonly spelling: Spelling;
}

const sequenceByte = 0x30;

/** The lock of an encrypted part, or null where the algorithm is unknown. Wrong keys show in the padding and in the first byte. */
export function encryptionLock({ encryption, ciphertext }: Encrypted): Lock | null {
  const { cipher, work } = encryption;
  if (cipher === null) return null;
  return {
    derivations: cipher.derivations,
    work: cipher.derivations.reduce((sum, derivation) => sum + repeated(derivation), work ?? 0),
    open: async (keys) => {
      const plain = await cipher.decrypt(keys, ciphertext);
      return plain === null || (plain.length > 0 && plain[0] !== sequenceByte) ? null : plain;
    },
  };
}

/** The lock of the MAC over the content, or null where its algorithm is unknown. */
export function macLock({ check, iterations }: Mac, content: Uint8Array): Lock | null {
  if (check === null) return null;
  return {
    derivations: [check.derivation],
    work: iterations ?? 0,
    open: async ([key]) => (key && macMatches(check, key, content) ? new Uint8Array() : null),
  };
}

/** One attempt for each spelling that makes a difference to the lock. */
export function attempts(lock: Lock, spellings: readonly Spelling[]): Attempt[] {
  const seen = new Set<string>();
  return spellings.flatMap((spelling) => {
    const bytes = lock.derivations.map((derivation) =>
      Buffer.from(passwordBytes(derivation, spelling)).toString('hex'),
    );
    const known = seen.has(bytes.join());
    seen.add(bytes.join());
    return known ? [] : [{ lock, spelling }];
  });
}

/**
 * Makes all attempts, their keys derived side by side; the answers in the order of the attempts.
 * @throws {Unsupported} where OpenSSL, which may be built or configured without an algorithm, takes no such parameters
 */
export async function tryAll(list: readonly Attempt[], signal?: AbortSignal): Promise<(Uint8Array | null)[]> {
  try {
    return await deriveAndOpen(list, signal);
  } catch (cause) {
    signal?.throwIfAborted();
    if (!systemCode(cause)?.startsWith('ERR_')) throw cause;
    throw new Unsupported('is protected in a way that this Node.js does not support', { cause });
  }
}

async function deriveAndOpen(
  list: readonly Attempt[],
  signal: AbortSignal | undefined,
): Promise<(Uint8Array | null)[]> {
  const tasks = list.flatMap(({ lock, spelling }) =>
    lock.derivations.map((derivation) => ({ derivation, spelling })),
  );
  const keys = await deriveKeys(tasks, signal);
  let used = 0;
  const openNext = ({ lock }: Attempt) => {
    const start = used;
    used += lock.derivations.length;
    return lock.open(keys.slice(start, used));
  };
  return inTurns(list, openNext, signal);
}
