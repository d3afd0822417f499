import { dirname, join, parse } from 'node:path';
import * as v from 'valibot';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { isThere, removeFile, type Stats } from '../../files/directory.ts';
import { createGrowingFile, type GrowingFile } from '../../files/durable.ts';
import { readWhole } from '../../files/read.ts';
import { replaceFile, unwritable } from '../../files/write.ts';
import { instant, manyTenants, membersOf, parseJson, type ReadBy } from '../../text/json.ts';
import type { Fleet } from './file/fleet.ts';
import { type FleetTrust, requireHeld } from './trust.ts';

const place = {
  name: v.string(),
  tenant: v.string(),
  clientAppKey: v.string(),
};

const facts = {
  /** Null: it was deleted, or is being deleted. */
  topic: v.nullable(v.string()),
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  fingerprint: v.nullable(v.string()),
  notAfter: v.nullable(instant),
  /** When it was set or deleted, or the request went out. */
  setAt: instant,
};

/**
 * The last action for a tenant's client app key. `sending`: the request is about to leave, or left and got no answer; it is
 * sent again. Members that this version does not know are kept.
 */
const entry = v.looseObject({
  ...place,
  state: v.picklist(['set', 'deleted', 'sending']),
  ...facts,
  /** Only with `sending`; `unknown` once the answer is known to be missing. */
  outcome: v.optional(v.picklist(['sending', 'unknown'])),
  /** Only with `sending`: the state if the tenant did not do it; null: nothing. Left out if unknown. */
  before: v.optional(
    v.nullable(v.looseObject({ state: v.picklist(['set', 'deleted']), ...facts })),
  ),
});
export type RecordEntry = ReadBy<typeof entry>;

/** Holds no secret. Sorted by name, tenant and key; one entry for each pair of tenant and key. */
export interface FleetRecord {
  readonly entries: readonly RecordEntry[];
}

/** Only in the journal: the tenant refused the first request for this place. */
const gone = v.looseObject({ ...place, state: v.literal('none') });

/** The change in a line of the journal: the entry of a place, or that it has none. */
export type RecordChange = RecordEntry | ReadBy<typeof gone>;

/** A text that is unique to a place. */
export function placeKey({
  tenant,
  clientAppKey,
}: Pick<RecordEntry, 'tenant' | 'clientAppKey'>): string {
  return `${tenant} ${clientAppKey}`;
}

/** The entries after the changes, in order. */
export function withChanges(
  entries: readonly RecordEntry[],
  changes: Iterable<RecordChange>,
): readonly RecordEntry[] {
  const places = new Map(entries.map((entry) => [placeKey(entry), entry]));
  for (const change of changes) {
    if (change.state === 'none') places.delete(placeKey(change));
    else places.set(placeKey(change), change);
  }
  return inOrder(places.values());
}

/** By name, tenant and key, the same on every machine. */
function inOrder(entries: Iterable<RecordEntry>): readonly RecordEntry[] {
  const keyed = [...entries].map((item) => ({ item, key: `${item.name}\0${placeKey(item)}` }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ item }) => item);
}

/** In bytes: 100,000 tenants take a sixth of it. */
const limit = 256 * 1024 * 1024;

/**
 * The record of a fleet, with the changes of a running or killed `apply`; without a file it has no entries.
 * @throws {CliError} file-unreadable (not a record, or of a newer version), file-too-large, interrupted
 */
export async function readRecord(
  path: string,
  context: Pick<Context, 'terminal' | 'signal' | 'patience'>,
  judge: (path: string, opened: Stats) => void = () => {},
): Promise<FleetRecord> {
  const readIfThere = async (file: string): Promise<string | null> => {
    try {
      const reading = { ...context, regular: true, judge: (opened: Stats) => judge(file, opened) };
      return Buffer.from(await readWhole(file, limit, reading)).toString('utf8');
    } catch (error) {
      if (error instanceof CliError && error.code === 'file-not-found') return null;
      throw error;
    }
  };
  // The journal first: it is removed once the record has its changes, and applying them twice is harmless.
  const journal = await readIfThere(journalOf(path));
  const text = await readIfThere(path);
  const entries = text === null ? [] : decodeRecord(text, path);
  return {
    entries: withChanges(entries, journal === null ? [] : journaled(journal, journalOf(path))),
  };
}

/** @throws {CliError} file-unreadable */
function decodeRecord(text: string, path: string): readonly RecordEntry[] {
  const { tenants } = versioned(text, path);
  if (!Array.isArray(tenants))
    throw new CliError('file-unreadable', `${path} has no list of tenants`);
  return tenants.map((value: unknown, index) => {
    if (v.is(entry, value)) return value;
    throw new CliError('file-unreadable', `${path} is damaged in entry ${index + 1}`);
  });
}

