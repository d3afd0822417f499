import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CliError, systemReason } from '../errors/cli-error.ts';
import { type Judge, type OpenFile, openToRead } from '../files/appended.ts';
import { Refusal } from '../files/held-target.ts';
import { changeableByOthers } from '../files/others.ts';
import { requireOwnFile } from '../files/own-file.ts';
import type { LedgerLine } from './ledger-line.ts';
import { hashOf, type Scan, type ScannedLine, type ScanStart, scanLines } from './ledger-scan.ts';

/** A ledger by its file. */
export interface LedgerPlace {
  readonly path: string;
  /**
   * The machine's is private and keeps who signed in; another may be committed and
   * shared.
   */
  readonly isMachine: boolean;
  /** Throws a CliError where others may have changed the file, or its folder. */
  readonly judge: Judge;
}

/**
 * The part of a file that was read, so that the next reader or writer resumes there.
 */
export interface LedgerMark extends ScanStart {
  /**
   * Where the last line begins; with `hash` it tells whether the file is still the same.
   */
  readonly lastFrom: number;
  /** Of the last line and all that follows it up to `end`. */
  readonly hash: string;
  /** The moment of the last line about a tenant, in milliseconds. */
  latestOf(tenant: string, file: OpenFile): number | undefined;
}

/** The lines of a ledger, in the order of its file. */
export interface LedgerContents {
  readonly path: string;
  /** False: there is no such file, and so there are no lines. */
  readonly isThere: boolean;
  readonly lines: readonly LedgerLine[];
  readonly mark: LedgerMark;
  /** Sentences without a period. */
  readonly warnings: readonly string[];
}

/** The machine's ledger, in the configuration directory. */
export function machineLedger(directory: string): LedgerPlace {
  return {
    path: join(directory, 'ledger.jsonl'),
    isMachine: true,
    judge: requireOwnFile,
  };
}

/**
 * Another ledger.
 * @param judge a fleet's own rule of trust; otherwise no other user may change it
 */
export function otherLedger(path: string, judge: Judge = requirePrivate): LedgerPlace {
  return { path, isMachine: false, judge };
}

function requirePrivate(path: string, opened: Parameters<Judge>[1]): void {
  const doubt = changeableByOthers(path, opened);
  if (doubt === null) return;
  const { sentence, ...facts } = doubt;
  throw new CliError('file-unreadable', `The record ${path} is not used: ${sentence}`, { facts });
}

/**
 * Milliseconds between two looks at half a line, which may be about to become a whole
 * one.
 */
const pause = 30;
const maxLooks = 4;

/**
 * Reads a whole ledger; one that does not exist has no lines.
 * @throws {CliError} file-unreadable (also a damaged line, with its number), file-too-
 * large, and what the place's `judge` throws
 */
export function readLedger(place: LedgerPlace): Promise<LedgerContents> {
  return untilWhole(() => readOnce(place));
}

function readOnce(place: LedgerPlace): LedgerContents {
  const { path } = place;
  const lines: LedgerLine[] = [];
  const read = readOpened(place, (file) =>
    markAfter(file, path, emptyMark, ({ line }) => lines.push(line)),
  );
  if (read === null) return noContents(path);
  const warnings = read.scan.isHalf ? [halfLineIn(path)] : [];
  return { path, isThere: true, lines, mark: read.mark, warnings };
}

/**
 * Looks again at a ledger with a warning: another process may be writing that half line.
 */
export async function untilWhole(look: () => LedgerContents): Promise<LedgerContents> {
  for (let looks = 1; ; looks++) {
    const contents = look();
    if (contents.warnings.length === 0 || looks === maxLooks) return contents;
    await setTimeout(pause);
  }
}

/**
 * The result of `use` with the open file of a ledger; null if there is no such file.
 * @throws {CliError}
 */
export function readOpened<T>({ path, judge }: LedgerPlace, use: (file: OpenFile) => T): T | null {
  try {
    const file = openToRead(path, judge);
    if (file === null) return null;
    try {
      return use(file);
    } finally {
      file.close();
    }
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const reason = cause instanceof Refusal ? cause.message : systemReason(cause);
    if (reason === undefined) throw cause;
    throw new CliError('file-unreadable', `${path} cannot be read: ${reason}`, { cause });
  }
}

export function noContents(path: string): LedgerContents {
  return { path, isThere: false, lines: [], mark: emptyMark, warnings: [] };
}

export function halfLineIn(path: string): string {
  return `${path} ends in half a line, which the next command that writes to it cuts`;
}

export const emptyMark: LedgerMark = {
  end: 0,
  lines: 0,
  lastFrom: 0,
  hash: hashOf(Buffer.alloc(0)),
  latestOf: () => undefined,
};

/** The lines after a mark: the new mark, and how the file ends. */
export interface MarkedScan {
  readonly mark: LedgerMark;
  readonly scan: Scan;
}

/** Reads what follows a mark. @throws {CliError} those of scanLines */
export function markAfter(
  file: OpenFile,
  path: string,
  before: LedgerMark,
  take: (found: ScannedLine) => void,
): MarkedScan {
  const latest = new Map<string, number>();
  let { lastFrom } = before;
  const scan = scanLines(file, path, before, (found) => {
    const { tenant, at } = found.line;
    latest.set(tenant, Math.max(latest.get(tenant) ?? -Infinity, Date.parse(at)));
    lastFrom = found.from;
    take(found);
  });
  const mark: LedgerMark = {
    end: scan.end,
    lines: scan.lines,
    lastFrom,
    hash: hashOf(file.read(lastFrom, scan.end)),
    latestOf: (tenant, opened) => laterOf(latest.get(tenant), before.latestOf(tenant, opened)),
  };
  return { mark, scan };
}

/**
 * Whether a file still begins with what was read: it may have been merged, or restored,
 * since.
 */
export function isAsMarked(file: OpenFile, { end, lastFrom, hash }: LedgerMark): boolean {
  return file.stats.size >= end && hashOf(file.read(lastFrom, end)) === hash;
}

export function laterOf(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}
