import { isAbsolute, join, resolve } from 'node:path';
import { CliError } from '../errors/cli-error.ts';
import { reserveRoom } from '../files/durable.ts';
import { readOwnFile } from '../files/own-file.ts';
import type { Keychain } from './keychain/ask-keychain.ts';
import type { KeptSessions } from './keychain/place-sessions.ts';
import type { ProfileStore, Profiles } from './profile.ts';
import {
  decodeProfiles,
  lockStore,
  prepareDirectory,
  replacerOf,
  setDamagedAside,
  writing,
} from './profile-file.ts';
import { concernsKeychain, isInKeychain, noProfiles } from './profiles.ts';
import type { KeptSession } from './stored-schemas.ts';

interface ProfileStoreOptions {
  /** Absolute; created on the first write, with mode 0700. */
  readonly directory: string;
  warn(text: string): void;
  now(): Date;
  /** Loaded only for sessions in the keychain. */
  keychain(): Promise<Keychain>;
  readonly signal?: AbortSignal;
}

/**
 * The store in `config.json` in the directory. Does not touch the file yet. Its methods
 * throw {CliError} file-unreadable and file-unwritable, both naming the path, and
 * interrupted.
 */
export function openProfileStore(options: ProfileStoreOptions): ProfileStore {
  const { directory, warn, now, keychain, signal } = options;
  const path = join(directory, 'config.json');
  const places = sessionPlaces(directory, keychain);

  const readLocked = (): Profiles => readOrSetAside(path, now(), warn);

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
        const release = await lockStore(path, signal);
        try {
          return readLocked();
        } finally {
          release();
        }
      }
    },

    async update(change, { irreplaceable = false } = {}) {
      writing(path, () => prepareDirectory(directory));
      const release = await lockStore(path, signal);
      /** A renewed session serves this command even if it cannot be saved. */
      const unsaved = (error: unknown): null => {
        if (!irreplaceable || !(error instanceof CliError)) throw error;
        warn(`The renewed session could not be saved: ${error.message}; ${signInAgain}`);
        return null;
      };
      try {
        const before = readLocked();
        const text = readOwnFile(path);
        const room = irreplaceable
          ? writing(path, () => reserveRoom(path, text?.length ?? 0))
          : null;
        try {
          const after = await change(before);
          if (after === before) return before;
          // The lock prevents this, unless the file was edited, or the lock taken over
          // while this process was suspended.
          requireUnchanged(path, text);
          const put = await places.place(before, after).catch(unsaved);
          if (put === null) return after;
          requireUnchanged(path, text);
          const replace = await replacerOf(path, put.profiles, room);
          try {
            replace();
          } catch (error) {
            if (!irreplaceable) await put.discard().catch(() => undefined);
            unsaved(error);
            return put.profiles;
          }
          await put.settle().catch(({ message }: Error) => {
            warn(`Unused keychain items could not be removed: ${message}`);
          });
          return put.profiles;
        } finally {
          room?.free();
        }
      } finally {
        release();
      }
    },
  };
}

/** Reads the file under the lock and sets a damaged one aside. */
function readOrSetAside(path: string, now: Date, warn: (text: string) => void): Profiles {
  const text = readOwnFile(path);
  try {
    return text === null ? noProfiles : decodeProfiles(text);
  } catch {
    const aside = setDamagedAside(path, now);
    warn(
      `${path} is damaged; it was renamed to ${aside}, and its profiles and sessions are not used`,
    );
    return noProfiles;
  }
}

const signInAgain = 'sign in again with `mfa-cli login`';

/** The places of sessions. The keychain's code is loaded only for sessions in it. */
function sessionPlaces(directory: string, keychain: () => Promise<Keychain>) {
  let opened: Promise<KeptSessions> | null = null;
  const open = async () =>
    (await import('./keychain/place-sessions.ts')).keptSessions(directory, await keychain());
  const kept = () => (opened ??= open());
  const nothing = async (): Promise<void> => {};
  return {
    reveal: async (session: KeptSession) =>
      isInKeychain(session) ? (await kept()).read(session) : session,
    async place(before: Profiles, after: Profiles) {
      if (!concernsKeychain(before) && !concernsKeychain(after))
        return { profiles: after, settle: nothing, discard: nothing };
      const { placeSessions } = await import('./keychain/place-sessions.ts');
      return placeSessions(before, after, await kept());
    },
  };
}

function requireUnchanged(path: string, text: string | null): void {
  if (readOwnFile(path) !== text)
    throw new CliError('file-unwritable', `Another process changed ${path}`);
}

/**
 * The absolute directory of profiles and sessions: `MFA_CLI_CONFIG_DIR`, else the
 * platform's own (`$XDG_CONFIG_HOME/mfa-cli` or `~/.config/mfa-cli` on Linux; below
 * LOCALAPPDATA on Windows, since roaming profiles copy APPDATA to servers). Creates
 * nothing.
 * @throws {CliError} usage: the user has no home directory
 */
export async function configurationDirectory(env: NodeJS.ProcessEnv): Promise<string> {
  if (env.MFA_CLI_CONFIG_DIR) return resolve(env.MFA_CLI_CONFIG_DIR);
  const { default: envPaths } = await import('env-paths');
  const paths = envPaths('mfa-cli', { suffix: '' });
  const own = process.platform === 'win32' ? paths.data : paths.config;
  // Without HOME, sessions must not go into the working directory.
  if (isAbsolute(own)) return own;
  throw new CliError('usage', 'No home directory found for profiles and sessions', {
    facts: { variable: 'MFA_CLI_CONFIG_DIR' },
  });
}