/** The members of a document of this version. @throws {CliError} file-unreadable */
function versioned(text: string, path: string): Readonly<Record<string, unknown>> {
  const members = membersOf(parseJson(text, manyTenants)) ?? {};
  const { version } = members;
  if (version === recordVersion) return members;
  const isNewer = typeof version === 'number' && version > recordVersion;
  const words = isNewer ? 'was written by a newer mfa-cli' : 'is not the record of a fleet';
  throw new CliError('file-unreadable', `${path} ${words}`);
}

const recordVersion = 1;

/** JSON with one entry per line, for readable diffs. */
export function encodeRecord({ entries }: FleetRecord): string {
  const lines = inOrder(entries).map((entry) => JSON.stringify(entry));
  return `{"version":${recordVersion},"tenants":[${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n`}]}\n`;
}

/** Replaces the record with `record`, which includes the journal, if there is one. @throws {CliError} file-unwritable */
export function settleRecord(path: string, record: FleetRecord): void {
  if (!isThere(journalOf(path))) return;
  try {
    replaceFile(path, encodeRecord(record), 0o666);
  } catch (cause) {
    throw unwritable(`The record ${path} cannot be written`, cause);
  }
  removeFile(journalOf(path));
}

/**
 * The records of a fleet's shards as one: the last action for each place counts.
 * @throws {CliError} usage (the record of another fleet), fleet-untrusted (others may change it), file-unreadable, interrupted
 */
export async function readOwnRecords(
  paths: readonly string[],
  { declared, trust }: { readonly declared: Fleet; readonly trust: FleetTrust },
  context: Context,
): Promise<FleetRecord> {
  let entries: readonly RecordEntry[] = [];
  for (const path of paths) {
    const record = await readRecord(path, context, (file, opened) =>
      requireHeld(file, trust, opened),
    );
    // Its entries would be mixed into this fleet's.
    if (record.entries.length > 0 && !isOf(record, declared))
      throw new CliError(
        'usage',
        `The record ${path} belongs to another fleet: none of its tenants is in ${declared.file === '-' ? 'the fleet file' : declared.file}`,
        { facts: { option: '--record FILE' } },
      );
    entries = [...entries, ...record.entries];
  }
  if (paths.length < 2) return { entries };
  const inTime = entries.toSorted((a, b) => Date.parse(a.setAt) - Date.parse(b.setAt));
  return { entries: withChanges([], inTime) };
}

function isOf({ entries }: FleetRecord, { tenants }: Fleet): boolean {
  const own = new Set(tenants.map(({ tenant }) => tenant));
  return entries.some(({ tenant }) => own.has(tenant));
}

/** The default record: next to the fleet file, and named after it. @param file `-`: stdin, which has no name */
export function recordBeside(file: string): string {
  if (file === '-') return 'mfa-fleet.record.json';
  return join(dirname(file), `${parse(file).name}.record.json`);
}

export function journalOf(record: string): string {
  return `${record}.journal`;
}

/** Starts a journal of the changes since the record was written, in place of an earlier one. @throws {CliError} file-unwritable */
export function openJournal(record: string) {
  const path = journalOf(record);
  const failed = (cause: unknown): never => {
    throw unwritable(`The record ${path} cannot be written`, cause);
  };
  let file: GrowingFile;
  try {
    file = createGrowingFile(path);
  } catch (cause) {
    return failed(cause);
  }
  let header = `${JSON.stringify({ version: recordVersion })}\n`;
  let waiting: { lines: string; readonly written: Promise<void> } | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const write = async (): Promise<void> => {
    const lines = waiting?.lines ?? '';
    waiting = null;
    await file.append(header + lines).catch(failed);
    header = '';
  };

  return {
    /** Resolves once the change survives the end of the process, and of the machine. @throws {CliError} file-unwritable */
    append(change: RecordChange): Promise<void> {
      // Changes that come while the disk is busy are written together: many tenants share one wait.
      waiting ??= { lines: '', written: last.then(write) };
      last = waiting.written.catch(() => {});
      waiting.lines += `${JSON.stringify(change)}\n`;
      return waiting.written;
    },
    close: () => file.close(),
  };
}

/**
 * The changes in the text of a journal, in order. Skips a half-written last line, which a killed process may leave: nothing was
 * sent for it. @throws {CliError} file-unreadable
 */
function journaled(text: string, path: string): readonly RecordChange[] {
  const [first, ...lines] = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  if (first === undefined) return [];
  versioned(first, path);
  return lines.map((line, index) => {
    const change = parseJson(line);
    if (v.is(entry, change) || v.is(gone, change)) return change;
    throw new CliError('file-unreadable', `${path} is damaged in line ${index + 2}`);
  });
}
