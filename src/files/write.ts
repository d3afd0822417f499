import { constants, openSync } from 'node:fs';
import {
  access,
  chmod,
  copyFile,
  link,
  lstat,
  open,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { syncDirectory } from './sync-directory.ts';
import { temporaryBeside } from './temporary.ts';
import { unwritable } from './unwritable.ts';

/** Milliseconds between two looks at a named pipe without a reader. */
const readerInterval = 50;

/** How link() fails on file systems without hard links. */
export const withoutLinks = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'];

/**
 * Writes a file that may hold a secret: mode 0600, whole or not at all, and never over an existing one unless `replace`.
 * With `replace` a link stays and its target is replaced; a named pipe or a device is written to.
 * @throws {CliError} file-exists, file-unwritable, interrupted
 */
export async function writePrivateFile(
  path: string,
  content: string | Uint8Array,
  replace: boolean,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (!replace) await createWhole(path, content);
    else if (await takesContent(path)) await writeInto(path, content, signal);
    else await replaceWhole(await resolveLinks(path), content);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (systemCode(error) === 'EEXIST')
      throw new CliError('file-exists', `${path} already exists`, { cause: error });
    throw unwritable(`${path} cannot be written`, error);
  }
}

/**
 * Writes a file that holds no secret, whole or not at all, over what was there: a new one may be read as the umask allows,
 * and one that was there keeps its mode. A link stays; a named pipe or a device is written to.
 * @throws {CliError} file-unwritable, interrupted
 */
export async function writeSharedFile(
  path: string,
  content: string | Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (await takesContent(path)) await writeInto(path, content, signal);
    else await replaceWhole(await resolveLinks(path), content, 0o666);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw unwritable(`${path} cannot be written`, error);
  }
}

/**
 * Checks that `writeSharedFile` has a place to write to, for whoever has nothing to write yet.
 * @throws {CliError} file-unwritable
 */
export async function requireRoomFor(path: string): Promise<void> {
  try {
    if (!(await takesContent(path))) return await access(dirname(await resolveLinks(path)), constants.W_OK);
    // A directory cannot be opened for writing; a named pipe waits until it is read.
    if (!(await stat(path)).isFIFO()) await (await open(path, constants.O_WRONLY)).close();
  } catch (error) {
    throw unwritable(`${path} cannot be written`, error);
  }
}

async function createWhole(path: string, content: string | Uint8Array): Promise<void> {
  // Even if nothing may be created here, a taken name is still the answer.
  const taken = await lstat(path).then(
    () => true,
    () => false,
  );
  if (taken) throw Object.assign(new Error('taken'), { code: 'EEXIST' });
  await withTemporary(path, content, async (temporary) => {
    try {
      await link(temporary, path);
    } catch (error) {
      if (!withoutLinks.includes(systemCode(error) ?? '')) throw error;
      await copyExclusively(temporary, path);
    }
  });
}

async function copyExclusively(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') await rm(to, { force: true });
    throw error;
  }
}

/** @param mode of a new file; private ones are made so whatever was there, others keep the mode that was */
async function replaceWhole(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const before = mode === 0o600 ? null : await modeOf(path);
  await withTemporary(
    path,
    content,
    async (temporary) => {
      if (before !== null) await chmod(temporary, before);
      await rename(temporary, path);
    },
    mode,
  );
}

/** Null: nothing is there. */
async function modeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Passes a complete file beside `path` to `place`, and leaves none behind. */
async function withTemporary(
  path: string,
  content: string | Uint8Array,
  place: (temporary: string) => Promise<void>,
  mode = 0o600,
): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    await writeDurably(temporary, content, mode);
    await place(temporary);
    // What is placed survives a power loss, or is not there: half of a key is never found.
    syncDirectory(dirname(path));
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeDurably(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whether something other than a regular file is there: it is written to, as a shell would. */
async function takesContent(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isFile();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** The file that a path leads to in the end, even if it does not exist yet. */
async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    const target = await readlink(path).catch(() => null);
    return target === null ? path : resolveLinks(resolve(await realpath(dirname(path)), target));
  }
}

async function writeInto(path: string, content: string | Uint8Array, signal: AbortSignal): Promise<void> {
  if (!(await stat(path)).isFIFO()) {
    const device = await open(path, constants.O_WRONLY);
    return device.writeFile(content).finally(() => device.close());
  }
  await streamTo(await openForReader(path, signal), content, signal);
}

/** A named pipe, once somebody reads it. A plain open would wait in a thread and delay the end of the process. */
async function openForReader(path: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    try {
      return openSync(path, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0));
    } catch (error) {
      if (systemCode(error) !== 'ENXIO') throw error;
    }
    await setTimeout(readerInterval, undefined, { signal });
  }
}

async function streamTo(pipe: number, content: string | Uint8Array, signal: AbortSignal): Promise<void> {
  const { Socket } = await import('node:net');
  const { finished } = await import('node:stream/promises');
  const stream = new Socket({ fd: pipe, readable: false, writable: true });
  stream.end(content);
  await finished(stream, { signal }).finally(() => stream.destroy());
}
