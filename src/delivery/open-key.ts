import type { KeyObject } from 'node:crypto';
import type { Context } from '../context.ts';
import { readSecret } from '../files/read.ts';
import type { P12File } from '../pkcs12/model.ts';
import { readPrivateKey } from '../pkcs12/private-key.ts';
import { variable } from '../settings/variable.ts';
import type { Pace } from '../text/pace.ts';
import { Secret } from '../text/secret.ts';
import { readWithin } from './open-p12.ts';
import { openWithTyped } from './passwords.ts';

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
  const decrypt = (password: Secret): Promise<KeyObject> => within((pace) => stored.decrypt(password, pace));
  if (given !== null) return decrypt(given);
  return openWithTyped(
    {
      name: file.name,
      facts: { option: '--key-password-file FILE or set MFA_CLI_KEY_PASSWORD' },
      wrong: ['key-password-incorrect'],
      open: decrypt,
    },
    context,
  );
}

async function givenPassword(file: string | undefined, context: Context): Promise<Secret | null> {
  if (file !== undefined) return readSecret(file, 'The file of --key-password-file', context);
  const value = variable(context.env, 'MFA_CLI_KEY_PASSWORD');
  return value === undefined ? null : new Secret(value, 'MFA_CLI_KEY_PASSWORD');
}
