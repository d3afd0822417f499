import { systemCode } from '../errors/cli-error.ts';
import { runtimeName } from '../text/version.ts';
import { Unsupported } from './asn1.ts';
import { type Derivation, deriveKeys, type EncodedPassword, passwordBytes } from './derivation.ts';
import { inTurns } from './turns.ts';

/** What keys derived from the password open. */
export interface Lock {
  readonly derivations: readonly Derivation[];
  /** Null where the keys do not fit, or one is missing; `keys` in the order of `derivations`. */
  open(keys: readonly Uint8Array[], bytes: Uint8Array): Promise<Uint8Array | null>;
}

/** How something is encrypted, or what its MAC is made with, read without the password. */
export interface Scheme {
  /** As reports name it: `PBES2-AES-256-CBC`, `PBE-SHA1-3DES`, `sha256`; an object identifier where it is unknown. */
  readonly name: string;
  /** The iteration count, or null where there is none. */
  readonly iterations: number | null;
  /** Null where this program cannot open it. */
  readonly lock: Lock | null;
}

/** Encrypted bytes, or those that a MAC is over: that opens to nothing but its assent. */
export interface Locked {
  readonly scheme: Scheme;
  readonly bytes: Uint8Array;
}

export interface Attempt {
  readonly locked: Locked;
  readonly encoded: EncodedPassword;
}

/** One attempt for each encoding that makes a difference to its keys. */
export function attempts(locked: Locked, encodings: readonly EncodedPassword[]): Attempt[] {
  const seen = new Set<string>();
  return encodings.flatMap((encoded) => {
    const bytes = derivationsOf([locked]).map((derivation) =>
      Buffer.from(passwordBytes(derivation, encoded)).toString('hex'),
    );
    const known = seen.has(bytes.join());
    seen.add(bytes.join());
    return known ? [] : [{ locked, encoded }];
  });
}

/** What is derived to open them once each. */
export function derivationsOf(list: readonly Locked[]): readonly Derivation[] {
  return list.flatMap(({ scheme }) => scheme.lock?.derivations ?? []);
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
  const tasks = list.flatMap(({ locked, encoded }) =>
    derivationsOf([locked]).map((derivation) => ({ derivation, encoded })),
  );
  const keys = await deriveKeys(tasks, signal);
  let used = 0;
  const openNext = async ({ locked: { scheme, bytes } }: Attempt) => {
    const { derivations = [], open } = scheme.lock ?? {};
    const start = used;
    used += derivations.length;
    return open?.(keys.slice(start, used), bytes) ?? null;
  };
  return inTurns(list, openNext, signal);
}
