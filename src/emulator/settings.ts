import { resolve } from 'node:path';
import * as v from 'valibot';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { lockFile } from '../files/lock-file.ts';
import { changeableByOthers } from '../files/others.ts';
import { NoSuchContent, readRegularFile } from '../files/own-file.ts';
import { replaceFile, unwritable } from '../files/write.ts';
import { manyTenants, members, membersOf, parseJson, type ReadBy, texts } from '../text/json.ts';
import { type StoredApplication, storedApplication } from './applications.ts';
import { storedDevice } from './device.ts';
import { badOperation } from './envelope.ts';
import { storedRole, storedUser } from './people.ts';

/** Maximum bytes of a state file; ten thousand tenants take a tenth of it. */
const limit = 256 * 1024 * 1024;

const stored = members({
  settings: texts,
  devices: v.optional(v.array(storedDevice), []),
  users: v.optional(v.array(storedUser), []),
  /** All roles; null: unchanged. */
  roles: v.optional(v.nullable(v.array(storedRole)), null),
  /** Applications written by an administrator. */
  applications: v.optional(v.array(storedApplication), []),
});

interface State extends Omit<ReadBy<typeof stored>, 'settings' | 'applications'> {
  readonly settings: ReadonlyMap<string, string>;
  readonly applications: readonly StoredApplication[];
}

/** The state of a new tenant. */
const nothing: State = { settings: new Map(), devices: [], users: [], roles: null, applications: [] };

/** A tenant's state and the file that stores it. */
export interface KeptState {
  readonly state: State;
  /** @throws {CliError} file-unwritable; then the file is unchanged */
  write(state: State): void;
}

/**
 * The state file of one tenant. It contains private keys and passwords: its mode is 0600, and it is replaced atomically.
 * @throws {CliError} file-unreadable (also if damaged)
 */
function openStateFile(file: string): KeptState {
  const document = readDocument(file);
  const state = document === undefined ? nothing : parseState(document);
  if (state === null) throw foreign(file, tenantsIn(document) === null ? null : 'several tenants');
  return { state, write: (next) => writeState(file, `${textOf(next)}\n`) };
}

const tenantsIn = (document: unknown) => membersOf(membersOf(document)?.tenants);

/**
 * The state file of several tenants, by their names. It keeps tenants that are not opened.
 * @throws {CliError} file-unreadable (also if damaged), file-unwritable
 */
export function openStatesFile(file: string) {
  const document = readDocument(file);
  const tenants = document === undefined ? {} : tenantsIn(document);
  if (tenants === null) throw foreign(file, parseState(document) === null ? null : 'one tenant');
  const states = new Map(
    Object.entries(tenants).map(([name, tenant]) => {
      const state = parseState(tenant);
      if (state === null) throw foreign(file);
      return [name, state];
    }),
  );
  /** The text of each tenant, so that a change of one does not format them all. */
  let written = new Map([...states].map(([name, state]) => [name, textOf(state)]));
  const save = (next: typeof written): void => {
    const lines = [...next].map(([name, text]) => `${JSON.stringify(name)}: ${text}`);
    writeState(file, `{"tenants": {\n${lines.join(',\n')}\n}}\n`);
    written = next;
  };
  save(written);
  return {
    /** Whether the file contained that tenant. */
    has: (name: string): boolean => states.has(name),
    of: (name: string): KeptState => ({
      state: states.get(name) ?? nothing,
      write(next) {
        const text = textOf(next);
        if (text !== (written.get(name) ?? textOf(nothing))) save(new Map(written).set(name, text));
      },
    }),
  };
}

/** @param other the other content of the file; null: not a state file */
function foreign(file: string, other: string | null = null): CliError {
  return new CliError(
    'file-unreadable',
    other === null
      ? `${file} is not a state file of the emulator`
      : `${file} contains the state of ${other}: set --tenants to match`,
  );
}

/**
 * Locks the state against other emulators. A file or folder that others can change is refused: they could add users.
 * @returns the release of the lock @throws {CliError} file-unreadable, file-unwritable
 */
export function holdState(file: string): () => void {
  requireOwnState(file);
  return lockFile(file, {
    unlockable: `The state file ${file} cannot be locked`,
    held: (holder, lock) =>
      `Another emulator${holder} uses the state file ${file}. If none is running, delete ${lock}`,
  });
}

function requireOwnState(file: string): void {
  const { sentence, remedy } = changeableByOthers(file) ?? {};
  if (sentence === undefined) return;
  // Closing a folder such as /tmp would be no remedy.
  if (remedy === undefined || !sentence.startsWith(`${resolve(file)} `))
    throw new CliError('file-unreadable', `${sentence}. Keep the state in a folder of your own`);
  throw new CliError('file-unreadable', sentence, { facts: { remedy } });
}

/** The JSON of a file: undefined if the file does not exist, null if it is not JSON. @throws {CliError} file-unreadable */
function readDocument(file: string): unknown {
  let text: string;
  try {
    text = readRegularFile(file, { limit }).toString('utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    if (cause instanceof NoSuchContent)
      throw new CliError('file-unreadable', `The state file ${file} ${cause.message}`);
    throw new CliError('file-unreadable', `The state file ${file} cannot be read`, { cause });
  }
  return parseJson(text, manyTenants) ?? null;
}

function parseState(document: unknown): State | null {
  const read = v.safeParse(stored, document);
  return read.success ? { ...read.output, settings: new Map(Object.entries(read.output.settings)) } : null;
}

function textOf(state: State): string {
  return JSON.stringify({ ...state, settings: Object.fromEntries(state.settings) }, null, 2);
}

function writeState(file: string, text: string): void {
  try {
    replaceFile(file, text, 0o600);
  } catch (cause) {
    throw unwritable(`The state file ${file} cannot be written`, cause);
  }
}

/** Maximum settings of a tenant, including those of its certificates. */
const most = 1000;

/** The tenant's settings by name in the order of setting, its users' devices, its directory and its applications. */
export type Settings = ReturnType<typeof settingsOver>;

/**
 * Opens the settings in `file`; null keeps them in memory. The file is written first, to report an unusable location
 * early.
 * @throws {CliError} file-unreadable (also if damaged), file-unwritable
 */
export function openSettings(file: string | null): Settings {
  return settingsOver(file === null ? null : openStateFile(file));
}

/** Settings with or without a file. @throws {CliError} file-unwritable */
export function settingsOver(kept: KeptState | null) {
  let current = kept?.state ?? nothing;
  const keep = (changes: Partial<State>): void => {
    const next = { ...current, ...changes };
    kept?.write(next);
    current = next;
  };
  keep({});
  return {
    entries: (): readonly (readonly [name: string, value: string])[] => [...current.settings],
    /** Removes and sets, and saves before it returns: all or nothing. @throws {Refusal} too many settings */
    change(set: Readonly<Record<string, string>>, remove: readonly string[] = []): void {
      const settings = new Map(current.settings);
      for (const name of [...remove, ...Object.keys(set)]) settings.delete(name);
      for (const [name, value] of Object.entries(set)) settings.set(name, value);
      if (settings.size > Math.max(most, current.settings.size))
        throw badOperation(
          `The tenant can have at most ${most.toLocaleString('en')} settings, and each push certificate needs three. Delete a certificate first.`,
        );
      keep({ settings });
    },
    /** Replaces these parts of the state, and saves it before it returns. */
    keep,
    state: (): Omit<State, 'settings'> => current,
  };
}
