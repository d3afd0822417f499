/** The signals that end a command in order. SIGHUP: its terminal was closed. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndingSignal = (typeof endingSignals)[number];

/** The exit code of each, as of a process that the signal killed: 128 and its number. */
export const signalCodes = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 129,
} as const satisfies Readonly<Record<EndingSignal, number>>;

/** The exit codes of the program. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 129 | 130 | 143;

interface NoFacts {
  readonly none?: never;
}

/** An error code: its exit code and its hints. The type parameter declares its facts, never a secret. */
export interface ErrorEntry<Facts extends object> {
  readonly exitCode: ExitCode;
  /** How to fix it, one sentence each. */
  readonly hints: (facts: Facts) => readonly string[];
}

/** Sentences. Values that are not text are dropped. */
export type Hints = readonly (string | false | null | undefined | readonly string[])[];

/** Builds the entry of a code. The type parameter is the facts that `new CliError(code, …)` takes. */
export function entry<Facts extends object = NoFacts>(
  exitCode: ExitCode,
  hints: (facts: Facts) => Hints = () => [],
): ErrorEntry<Facts> {
  return { exitCode, hints: (facts) => hints(facts).flatMap((hint) => hint || []) };
}

export const passwordSources =
  'Provide the password with --password-file FILE (- is stdin) or in MFA_CLI_P12_PASSWORD.';
export const waitLonger = 'Allow more time with --timeout SECONDS or MFA_CLI_TIMEOUT.';
