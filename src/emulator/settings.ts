import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { CliError, systemCode } from '../errors.ts';
import { members, texts } from '../members.ts';
import { type StoredApplication, storedApplication } from './administration/stored-application.ts';
import { type Device, storedDevice } from './device.ts';
import { type Role, storedRole } from './role.ts';
import { storedUser, type User } from './user.ts';

/** The tenant's settings by name, in the order they were set; its users' devices; its directory. */
export interface Settings {
  entries(): readonly (readonly [name: string, value: string])[];
  /** Removes `remove`, then sets `set`, and saves the result before it returns: all of it or nothing. */
  change(changes: { remove?: readonly string[]; set?: Readonly<Record<string, string>> }): void;
  devices(): readonly Device[];
  /** Saves these, replacing those with the same `udid`s, before it returns: all of them or none. */
  keepDevices(devices: readonly Device[]): void;
  removeDevice(udid: string): void;
  directory(): StoredDirectory;
  keepDirectory(directory: StoredDirectory): void;
  /** Those written by an administrator. */
  applications(): readonly StoredApplication[];
  keepApplications(applications: readonly StoredApplication[]): void;
}

/** The changes to the tenant's users and roles. */
interface StoredDirectory {
  /** Those that were created. */
  readonly users: readonly User[];
  /** All of them; null if none has been changed. */
  readonly roles: readonly Role[] | null;
}

/** What is kept across restarts. */
interface State extends StoredDirectory {
  readonly settings: ReadonlyMap<string, string>;
  readonly devices: readonly Device[];
  readonly applications: readonly StoredApplication[];
}

/** The file. What an earlier emulator did not know is not in it. */
const stored = members({
  settings: texts,
  devices: v.optional(v.array(storedDevice), []),
  users: v.optional(v.array(storedUser), []),
  roles: v.optional(v.nullable(v.array(storedRole)), null),
  applications: v.optional(v.array(storedApplication), []),
});

const nothing: State = { settings: new Map(), devices: [], users: [], roles: null, applications: [] };

/**
 * Opens the settings in `file`, or keeps them in memory if it is null. The file contains private keys and their passwords:
 * its mode is 0600, and it is replaced atomically. It is written at once, so that a bad location is noticed.
 * @throws {CliError} file-unreadable (also if damaged), file-unwritable
 */
export function openSettings(file: string | null): Settings {
  let current = file === null ? nothing : readState(file);
  const keep = (next: State): void => {
    if (file !== null) writeState(file, next);
    current = next;
  };
  keep(current);
  return {
    entries: () => [...current.settings],
    change({ remove = [], set = {} }) {
      const settings = new Map(current.settings);
      for (const name of [...remove, ...Object.keys(set)]) settings.delete(name);
      for (const [name, value] of Object.entries(set)) settings.set(name, value);
      keep({ ...current, settings });
    },
    devices: () => current.devices,
    keepDevices(devices) {
      const udids = devices.map(({ udid }) => udid);
      const others = current.devices.filter(({ udid }) => !udids.includes(udid));
      keep({ ...current, devices: [...others, ...devices] });
    },
    removeDevice(udid) {
      keep({ ...current, devices: current.devices.filter((device) => device.udid !== udid) });
    },
    directory: () => ({ users: current.users, roles: current.roles }),
    keepDirectory: ({ users, roles }) => keep({ ...current, users, roles }),
    applications: () => current.applications,
    keepApplications: (applications) => keep({ ...current, applications }),
  };
}

function readState(file: string): State {
  let text: string;
  try {
    // A named pipe without a writer would keep it waiting.
    if (!statSync(file).isFile())
      throw new CliError('file-unreadable', `The state file ${file} is not a regular file`);
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    if (systemCode(cause) === 'ENOENT') return nothing;
    throw new CliError('file-unreadable', `The state file ${file} cannot be read`, { cause });
  }
  const state = parseState(text);
  if (state === null) throw new CliError('file-unreadable', `${file} is not a state file of the emulator`);
  return state;
}

function parseState(text: string): State | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const read = v.safeParse(stored, document);
  return read.success ? { ...read.output, settings: new Map(Object.entries(read.output.settings)) } : null;
}

function writeState(file: string, state: State): void {
  const unfinished = `${file}.${randomUUID()}.tmp`;
  const document = { ...state, settings: Object.fromEntries(state.settings) };
  const text = `${JSON.stringify(document, null, 2)}\n`;
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, file);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw new CliError('file-unwritable', `The state file ${file} cannot be written`, { cause });
  }
}
