import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { readSecret, requireOneStdin } from '../files/read.ts';
import type { P12File, PushIdentity } from '../pkcs12/model.ts';
import { readPushIdentity } from '../pkcs12/push-identity.ts';
import type { GivenP12, P12Location } from '../settings/settings.ts';
import type { Secret } from '../text/secret.ts';
import { locateP12, readP12 } from './locate-p12.ts';
import { readWithin } from './read-within.ts';
import { openWithTyped } from './typed-password.ts';

/** A .p12 that was opened. */
export interface OpenedP12 {
  readonly file: P12File;
  readonly identity: PushIdentity;
  /** What opened it; null: no password was needed. */
  readonly password: Secret | null;
}

/**
 * Opens the .p12 that was given, with the password that was given, or that a person types; a file that opens without one
 * is not asked for.
 * @throws {CliError} of exit 2 and 3
 */
export async function openP12(given: GivenP12, context: Context): Promise<OpenedP12> {
  const location = await locateP12(given, context);
  requireOneStdin(['path' in location ? location.path : undefined, ...given.otherFiles]);
  const file = await readP12(location, context);
  const password = await givenPassword(given, context);
  const progress = context.terminal.progress(`Opening ${file.name}`);
  try {
    return { file, password, identity: await open(file, password, context) };
  } catch (error) {
    const isLocked = error instanceof CliError && error.code === 'pkcs12-password-required';
    if (password !== null || !isLocked) throw error;
  } finally {
    progress.stop();
  }
  return openWithTyped(
    {
      name: file.name,
      facts:
        given.passwordOption === undefined
          ? { secret: 'password' }
          : { option: `${given.passwordOption} FILE or set MFA_CLI_P12_PASSWORD` },
      wrong: ['pkcs12-password-incorrect', 'pkcs12-password-required'],
      open: async (typed) => ({
        file,
        password: typed,
        identity: await open(file, typed, context),
      }),
    },
    context,
  );
}

/** The same with nobody to ask. @throws {CliError} of exit 3, interrupted */
export async function openLocatedP12(
  location: P12Location,
  password: Secret | null,
  context: Context,
): Promise<OpenedP12> {
  const file = await readP12(location, context);
  return { file, password, identity: await open(file, password, context) };
}

function open(file: P12File, password: Secret | null, context: Context): Promise<PushIdentity> {
  return readWithin(file, 'pkcs12-unsupported', context, (pace) => readPushIdentity(file, password, pace));
}

async function givenPassword(
  { passwordFile, passwordOption = '--password-file', password }: GivenP12,
  context: Context,
): Promise<Secret | null> {
  if (passwordFile === null) return password;
  return readSecret(passwordFile, `The file of ${passwordOption}`, context);
}
