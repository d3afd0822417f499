import { setImmediate } from 'node:timers/promises';
import { systemCode } from '../errors/cli-error.ts';
import { runtimeName } from '../text/version.ts';
import { Unsupported } from './asn1.ts';
import { type Derivation, deriveKeys, type EncodedPassword, passwordBytes } from './derivation.ts';

/** A protection that keys derived from the password open. */
export interface Lock {
  readonly derivations: readonly Derivation[];
  /**
   * Null: the keys are wrong, or one is missing; `keys` in the order of `derivations`.
   */
  open(keys: readonly Uint8Array[], bytes: Uint8Array): Promise<Uint8Array | null>;
}

/** The scheme of an encryption or a MAC, read without the password. */
export interface Scheme {
  /**
   * Its name in reports: `PBES2-AES-256-CBC`, `PBE-SHA1-3DES`, `sha256`; an unknown
   * object identifier.
   */
  readonly name: string;
  /** The iteration count; null: none. */
  readonly iterations: number | null;
  /** Null: this program cannot open it. */
  readonly lock: Lock | null;
}

/** Encrypted bytes, or the bytes of a MAC, which opens to a mere yes. */
export interface Locked {
  readonly scheme: Scheme;
  readonly bytes: Uint8Array;
}

export interface Attempt {
  readonly locked: Locked;
  readonly encoded: EncodedPassword;
}

/** One attempt for each encoding that gives different keys. */
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

/** The derivations that open each of them once. */
export function derivationsOf(list: readonly Locked[]): readonly Derivation[] {
  return list.flatMap(({ scheme }) => scheme.lock?.derivations ?? []);
}

/**
 * Makes all attempts, with their keys derived in parallel, and returns the results in the
 * same order.
 * @throws {Unsupported} OpenSSL rejects the parameters, or lacks the algorithm
 */
export async function tryAll(
  list: readonly Attempt[],
  signal?: AbortSignal,
): Promise<(Uint8Array | null)[]> {
  try {
    return await deriveAndOpen(list, signal);
  } catch (cause) {
    signal?.throwIfAborted();
    if (!systemCode(cause)?.startsWith('ERR_')) throw cause;
    throw new Unsupported(`is protected in a way that this ${runtimeName} does not support`, {
      cause,
    });
  }
}

async function deriveAndOpen(
  list: readonly Attempt[],
  signal: AbortSignal | undefined,
): Promise<(Uint8Array | null)[]> {
  const tasks = list.flatMap(({ locked, encoded }) =>
    derivationsOf([locked]).map((derivation) => ({ derivation, encoded })),
  );
  const keys = (await deriveKeys(tasks, signal)).values();
  const opened: (Uint8Array | null)[] = [];
  for (const { locked } of list) {
    // Other events run in between.
    await setImmediate();
    signal?.throwIfAborted();
    const own = derivationsOf([locked]).map(() => keys.next().value ?? new Uint8Array());
    opened.push((await locked.scheme.lock?.open(own, locked.bytes)) ?? null);
  }
  return opened;
}
