// Synchronous: the file is small, and loading promises and starting threads for it takes Node.js 3 ms.
import { chmodSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CliError } from '../errors/cli-error.ts';
import { makePrivateDirectory } from '../files/private-directory.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { unwritable } from '../files/unwritable.ts';
import type { Keychain } from './keychain/keychain.ts';
import type { ProfileStore, Profiles } from './profile.ts';
import { noProfiles } from './profile-changes.ts';
import { decodeProfiles, encodeProfiles } from './profile-file.ts';
import { type Reservation, reserveRoom } from './reservation.ts';
import { sessionPlaces } from './session-places.ts';
import { readOwnFile } from './store-file.ts';
import { acquireLock, withLock } from './store-lock.ts';

interface ProfileStoreOptions {
  /** Absolute; created on the first write, with mode 0700. */
  readonly directory: string;
  /** Takes one sentence for a person. */
  warn(text: string): void;
  now(): Date;
  /** Loaded only where a session is, or is to be, in the keychain. */
  keychain(): Promise<Keychain>;
  /** Ends the wait for another process. */
  readonly signal?: AbortSignal;
}

/**
 * The store in `config.json` in the directory. Does not touch the file yet.
 * Its methods throw {CliError} file-unreadable and file-unwritable, both naming the path, and interrupted.
 */
export function openProfileStore({
  directory,
  warn,
  now,
  keychain,
  signal,
}: ProfileStoreOptions): ProfileStore {
  const path = join(directory, 'config.json');
  const places = sessionPlaces(directory, keychain);

  async function readLocked(): Promise<Profiles> {
    const text = readOwnFile(path);
    try {
      return text === null ? noProfiles : decodeProfiles(text);
    } catch {
      const aside = setAside(path, now());
      warn(`${path} is damaged; it was set aside as ${aside}, and its profiles and sessions are not used`);
      return noProfiles;
    }
  }

  /** Puts new sessions where they belong; null where one that cannot be had again could not be. */
  async function placed(before: Profiles, after: Profiles, irreplaceable: boolean) {
    try {
      return await places.place(before, after);
    } catch (error) {
      if (!irreplaceable || !(error instanceof CliError)) throw error;
      warn(`The renewed session could not be saved: ${error.message}; sign in again with \`mfa-cli login\``);
      return null;
    }
  }

  return {
    path,

    reveal: places.reveal,

    checkKeychain: async () => (await keychain()).check(),

    async read() {
      const text = readOwnFile(path);
      if (text === null) return noProfiles;
      try {
        return decodeProfiles(text);
      } catch {
        return withLock(path, readLocked, signal);
      }
    },

    async update(change, { irreplaceable = false } = {}) {
      writing(path, () => prepareDirectory(directory));
      const release = await acquireLock(path, signal);
      let late = false;
      try {
        const before = await readLocked();
        const text = readOwnFile(path);
        const room = irreplaceable ? writing(path, () => reserveRoom(path, text?.length ?? 0)) : null;
        try {
          const after = await change(before);
          if (after === before) return before;
          // The lock prevents this, unless somebody edits the file or took the lock over while this process was suspended.
          requireUnchanged(path, text);
          const put = await placed(before, after, irreplaceable);
          if (put === null) return after;
          requireUnchanged(path, text);
          const replace = await replacerOf(path, put.profiles, room);
          try {
            replace();
          } catch (error) {
            if (!irreplaceable) {
              await put.discard().catch(() => undefined);
              throw error;
            }
            late = true;
            const { message } = error as CliError;
            warn(
              `The renewed session is not saved yet: ${message}; mfa-cli keeps trying until the command ends`,
            );
            replaceLate(replace, release, () =>
              warn('The renewed session could not be saved: sign in again with `mfa-cli login`'),
            );
            return put.profiles;
          }
          await put.settle().catch(({ message }: Error) => {
            warn(`What is not used any more could not be removed from the keychain: ${message}`);
          });
          return put.profiles;
        } finally {
          if (!late) room?.free();
        }
      } finally {
        if (!late) await release();
      }
    },
  };
}

/** @throws {CliError} file-unwritable */
function requireUnchanged(path: string, text: string | null): void {
  if (readOwnFile(path) !== text)
    throw new CliError('file-unwritable', `${path} was changed in the meantime`);
}

/** Milliseconds between two tries. */
const lateInterval = 250;

/**
 * Tries to replace the file until the process ends, and once more then. The lock is kept until that moment: the session
 * that others would find is used up.
 */
function replaceLate(replace: () => void, release: () => Promise<void>, lost: () => void): void {
  const attempt = (): boolean => {
    try {
      replace();
      return true;
    } catch {
      return false;
    }
  };
  const atEnd = (): void => {
    if (!attempt()) lost();
  };
  const timer = setInterval(() => {
    if (!attempt()) return;
    clearInterval(timer);
    process.removeListener('exit', atEnd);
    void release();
  }, lateInterval);
  timer.unref();
  process.once('exit', atEnd);
}

function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw unwritable(`Cannot write ${path}`, cause, { store: 'unwritable' });
  }
}

/** Creates the directory, or closes one that others may enter; one that holds other files is not ours to close. */
function prepareDirectory(directory: string): void {
  makePrivateDirectory(directory);
  const { mode, uid } = statSync(directory);
  if ((mode & 0o077) === 0 || uid !== process.getuid?.()) return;
  const names = readdirSync(directory);
  if (names.every((name) => name.startsWith('config.json'))) chmodSync(directory, 0o700);
}

/** Renames a damaged file without overwriting another, and returns its new path. */
function setAside(path: string, now: Date): string {
  return writing(path, () => {
    const names = readdirSync(dirname(path));
    let aside = `${basename(path)}.broken-${now.toISOString().replaceAll(':', '-')}`;
    while (names.includes(aside)) aside += '~';
    chmodSync(path, 0o600);
    renameSync(path, join(dirname(path), aside));
    return join(dirname(path), aside);
  });
}

/**
 * What replaces the file in one step: anyone who reads, is killed or loses power finds the old or the new one. If the
 * disk is full, the reserved room is used.
 */
async function replacerOf(path: string, profiles: Profiles, room: Reservation | null): Promise<() => void> {
  const { default: Conf } = await import('conf');
  const directory = dirname(path);
  const content = { ...encodeProfiles(profiles) };
  const write = (): void => {
    // conf writes to a temporary file, syncs and renames it; a killed process leaves that file behind, with tokens in it.
    const left = readdirSync(directory)
      .filter((name) => name.startsWith(`${basename(path)}.tmp-`))
      .map((name) => join(directory, name));
    for (const file of left) if (file !== room?.path) unlinkSync(file);
    const file = new Conf<Record<string, unknown>>({
      cwd: directory,
      configName: 'config',
      configFileMode: 0o600,
    });
    outsideSnap(() => {
      file.store = content;
    });
  };
  return () =>
    writing(path, () => {
      try {
        write();
        room?.free();
      } catch (error) {
        if (room === null) throw error;
        room.use(JSON.stringify(content, null, '\t'));
      }
      syncDirectory(directory);
    });
}

/**
 * Does `work` without the variable of a snap, such as that of an editor whose terminal this is: conf would write into the
 * file itself then, which a kill or a full disk leaves half written.
 */
function outsideSnap(work: () => void): void {
  const { SNAP } = process.env;
  delete process.env.SNAP;
  try {
    work();
  } finally {
    if (SNAP !== undefined) process.env.SNAP = SNAP;
  }
}
