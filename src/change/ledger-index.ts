import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import { orNull } from '../errors/cli-error.ts';
import type { OpenFile } from '../files/appended.ts';
import { readRegularFile, requireOwn } from '../files/own-file.ts';
import { replaceFile } from '../files/write.ts';
import { members, readJson } from '../text/json.ts';
import {
  emptyMark,
  halfLineIn,
  isAsMarked,
  type LedgerContents,
  type LedgerMark,
  type LedgerPlace,
  markAfter,
  noContents,
  readOpened,
  untilWhole,
} from './ledger-file.ts';
import { decodeLine, type LedgerLine, longestLine } from './ledger-line.ts';
import { hashOf } from './ledger-scan.ts';

/*
 * The index of a ledger: a line of JSON that tells which file it was made from, then a row for
 * each line of the ledger, in the order of the tenants' hashes. A row has the first 8 bytes of
 * the SHA-256 of the tenant's URL, 6 bytes that tell where the line begins, 6 where it ends.
 */

/** In bytes: a smaller ledger is read whole. */
const worthIt = 512 * 1024;
/** The lines after those of an index with which it is made anew. */
const mostNewer = 1_000;
const hashLength = 8;
const placeLength = 6;
const rowLength = hashLength + 2 * placeLength;
const mostIndexBytes = 256 * 1024 * 1024;
const lineFeed = 0x0a;

const header = members({
  version: v.literal(1),
  size: v.number(),
  changed: v.number(),
  end: v.number(),
  lines: v.number(),
  lastFrom: v.number(),
  hash: v.string(),
  /** Of the rows. */
  rows: v.string(),
});

/** Where lines stand in a file. */
interface Places {
  readonly from: number;
  readonly to: number;
}

interface LedgerIndex {
  readonly mark: LedgerMark;
  /** The file's size, and when it was changed, in milliseconds, as the index was made. */
  readonly size: number;
  readonly changed: number;
  readonly rows: Buffer;
}

/** Thrown by a look at a line that is not where the index has it. */
class Outdated extends Error {}

/**
 * Where the index of a ledger stands: in the configuration directory, whichever ledger it is of,
 * so that nothing is left beside a ledger that others share.
 */
export function indexPathOf(directory: string, { path, isMachine }: LedgerPlace): string {
  if (isMachine) return join(directory, 'ledger.index');
  return join(directory, `ledger-${hashOf(Buffer.from(path)).slice(0, 16)}.index`);
}

/**
 * Reads the lines of some tenants, by an index where the ledger is large. The index is made anew
 * when it is missing, damaged, or of another state of the file; a directory that cannot be
 * written is no error.
 * @param directory the configuration directory, which is there
 * @throws {CliError} as `readLedger`
 */
export function readTenants(
  place: LedgerPlace,
  directory: string,
  tenants: ReadonlySet<string>,
): Promise<LedgerContents> {
  return untilWhole(() => readTenantsOnce(place, directory, tenants));
}

function readTenantsOnce(
  place: LedgerPlace,
  directory: string,
  tenants: ReadonlySet<string>,
): LedgerContents {
  const indexPath = indexPathOf(directory, place);
  const read = (known: LedgerIndex | null): LedgerContents | null =>
    readOpened(place, (file) => readBy(file, place, { indexPath, known, tenants }));
  let contents: LedgerContents | null;
  try {
    contents = read(readIndex(indexPath));
  } catch (error) {
    if (!(error instanceof Outdated)) throw error;
    contents = read(null);
  }
  return contents ?? noContents(place.path);
}

interface Reading {
  readonly indexPath: string;
  readonly known: LedgerIndex | null;
  readonly tenants: ReadonlySet<string>;
}

/** Throws Outdated. @throws {CliError} */
function readBy(file: OpenFile, { path }: LedgerPlace, reading: Reading): LedgerContents {
  const { indexPath, tenants } = reading;
  const known = reading.known !== null && isOfFile(reading.known, file) ? reading.known : null;
  const newer: LedgerLine[] = [];
  const places = new Map<string, Places[]>();
  let count = 0;
  const { mark, scan } = markAfter(file, path, known?.mark ?? emptyMark, ({ line, from, to }) => {
    count += 1;
    if (tenants.has(line.tenant)) newer.push(line);
    const own = places.get(line.tenant);
    if (own === undefined) places.set(line.tenant, [{ from, to }]);
    else own.push({ from, to });
  });
  const older = known === null ? [] : [...tenants].flatMap((each) => linesOf(file, known, each));
  const isDue = known === null ? file.stats.size > worthIt : count > mostNewer;
  if (isDue) writeIndex(indexPath, file, mark, rowsOf(places, known));
  const warnings = scan.isHalf ? [halfLineIn(path)] : [];
  return { path, isThere: true, lines: [...older, ...newer], mark, warnings };
}

/** Whether the file is the one of an index, or that one with more lines. */
function isOfFile({ mark, size, changed }: LedgerIndex, file: OpenFile): boolean {
  const { stats } = file;
  const isRewritten = stats.size <= size && stats.mtimeMs !== changed;
  return !isRewritten && isAsMarked(file, mark);
}

