import { basename, dirname, join } from 'node:path';
import type { Context } from '../../../context.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { isThere, removeFile } from '../../../files/directory.ts';
import { createGrowingFile, type GrowingFile } from '../../../files/durable.ts';
import { readWhole } from '../../../files/read.ts';
import { replaceFile, requireReplaceable, unwritable } from '../../../files/write.ts';
import { excessOf, manyTenants, membersOf, parseJson } from '../../../text/json.ts';
import type { Fleet } from '../file/fleet.ts';
import type { OpenedFleet } from '../open-fleet.ts';
import {
  changeIn,
  entryIn,
  type FleetRecord,
  inOrder,
  joinRecords,
  type RecordChange,
  type RecordEntry,
  withChanges,
} from './record.ts';

/** A hundred thousand tenants take a sixth of it. */
const limit = 256 * 1024 * 1024;

type Reading = Pick<Context, 'terminal' | 'signal' | 'patience'>;

/**
 * The record of a fleet, with what a running or killed `apply` noted beside it; without a file it has no entries.
 * @throws {CliError} file-unreadable (no record, or of a newer version), file-too-large, interrupted
 */
export async function readRecord(path: string, context: Reading): Promise<FleetRecord> {
  // The journal first: once its changes are in the record it goes, and applying them twice changes nothing.
  const journal = await readIfThere(journalOf(path), context);
  const text = await readIfThere(path, context);
  const entries = text === null ? [] : decodeRecord(text, path);
  return { entries: withChanges(entries, journal === null ? [] : journaled(journal, journalOf(path))) };
}

async function readIfThere(path: string, context: Reading): Promise<string | null> {
  try {
    return Buffer.from(await readWhole(path, limit, { ...context, regular: true })).toString('utf8');
  } catch (error) {
    if (error instanceof CliError && error.code === 'file-not-found') return null;
    throw error;
  }
}

/** @throws {CliError} file-unreadable */
function decodeRecord(text: string, path: string): readonly RecordEntry[] {
  const broken = (what: string): CliError =>
    new CliError('file-unreadable', `${path} is not the record of a fleet: ${what}`);
  const document = parseJson(text, manyTenants);
  if (document === undefined) {
    const excess = excessOf(text, manyTenants);
    throw broken(excess === null ? 'it is not JSON' : `it ${excess} to be written again`);
  }
  const { version, tenants } = membersOf(document) ?? {};
  if (typeof version === 'number' && version > recordVersion)
    throw new CliError(
      'file-unreadable',
      `${path} was written by a newer mfa-cli (version ${version} of the record)`,
    );
  if (version !== recordVersion) throw broken('it names no version');
  if (!Array.isArray(tenants)) throw broken('it has no list of tenants');
  return tenants.map((value: unknown, index) => {
    const entry = entryIn(value);
    if (entry === null) throw broken(`entry ${index + 1} is none`);
    return entry;
  });
}

const recordVersion = 1;

