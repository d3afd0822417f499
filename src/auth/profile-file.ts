import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import { CliError, hasCode } from '../errors/cli-error.ts';
import { endingSignals } from '../errors/entry.ts';
import { entriesIn } from '../files/directory.ts';
import { type Reservation, removeUnfinished, setAside } from '../files/durable.ts';
import { waitForLock } from '../files/lock-file.ts';
import { hostOf } from '../files/others.ts';
import { requireDirectory, requireMakeable, requireOwnConfiguration } from '../files/own-file.ts';
import { closeDirectory, makePrivateDirectory } from '../files/private-directory.ts';
import { replaceFile, syncDirectory, unwritable } from '../files/write.ts';
import { members, parseJson, textOrNull } from '../text/json.ts';
import { type Profile, type Profiles, settingKeys } from './profile.ts';
import { keychainSession, storedDevice, storedSession } from './stored-schemas.ts';

const profile = members({
  settings: v.nullish(members(v.entriesFromList(settingKeys, v.exactOptional(v.string()))), {}),
  session: v.nullish(v.union([keychainSession, storedSession]), null),
  device: v.exactOptional(v.nullable(storedDevice)),
});

const file = members({ current: textOrNull, profiles: v.nullish(members({}), {}) });

/**
 * Decodes the text of the profile file. Missing members are empty. Unknown members are
 * kept, so that an older version does not delete a newer one's.
 * @throws {TypeError} not JSON, or the wrong shape around the profiles
 */
export function decodeProfiles(text: string): Profiles {
  const read = v.safeParse(file, parseJson(text));
  if (!read.success) throw new TypeError(v.summarize(read.issues));
  const profiles: [string, Profile][] = [];
  const foreign: [string, unknown][] = [];
  // A profile that this version cannot read does not hide the others.
  for (const [name, value] of Object.entries(read.output.profiles)) {
    const one = v.safeParse(profile, value);
    if (one.success) profiles.push([name, one.output]);
    else foreign.push([name, value]);
  }
  return {
    ...read.output,
    profiles: Object.fromEntries(profiles),
    ...(foreign.length === 0 ? {} : { foreign: Object.fromEntries(foreign) }),
  };
}

/** The text to write, with unreadable profiles unchanged. */
export function encodeProfiles({
  foreign,
  profiles,
  ...file
}: Profiles): Readonly<Record<string, unknown>> {
  return { ...file, profiles: { ...profiles, ...foreign } };
}

/** Waits for the lock of the store. @throws {CliError} interrupted, file-unwritable */
export function lockStore(path: string, signal: AbortSignal | undefined): Promise<() => void> {
  const facts = { unlockable: { store: 'unwritable' }, held: { store: 'busy' } } as const;
  const held = (): string => `Another process keeps ${path} locked`;
  return waitForLock(path, { unlockable: `Cannot lock ${path}`, held, facts }, signal);
}

/** Runs a system call. @throws {CliError} file-unwritable, naming the store */
export function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw unwritable(`Cannot write ${path}`, cause, { store: 'unwritable' });
  }
}

/** The beginnings of the names in a configuration directory. */
const ownNames =
  /^((config|fleets|alerts|ledgers)\.json|ledger(-[0-9a-f]{16})?\.(jsonl|index)|emulator$)/;

/**
 * Creates the directory, or closes an existing one to other users. A directory with
 * foreign files stays as it is.
 * @throws {CliError} file-unwritable: also if it is another user's, or others may write
 *   into it
 */
export function prepareDirectory(directory: string): void {
  requireDirectory(directory, 'MFA_CLI_CONFIG_DIR', 'file-unwritable');
  unstored(() => requireMakeable(directory));
  makePrivateDirectory(directory);
  closeDirectory(directory, (name) => ownNames.test(name));
  unstored(() => requireOwnConfiguration(directory));
}

/** @throws {CliError} file-unwritable */
function unstored(check: () => void): void {
  try {
    check();
  } catch (cause) {
    if (!hasCode(cause, 'file-unreadable')) throw cause;
    const { ownerless } = cause.facts;
    const words = `${cause.message}: no session is stored there`;
    const facts = { store: 'shared', ...(ownerless !== undefined && { ownerless }) } as const;
    throw new CliError('file-unwritable', words, { cause, facts });
  }
}

/**
 * Renames a damaged file without overwriting another, and returns its new path.
 * @throws {CliError} file-unwritable
 */
export function setDamagedAside(path: string, now: Date): string {
  return writing(path, () => {
    const names = new Set(namesIn(dirname(path)));
    let aside = `${path}.broken-${now.toISOString().replaceAll(':', '-')}`;
    while (names.has(basename(aside))) aside += '~';
    setAside(path, basename(aside));
    return aside;
  });
}

function namesIn(directory: string): readonly string[] {
  return entriesIn(directory, Number.POSITIVE_INFINITY).map(({ name }) => name);
}

/**
 * Returns a function that replaces the file in one step: readers, and a process that is
 * killed or loses power, find the old file or the new one. If the disk is full, it uses
 * the reserved space. It throws {CliError} file-unwritable.
 */
export async function replacerOf(
  path: string,
  profiles: Profiles,
  room: Reservation | null,
): Promise<() => void> {
  const Conf = await loadConf();
  const directory = dirname(path);
  const content = { ...encodeProfiles(profiles) };
  const text = (): string => JSON.stringify(content, null, '\t');
  /**
   * conf writes to a temporary file, syncs and renames it. A killed process leaves that
   * file behind, with tokens in it.
   */
  const removeLeft = (): void => removeUnfinished(path, room);
  const write = (): void => {
    removeLeft();
    // conf goes by the names of folders, which their owner could exchange meanwhile.
    if (hostOf(directory) !== null) {
      replaceFile(path, text(), 0o600);
      return;
    }
    const options = { cwd: directory, configName: 'config', configFileMode: 0o600 };
    const file = new Conf<Record<string, unknown>>(options);
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
        // conf removes its own later.
        removeLeft();
        room.use(text());
      }
      syncDirectory(directory);
    });
}

/**
 * conf would resend these signals, which ends the process before it can report what
 * happened.
 */
async function loadConf() {
  const before = endingSignals.map((signal) => process.listeners(signal));
  const { default: Conf } = await import('conf');
  for (const [index, signal] of endingSignals.entries())
    for (const listener of process.listeners(signal))
      if (before[index]?.includes(listener) === false) process.removeListener(signal, listener);
  return Conf;
}

/**
 * Runs `work` without the variable of a snap, such as that of an editor's terminal. With
 * it, conf writes into the file itself, which a kill or a full disk leaves half written.
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
