import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CliError, type FactsOf, orNull, systemCode, systemReason } from '../errors/cli-error.ts';
import type { SystemCause } from '../errors/file.ts';
import { whereModesAre } from './directory.ts';
import { type HeldTarget, holdTarget, isOwn, Refusal, requireOwner } from './held-target.ts';
import {
  closing,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
} from './regular-file.ts';
import { isOpenedPipe, requireOpenable, writeInto } from './special-file.ts';
import { removeTemporaries, temporaryBeside } from './temporary.ts';

/** The errors of link() on file systems without hard links; FAT on Windows: EISDIR. */
export const withoutLinks = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR'];

const systemCauses: Readonly<Record<string, SystemCause>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
  EACCES: 'denied',
  EPERM: 'denied',
};

/**
 * The error file-unwritable: `sentence` names the path, followed by the reason if there
 * is one.
 */
export function unwritable(
  sentence: string,
  cause: unknown,
  facts: FactsOf<'file-unwritable'> = {},
): CliError {
  const reason = cause instanceof Refusal ? cause.message : systemReason(cause);
  const words = reason === undefined ? sentence : `${sentence}: ${reason}`;
  const system = systemCauses[systemCode(cause) ?? ''];
  return new CliError('file-unwritable', words, {
    cause,
    facts: { ...(system && { system }), ...facts },
  });
}

/**
 * Writes a file that may contain a secret: mode 0600, whole or not at all, and over an
 * existing one only with `replace`. Then a link stays and its target is replaced; a named
 * pipe or a device is written to. Files and links of other users are refused.
 * @throws {CliError} file-exists, file-unwritable, interrupted
 */
export async function writePrivateFile(
  path: string,
  content: string | Uint8Array,
  replace: boolean,
  signal: AbortSignal,
): Promise<void> {
  await written(path, signal, () =>
    replace ? put(path, content, 0o600, signal) : createFile(path, content),
  );
}

/**
 * Writes a file without secrets, whole or not at all, over an existing one: a new one
 * gets the umask's mode, an existing one keeps its mode. A link stays; a named pipe or a
 * device is written to.
 * @throws {CliError} file-unwritable, interrupted
 */
export async function writeSharedFile(
  path: string,
  content: string | Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  await written(path, signal, () => put(path, content, 0o666, signal));
}

async function put(
  path: string,
  content: string | Uint8Array,
  mode: 0o600 | 0o666,
  signal: AbortSignal,
): Promise<void> {
  if (isOpenedPipe(path)) return writeInto(path, null, content, signal);
  const target = holdTarget(path, 'followed');
  try {
    const { stats } = target;
    if (stats === null || stats.isFile()) replaceHeld(target, content, mode);
    else if (stats.isFIFO() && !isOwn(stats)) throw new Refusal('it is a pipe of another user');
    else await writeInto(target.path, stats, content, signal);
  } finally {
    target.close();
  }
}

async function written(
  path: string,
  signal: AbortSignal,
  work: () => void | Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (systemCode(error) === 'EEXIST')
      throw new CliError('file-exists', `${path} already exists`, { cause: error });
    throw unwritable(`${path} cannot be written`, error);
  }
}

/**
 * Checks that `writeSharedFile` can write, before the content exists.
 * @throws {CliError} file-unwritable
 */
export function requireRoomFor(path: string): void {
  try {
    if (isOpenedPipe(path)) requireOpenable(path, statSync(path));
    else useTarget(path, requireRoomIn);
  } catch (error) {
    throw unwritable(`${path} cannot be written`, error);
  }
}

function requireRoomIn(target: HeldTarget): void {
  const { path, stats } = target;
  if (stats?.isFile() === false) requireOpenable(path, stats);
  else {
    requireOwner(target);
    accessSync(dirname(path), constants.W_OK);
  }
}

function useTarget<T>(path: string, use: (target: HeldTarget) => T): T {
  const target = holdTarget(path, 'followed');
  try {
    return use(target);
  } finally {
    target.close();
  }
}

