import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { orNull, systemCode } from '../errors/cli-error.ts';
import { entriesIn } from './directory.ts';

/**
 * The most entries of a directory to search; in a larger one the remains of killed
 * processes stay.
 */
const maxEntries = 10_000;
const name = /^\.mfa-cli-(\d{1,10})-(\d*)-([0-9a-f]{8})-[0-9a-f]{16}\.tmp$/;
/**
 * Milliseconds after which a file counts as abandoned: processes on other machines are
 * invisible.
 */
const old = 60 * 60 * 1000;

/**
 * A new path next to another, for a file that replaces it when complete. The name tells
 * its process.
 */
export function temporaryBeside(path: string): string {
  const { pid } = process;
  const unique = randomBytes(8).toString('hex');
  // Not joined: `join` would resolve `..` after a link by name.
  return `${dirname(path)}/.mfa-cli-${pid}-${startOf(pid)}-${machine()}-${unique}.tmp`;
}

/**
 * Removes temporary files of this user's killed processes where it may. Call it after
 * creating a file in the directory, whose clock counts: clocks of machines differ.
 */
export function removeTemporaries(directory: string): void {
  try {
    for (const { name: entry } of entriesIn(directory, maxEntries)) {
      const path = join(directory, entry);
      if (isAbandoned(entry, path)) removeOwn(path);
    }
  } catch {
    // The next read or write there reports the error.
  }
}

function isAbandoned(entry: string, path: string): boolean {
  const [, pid, start = '', there] = name.exec(entry) ?? [];
  if (pid === undefined) return false;
  if (there === machine()) return !isAlive(Number(pid), start);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && lstatSync(dirname(path)).mtimeMs - stats.mtimeMs > old;
}

/**
 * Another user may plant such names: they stay, and do not prevent the removal of the
 * others.
 */
function removeOwn(path: string): void {
  try {
    const { uid } = lstatSync(path);
    if (uid === (process.getuid?.() ?? uid)) unlinkSync(path);
  } catch {
    // It is gone, or is a directory.
  }
}

/**
 * Eight digits that identify the machine or container: a directory may belong to several.
 */
export function machine(): string {
  return createHash('sha256').update(`${hostname()}\n${namespace()}`).digest('hex').slice(0, 8);
}

let ownNamespace: string | null = null;

/** The namespace of a process id, such as a container's; empty: the system has none. */
export function namespace(): string {
  ownNamespace ??= orNull(() => readlinkSync('/proc/self/ns/pid')) ?? '';
  return ownNamespace;
}

/**
 * Whether a process of this machine still runs.
 * @param start its start; empty: unknown
 */
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

let ownStart: string | null = null;

/**
 * The start of a process in the system's units, since ids are reused, in containers each
 * time. On systems without `/proc`, milliseconds since 1970 for this process, and nothing
 * for others.
 */
export function startOf(pid: number): string {
  if (pid !== process.pid) return readStart(pid);
  ownStart ??= readStart(pid);
  return ownStart;
}

/** Field 22 of `/proc/PID/stat` (proc(5)), after a name that may contain anything. */
function readStart(pid: number): string {
  const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? '';
  if (stat === '' && pid === process.pid) return `${Math.round(performance.timeOrigin)}`;
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
