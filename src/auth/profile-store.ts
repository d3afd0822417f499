// Synchronous: the file is small, and Node.js takes 3 ms to load promises and start threads for it.
import { chmodSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CliError, systemCode } from '../errors.ts';
import { makePrivateDirectory } from '../private-directory.ts';
import type { ProfileStore, Profiles } from './profile.ts';
import { noProfiles } from './profile-changes.ts';
import { decodeProfiles } from './profile-file.ts';
import { withLock } from './store-lock.ts';
import { unwritable } from './unwritable.ts';

interface ProfileStoreOptions {
  /** Absolute; made on the first write, with mode 0700. */
  readonly directory: string;
  /** Takes one sentence for a person. */
  warn(text: string): void;
  now(): Date;
  /** Ends the wait for another process. */
  readonly signal?: AbortSignal;
}

/**
 * The store in `config.json` of the directory. Touches no file yet.
 * Its methods throw {CliError} file-unreadable and file-unwritable, both naming the path, and interrupted.
 */
export function openProfileStore({ directory, warn, now, signal }: ProfileStoreOptions): ProfileStore {
  const path = join(directory, 'config.json');

  async function readLocked(): Promise<Profiles> {
    const text = readText(path);
    try {
      return text === null ? noProfiles : decodeProfiles(text);
    } catch {
      const aside = setAside(path, now());
      warn(`${path} is damaged; it was set aside as ${aside}, and its profiles and sessions are not used`);
      return noProfiles;
    }
  }

  return {
    path,

    async read() {
      const text = readText(path);
      if (text === null) return noProfiles;
      try {
        return decodeProfiles(text);
      } catch {
        return withLock(path, readLocked, signal);
      }
    },

    async update(change) {
      writing(path, () => prepareDirectory(directory));
      return withLock(
        path,
        async () => {
          const before = await readLocked();
          const text = readText(path);
          const after = await change(before);
          if (after === before) return before;
          // Not so under the lock, unless somebody edits the file or took the lock over while this process was suspended.
          if (readText(path) !== text) throw new CliError('file-unwritable', `${path} was changed meanwhile`);
          await replace(path, after);
          return after;
        },
        signal,
      );
    },
  };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(cause) ?? '')) return null;
    throw new CliError('file-unreadable', `Cannot read ${path}`, { cause });
  }
}

function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw unwritable(`Cannot write ${path}`, cause);
  }
}

/** Makes the directory, or closes one that others may enter; one that holds other files is not ours to close. */
function prepareDirectory(directory: string): void {
  makePrivateDirectory(directory);
  const { mode, uid } = statSync(directory);
  if ((mode & 0o077) === 0 || uid !== process.getuid?.()) return;
  const names = readdirSync(directory);
  if (names.every((name) => name.startsWith('config.json'))) chmodSync(directory, 0o700);
}

/** Renames a damaged file, never over another, and returns its new path. */
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

/** Replaces the file in one step: whoever reads, or is killed, finds the old or the new one. */
async function replace(path: string, profiles: Profiles): Promise<void> {
  const { default: Conf } = await import('conf');
  writing(path, () => {
    const directory = dirname(path);
    // conf writes to a file beside and renames it; of a killed process that file stays, with tokens in it.
    const left = readdirSync(directory).filter((name) => name.startsWith(`${basename(path)}.tmp-`));
    for (const name of left) unlinkSync(join(directory, name));
    const file = new Conf<Record<string, unknown>>({
      cwd: directory,
      configName: 'config',
      configFileMode: 0o600,
      projectSuffix: '',
      accessPropertiesByDotNotation: false,
    });
    file.store = { ...profiles };
  });
}
