import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError, systemCode, systemReason } from '../errors/cli-error.ts';
import { statsOrError } from './directory.ts';
import { NoSuchContent, readRegularFile } from './regular-file.ts';

/** The size limit: ten thousand profiles take a third of it. */
const ownLimit = 32 * 1024 * 1024;
/**
 * Checks that a path is free or a directory. For reading, one below a file is free: the home directory of a service may be
 * /dev/null.
 * @param named the option or variable that names it
 * @throws {CliError}
 */
export function requireDirectory(
  path: string,
  named: string,
  code: 'file-unreadable' | 'file-unwritable' = 'file-unreadable',
): void {
  const found = statsOrError(path);
  const isBelowFile = code === 'file-unwritable' && systemCode(found) === 'ENOTDIR';
  const isOther = found instanceof Error ? isBelowFile : !found.isDirectory();
  if (isOther)
    throw new CliError(code, `${path} is not a directory`, { facts: { directory: named } });
}

/**
 * The text of a file that only its user can have written; null if it does not exist.
 * @param named the option or variable that names its directory
 * @throws {CliError} file-unreadable: also not a regular file, over 32 MiB, in a directory that is a file, or a file or directory that
 *   another user owns or may write (`facts.remedy` fixes it)
 */
export function readOwnFile(path: string, named = 'MFA_CLI_CONFIG_DIR'): string | null {
  const judge = (stats: Stats): void => {
    requireOwn(dirname(path), statSync(dirname(path)));
    requireOwn(path, stats);
  };
  try {
    return readRegularFile(path, { limit: ownLimit, judge }).toString('utf8');
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    if (cause instanceof NoSuchContent)
      throw new CliError('file-unreadable', `${path} ${cause.message}`);
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(cause) ?? '')) {
      requireDirectory(dirname(path), named);
      return null;
    }
    const reason = systemReason(cause) ?? systemCode(cause);
    throw new CliError('file-unreadable', `${path} cannot be read: ${reason}`, {
      cause,
      facts: { own: path },
    });
  }
}

/** Checks a directory like `requireOwn`; a missing one passes. @throws {CliError} file-unreadable */
export function requireOwnDirectory(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined) requireOwn(path, stats);
}

/**
 * Users who may write a file may have planted a session, a tenant or a user name in it. Windows has no such modes. @throws
 * {CliError} file-unreadable
 */
export function requireOwn(path: string, stats: Stats): void {
  const user = process.getuid?.();
  const doubt = user === undefined ? null : doubtOf(path, stats, user, 0o022);
  if (doubt === null) return;
  throw new CliError('file-unreadable', doubt.sentence, { facts: { remedy: doubt.remedy } });
}

interface Doubt {
  readonly sentence: string;
  readonly remedy: readonly string[];
}

/**
 * The reason why others may change a file, as a sentence without a period, and the command that fixes it. @param others
 * forbidden mode bits
 */
export function doubtOf(path: string, { uid, mode }: Stats, user: number, others: number) {
  const doubt = (what: string, command: readonly string[]): Doubt => ({
    sentence: `${path} ${what}`,
    remedy: [...command, path],
  });
  if (uid !== user && uid !== 0) return doubt('belongs to another user', ['chown', `${user}`]);
  return (mode & others) === 0 ? null : doubt('is writable by other users', ['chmod', 'go-w']);
}
