import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { readSecret, requireOneStdin } from '../files/read.ts';
import type { P12File, PushIdentity } from '../pkcs12/model.ts';
import { readPushIdentity } from '../pkcs12/push-identity.ts';
import { Secret } from '../secret.ts';
import { locateP12, type P12Source, readP12 } from './locate-p12.ts';
import { readWithin } from './read-within.ts';

export interface P12Options extends P12Source {
  readonly timeout?: string;
  readonly passwordFile?: string;
  /** `convert` reads a second password. */
  readonly newPasswordFile?: string;
}

/** A .p12 that was opened. */
export interface OpenedP12 {
  readonly file: P12File;
  readonly identity: PushIdentity;
  /** What opened it; null: no password was needed. */
  readonly password: Secret | null;
}

/** How often a wrong password may be typed. */
const tries = 3;

/**
 * Opens the .p12 that the options or the environment name, with the password from `--password-file`,
 * `MFA_CLI_P12_PASSWORD` or a prompt; a file that opens without one is not asked for.
 * @throws {CliError} of exit 2 and 3
 */
export async function openP12(options: P12Options, context: Context): Promise<OpenedP12> {
  const location = await locateP12(options, context);
  requireOneStdin([
    'path' in location ? location.path : undefined,
    options.passwordFile,
    options.newPasswordFile,
    context.env.MFA_CLI_CLIENT_SECRET_FILE,
  ]);
  const file = await readP12(location, context);
  const password = await givenPassword(options, context);
  const progress = context.terminal.progress(`Opening ${file.name}`);
  try {
    return { file, password, identity: await open(file, password, options, context) };
  } catch (error) {
    if (password !== null || !isCode(error, 'pkcs12-password-required')) throw error;
  } finally {
    progress.stop();
  }
  return askAndOpen(file, options, context);
}

function open(
  file: P12File,
  password: Secret | null,
  options: P12Options,
  context: Context,
): Promise<PushIdentity> {
  return readWithin(file, 'pkcs12-unsupported', options, context, (pace) =>
    readPushIdentity(file, password, pace),
  );
}

async function givenPassword({ passwordFile }: P12Options, context: Context): Promise<Secret | null> {
  if (passwordFile !== undefined) return readSecret(passwordFile, 'The file of --password-file', context);
  const { MFA_CLI_P12_PASSWORD: value } = context.env;
  return value === undefined ? null : new Secret(value, 'MFA_CLI_P12_PASSWORD');
}

async function askAndOpen(file: P12File, options: P12Options, context: Context): Promise<OpenedP12> {
  for (let attempt = 1; ; attempt++) {
    const password = await context.prompt.password({
      message: `Password of ${file.name}:`,
      unavailable: `${file.name} needs a password, and there is no terminal to ask on`,
      facts: { secret: 'password' },
    });
    try {
      return { file, password, identity: await open(file, password, options, context) };
    } catch (error) {
      const wrong = isCode(error, 'pkcs12-password-incorrect') || isCode(error, 'pkcs12-password-required');
      if (!wrong || attempt === tries) throw error;
      context.terminal.note((error as CliError).message);
    }
  }
}

function isCode(error: unknown, code: CliError['code']): boolean {
  return error instanceof CliError && error.code === code;
}
