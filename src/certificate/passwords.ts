import type { Context } from '../context.ts';
import { CliError, type ErrorCode, type FactsOf } from '../errors/cli-error.ts';
import { explainOddities, isBare, oddFacts } from '../errors/secret-oddities.ts';
import { readSecret } from '../files/read.ts';
import type { PasswordCommand } from '../settings/certificate.ts';
import { count } from '../text/phrasing.ts';
import { Secret } from '../text/secret.ts';

const maxAttempts = 3;

interface Protected {
  readonly name: string;
  /** For the hints without a terminal. */
  readonly facts: FactsOf<'prompt-unavailable'>;
  /** The given password: a person is not asked. */
  readonly given: Secret | null;
  /** The errors after which a person types again. */
  readonly wrong: readonly ErrorCode[];
}

/** `needsPassword`: the error of `open(null)` if it needs one; absent: it always does. */
export type PasswordProtected<T> = Protected & {
  /**
   * The result without a password, which Return gives, or a run without a terminal;
   * absent: a password is needed.
   */
  readonly unopened?: T | undefined;
} & (
    | { readonly needsPassword?: undefined; open(password: Secret): Promise<T> }
    | { readonly needsPassword: ErrorCode; open(password: Secret | null): Promise<T> }
  );

/**
 * Opens a file or key with the given password, without one, or with one that a person
 * types, in three attempts at most.
 * @throws {CliError} prompt-unavailable, interrupted, those of `open`
 */
export async function openProtected<T>(
  { name, facts, given, wrong, needsPassword, unopened, open }: PasswordProtected<T>,
  { prompt, terminal }: Context,
): Promise<T> {
  if (given !== null) return open(given);
  try {
    if (needsPassword !== undefined) return await open(null);
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== needsPassword) throw error;
  }
  if (unopened !== undefined && !terminal.interactive) return unopened;
  const choice = unopened === undefined ? '' : ' (Return goes on without)';
  for (let attempt = 1; ; attempt++) {
    const password = await prompt.password({
      message: `Password of ${name}${choice}:`,
      unavailable: `The password of ${name} is missing, and there is no terminal`,
      facts,
    });
    if (unopened !== undefined && isBare(password)) return unopened;
    try {
      return await open(password);
    } catch (error) {
      const isWrong = error instanceof CliError && wrong.includes(error.code);
      if (!isWrong || attempt === maxAttempts) throw error;
      const left = count(maxAttempts - attempt, 'attempt');
      terminal.show(`Wrong password, or the file is damaged. ${left} left.`, 'error');
    }
  }
}

export interface GivenPassword {
  readonly file: string | null | undefined;
  /** The option that names the file; default: `--new-password-file`. */
  readonly called?: string;
  readonly command?: PasswordCommand | null;
}

/** The password from the options; null: they name none. @throws {CliError} of exit 3 */
export async function readPassword(
  { file, called = '--new-password-file', command = null }: GivenPassword,
  context: Context,
): Promise<Secret | null> {
  if (file != null) return readSecret(file, `The file of ${called}`, context);
  if (command === null) return null;
  const { runForSecret } = await import('../programs/run-program.ts');
  return runForSecret(command, 'The program of --password-command', context);
}

export interface NewPassword extends GivenPassword {
  /** `new key`, as in `Password of the new key:` */
  readonly what: string;
  /** The variable that may hold it, and its value. */
  readonly variable?: readonly [name: string, value: string | undefined];
  /** For the hint without a terminal. */
  readonly option: string;
}

/**
 * A new password: the file's, the variable's, else typed twice. It is never empty.
 * Oddities of a file or variable are warnings, since nothing reports them later.
 * @throws {CliError} usage, prompt-unavailable, interrupted and those of reading a file
 */
export async function resolveNewPassword(source: NewPassword, context: Context): Promise<Secret> {
  const { variable: [name, value] = [], option } = source;
  const given = await readPassword(source, context);
  if (given === null && value === undefined) return askTwice(source, context);
  const password = given ?? new Secret(value ?? '', name);
  const words = given === null ? `The new password in ${name}` : 'The new password';
  if (isBare(password))
    throw new CliError('usage', `${words} is empty: the private key would be unprotected`, {
      facts: { option },
    });
  for (const oddity of explainOddities(oddFacts(password))) context.terminal.warn(oddity);
  return password;
}

async function askTwice(
  { what, option }: NewPassword,
  { prompt, terminal }: Context,
): Promise<Secret> {
  const unavailable = `The password of the ${what} is missing, and there is no terminal`;
  const ask = (message: string) => prompt.password({ message, unavailable, facts: { option } });
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const password = await ask(`Password of the ${what}:`);
    if (password.reveal() === '') {
      terminal.show('The password must not be empty: the private key would be unprotected');
      continue;
    }
    const again = await ask(`Password of the ${what}, again:`);
    if (again.reveal() === password.reveal()) return password;
    terminal.show('The two passwords differ');
  }
  throw new CliError('usage', `The two passwords of the ${what} differ`, { facts: { option } });
}
