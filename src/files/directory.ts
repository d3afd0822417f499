// Synchronous: loading node:fs/promises and starting threads takes Node.js 3 ms.
import {
  accessSync,
  chmodSync,
  constants,
  type Dirent,
  lstatSync,
  opendirSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { CliError, orNull, systemCode } from '../errors/cli-error.ts';

export type { Dirent, Stats };

/** The target of a path; null: nothing there, or unknown. */
export function statsOf(path: string): Stats | null {
  return orNull(() => statSync(path));
}

/** The target of a path, or the error. */
export function statsOrError(path: string): Stats | Error {
  try {
    return statSync(path);
  } catch (error) {
    return error as Error;
  }
}

export function isLink(path: string): boolean {
  return orNull(() => lstatSync(path))?.isSymbolicLink() === true;
}

export function isThere(path: string): boolean {
  return orNull(() => lstatSync(path)) !== null;
}

/**
 * Fails if the file exists. Call it before producing the content.
 * @param option that chooses other names
 * @throws {CliError} file-exists
 */
export function requireFreeNames(paths: readonly string[], option?: string): void {
  for (const path of paths)
    if (isThere(path))
      throw new CliError('file-exists', `${path} already exists`, {
        facts: option === undefined ? {} : { option },
      });
}

/** Whether this user may write to a file, or into a directory. */
export function isWritable(path: string): boolean {
  return isAllowed(path, constants.W_OK);
}

export function isExecutable(path: string): boolean {
  return isAllowed(path, constants.X_OK);
}

/** In a list, since accessSync returns undefined in Node.js, and null in Bun. */
function isAllowed(path: string, mode: number): boolean {
  return orNull(() => [accessSync(path, mode)]) !== null;
}

/**
 * The absolute path without links; `..` is resolved after links, as the system does.
 * Throws the system's error.
 */
export function realPathOf(path: string): string {
  return realpathSync.native(path);
}

/**
 * The entries of a directory, at most `most`, in the system's order. Throws the system's
 * error.
 */
export function entriesIn(path: string, most: number): readonly Dirent[] {
  const directory = opendirSync(path);
  try {
    const entries: Dirent[] = [];
    while (entries.length < most) {
      const entry = directory.readSync();
      if (entry === null) break;
      entries.push(entry);
    }
    return entries;
  } finally {
    directory.closeSync();
  }
}

export function removeFile(path: string): void {
  rmSync(path, { force: true });
}

/**
 * Gives a file or directory of this user a mode, where its file system has modes. Throws
 * the system's error.
 */
export function setMode(path: string, mode: number): void {
  whereModesAre(() => chmodSync(path, mode));
}

/**
 * Sets a mode, unless the file system has none: FAT and exFAT. Throws the system's error.
 */
export function whereModesAre(set: () => void): void {
  try {
    set();
  } catch (error) {
    if (!withoutModes.includes(systemCode(error) ?? '')) throw error;
  }
}

/** How chmod() by the owner fails there. */
const withoutModes = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'];

/** Removes a directory with all that is in it, as far as that goes. */
export function removeDirectory(path: string): void {
  orNull(() => rmSync(path, { recursive: true, force: true }));
}
