import { CliError, type ErrorFacts } from '../errors/cli-error.ts';
import type { Work } from './limits.ts';

/** What stays the same while a file is opened. */
export interface Opening {
  readonly fileName: string;
  readonly passwordEmpty: boolean;
  /** What the advice needs to know about a password that opens nothing. */
  readonly facts: ErrorFacts;
  readonly signal: AbortSignal | undefined;
  /** What it has taken so far. */
  readonly work: Work;
}

/** The error of a file that this program cannot open with any password: `what` completes a sentence about it. */
export function unsupported({ fileName }: Opening, what: string): CliError {
  return new CliError('pkcs12-unsupported', `${fileName} ${what}`);
}

/** The error of a password that opens nothing. */
export function notOpened({ fileName, passwordEmpty, facts }: Opening): CliError {
  if (passwordEmpty)
    return new CliError('pkcs12-password-required', `${fileName} does not open without a password`);
  return new CliError(
    'pkcs12-password-incorrect',
    `The password does not open ${fileName}, or the file is damaged: the two cannot be told apart`,
    { facts },
  );
}

/** The error of a password that the MAC accepts and a part does not. */
export function notDecrypted({ fileName, passwordEmpty, facts }: Opening): CliError {
  if (passwordEmpty)
    return new CliError(
      'pkcs12-password-required',
      `${fileName} has an encrypted part that does not open without a password`,
    );
  return new CliError(
    'pkcs12-password-incorrect',
    `The password is the one of ${fileName}, but does not decrypt all of it: a part has another password or is damaged`,
    { facts },
  );
}
