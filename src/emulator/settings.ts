import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { CliError, systemCode } from '../errors.ts';

/** The tenant's settings by name, in the order in which they were set. */
export interface Settings {
  entries(): readonly (readonly [name: string, value: string])[];
  /** Takes away `remove`, then sets `set`, and keeps the result before it returns: all of it or nothing. */
  change(changes: { remove?: readonly string[]; set?: Readonly<Record<string, string>> }): void;
}

/**
 * Opens the settings that `file` keeps, or settings in memory where it is null. The file holds a private key and its
 * password: its mode is 0600, and it is replaced atomically. It is written at once, so that a bad place is noticed.
 * @throws {CliError} file-unreadable (broken, too), file-unwritable
 */
export function openSettings(file: string | null): Settings {
  let current = file === null ? new Map<string, string>() : readSettings(file);
  const keep = (settings: ReadonlyMap<string, string>): void => {
    if (file !== null) writeSettings(file, settings);
  };
  keep(current);
  return {
    entries: () => [...current],
    change({ remove = [], set = {} }) {
      const next = new Map(current);
      for (const name of [...remove, ...Object.keys(set)]) next.delete(name);
      for (const [name, value] of Object.entries(set)) next.set(name, value);
      keep(next);
      current = next;
    },
  };
}

function readSettings(file: string): Map<string, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return new Map();
    throw new CliError('file-unreadable', `The state file ${file} cannot be read`, { cause });
  }
  const settings = parseSettings(text);
  if (settings === null) throw new CliError('file-unreadable', `${file} is not a state file of the emulator`);
  return settings;
}

function parseSettings(text: string): Map<string, string> | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const settings = isObject(document) ? document.settings : null;
  if (!isObject(settings)) return null;
  const entries = Object.entries(settings);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? new Map(entries)
    : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function writeSettings(file: string, settings: ReadonlyMap<string, string>): void {
  const unfinished = `${file}.${randomUUID()}.tmp`;
  const text = `${JSON.stringify({ settings: Object.fromEntries(settings) }, null, 2)}\n`;
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, file);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw new CliError('file-unwritable', `The state file ${file} cannot be written`, { cause });
  }
}
