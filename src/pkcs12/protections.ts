import { systemCode } from '../errors/cli-error.ts';
import { runtimeName } from '../text/version.ts';
import { Unsupported } from './asn1.ts';
import { type Derivation, deriveKeys, type EncodedPassword, passwordBytes } from './derivation.ts';
import { type Mac, macMatches } from './mac.ts';
import type { Encrypted } from './safe-contents.ts';
import { inTurns } from './turns.ts';

/** Something that keys derived from the password open: an encrypted part, or the MAC, which gives nothing but its assent. */
export interface Protection {
  readonly derivations: readonly Derivation[];
  /** Null where the keys do not fit. */
  open(keys: readonly Uint8Array[]): Promise<Uint8Array | null>;
}

export interface Attempt {
  readonly protection: Protection;
  readonly encoded: EncodedPassword;
}

const sequenceByte = 0x30;

/** What protects an encrypted part, or null where the algorithm is unknown. Wrong keys show in the padding and the first byte. */
export function encryptionProtection({ encryption, ciphertext }: Encrypted): Protection | null {
  const { cipher } = encryption;
  if (cipher === null) return null;
  return {
    derivations: cipher.derivations,
    open: async (keys) => {
      const plain = await cipher.decrypt(keys, ciphertext);
      return plain === null || (plain.length > 0 && plain[0] !== sequenceByte) ? null : plain;
    },
  };
}

/** What the MAC protects the content with, or null where its algorithm is unknown. */
export function macProtection({ check }: Mac, content: Uint8Array): Protection | null {
  if (check === null) return null;
  return {
    derivations: [check.derivation],
    open: async ([key]) => (key && macMatches(check, key, content) ? new Uint8Array() : null),
  };
}

/** One attempt for each encoding that makes a difference to its keys. */
export function attempts(protection: Protection, encodings: readonly EncodedPassword[]): Attempt[] {
  const seen = new Set<string>();
  return encodings.flatMap((encoded) => {
    const bytes = protection.derivations.map((derivation) =>
      Buffer.from(passwordBytes(derivation, encoded)).toString('hex'),
    );
    const known = seen.has(bytes.join());
    seen.add(bytes.join());
    return known ? [] : [{ protection, encoded }];
  });
}

/** What all of them derive. */
export function derivationsOf(list: readonly Attempt[]): readonly Derivation[] {
  return list.flatMap(({ protection }) => protection.derivations);
}

/**
 * Makes all attempts, with their keys derived in parallel, and returns the answers in the same order.
 * @throws {Unsupported} where OpenSSL rejects the parameters, or was built or configured without the algorithm
 */
export async function tryAll(list: readonly Attempt[], signal?: AbortSignal): Promise<(Uint8Array | null)[]> {
  try {
    return await deriveAndOpen(list, signal);
  } catch (cause) {
    signal?.throwIfAborted();
    if (!systemCode(cause)?.startsWith('ERR_')) throw cause;
    throw new Unsupported(`is protected in a way that this ${runtimeName} does not support`, { cause });
  }
}

async function deriveAndOpen(
  list: readonly Attempt[],
  signal: AbortSignal | undefined,
): Promise<(Uint8Array | null)[]> {
  const tasks = list.flatMap(({ protection, encoded }) =>
    protection.derivations.map((derivation) => ({ derivation, encoded })),
  );
  const keys = await deriveKeys(tasks, signal);
  let used = 0;
  const openNext = ({ protection }: Attempt) => {
    const start = used;
    used += protection.derivations.length;
    return protection.open(keys.slice(start, used));
  };
  return inTurns(list, openNext, signal);
}
