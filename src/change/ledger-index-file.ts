import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { orNull } from '../errors/cli-error.ts';
import type { OpenFile } from '../files/appended.ts';
import { requireOwnFile } from '../files/own-file.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { replaceFile } from '../files/write.ts';
import { members, readJson } from '../text/json.ts';
import type { LedgerMark } from './ledger-file.ts';
import { decodeLine } from './ledger-line.ts';
import { hashOf } from './ledger-scan.ts';

/*
 * The index of a ledger: a line of JSON that tells which file it was made from, then a
 * row for each line of the ledger, in the order of the tenants' hashes. A row has the
 * first 8 bytes of the SHA-256 of the tenant's URL, 6 bytes that tell where the line
 * begins, 6 where it ends.
 */

const hashLength = 8;
const placeLength = 6;
const rowLength = hashLength + 2 * placeLength;
const maxIndexBytes = 256 * 1024 * 1024;
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
export interface Places {
  readonly from: number;
  readonly to: number;
}

/** The facts about a ledger that need no reading of it. */
export interface LedgerIndex {
  readonly mark: LedgerMark;
  /** The file's size, and when it was changed, in milliseconds, as the index was made. */
  readonly size: number;
  readonly changed: number;
  readonly rows: Buffer;
}

/** Where the lines of a tenant stand, in the order of the file. */
export function placesOf({ rows }: LedgerIndex, tenant: string): readonly Places[] {
  return placesIn(rows, tenant);
}

function placesIn(rows: Buffer, tenant: string): readonly Places[] {
  const hash = tenantHash(tenant);
  const found: Places[] = [];
  for (let row = firstRow(rows, hash); hasHash(rows, row, hash); row += 1)
    found.push(placesAt(rows, row));
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

function hasHash(rows: Buffer, row: number, hash: Buffer): boolean {
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
export function rowsOf(
  places: ReadonlyMap<string, readonly Places[]>,
  known: LedgerIndex | null,
): Buffer {
  const added = [...places].map(([tenant, all]) => rowsOfTenant(tenant, all));
  const all = [...groupsIn(known?.rows ?? Buffer.alloc(0)), ...added];
  // Sorting keeps the order of what is equal: a tenant's new lines stay after its older
  // ones.
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
    while (hasHash(rows, to / rowLength, hash)) to += rowLength;
    groups.push(rows.subarray(at, to));
    at = to;
  }
  return groups;
}

/** Null: there is none that can be used. An odd one is no error. */
export function readIndex(path: string): LedgerIndex | null {
  return orNull(() => {
    const bytes = readRegularFile(path, {
      limit: maxIndexBytes,
      links: false,
      judge: (stats) => requireOwnFile(path, stats),
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

/** The moment of a tenant's last line; after a merge it may be any of them. */
function momentIn(file: OpenFile, rows: Buffer, tenant: string): number | undefined {
  let latest: number | undefined;
  for (const { from, to } of placesIn(rows, tenant)) {
    const line = decodeLine(file.read(from, to).toString('utf8'));
    if (line !== null) latest = Math.max(latest ?? -Infinity, Date.parse(line.at));
  }
  return latest;
}

/** Without an index the next command reads the ledger whole, so a failure is none. */
export function writeIndex(
  path: string,
  { stats }: OpenFile,
  mark: LedgerMark,
  rows: Buffer,
): void {
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
  orNull(() => replaceFile(path, Buffer.concat([head, rows]), 0o600));
}
