import { randomInt } from 'node:crypto';
import { CliError } from '../../errors/cli-error.ts';
import { requireFreeNames } from '../../files/directory.ts';
import { doubtOnWay } from '../../files/others.ts';
import { writePrivateFile } from '../../files/write.ts';
import { Secret } from '../../text/secret.ts';

const classes = [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  '-_.~',
] as const;
const length = 32;

/**
 * A random password with every class of characters that a tenant may require, and none
 * that a URL would escape.
 */
export function makePassword(): Secret {
  const alphabet = classes.join('');
  for (;;) {
    const text = Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
    if (classes.every((kind) => [...text].some((character) => kind.includes(character))))
      return new Secret(text);
  }
}

/** @throws {CliError} file-exists, file-unwritable: others may write to its folder */
export function requireFreeFile(file: string): void {
  requireFreeNames([file], '--secret-file FILE');
  const doubt = doubtOnWay(file, { isMade: true });
  if (doubt === null) return;
  const { sentence, ...facts } = doubt;
  throw new CliError('file-unwritable', `${file} is not written: ${sentence}`, { facts });
}

/**
 * Makes the password of a new service user, and writes it into its file before the user
 * exists: an interrupted run does not lose it.
 * @throws {CliError} file-exists, file-unwritable, interrupted
 */
export async function writePassword(file: string, signal: AbortSignal): Promise<Secret> {
  requireFreeFile(file);
  const password = makePassword();
  await writePrivateFile(file, `${password.reveal()}\n`, false, signal);
  return password;
}
