import { apnsErrors } from './apns.ts';
import type { CliError, ErrorCode, ErrorFacts } from './cli-error.ts';
import { type ErrorEntry, type ExitCode, signalCodes } from './entry.ts';
import { inputErrors } from './input.ts';
import { sessionErrors } from './session.ts';
import { tenantErrors } from './tenant.ts';
import { usageErrors } from './usage.ts';

/** Every error code with its exit code and its hints. */
const entries: Readonly<Record<ErrorCode, ErrorEntry<ErrorFacts>>> = {
  ...usageErrors,
  ...inputErrors,
  ...sessionErrors,
  ...tenantErrors,
  ...apnsErrors,
};

/** The exit code that an error ends the program with. */
export function exitCodeOf({ code, facts }: CliError): ExitCode {
  if (facts.signal !== undefined) return signalCodes[facts.signal];
  return entries[code].exitCode;
}

/** The hints of an error, one sentence each. */
export function hintsFor({ code, facts }: CliError): readonly string[] {
  return entries[code].hints(facts);
}

/** The `--json` document of an error outside a report. Keys are a promise. */
interface ErrorDocument {
  readonly error: {
    readonly code: ErrorCode;
    /** A sentence without a period, for people. */
    readonly message: string;
    /** How to fix it, one sentence each. */
    readonly hints: readonly string[];
    readonly exitCode: ExitCode;
  };
}

export function errorDocument(error: CliError): ErrorDocument {
  const { code, message } = error;
  return { error: { code, message, hints: hintsFor(error), exitCode: exitCodeOf(error) } };
}
