import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError, systemCode, systemReason } from '../errors/cli-error.ts';
import { statsOrError } from './directory.ts';
import { type Doubt, doubtOf, doubtOnWay, type WayTerms } from './others.ts';
import { NoSuchContent, readRegularFile } from './regular-file.ts';

/** The size limit: ten thousand profiles take a third of it. */
const ownLimit = 32 * 1024 * 1024;

/**
 * Checks that a path is free or a directory. For reading, one below a file is free: the
 * home directory of a service may be /dev/null.
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
 * @throws {CliError} file-unreadable: also not a regular file, over 32 MiB, in a
 *   directory that is a file, or a file, or anything on the way to it, that another user
 *   owns or may write (`facts.remedy` fixes it)
 */
export function readOwnFile(path: string, named = 'MFA_CLI_CONFIG_DIR'): string | null {
  const judge = (stats: Stats): void => requireOwnFile(path, stats);
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

/**
 * Checks a file of the program's own, its directory, and each folder and link on the way,
 * in which root may be the guest of another user.
 * @throws {CliError} file-unreadable
 */
export function requireOwnFile(path: string, opened: Stats): void {
  const directory = dirname(path);
  requireOwn(directory, statSync(directory));
  requireOwn(path, opened);
  // Another process of this user may have replaced the file since, and nobody else may.
  requireNoDoubt(doubtOnWay(path, { isGuest: true }));
}

/**
 * Checks a directory, and each folder and link on the way to it; a missing one passes if
 * nobody else can make it.
 * @throws {CliError} file-unreadable
 */
export function requireOwnDirectory(path: string): void {
  requireOwnEnd(path, {});
}

/**
 * Checks that nobody else can make the configuration directory, nor lead it elsewhere,
 * before it is made or closed to others.
 * @throws {CliError} file-unreadable
 */
export function requireMakeable(path: string): void {
  requireNoDoubt(doubtOnWay(path, { isGuest: true, isMade: true }));
}

/**
 * `requireOwnDirectory` for the configuration directory, in which root may be the guest
 * of another user, as in the containers of a CI.
 * @throws {CliError} file-unreadable
 */
export function requireOwnConfiguration(path: string): void {
  requireOwnEnd(path, { isGuest: true });
}

function requireOwnEnd(path: string, terms: WayTerms): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined) requireOwn(path, stats);
  requireNoDoubt(doubtOnWay(path, { ...terms, isMade: stats === undefined }));
}

/**
 * Users who may write a file may have planted a session, a tenant or a user name in it.
 * Windows has no such modes.
 * @throws {CliError} file-unreadable
 */
function requireOwn(path: string, stats: Stats): void {
  requireNoDoubt(doubtOf(path, stats));
}

function requireNoDoubt(doubt: Doubt | null): void {
  if (doubt === null) return;
  const { sentence, ...facts } = doubt;
  throw new CliError('file-unreadable', sentence, { facts });
}
