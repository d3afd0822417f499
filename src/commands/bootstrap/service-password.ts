import { randomInt } from 'node:crypto';
import { CliError } from '../../errors/cli-error.ts';
import { isThere, removeFile } from '../../files/directory.ts';
import { readPrivateFile } from '../../files/own-file.ts';
import { cutLineBreak, readSecret, secretLimit } from '../../files/read.ts';
import { writePrivateFile } from '../../files/write.ts';
import { Secret } from '../../text/secret.ts';

const classes = ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz', '0123456789', '-_.~'] as const;
const length = 32;

/** How the file is read here. */
type Reading = Parameters<typeof readSecret>[2];

/** A random password, with something of each kind that a tenant may ask for, and nothing that an address would escape. */
export function makePassword(): Secret {
  const alphabet = classes.join('');
  for (;;) {
    const text = Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
    if (classes.every((kind) => [...text].some((character) => kind.includes(character))))
      return new Secret(text);
  }
}

/**
 * The password of a service user that is about to be made, kept beside the secret file until the user is there: of a run
 * that was killed meanwhile it is taken up again, since the user may have it already.
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

/** Whoever could put a file there would know the password: only one that this user alone made is taken. */
function readReserved(pending: string): Secret {
  const kept = readPrivateFile(pending, secretLimit);
  const password = kept && new Secret(cutLineBreak(kept), pending);
  if (password?.reveal().length === length) return password;
  throw new CliError('file-exists', `${pending} exists, and holds no password of an interrupted run`, {
    facts: { option: '--secret-file FILE' },
  });
}

/** Puts the reserved password where it belongs, never over another file. @throws {CliError} file-exists, file-unwritable */
export async function keepPassword(file: string, reading: Reading): Promise<void> {
  const pending = pendingFile(file);
  const password = readReserved(pending);
  // A run that was killed in here has already written it.
  const there = await readSecret(file, file, reading).catch(() => null);
  if (there?.reveal() !== password.reveal())
    await writePrivateFile(file, `${password.reveal()}\n`, false, reading.signal);
  removeFile(pending);
}

/** Forgets a password that no user has. */
export function dropPassword(file: string): void {
  removeFile(pendingFile(file));
}

/** Whether a run was ended between the user and the secret file. */
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