/** The lines of a tenant that an index knows. Throws Outdated. */
function linesOf(file: OpenFile, { rows }: LedgerIndex, tenant: string): readonly LedgerLine[] {
  const hash = tenantHash(tenant);
  const found: LedgerLine[] = [];
  for (let row = firstRow(rows, hash); isOf(rows, row, hash); row += 1) {
    const { from, to } = placesAt(rows, row);
    if (to - from > longestLine) throw new Outdated();
    const line = decodeLine(file.read(from, to).toString('utf8'));
    if (line === null || line.tenant !== tenant) throw new Outdated();
    found.push(line);
  }
  return found;
}

/** The first row that is not before a tenant's. */
function firstRow(rows: Buffer, hash: Buffer): number {
  let low = 0;
  let high = rows.length / rowLength;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const at = middle * rowLength;
    const isBefore = hash.compare(rows, at, at + hashLength) > 0;
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isOf(rows: Buffer, row: number, hash: Buffer): boolean {
  const at = row * rowLength;
  return at < rows.length && hash.compare(rows, at, at + hashLength) === 0;
}

function placesAt(rows: Buffer, row: number): Places {
  const at = row * rowLength + hashLength;
  return {
    from: rows.readUIntBE(at, placeLength),
    to: rows.readUIntBE(at + placeLength, placeLength),
  };
}

function tenantHash(tenant: string): Buffer {
  return createHash('sha256').update(tenant).digest().subarray(0, hashLength);
}

/** The rows of new lines, among those of an index before. */
function rowsOf(places: ReadonlyMap<string, readonly Places[]>, known: LedgerIndex | null): Buffer {
  const added = [...places].map(([tenant, all]) => rowsOfTenant(tenant, all));
  const all = [...groupsIn(known?.rows ?? Buffer.alloc(0)), ...added];
  // Sorting keeps the order of what is equal: a tenant's new lines stay after its older ones.
  all.sort((one, other) => one.compare(other, 0, hashLength, 0, hashLength));
  return Buffer.concat(all);
}

function rowsOfTenant(tenant: string, places: readonly Places[]): Buffer {
  const hash = tenantHash(tenant);
  const rows = Buffer.alloc(places.length * rowLength);
  places.forEach(({ from, to }, row) => {
    const at = row * rowLength;
    hash.copy(rows, at);
    rows.writeUIntBE(from, at + hashLength, placeLength);
    rows.writeUIntBE(to, at + hashLength + placeLength, placeLength);
  });
  return rows;
}

/** The rows of each tenant. */
function groupsIn(rows: Buffer): readonly Buffer[] {
  const groups: Buffer[] = [];
  for (let at = 0; at < rows.length; ) {
    const hash = rows.subarray(at, at + hashLength);
    let to = at + rowLength;
    while (isOf(rows, to / rowLength, hash)) to += rowLength;
    groups.push(rows.subarray(at, to));
    at = to;
  }
  return groups;
}

/** Null: there is none that can be used. What is odd about it is no error. */
function readIndex(path: string): LedgerIndex | null {
  return orNull(() => {
    const bytes = readRegularFile(path, {
      limit: mostIndexBytes,
      links: false,
      judge: (stats) => requireOwn(path, stats),
    });
    const end = bytes.indexOf(lineFeed);
    const read = readJson(header, bytes.subarray(0, Math.max(end, 0)));
    if (read === null) return null;
    const rows = bytes.subarray(end + 1);
    if (rows.length % rowLength !== 0 || hashOf(rows) !== read.rows) return null;
    const latestOf = (tenant: string, file: OpenFile): number | undefined =>
      momentIn(file, rows, tenant);
    const mark: LedgerMark = {
      end: read.end,
      lines: read.lines,
      lastFrom: read.lastFrom,
      hash: read.hash,
      latestOf,
    };
    return { mark, size: read.size, changed: read.changed, rows };
  });
}

/** The moment of a tenant's last line; a clock may have been ahead before, so of all its lines. */
function momentIn(file: OpenFile, rows: Buffer, tenant: string): number | undefined {
  const hash = tenantHash(tenant);
  let latest: number | undefined;
  for (let row = firstRow(rows, hash); isOf(rows, row, hash); row += 1) {
    const { from, to } = placesAt(rows, row);
    const line = decodeLine(file.read(from, to).toString('utf8'));
    const at = line === null ? -Infinity : Date.parse(line.at);
    latest = Math.max(latest ?? -Infinity, at);
  }
  return latest;
}

function writeIndex(path: string, { stats }: OpenFile, mark: LedgerMark, rows: Buffer): void {
  const { end, lines, lastFrom, hash } = mark;
  const facts = {
    version: 1,
    size: stats.size,
    changed: stats.mtimeMs,
    end,
    lines,
    lastFrom,
    hash,
    rows: hashOf(rows),
  };
  const head = Buffer.from(`${JSON.stringify(facts)}\n`);
  // Without it, the next command reads the ledger whole.
  orNull(() => replaceFile(path, Buffer.concat([head, rows]), 0o600));
}
