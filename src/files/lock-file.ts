import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { unwritable } from './unwritable.ts';
import { withoutLinks } from './write.ts';

/** What a lock keeps others from, in the words of its command. */
export interface LockWords {
  /** `The state file tenant.json cannot be locked`. */
  readonly unlockable: string;
  /** @param holder ` (process 42)`, or nothing where the lock does not say */
  held(holder: string, lock: string): string;
}

/**
 * Keeps a second process from using a file, which would overwrite what the first one writes. The lock beside it names its
 * process and machine; a lock whose process is gone does not count.
 * @returns what releases it, which also happens when the process ends
 * @throws {CliError} file-unwritable
 */
export function lockFile(file: string, words: LockWords): () => void {
  const lock = `${file}.lock`;
  const release = (): void => {
    process.removeListener('exit', release);
    rmSync(lock, { force: true });
  };
  let taken: Taken | null;
  try {
    taken = take(lock);
  } catch (cause) {
    throw unwritable(words.unlockable, cause);
  }
  if (taken !== null) throw new CliError('file-unwritable', words.held(called(taken.by), lock));
  process.once('exit', release);
  return release;
}

/** A lock that somebody else holds; null: it does not say who. */
interface Taken {
  readonly by: Holder | null;
}

/** Takes a lock, that of a process which is gone included; null where it is ours now. Throws the system's error. */
function take(lock: string): Taken | null {
  for (let attempt = 0; ; attempt++) {
    try {
      writeLock(lock, `${process.pid}\n${hostname()}\n${startOf(process.pid)}\n`);
      return null;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    const holder = holderOf(lock);
    if (attempt > 0 || holder === null || isRunning(holder) || !removeLeft(lock, holder))
      return { by: holder };
  }
}

/**
 * Removes the lock that a process left, under a lock of its own: of two that found it left, the slower would remove the one
 * that the faster has made since. False where somebody else is at it.
 */
function removeLeft(lock: string, left: Holder): boolean {
  const guard = `${lock}.lock`;
  if (take(guard) !== null) return false;
  try {
    if (isDeepStrictEqual(holderOf(lock), left)) rmSync(lock, { force: true });
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Whole at once, so that a process that is killed leaves no lock without a name. Throws the system's error. */
function writeLock(lock: string, content: string): void {
  const temporary = `${lock}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(temporary, content, { flag: 'wx', mode: 0o600 });
    linkSync(temporary, lock);
  } catch (error) {
    if (!withoutLinks.includes(systemCode(error) ?? '')) throw error;
    writeFileSync(lock, content, { flag: 'wx', mode: 0o600 });
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Who holds a lock. Containers have the same process ids again and again, so the id alone names nobody. */
interface Holder {
  readonly pid: number;
  /** Empty where an earlier version wrote the lock. */
  readonly machine: string;
  /** When the process started, as the system counts it; empty where it does not tell. */
  readonly start: string;
}

/** The process that the lock names, or null. */
function holderOf(lock: string): Holder | null {
  try {
    const [pid = '', machine = '', start = ''] = readFileSync(lock, 'utf8').trim().split('\n');
    return /^\d{1,10}$/.test(pid) ? { pid: Number(pid), machine, start } : null;
  } catch {
    return null;
  }
}

function called(holder: Holder | null): string {
  if (holder === null) return '';
  const { pid, machine } = holder;
  return machine === '' || machine === hostname()
    ? ` (process ${pid})`
    : ` (process ${pid} on another machine)`;
}

/** Whether the holder may still be there: of another machine nobody can tell. */
function isRunning({ pid, machine, start }: Holder): boolean {
  if (machine !== '' && machine !== hostname()) return true;
  if (start !== '' && start !== startOf(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

/** Field 22 of `/proc/PID/stat` (proc(5)), after a name that may hold anything; empty on other systems. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
