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

/** In bytes; ten thousand tenants take a tenth of it. */
const limit = 256 * 1024 * 1024;

const stored = members({
  settings: texts,
  devices: v.optional(v.array(storedDevice), []),
  users: v.optional(v.array(storedUser), []),
  /** All of them; null if none has been changed. */
  roles: v.optional(v.nullable(v.array(storedRole)), null),
  /** Those written by an administrator. */
  applications: v.optional(v.array(storedApplication), []),
});

interface State extends Omit<ReadBy<typeof stored>, 'settings' | 'applications'> {
  readonly settings: ReadonlyMap<string, string>;
  readonly applications: readonly StoredApplication[];
}

/** Of a tenant that nobody has changed. */
const nothing: State = { settings: new Map(), devices: [], users: [], roles: null, applications: [] };

/** One tenant's state as it was read from a file. */
export interface KeptState {
  readonly state: State;
  /** @throws {CliError} file-unwritable; then all of what was kept is still there */
  write(state: State): void;
}

/**
 * The file of one tenant. It contains private keys and their passwords: its mode is 0600, and it is replaced atomically.
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
 * The file of several tenants, by their names. Those that it holds and nobody opens stay in it.
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
  /** Of each tenant, so that a change of one does not make the text of all. */
  let written = new Map([...states].map(([name, state]) => [name, textOf(state)]));
  const save = (next: typeof written): void => {
    const lines = [...next].map(([name, text]) => `${JSON.stringify(name)}: ${text}`);
    writeState(file, `{"tenants": {\n${lines.join(',\n')}\n}}\n`);
    written = next;
  };
  save(written);
  return {
    /** Whether it held that tenant when it was read. */
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

/** @param other what it holds in place of what was looked for; null: nothing of ours */
function foreign(file: string, other: string | null = null): CliError {
  return new CliError(
    'file-unreadable',
    other === null
      ? `${file} is not a state file of the emulator`
      : `${file} holds the state of ${other}: --tenants has to be as it was then`,
  );
}

/**
 * Keeps another emulator from overwriting the state. Whoever may change the file, or its folder, may put users into it.
 * @returns what releases it @throws {CliError} file-unreadable, file-unwritable
 */
export function holdState(file: string): () => void {
  requireOwnState(file);
  return lockFile(file, {
    unlockable: `The state file ${file} cannot be locked`,
    held: (holder, lock) =>
      `Another emulator${holder} keeps its state in ${file}. If none does, remove ${lock}`,
  });
}

function requireOwnState(file: string): void {
  const { sentence, remedy } = changeableByOthers(file) ?? {};
  if (sentence === undefined) return;
  // To close a folder such as /tmp would be no remedy.
  if (remedy === undefined || !sentence.startsWith(`${resolve(file)} `))
    throw new CliError('file-unreadable', `${sentence}. Keep the state in a folder of your own`);
  throw new CliError('file-unreadable', sentence, { facts: { remedy } });
}

/** The JSON of a file: undefined if the file does not exist, null if it does not hold JSON. @throws {CliError} file-unreadable */
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

/** Settings of a tenant, those of its certificates among them: they are in memory, and in the file. */
const most = 1000;

/** The tenant's settings by name, in the order they were set; its users' devices; its directory; its applications. */
export type Settings = ReturnType<typeof settingsOver>;

/**
 * Opens the settings in `file`, or keeps them in memory if it is null. The file is written at once, so that a bad location
 * is noticed.
 * @throws {CliError} file-unreadable (also if damaged), file-unwritable
 */
export function openSettings(file: string | null): Settings {
  return settingsOver(file === null ? null : openStateFile(file));
}

/** Settings over what is kept somewhere, or in memory alone. @throws {CliError} file-unwritable */
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
    /** Removes and sets, and saves the result before it returns: all or nothing. @throws {Refusal} more than there is room for */
    change(set: Readonly<Record<string, string>>, remove: readonly string[] = []): void {
      const settings = new Map(current.settings);
      for (const name of [...remove, ...Object.keys(set)]) settings.delete(name);
      for (const [name, value] of Object.entries(set)) settings.set(name, value);
      if (settings.size > Math.max(most, current.settings.size))
        throw badOperation(
          `No more than ${most.toLocaleString('en')} settings are kept, three of them for each push certificate. Delete a certificate first.`,
        );
      keep({ settings });
    },
    /** Replaces these parts of the state, and saves it before it returns. */
    keep,
    state: (): Omit<State, 'settings'> => current,
  };
}
