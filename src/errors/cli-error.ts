import { getSystemErrorMap } from 'node:util';
import type { apnsErrors } from './apns.ts';
import type { ErrorEntry } from './entry.ts';
import type { inputErrors } from './input.ts';
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

/** What an error of the code knows besides its sentence, as the code's entry declares it. Never a secret. */
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

/** What an error of any code may know. */
export type ErrorFacts = Intersection<FactsOf<ErrorCode>>;

/**
 * A failure that is not our bug: one fact as a sentence without a period, a permanent code, and facts for the hints.
 * It contains no secret and no file content.
 */
export class CliError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;
  /** The sentence, and what follows it line by line: the faults of a file. The message is all of it. */
  readonly lines: readonly [string, ...string[]];

  constructor(
    code: Code,
    message: string,
    options: { cause?: unknown; facts?: FactsOf<Code>; lines?: readonly string[] } = {},
  ) {
    const lines = [message, ...(options.lines ?? [])] as const;
    super(lines.join('\n'), options.cause === undefined ? undefined : { cause: options.cause });
    this.lines = lines;
    this.name = 'CliError';
    this.code = code;
    this.facts = options.facts ?? {};
  }
}

/** The result of work, or null where it throws. */
export function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** For a `catch`: a stand-in for the result of what failed. An interrupt and a bug of ours are thrown on. */
export function unlessInterrupted<T>(standIn: (error: CliError) => T): (error: unknown) => T {
  return (error) => {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return standIn(error);
  };
}

/** What a system error means, in the system's words (`permission denied`); undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error && 'errno' in error && typeof error.errno === 'number')) return undefined;
  return getSystemErrorMap().get(error.errno)?.[1];
}

/** The `code` of a Node.js system error (`ENOENT`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}
