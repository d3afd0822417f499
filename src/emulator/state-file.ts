import { resolve } from 'node:path';
import * as v from 'valibot';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { lockFile } from '../files/lock-file.ts';
import { changeableByOthers } from '../files/others.ts';
import { NoSuchContent, readRegularFile } from '../files/regular-file.ts';
import { replaceFile, unwritable } from '../files/write.ts';
import { manyTenants, membersOf, parseJson } from '../text/json.ts';
import { emptyTenant, type StoredTenant, storedTenant, TenantState } from './tenant-state.ts';

/** Maximum bytes of a state file; ten thousand tenants take a tenth of it. */
const maxLength = 256 * 1024 * 1024;

/** The name of a tenant that is the only one. */
export const onlyTenant = 'tenant';

/**
 * The states of tenants by name, in a file or in memory. The file has mode 0600, is
 * replaced atomically before a change counts, and keeps tenants that are not opened.
 */
export class States {
  readonly #file: string | null;
  readonly #atOpening: ReadonlyMap<string, StoredTenant>;
  /** The text of each tenant, so that a change of one does not format them all. */
  #written: ReadonlyMap<string, string>;

  constructor(file: string | null, stored: ReadonlyMap<string, StoredTenant>) {
    this.#file = file;
    this.#atOpening = stored;
    this.#written = new Map([...stored].map(([name, state]) => [name, textOf(state)]));
    this.#save(this.#written);
  }

  has(name: string): boolean {
    return this.#atOpening.has(name);
  }

  /** To be called once for a name: the state of a tenant lives in what this returns. */
  of(name: string): TenantState {
    return new TenantState(this.#atOpening.get(name) ?? emptyTenant, (next) => {
      const text = textOf(next);
      if (text === this.#written.get(name)) return;
      this.#save(new Map(this.#written).set(name, text));
    });
  }

  #save(next: ReadonlyMap<string, string>): void {
    if (this.#file !== null) {
      const lines = [...next].map(([name, text]) => `${JSON.stringify(name)}: ${text}`);
      writeState(this.#file, `{"tenants": {\n${lines.join(',\n')}\n}}\n`);
    }
    this.#written = next;
  }
}

/** @param file null: in memory @throws {CliError} file-unreadable, file-unwritable */
export function openStates(file: string | null): States {
  return new States(file, file === null ? new Map() : readStates(file));
}

function readStates(file: string): ReadonlyMap<string, StoredTenant> {
  const document = readDocument(file);
  if (document === undefined) return new Map();
  const tenants = membersOf(membersOf(document)?.tenants);
  if (tenants === null) throw foreignFile(file);
  return new Map(
    Object.entries(tenants).map(([name, tenant]) => {
      const read = v.safeParse(storedTenant, tenant);
      if (!read.success) throw foreignFile(file);
      return [name, { ...read.output, settings: new Map(Object.entries(read.output.settings)) }];
    }),
  );
}

function foreignFile(file: string): CliError {
  return new CliError('file-unreadable', `${file} is not a state file of the emulator`);
}

/**
 * Locks the state against other emulators. A file or folder that others can change is
 * refused: they could add users.
 * @returns the release of the lock
 * @throws {CliError} file-unreadable, file-unwritable
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

/**
 * The JSON of a file: undefined if the file does not exist, null if it is not JSON.
 * @throws {CliError} file-unreadable
 */
function readDocument(file: string): unknown {
  let text: string;
  try {
    text = readRegularFile(file, { limit: maxLength }).toString('utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    if (cause instanceof NoSuchContent)
      throw new CliError('file-unreadable', `The state file ${file} ${cause.message}`);
    throw new CliError('file-unreadable', `The state file ${file} cannot be read`, { cause });
  }
  return parseJson(text, manyTenants) ?? null;
}

function textOf(state: StoredTenant): string {
  return JSON.stringify({ ...state, settings: Object.fromEntries(state.settings) }, null, 2);
}

function writeState(file: string, text: string): void {
  try {
    replaceFile(file, text, 0o600);
  } catch (cause) {
    throw unwritable(`The state file ${file} cannot be written`, cause);
  }
}
