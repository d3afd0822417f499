// Synchronous: the file is small, and Node.js takes 3 ms to load promises and start threads for it.
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CliError, systemCode } from '../errors.ts';
import { shellWord } from '../text/shell-word.ts';

/** Ten thousand profiles have a third of it. */
const limit = 32 * 1024 * 1024;

/**
 * The text of a file that nobody but its user can have written; null where there is none.
 * @throws {CliError} file-unreadable: also no regular file, over 32 MiB, and a file or directory that somebody else
 * owns or may write (`facts.command` mends it)
 */
export function readOwnFile(path: string): string | null {
  let file: number;
  try {
    // A named pipe without a writer would keep it waiting.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(cause) ?? '')) return null;
    throw new CliError('file-unreadable', `Cannot read ${path}`, { cause });
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new CliError('file-unreadable', `${path} is not a regular file`);
    if (stats.size > limit) throw new CliError('file-unreadable', `${path} is larger than 32 MiB`);
    requireOwn(dirname(path), statSync(dirname(path)));
    requireOwn(path, stats);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/**
 * Whoever may write here may have put in a session of his own, or a tenant that ours would be sent to. Windows has no
 * such modes. @throws {CliError} file-unreadable
 */
function requireOwn(path: string, { uid, mode }: Stats): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  if (uid !== user && uid !== 0)
    throw new CliError('file-unreadable', `${path} belongs to another user`, {
      facts: { remedy: `chown ${user} ${shellWord(path)}` },
    });
  if ((mode & 0o022) !== 0)
    throw new CliError('file-unreadable', `${path} can be written by others`, {
      facts: { remedy: `chmod go-w ${shellWord(path)}` },
    });
}

/** Makes sure that what was renamed in a directory stays so after a loss of power, where the file system can. */
export function syncDirectory(path: string): void {
  try {
    const directory = openSync(path, constants.O_RDONLY);
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  } catch {
    // Windows opens no directory, and some network file systems sync none.
  }
}
