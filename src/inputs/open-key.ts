import type { KeyObject } from 'node:crypto';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { readSecret } from '../files/read.ts';
import type { Pace } from '../pace.ts';
import type { P12File } from '../pkcs12/model.ts';
import { readPrivateKey } from '../pkcs12/private-key.ts';
import { Secret } from '../secret.ts';
import { readWithin } from './read-within.ts';
import { variable } from './variable.ts';

/** How often a wrong password may be typed. */
const tries = 3;

/**
 * The private key of a file; the password of an encrypted one from `--key-password-file`, `MFA_CLI_KEY_PASSWORD` or a
 * prompt.
 * @throws {CliError} key-not-recognised, key-password-incorrect, prompt-unavailable, interrupted and those of reading a file
 */
export async function openKey(
  file: P12File,
  passwordFile: string | undefined,
  context: Context,
): Promise<KeyObject> {
  const within = <T>(read: (pace: Pace) => Promise<T>): Promise<T> =>
    readWithin(file, 'key-not-recognised', context, read);
  const stored = await within(({ inOneGo }) => inOneGo(() => readPrivateKey(file)));
  if (stored.kind === 'clear') return stored.key;
  const given = await givenPassword(passwordFile, context);
  if (given !== null) return within((pace) => stored.decrypt(given, pace));
  for (let attempt = 1; ; attempt++) {
    const password = await context.prompt.password({
      message: `Password of ${file.name}:`,
      unavailable: `${file.name} needs a password, and there is no terminal to ask on`,
      facts: { option: '--key-password-file FILE or set MFA_CLI_KEY_PASSWORD' },
    });
    try {
      return await within((pace) => stored.decrypt(password, pace));
    } catch (error) {
      const wrong = error instanceof CliError && error.code === 'key-password-incorrect';
      if (!wrong || attempt === tries) throw error;
      context.terminal.note(error.message);
    }
  }
}

async function givenPassword(file: string | undefined, context: Context): Promise<Secret | null> {
  if (file !== undefined) return readSecret(file, 'The file of --key-password-file', context);
  const value = variable(context.env, 'MFA_CLI_KEY_PASSWORD');
  return value === undefined ? null : new Secret(value, 'MFA_CLI_KEY_PASSWORD');
}
