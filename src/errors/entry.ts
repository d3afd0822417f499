/** The exit codes of the contract that an error can end with. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 130 | 143;

/** The facts of an error that knows nothing but its sentence. */
interface NoFacts {
  readonly none?: never;
}

/** An error code: what the error knows besides its sentence (never a secret), how the program ends, and what helps. */
export interface ErrorEntry<Facts extends object> {
  readonly exitCode: ExitCode;
  /** What to do, one sentence each. */
  readonly hints: (facts: Facts) => readonly string[];
}

/** Sentences; what is no text is left out. */
export type Hints = readonly (string | false | null | undefined | readonly string[])[];

/** The entry of a code; its type parameter is the facts that `new CliError(code, …)` takes. */
export function entry<Facts extends object = NoFacts>(
  exitCode: ExitCode,
  hints: (facts: Facts) => Hints = () => [],
): ErrorEntry<Facts> {
  return { exitCode, hints: (facts) => hints(facts).flatMap((hint) => hint || []) };
}

export const passwordSources =
  'Give the password with --password-file FILE (- is stdin) or in MFA_CLI_P12_PASSWORD.';
export const waitLonger = 'Wait longer with --timeout SECONDS or MFA_CLI_TIMEOUT.';
