import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { CliError, type FactsOf, orNull, systemCode, systemReason } from '../errors/cli-error.ts';
import type { SystemCause } from '../errors/file.ts';
import { setMode } from './directory.ts';
import { isOpened } from './read.ts';
import {
  closing,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
} from './regular-file.ts';
import { removeTemporaries, temporaryBeside } from './temporary.ts';

/** The most links in a chain, as in Linux. */
const mostLinks = 40;
/** The errors of link() on file systems without hard links; FAT on Windows: EISDIR. */
export const withoutLinks = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR'];

/** The target is not written to; the message has the reason. */
export class Refusal extends Error {}

const systemCauses: Readonly<Record<string, SystemCause>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
  EACCES: 'denied',
  EPERM: 'denied',
};

/** The error file-unwritable: `sentence` names the path, followed by the reason if there is one. */
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
 * Writes a file that may contain a secret: mode 0600, whole or not at all, and over an existing one only with `replace`. Then a
 * link stays and its target is replaced; a named pipe or a device is written to. Files and links of other users are refused.
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
 * Writes a file without secrets, whole or not at all, over an existing one: a new one gets the umask's mode, an existing one
 * keeps its mode. A link stays; a named pipe or a device is written to.
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
  const target = openTarget(path);
  if (target === null) replaceFile(path, content, mode);
  else await writeInto(path, target, content, signal);
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
    if (openTarget(path) === null) accessSync(dirname(ownTargetOf(path).path), constants.W_OK);
    // A directory cannot be opened for writing; a named pipe waits for a reader.
    else if (!statSync(path).isFIFO()) closeSync(openSync(path, O_WRONLY));
  } catch (error) {
    throw unwritable(`${path} cannot be written`, error);
  }
}

/**
 * Checks that a file can be replaced: an existing one must be a regular file of this user and not write-protected, which a
 * rename would ignore. @throws {CliError} file-unwritable @param sentence starts the message
 */
export function requireReplaceable(path: string, sentence: string): void {
  try {
    const { path: target, stats } = ownTargetOf(path);
    if (stats === null) return;
    const opened = closing(openSync(target, O_RDWR | O_NOFOLLOW | O_NONBLOCK), fstatSync);
    if (!opened.isFile()) throw new Refusal('it is not a regular file');
  } catch (cause) {
    throw unwritable(sentence, cause);
  }
}

/**
 * Replaces a file, whole or not at all, even after a power loss; a link stays and its target is replaced. Throws the system's
 * error, or what `unwritable` puts into words.
 * @param mode 0600 in any case; 0666, reduced by the umask, only for a new file
 */
export function replaceFile(path: string, content: string | Uint8Array, mode: 0o600 | 0o666): void {
  const { path: target, stats } = ownTargetOf(path);
  if (stats?.isFile() === false) throw new Refusal('it is not a regular file');
  withTemporary(target, content, mode, (temporary) => {
    if (mode !== 0o600 && stats !== null) setMode(temporary, stats.mode & 0o777);
    renameSync(temporary, target);
  });
}

/** Opens a new file for writing, never an existing one or a link. Throws the system's error. */
export function newFile(path: string, mode: number): number {
  return openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
}

/**
 * Makes a rename in a directory survive a power loss, if the system can: Windows cannot open a directory, and some network
 * file systems cannot sync one.
 */
export function syncDirectory(path: string): void {
  orNull(() => closing(openSync(path, O_RDONLY), fsyncSync));
}

function createFile(path: string, content: string | Uint8Array): void {
  requireOwnWay(path);
  // An existing name is the error even in a read-only directory.
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    throw Object.assign(new Error('taken'), { code: 'EEXIST' });
  withTemporary(path, content, 0o600, (temporary) => {
    try {
      linkSync(temporary, path);
    } catch (error) {
      if (!withoutLinks.includes(systemCode(error) ?? '')) throw error;
      const file = newFile(path, 0o600);
      try {
        fill(file, content);
      } catch (cause) {
        rmSync(path, { force: true });
        throw cause;
      }
    }
  });
}

/** Passes a complete file next to `path` to `place` and removes the rest; after a kill, the next call removes it. */
function withTemporary(
  path: string,
  content: string | Uint8Array,
  mode: number,
  place: (temporary: string) => void,
): void {
  const temporary = temporaryBeside(path);
  try {
    const file = newFile(temporary, mode);
    removeTemporaries(dirname(path));
    fill(file, content);
    place(temporary);
    // The file survives a power loss whole or not at all, never as half a key.
    syncDirectory(dirname(path));
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

/**
 * The target if it is no regular file, and not behind another user's link: it is written to, as a shell would. `opened`: by the
 * parent process, as `/dev/stdout` is. Null: a regular file, or none.
 */
function openTarget(path: string): Stats | 'opened' | null {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== false) return null;
  const { stats } = targetOf(path);
  if (isOpened(path)) return 'opened';
  if (stats?.isFIFO() && !isOwn(stats)) throw new Refusal('it is a pipe of another user');
  return stats;
}

type Target = { readonly path: string; readonly stats: Stats | null };

/** The final target of a path. Refuses links and files of other users. */
function ownTargetOf(path: string): Target {
  const target = targetOf(path);
  if (target.stats !== null && !isOwn(target.stats) && !isOfFolder(target.path, target.stats))
    throw new Refusal('it belongs to another user');
  return target;
}

/** The final target of a path. Refuses links of other users. */
function targetOf(path: string): Target {
  requireOwnWay(path);
  let at = path;
  for (let links = 0; links <= mostLinks; links++) {
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (!stats?.isSymbolicLink()) return { path: at, stats: stats ?? null };
    if (!isOwn(stats)) throw new Refusal('it is a link of another user');
    // Node.js's own realpath resolves `..` by name, not after links.
    at = resolve(realpathSync.native(dirname(at)), readlinkSync(at));
  }
  throw new Refusal('its links form a loop');
}

/** Like Linux with `protected_symlinks`: in a world-writable directory, links of other users are not followed. */
export function requireOwnWay(path: string): void {
  const way = isAbsolute(path) ? path : `${process.cwd()}/${path}`;
  for (const { index } of way.matchAll(/(?<!^)\//g)) {
    const folder = way.slice(0, index);
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() && !isOwn(stats) && (statSync(dirname(folder)).mode & 0o002) !== 0)
      throw new Refusal(`${folder} is a link of another user`);
  }
}

/** Whether this user or root owns a file. Windows has no such user IDs. */
export function isOwn({ uid }: Stats): boolean {
  const user = process.getuid?.();
  return user === undefined || uid === user || uid === 0;
}

/** Root works in other users' directories, above all in containers: there a file is as safe as its directory. */
export function isOfFolder(path: string, { uid }: Stats): boolean {
  return process.getuid?.() === 0 && statSync(dirname(path)).uid === uid;
}

async function writeInto(
  path: string,
  target: Stats | 'opened',
  content: string | Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const { open } = await import('node:fs/promises');
  // A pipe without a reader keeps a thread waiting, until the process ends.
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const file = await Promise.race([open(path, O_WRONLY), interrupted]);
  try {
    const { dev, ino } = fstatSync(file.fd);
    if (target !== 'opened' && (dev !== target.dev || ino !== target.ino))
      throw new Refusal('another file took its place');
    await Promise.race([file.writeFile(content), interrupted]);
  } finally {
    const closed = file.close();
    // After an interrupt it waits for a write that nobody reads.
    if (!signal.aborted) await closed;
  }
}
