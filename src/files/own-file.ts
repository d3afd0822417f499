// Synchronous: these files are small, and loading promises and starting threads for them takes Node.js 3 ms.
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError, systemCode, systemReason } from '../errors/cli-error.ts';
import { statsOrError } from './directory.ts';

/** The size limit: ten thousand profiles take a third of it. */
const ownLimit = 32 * 1024 * 1024;
/** Flags of `open`; Windows has neither of the last two. */
export const {
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW = 0,
  O_NONBLOCK = 0,
} = constants;

/** The result of `use` on an open file, which is closed afterwards. */
export function closing<T>(file: number, use: (file: number) => T): T {
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

/** Not a regular file, or larger than the limit. */
export class NoSuchContent extends Error {}

interface RegularRead {
  readonly limit: number;
  readonly links?: boolean;
  judge?(stats: Stats): void;
}

/**
 * The bytes of a regular file. Never waits for a named pipe or a device, and never reads more than the limit, even if the file
 * grows. Throws the system's error, NoSuchContent (`is not a regular file`, `is larger than 32 MiB`), and what `judge` throws.
 */
export function readRegularFile(path: string, { limit, links = true, judge }: RegularRead): Buffer {
  return closing(openSync(path, O_RDONLY | O_NONBLOCK | (links ? 0 : O_NOFOLLOW)), (file) => {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new NoSuchContent('is not a regular file');
    const tooLarge = `is larger than ${limit / 1024 / 1024} MiB`;
    if (stats.size > limit) throw new NoSuchContent(tooLarge);
    judge?.(stats);
    // System files, such as those in /proc, report no size.
    const chunks: Buffer[] = [];
    for (let length = 0; ; ) {
      const chunk = Buffer.allocUnsafe(Math.max(stats.size - length, 4096) + 1);
      const read = readSync(file, chunk, 0, chunk.length, null);
      if (read === 0) return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      length += read;
      if (length > limit) throw new NoSuchContent(tooLarge);
      chunks.push(chunk.subarray(0, read));
    }
  });
}

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
