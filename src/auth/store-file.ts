// Synchronous: the file is small, and loading promises and starting threads for it takes Node.js 3 ms.
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { requireOwn } from '../files/require-own.ts';

/** Ten thousand profiles take a third of it. */
const limit = 32 * 1024 * 1024;

/**
 * The text of a file that only its user can have written; null if there is none.
 * @throws {CliError} file-unreadable: also not a regular file, over 32 MiB, or a file or directory that somebody else
 * owns or may write (`facts.command` fixes it)
 */
export function readOwnFile(path: string): string | null {
  let file: number;
  try {
    // A named pipe without a writer would block.
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
