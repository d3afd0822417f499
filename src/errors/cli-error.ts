import { getSystemErrorMap } from 'node:util';
import type { Secret } from '../text/secret.ts';
import { codes } from './codes.ts';
import type { AreaOf, ErrorCode, FactsOf } from './entries.ts';
import { type EndingSignal, type ErrorArea, type ExitCode, signalCodes } from './entry.ts';
import { oddFacts, type SecretFacts } from './secret-oddities.ts';

export type { CodeIn, ErrorCode, FactsOf } from './entries.ts';

interface ErrorDetails<Facts> {
  readonly cause?: unknown;
  readonly facts?: Facts;
  readonly lines?: readonly string[];
  /** The refused secret, if the code has such facts: its oddities, never its value. */
  readonly rejected?: keyof SecretFacts extends keyof Facts ? Secret | null : never;
}

/**
 * An expected failure: one sentence without a period, a permanent code, and facts for the
 * hints. Contains no secret and no file content.
 */
class CodedError<Code extends ErrorCode> extends Error {
  override readonly name = 'CliError';
  readonly code: Code;
  readonly facts: FactsOf<Code>;
  /** The sentence, then details such as the faults of a file. The message joins them. */
  readonly lines: readonly [string, ...string[]];

  constructor(code: Code, message: string, details: ErrorDetails<FactsOf<Code>> = {}) {
    const lines = [message, ...(details.lines ?? [])] as const;
    super(lines.join('\n'), details.cause === undefined ? undefined : { cause: details.cause });
    this.lines = lines;
    this.code = code;
    // Every member of facts is optional.
    this.facts = { ...oddFacts(details.rejected ?? null), ...details.facts } as FactsOf<Code>;
  }

  /** Narrows the type after `instanceof` to an error of any code. */
  static override [Symbol.hasInstance](value: unknown): value is CliError {
    return Function.prototype[Symbol.hasInstance].call(CodedError, value);
  }

  get area(): AreaOf<Code> {
    return codes[this.code].area;
  }

  get exitCode(): ExitCode {
    const { signal } = this.facts as { readonly signal?: EndingSignal };
    return signal === undefined ? codes[this.code].exitCode : signalCodes[signal];
  }
}

/** An error of any of the codes; a look at `code` or `area` tells which facts it has. */
export type CliError<Code extends ErrorCode = ErrorCode> = {
  [One in Code]: CodedError<One>;
}[Code];

interface CliErrorConstructor {
  /** Narrows the type after `instanceof`. */
  [Symbol.hasInstance](value: unknown): value is CliError;
  new <Code extends ErrorCode>(
    code: Code,
    message: string,
    details?: ErrorDetails<FactsOf<Code>>,
  ): CliError<Code>;
}

export const CliError = CodedError as CliErrorConstructor;

/** Whether it is an error of one of these codes. */
export function hasCode<Code extends ErrorCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is CliError<Code> {
  return error instanceof CliError && (codes as readonly ErrorCode[]).includes(error.code);
}

/** Whether it is an error of one of these areas. */
export function isAbout<Area extends ErrorArea>(
  error: unknown,
  ...areas: readonly Area[]
): error is Extract<CliError, { readonly area: Area }> {
  return error instanceof CliError && (areas as readonly ErrorArea[]).includes(error.area);
}

interface Restatement<Facts> {
  readonly message?: string;
  /** More facts; they must be facts of every code that the error may have. */
  readonly facts?: Partial<Pick<Facts, keyof Facts>>;
  readonly lines?: readonly string[];
}

/** The error in other words, or with more facts. */
export function restated<Given extends CliError>(
  error: Given,
  { message, facts, lines }: Restatement<Given['facts']>,
): Given {
  const [sentence, ...details] = error.lines;
  return new CliError<ErrorCode>(error.code, message ?? sentence, {
    cause: error.cause,
    facts: { ...error.facts, ...facts },
    lines: lines ?? details,
  }) as Given;
}

/** The result of work, or null if it throws. */
export function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/**
 * For a `catch`: returns a stand-in for the result, but rethrows an interrupt, and any
 * error that is not a CliError.
 */
export function unlessInterrupted<T>(standIn: (error: CliError) => T): (error: unknown) => T {
  return (error) => {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return standIn(error);
  };
}

/** The message of a system error, such as `permission denied`; undefined for others. */
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
