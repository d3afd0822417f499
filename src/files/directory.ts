import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  type Dirent,
  lstatSync,
  mkdirSync,
  opendirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { CliError, systemCode } from '../errors/cli-error.ts';

// Synchronous: loading node:fs/promises and starting threads takes Node.js 3 ms.

export type { Dirent, Stats };

/** What a path leads to; null if nothing is there, or nobody can tell. */
export function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** What a path leads to, or why nobody can tell. */
export function statsOrError(path: string): Stats | Error {
  try {
    return statSync(path);
  } catch (error) {
    return error as Error;
  }
}

/** Whether something is at a path, a link that leads nowhere included. */
export function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Call before making anything to write: fails if something is already there. @throws {CliError} file-exists */
export function requireFreeNames(paths: readonly string[]): void {
  for (const path of paths) if (isThere(path)) throw new CliError('file-exists', `${path} already exists`);
}

/** Whether this user may write to a file, or into a directory. */
export function isWritable(path: string): boolean {
  return isAllowed(path, constants.W_OK);
}

export function isExecutable(path: string): boolean {
  return isAllowed(path, constants.X_OK);
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** The absolute path without links. Throws the system's error. */
export function realPathOf(path: string): string {
  return realpathSync(path);
}

/** Entries of a directory, at most `most` of them, in the system's order. Throws the system's error. */
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

/** Removes a file, or a link itself; nothing if none is there. Throws the system's error. */
export function removeFile(path: string): void {
  rmSync(path, { force: true });
}

/** Renames a file that has no secret from its owner, and closes it to others. Throws the system's error. */
export function setAside(path: string, to: string): void {
  chmodSync(path, 0o600);
  renameSync(path, to);
}

/**
 * Makes a directory and its missing parents, for the owner alone; an existing one stays as it is. Step by step: Node's
 * recursive mkdir never ends if a file system answers ENOENT below an existing directory (procfs).
 * Throws the system's error.
 * @param path absolute
 */
export function makePrivateDirectory(path: string): void {
  try {
    makeOne(path);
  } catch (error) {
    const parent = dirname(path);
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error;
    makePrivateDirectory(parent);
    makeOne(path);
  }
}

/** Another process may make it first. */
function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

/** Closes a directory of this user that others may enter, if all that is in it is ours. Throws the system's error. */
export function closeDirectory(path: string, isOurs: (name: string) => boolean): void {
  const { mode, uid } = statSync(path);
  if ((mode & 0o077) === 0 || uid !== process.getuid?.()) return;
  if (entriesIn(path, Number.POSITIVE_INFINITY).every(({ name }) => isOurs(name))) chmodSync(path, 0o700);
}

/** Entries of a directory to look at; with more, what a killed process left there stays. */
const mostEntries = 10_000;

const name = /^\.mfa-cli-(\d{1,10})-(\d*)-[0-9a-f]{16}\.tmp$/;

/** What versions before 0.2 left says no process. */
const nameless = /^\.[0-9a-f]{16}\.tmp$/;

/** A new path beside another, for a file that takes its place once it is whole; it says whose it is. */
export function temporaryBeside(path: string): string {
  const { pid } = process;
  const unique = randomBytes(8).toString('hex');
  return join(dirname(path), `.mfa-cli-${pid}-${startOf(pid)}-${unique}.tmp`);
}

/**
 * Removes, as far as it may, what killed processes left under such names.
 * @param alone whether nobody else writes into this directory now, so that what says no process goes, too
 */
export function removeTemporaries(directory: string, alone = false): void {
  try {
    const entries = opendirSync(directory);
    try {
      for (let looked = 0; looked < mostEntries; looked++) {
        const entry = entries.readSync();
        if (entry === null) return;
        const [, pid, start = ''] = name.exec(entry.name) ?? [];
        const isLeft = pid === undefined ? alone && nameless.test(entry.name) : !isAlive(Number(pid), start);
        if (isLeft) rmSync(join(directory, entry.name), { force: true });
      }
    } finally {
      entries.closeSync();
    }
  } catch {
    // Whoever reads or writes there next tells what is wrong with it.
  }
}

/** Whether a process of this machine still runs. @param start when it began; empty where nobody knows */
export function isAlive(pid: number, start: string): boolean {
  const found = startOf(pid);
  if (start !== '' && found !== '' && start !== found) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

/**
 * When a process began, as the system counts it: ids are used again, in containers each time. Field 22 of
 * `/proc/PID/stat` (proc(5)), after a name that may hold anything; empty on other systems.
 */
export function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
