import { resolve } from 'node:path';
import * as v from 'valibot';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { lockFile } from '../files/lock-file.ts';
import { changeableByOthers } from '../files/others.ts';
import { NoSuchContent, readRegularFile } from '../files/regular-file.ts';
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
  devices: v.array(storedDevice),
  users: v.array(storedUser),
  /** All roles; null: unchanged. */
  roles: v.nullable(v.array(storedRole)),
  applications: v.array(storedApplication),
});

interface State extends Omit<ReadBy<typeof stored>, 'settings' | 'applications'> {
  readonly settings: ReadonlyMap<string, string>;
  readonly applications: readonly StoredApplication[];
}

const nothing: State = {
  settings: new Map(),
  devices: [],
  users: [],
  roles: null,
  applications: [],
};

/** The name of a tenant that is the only one. */
export const onlyTenant = 'tenant';

/**
 * The settings of tenants by name, in a file, or with null in memory. The file, which is written first, has mode 0600, is replaced
 * atomically, and keeps tenants that are not opened. @throws {CliError} file-unreadable, file-unwritable
 */
export function openStates(file: string | null) {
  const states = file === null ? new Map<string, State>() : readStates(file);
  /** The text of each tenant, so that a change of one does not format them all. */
  let written = new Map([...states].map(([name, state]) => [name, textOf(state)]));
  const save = (next: typeof written): void => {
    const lines = [...next].map(([name, text]) => `${JSON.stringify(name)}: ${text}`);
    if (file !== null) writeState(file, `{"tenants": {\n${lines.join(',\n')}\n}}\n`);
    written = next;
  };
  save(written);
  return {
    has: (name: string): boolean => states.has(name),
    of: (name: string): Settings =>
      createSettings(states.get(name) ?? nothing, (next) => {
        const text = textOf(next);
        if (text !== written.get(name)) save(new Map(written).set(name, text));
      }),
  };
}

function readStates(file: string): ReadonlyMap<string, State> {
  const document = readDocument(file);
  if (document === undefined) return new Map();
  const foreign = () =>
    new CliError('file-unreadable', `${file} is not a state file of the emulator`);
  const tenants = membersOf(membersOf(document)?.tenants);
  if (tenants === null) throw foreign();
  return new Map(
    Object.entries(tenants).map(([name, tenant]) => {
      const read = v.safeParse(stored, tenant);
      if (!read.success) throw foreign();
      return [name, { ...read.output, settings: new Map(Object.entries(read.output.settings)) }];
    }),
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
    held: (holder) => `Another emulator${holder} uses the state file ${file}`,
  });
}

function requireOwnState(file: string): void {
  const { sentence, remedy } = changeableByOthers(file) ?? {};
  if (sentence === undefined) return;
  // Closing a folder such as /tmp would be no remedy.
  if (remedy === undefined || !sentence.startsWith(`${resolve(file)} `))
    throw new CliError('file-unreadable', sentence, {
      facts: { fix: 'Keep the state in a folder of your own.' },
    });
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
export type Settings = ReturnType<typeof createSettings>;

/** @param write saves a new state, or throws and changes nothing */
function createSettings(state: State, write: (next: State) => void) {
  let current = state;
  const keep = (changes: Partial<State>): void => {
    const next = { ...current, ...changes };
    write(next);
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
