import type { Hint } from './hint.ts';

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

/**
 * The subject of an error. `usage`: the command line; `input`: the content of a given
 * file; `file`: reading and writing files; `program`: this program, or one that it
 * started.
 */
export type ErrorArea =
  | 'usage'
  | 'input'
  | 'session'
  | 'tenant'
  | 'apns'
  | 'file'
  | 'fleet'
  | 'program';

/** How to fix it. Values that are neither text nor a hint are dropped. */
export type Hints = readonly (
  | string
  | Hint
  | false
  | null
  | undefined
  | readonly (string | Hint)[]
)[];

/** An error code. The parameter of `hints` declares its facts, never a secret. */
export interface ErrorEntry {
  readonly area: ErrorArea;
  readonly exitCode: ExitCode;
  readonly hints: (facts: never) => Hints;
}

/** The errors of one file, by their codes. */
export type ErrorEntries = Readonly<Record<string, ErrorEntry>>;

/** The facts of an error that has none. */
export interface NoFacts {
  readonly none?: never;
}

export const passwordSources =
  'For the password, use --password-file FILE (- for stdin), or set MFA_CLI_P12_PASSWORD.';
export const waitLonger = 'Allow more time with --timeout SECONDS or MFA_CLI_TIMEOUT.';