/**
 * Checks that a file can be replaced: an existing one must be a regular file of this user
 * and not write-protected, which a rename would ignore.
 * @throws {CliError} file-unwritable
 * @param sentence starts the message
 */
export function requireReplaceable(path: string, sentence: string): void {
  try {
    useTarget(path, requireReplaceableIn);
  } catch (cause) {
    throw unwritable(sentence, cause);
  }
}

function requireReplaceableIn(target: HeldTarget): void {
  requireOwner(target);
  if (target.stats === null) return;
  const file = openSync(target.path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  if (!closing(file, fstatSync).isFile()) throw new Refusal('it is not a regular file');
}

/**
 * Replaces a file, whole or not at all, even after a power loss; a link stays and its
 * target is replaced. Throws the system's error, or what `unwritable` puts into words.
 * @param mode 0600 in any case; 0666, reduced by the umask, only for a new file
 */
export function replaceFile(path: string, content: string | Uint8Array, mode: 0o600 | 0o666): void {
  useTarget(path, (target) => replaceHeld(target, content, mode));
}

function replaceHeld(target: HeldTarget, content: string | Uint8Array, mode: 0o600 | 0o666): void {
  const { path, stats } = target;
  requireOwner(target);
  if (stats?.isFile() === false) throw new Refusal('it is not a regular file');
  const exact = mode === 0o600 || stats === null ? null : stats.mode & 0o777;
  withTemporary(target, content, { mode, exact }, (temporary) => renameSync(temporary, path));
}

/**
 * Opens a new file for writing, never an existing one or a link. Throws the system's
 * error.
 */
export function newFile(path: string, mode: number): number {
  return openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
}

/**
 * Makes a rename in a directory survive a power loss, if the system can: Windows cannot
 * open a directory, and some network file systems cannot sync one.
 */
export function syncDirectory(path: string): void {
  orNull(() => closing(openSync(path, O_RDONLY), fsyncSync));
}

function createFile(path: string, content: string | Uint8Array): void {
  const target = holdTarget(path, 'kept');
  try {
    createHeld(target, content);
  } finally {
    target.close();
  }
}

function createHeld(target: HeldTarget, content: string | Uint8Array): void {
  const { path, stats } = target;
  // An existing name is the error even in a read-only directory.
  if (stats !== null) throw Object.assign(new Error('taken'), { code: 'EEXIST' });
  withTemporary(target, content, { mode: 0o600, exact: null }, (temporary) => {
    try {
      linkSync(temporary, path);
    } catch (error) {
      if (!withoutLinks.includes(systemCode(error) ?? '')) throw error;
      const file = newIn(target, path, 0o600);
      try {
        fill(file, content);
      } catch (cause) {
        rmSync(path, { force: true });
        throw cause;
      }
    }
  });
}

/** A new file in the folder of a target, open and still empty. */
export function newIn(target: HeldTarget, path: string, mode: number): number {
  const file = newFile(path, mode);
  try {
    target.confirm(file, path);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

interface Modes {
  /** Reduced by the umask. */
  readonly mode: number;
  /** Null: as the file is made. */
  readonly exact: number | null;
}

/**
 * Passes a complete file beside a target to `place` and removes the rest; after a kill,
 * the next call removes it.
 */
function withTemporary(
  target: HeldTarget,
  content: string | Uint8Array,
  { mode, exact }: Modes,
  place: (temporary: string) => void,
): void {
  const folder = dirname(target.path);
  const temporary = temporaryBeside(target.path);
  try {
    const file = newIn(target, temporary, mode);
    removeTemporaries(folder);
    // Of the open file: others may have exchanged its name.
    if (exact !== null) whereModesAre(() => fchmodSync(file, exact));
    fill(file, content);
    place(temporary);
    // The file survives a power loss whole or not at all, never as half a key.
    syncDirectory(folder);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Overwrites from the start, truncates, syncs and closes. */
export function fill(file: number, content: string | Uint8Array): void {
  closing(file, () => {
    const bytes = Buffer.from(content);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    ftruncateSync(file, bytes.length);
    fsyncSync(file);
  });
}
