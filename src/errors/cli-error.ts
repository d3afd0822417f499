import { getSystemErrorMap } from 'node:util';
import type { Secret } from '../text/secret.ts';
import type { apnsErrors } from './apns.ts';
import type { ErrorEntry } from './entry.ts';
import type { inputErrors } from './input.ts';
import { oddFacts } from './secret-oddities.ts';
import type { sessionErrors } from './session.ts';
import type { tenantErrors } from './tenant.ts';
import type { usageErrors } from './usage.ts';

type Entries = typeof usageErrors &
  typeof inputErrors &
  typeof sessionErrors &
  typeof tenantErrors &
  typeof apnsErrors;

/**
 * The permanent error codes of the command line (`error.code` in the JSON document).
 * `internal-error` and `interrupted` stand for exit 1 and for 130/143, so that every failure has a code.
 */
export type ErrorCode = keyof Entries;

/** The facts of an error, as the entry of its code declares them. Never a secret. */
export type FactsOf<Code extends ErrorCode> = Code extends ErrorCode
  ? Entries[Code] extends ErrorEntry<infer Facts>
    ? Facts
    : never
  : never;

type Intersection<Facts> = (Facts extends object ? (facts: Facts) => void : never) extends (
  facts: infer All,
) => void
  ? All
  : never;

/** The facts of any error. */
export type ErrorFacts = Intersection<FactsOf<ErrorCode>>;

/**
 * An expected failure: one sentence without a period, a permanent code, and facts for the hints. Contains no secret and no
 * file content.
 */
export class CliError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;
  /** The sentence, then details such as the faults of a file, one a line. The message joins them. */
  readonly lines: readonly [string, ...string[]];

  /** @param options.rejected the refused secret: the facts get its oddities, never its value */
  constructor(
    code: Code,
    message: string,
    options: {
      cause?: unknown;
      facts?: FactsOf<Code>;
      lines?: readonly string[];
      rejected?: Secret | null;
    } = {},
  ) {
    const lines = [message, ...(options.lines ?? [])] as const;
    super(lines.join('\n'), options.cause === undefined ? undefined : { cause: options.cause });
    this.lines = lines;
    this.name = 'CliError';
    this.code = code;
    const facts: ErrorFacts = options.facts ?? {};
    this.facts = { ...oddFacts(options.rejected ?? null), ...facts };
  }
}

/** The result of work, or null if it throws. */
export function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** For a `catch`: returns a stand-in for the result. Rethrows an interrupt and any error that is not a CliError. */
export function unlessInterrupted<T>(standIn: (error: CliError) => T): (error: unknown) => T {
  return (error) => {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return standIn(error);
  };
}

/** The system's message for a system error (`permission denied`); undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error && 'errno' in error && typeof error.errno === 'number'))
    return undefined;
  return systemCode(error) === 'EISDIR'
    ? 'it is a directory'
    : getSystemErrorMap().get(error.errno)?.[1];
}

/** Why a server cannot listen on a port of this machine, as a sentence. */
export function unusablePort(port: number, cause: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'is in use by another program',
    EACCES: 'is not open to this user',
  };
  return `Port ${port} of 127.0.0.1 ${reasons[systemCode(cause) ?? ''] ?? 'cannot be used'}`;
}

/** The `code` of a Node.js system error (`ENOENT`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return error.code;
  return undefined;
}
