import { lstat, rmdir, stat, unlink } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { unwritable } from '../files/unwritable.ts';
import { shellWord } from '../text/phrasing.ts';

/** A lock that has not been refreshed for this many milliseconds belongs to a killed process. */
const stale = 5_000;
/** Milliseconds between two refreshes. */
const update = 1_000;
/** Tries of 25 to 50 ms each: more than a minute, twice the timeout of a token request. */
const tries = 2_000;

/**
 * Does `work` while no other process works on the same path: waits for them, and takes over from a killed one.
 * The directory of `path` must exist.
 * @throws {CliError} interrupted, file-unwritable (also if another process keeps the lock for more than a minute)
 */
export async function withLock<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const release = await acquireLock(path, signal);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** The lock that `withLock` holds, and what releases it. @throws {CliError} as `withLock` */
export async function acquireLock(path: string, signal?: AbortSignal): Promise<() => Promise<void>> {
  const { default: lockfile } = await import('proper-lockfile');
  for (let attempt = 1; ; attempt++) {
    try {
      // Its own `retries` would also wait for a read-only directory to become writable, and its own removal of stale
      // locks does not check again before removing, so that two waiters may both take over.
      const release = await lockfile.lock(path, {
        realpath: false,
        stale: Number.POSITIVE_INFINITY,
        update,
        onCompromised: () => undefined,
      });
      // Fails if another process took over meanwhile, as after a suspension; that process releases its own lock.
      return () => release().catch(() => undefined);
    } catch (cause) {
      if (systemCode(cause) !== 'ELOCKED') throw unlockable(path, cause);
      if (attempt === tries)
        throw new CliError('file-unwritable', `Another process keeps ${path} locked`, {
          cause,
          facts: { store: 'busy' },
        });
    }
    if (!(await lockfile.check(path, { realpath: false, stale }))) await removeStale(path);
    await setTimeout(25 + Math.random() * 25, undefined, signal && { signal }).catch(() => {
      throw new CliError('interrupted', 'Interrupted while waiting for another process');
    });
  }
}

/** Removes a killed process's lock, one waiter at a time: a second lock guards the check and the removal. */
async function removeStale(path: string): Promise<void> {
  const { default: lockfile } = await import('proper-lockfile');
  const lock = `${path}.lock`;
  // The lock may be a dangling link.
  const options = { realpath: false, onCompromised: () => undefined };
  const release = await lockfile.lock(lock, options).catch(() => null);
  if (release === null) return;
  try {
    // The guard is brand new: its time is the file system's own clock.
    const [held, guard] = await Promise.all([lstat(lock), stat(`${lock}.lock`)]);
    if (held.mtimeMs >= guard.mtimeMs - stale) return;
    // A lock is a directory; anything else that old in its place belongs to nobody.
    await (held.isDirectory() ? rmdir(lock) : unlink(lock));
  } catch (cause) {
    if (systemCode(cause) === 'ENOTEMPTY' || systemCode(cause) === 'EEXIST')
      throw new CliError('file-unwritable', `${lock} is in the way: it is a directory with files in it`, {
        cause,
        facts: { remedy: `rm -r ${shellWord(lock)}` },
      });
    if (systemCode(cause) !== 'ENOENT') throw unlockable(path, cause);
  } finally {
    await release().catch(() => undefined);
  }
}

function unlockable(path: string, cause: unknown): CliError {
  return unwritable(`Cannot lock ${path}`, cause, { store: 'unwritable' });
}
