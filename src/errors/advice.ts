import type { CliError, ErrorCode } from './cli-error.ts';
import { entries } from './entries.ts';
import type { ExitCode, Hints } from './entry.ts';
import { type Destination, formatHint } from './hint.ts';

/**
 * The hints of an error, one sentence or more each.
 * @param to where the user's command went: commands in hints also go there
 */
export function hintsFor({ code, facts }: CliError, to: Destination): readonly string[] {
  const hints = entries[code].hints as (given: typeof facts) => Hints;
  return hints(facts)
    .flatMap((hint) => hint || [])
    .map((hint) => formatHint(hint, to));
}

/** The `--json` document of an error outside a report. Keys are a promise. */
export interface ErrorDocument {
  readonly error: {
    readonly code: ErrorCode;
    /** A sentence without a period, for people. */
    readonly message: string;
    /** How to fix it, one sentence each. */
    readonly hints: readonly string[];
    readonly exitCode: ExitCode;
  };
}

/** @param more hints that the error itself does not know */
export function errorDocument(
  error: CliError,
  to: Destination,
  more: readonly string[] = [],
): ErrorDocument {
  const { code, message, exitCode } = error;
  return {
    error: {
      code,
      message,
      hints: [...hintsFor(error, to), ...more],
      exitCode,
    },
  };
}
