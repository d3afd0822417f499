import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { orNull, systemCode } from '../errors/cli-error.ts';
import { entriesIn } from './directory.ts';

/** Entries of a directory to look at; with more, what a killed process left there stays. */
const mostEntries = 10_000;
const name = /^\.mfa-cli-(\d{1,10})-(\d*)-([0-9a-f]{8})-[0-9a-f]{16}\.tmp$/;
/** What versions before 0.2 left says no process. */
const nameless = /^\.[0-9a-f]{16}\.tmp$/;
/** Milliseconds after which nobody writes a file any more, wherever: nobody can tell of a process on another machine. */
const old = 60 * 60 * 1000;

/** A new path beside another, for a file that takes its place once it is whole; it says whose it is. */
export function temporaryBeside(path: string): string {
  const { pid } = process;
  const unique = randomBytes(8).toString('hex');
  // Joined, `..` behind a link would be taken by its words.
  return `${dirname(path)}/.mfa-cli-${pid}-${startOf(pid)}-${machine()}-${unique}.tmp`;
}

/**
 * Removes, as far as it may, what killed processes of this user left under such names. Call it once something was made in the
 * directory, by whose own time it goes: clocks of machines differ.
 * @param alone whether nobody else writes into this directory now, so that what says no process also goes
 */
export function removeTemporaries(directory: string, alone = false): void {
  try {
    for (const { name: entry } of entriesIn(directory, mostEntries)) {
      const path = join(directory, entry);
      if (isLeft(entry, path, alone)) removeOwn(path);
    }
  } catch {
    // Whoever reads or writes there next tells what is wrong with it.
  }
}

function isLeft(entry: string, path: string, alone: boolean): boolean {
  const [, pid, start = '', there] = name.exec(entry) ?? [];
  if (pid === undefined) return alone && nameless.test(entry);
  if (there === machine()) return !isAlive(Number(pid), start);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && lstatSync(dirname(path)).mtimeMs - stats.mtimeMs > old;
}

/** Another user may plant such names: they are not ours to remove, nor do they keep ours from being removed. */
function removeOwn(path: string): void {
  try {
    const { uid } = lstatSync(path);
    if (uid === (process.getuid?.() ?? uid)) unlinkSync(path);
  } catch {
    // It is gone, or a directory.
  }
}

/** Eight digits for those whose processes this one sees: a folder may be that of several machines or containers. */
function machine(): string {
  return createHash('sha256').update(`${hostname()}\n${namespace()}`).digest('hex').slice(0, 8);
}

/** Within which a process id counts: a container's; empty where the system has none. */
export function namespace(): string {
  return orNull(() => readlinkSync('/proc/self/ns/pid')) ?? '';
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
 * `/proc/PID/stat` (proc(5)), after a name that may hold anything. On other systems, the milliseconds since 1970 for this process,
 * and nothing for others.
 */
export function startOf(pid: number): string {
  const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? '';
  if (stat === '' && pid === process.pid) return `${Math.round(performance.timeOrigin)}`;
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