/** One entry a line, so that a difference can be read; JSON all the same. */
export function encodeRecord({ entries }: FleetRecord): string {
  const lines = inOrder(entries).map((entry) => JSON.stringify(entry));
  return `{"version":${recordVersion},"tenants":[${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n`}]}\n`;
}

/**
 * Writes the record whole: a reader sees the old one or the new one, also after a power loss. It holds no secret and may be
 * committed, so it has the mode of any new file, or that of the record before it; a link stays.
 * @throws {CliError} file-unwritable
 */
export function writeRecord(path: string, record: FleetRecord): void {
  try {
    // What versions before 0.2 left here when they were killed.
    removeFile(join(dirname(path), `.${basename(path)}.tmp`));
    replaceFile(path, encodeRecord(record), 0o666);
  } catch (cause) {
    throw unwritable(`The record ${path} cannot be written`, cause);
  }
}

/** Takes what the journal holds, and so what is in `record`, into the record; without a journal nothing is to be done. @throws {CliError} file-unwritable */
export function settleRecord(path: string, record: FleetRecord): void {
  if (!isThere(journalOf(path))) return;
  writeRecord(path, record);
  removeJournal(path);
}

/**
 * Checks, before anything is sent, that the record can be replaced: it is a file, and neither it nor its directory is
 * write-protected. Renaming would replace a write-protected file without a word. @throws {CliError} file-unwritable
 */
export function requireWritableRecord(path: string): void {
  requireReplaceable(path, `The record ${path} cannot be written`);
}

/** The record of the fleet. @throws {CliError} usage (that of another fleet), file-unreadable, interrupted */
export function readOwnRecord(opened: OpenedFleet, context: Context): Promise<FleetRecord> {
  return readOwnRecords([opened.recordPath], opened.declared, context);
}

/** One record of several, as each shard has its own. @throws {CliError} as `readOwnRecord` */
export async function readOwnRecords(
  paths: readonly string[],
  declared: Fleet,
  context: Context,
): Promise<FleetRecord> {
  const records: FleetRecord[] = [];
  for (const path of paths) {
    const record = await readRecord(path, context);
    requireOwnRecord(record, declared, path);
    records.push(record);
  }
  return joinRecords(records);
}

/** A record in which no tenant of the fleet stands is another fleet's: it would be mixed into it. @throws {CliError} usage */
function requireOwnRecord({ entries }: FleetRecord, { tenants, file }: Fleet, path: string): void {
  const own = new Set(tenants.map(({ tenant }) => tenant));
  if (entries.length === 0 || entries.some(({ tenant }) => own.has(tenant))) return;
  throw new CliError(
    'usage',
    `The record ${path} is that of another fleet: none of its tenants is in ${file === '-' ? 'the fleet file' : file}`,
    { facts: { option: '--record FILE' } },
  );
}

/**
 * What an `apply` did since the record was written: one line a change, appended, so that each costs the same however large
 * the fleet is. It is taken into the record at the end, or by the next `apply`.
 */
export interface Journal {
  /** Resolves once the change survives the end of the process, and of the machine. @throws {CliError} file-unwritable */
  append(change: RecordChange): Promise<void>;
  close(): void;
}

/** Beside the record. */
export function journalOf(record: string): string {
  return `${record}.journal`;
}

function removeJournal(record: string): void {
  removeFile(journalOf(record));
}

const version = 1;

/** Begins a journal, in place of an earlier one. @throws {CliError} file-unwritable */
export function openJournal(record: string): Journal {
  const path = journalOf(record);
  const failed = (cause: unknown): CliError => unwritable(`The record ${path} cannot be written`, cause);
  let file: GrowingFile;
  try {
    file = createGrowingFile(path);
  } catch (cause) {
    throw failed(cause);
  }
  let waiting: Waiting[] = [];
  let busy = false;
  let header = `${JSON.stringify({ version })}\n`;

  /** Whatever came while the disk was busy goes to it together: many tenants share one wait. */
  async function drain(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await file.append(header + batch.map(({ line }) => line).join(''));
        header = '';
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        for (const { reject } of batch) reject(failed(cause));
      }
    }
    busy = false;
  }

  return {
    append: (change) =>
      new Promise((resolve, reject) => {
        waiting.push({ line: `${JSON.stringify(change)}\n`, resolve, reject });
        if (!busy) void drain();
      }),
    close: () => file.close(),
  };
}

interface Waiting {
  readonly line: string;
  resolve(): void;
  reject(error: CliError): void;
}

/**
 * The changes in the text of a journal, in order. A process that is killed may leave half a line at the end, which is
 * passed over: nothing was sent for it. @throws {CliError} file-unreadable
 */
function journaled(text: string, path: string): readonly RecordChange[] {
  const [first, ...lines] = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  if (first === undefined) return [];
  const { version: found } = membersOf(parseJson(first)) ?? {};
  if (typeof found === 'number' && found > version)
    throw new CliError('file-unreadable', `${path} was written by a newer mfa-cli`);
  if (found !== version)
    throw new CliError('file-unreadable', `${path} is not the journal of a fleet's record`);
  return lines.map((line, index) => {
    const change = changeIn(parseJson(line));
    if (change === null) throw new CliError('file-unreadable', `${path} is broken in line ${index + 2}`);
    return change;
  });
}
