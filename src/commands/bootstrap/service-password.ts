import { randomInt } from 'node:crypto';
import { CliError } from '../../errors/cli-error.ts';
import { isThere, removeFile } from '../../files/directory.ts';
import { readPrivateFile } from '../../files/own-file.ts';
import { cutLineBreak, readSecret, secretLimit } from '../../files/read.ts';
import { writePrivateFile } from '../../files/write.ts';
import { Secret } from '../../text/secret.ts';

const classes = ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz', '0123456789', '-_.~'] as const;
const length = 32;

/** The options for reading the file. */
type Reading = Parameters<typeof readSecret>[2];

/** A random password with every class of characters that a tenant may require, and none that a URL would escape. */
export function makePassword(): Secret {
  const alphabet = classes.join('');
  for (;;) {
    const text = Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
    if (classes.every((kind) => [...text].some((character) => kind.includes(character))))
      return new Secret(text);
  }
}

/**
 * Stores the password of a new service user next to the secret file until the user exists. The next run after an
 * interrupted one takes this password, which the user may already have.
 * @throws {CliError} file-exists, file-unwritable, and those of reading a file
 */
export async function reservePassword(file: string, reading: Reading): Promise<Secret> {
  requireFree(file);
  const pending = pendingFile(file);
  if (isThere(pending)) return readReserved(pending);
  const password = makePassword();
  await writePrivateFile(pending, `${password.reveal()}\n`, false, reading.signal);
  return password;
}

/** Only a file that this user alone can write is read: another user could have chosen the password. */
function readReserved(pending: string): Secret {
  const kept = readPrivateFile(pending, secretLimit);
  const password = kept && new Secret(cutLineBreak(kept), pending);
  if (password?.reveal().length === length) return password;
  throw new CliError('file-exists', `${pending} exists, but holds no password of an interrupted run`, {
    facts: { option: '--secret-file FILE' },
  });
}

/** Moves the reserved password into its file, never over another file. @throws {CliError} file-exists, file-unwritable */
export async function keepPassword(file: string, reading: Reading): Promise<void> {
  const pending = pendingFile(file);
  const password = readReserved(pending);
  // An interrupted run may already have written it.
  const there = await readSecret(file, file, reading).catch(() => null);
  if (there?.reveal() !== password.reveal())
    await writePrivateFile(file, `${password.reveal()}\n`, false, reading.signal);
  removeFile(pending);
}

/** Deletes a password that no user has. */
export function dropPassword(file: string): void {
  removeFile(pendingFile(file));
}

/** Whether a run was interrupted before it wrote the secret file. */
export function hasReserved(file: string): boolean {
  return isThere(pendingFile(file));
}

/** @throws {CliError} file-exists */
export function requireFree(file: string): void {
  if (isThere(file))
    throw new CliError('file-exists', `${file} already exists`, { facts: { option: '--secret-file FILE' } });
}

function pendingFile(file: string): string {
  return `${file}.pending`;
}
