import { createHash } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import type { OpenFile } from '../files/appended.ts';
import { decodeLine, type LedgerLine, longestLine } from './ledger-line.ts';

/**
 * Where to begin: after this many bytes and lines of the file, which were read before.
 */
export interface ScanStart {
  readonly end: number;
  readonly lines: number;
}

/**
 * A line, and where it stands in the file: from its first byte, to that after its last.
 */
export interface ScannedLine {
  readonly line: LedgerLine;
  readonly from: number;
  readonly to: number;
}

/** How far the lines of a file reach. */
export interface Scan {
  /** The place after the last whole line. */
  readonly end: number;
  /** The whole lines, including blank ones. */
  readonly lines: number;
  /** Whether half a line or zeros follow, left by a killed process or a power loss. */
  readonly isHalf: boolean;
  /** Whether the last line is whole, but for its line break. */
  readonly isUnended: boolean;
}

/**
 * The most of a ledger, in bytes and in lines: ten times what a thousand tenants need in
 * years.
 */
const maxBytes = 1024 * 1024 * 1024;
const maxLines = 2_000_000;

const piece = 1024 * 1024;
const lineFeed = 0x0a;
/** The beginning of each line. Other text at the end of a file is never cut. */
const opening = Buffer.from('{"id":"');

/**
 * Reads the lines of an open file, in order.
 * @param take gets each line; it may keep it
 * @throws {CliError} file-unreadable (a damaged line, with its number), file-too-large
 */
export function scanLines(
  file: OpenFile,
  path: string,
  start: ScanStart,
  take: (found: ScannedLine) => void,
): Scan {
  let { lines } = start;
  let end = afterBreak(file, start.end);
  let rest: Buffer = Buffer.alloc(0);
  const takeLine = (bytes: Buffer): void => {
    lines += 1;
    const to = end + bytes.length;
    if (to > maxBytes || lines > maxLines) throw tooLarge(path);
    const line = decodeWhole(bytes);
    if (line !== null) take({ line, from: end, to });
    else if (!isBlank(bytes)) throw damaged(path, lines);
    end = to + 1;
  };
  for (let at = end; ; ) {
    const read = file.read(at, at + piece);
    if (read.length === 0) break;
    at += read.length;
    rest = eachLine(rest.length === 0 ? read : Buffer.concat([rest, read]), takeLine);
    const isTooLong = withoutZeros(rest).length > longestLine || rest.length > piece;
    if (isTooLong) throw damaged(path, lines + 1);
  }
  const text = withoutZeros(rest);
  const hasZeros = text.length < rest.length;
  if (text.length === 0 || isHalfLine(text))
    return { end, lines, isHalf: rest.length > 0, isUnended: lacksBreak(file, end) };
  const line = decodeWhole(text);
  if (line === null && !isBlank(text)) throw damaged(path, lines + 1);
  const to = end + text.length;
  if (line !== null) take({ line, from: end, to });
  return { end: to, lines: lines + 1, isHalf: hasZeros, isUnended: true };
}

/** A line that lacked its break may have got it since; it is no line of its own. */
function afterBreak(file: OpenFile, end: number): number {
  const [next] = file.read(end, end + 1);
  return lacksBreak(file, end) && next === lineFeed ? end + 1 : end;
}

/** Whether the byte before `end` is not a line break. */
function lacksBreak(file: OpenFile, end: number): boolean {
  return end > 0 && file.read(end - 1, end)[0] !== lineFeed;
}

/** Passes on each line without its break; returns what follows the last break. */
function eachLine(bytes: Buffer, take: (line: Buffer) => void): Buffer {
  let from = 0;
  for (;;) {
    const to = bytes.indexOf(lineFeed, from);
    if (to === -1) return bytes.subarray(from);
    take(bytes.subarray(from, to));
    from = to + 1;
  }
}

function decodeWhole(bytes: Buffer): LedgerLine | null {
  return bytes.length > longestLine ? null : decodeLine(bytes.toString('utf8'));
}

/** Editors and merges leave such lines. */
function isBlank(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 100).trim() === '' && bytes.length < 100;
}

/**
 * After a power loss some file systems show zeros in place of what was not written yet.
 */
function withoutZeros(bytes: Buffer): Buffer {
  const length = bytes.findLastIndex((byte) => byte !== 0) + 1;
  return bytes.subarray(0, length);
}

/** The beginning of a line as it is written, whose object nothing closes. */
function isHalfLine(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, opening.length);
  if (length === 0 || !bytes.subarray(0, length).equals(opening.subarray(0, length))) return false;
  const text = bytes.toString('utf8');
  // Each line ends so, and a part of one does not: quotes within a text are escaped.
  if (/,"of":(?:null|"[^"]*")\}$/.test(text)) return false;
  let depth = 0;
  for (const [mark] of text.matchAll(/[{}]|"(?:[^"\\]|\\.)*"?/gs)) {
    if (mark === '{') depth += 1;
    if (mark === '}') depth -= 1;
    if (depth === 0) return false;
  }
  return true;
}

/** A hash that tells whether a part of a file is as it was. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function damaged(path: string, number: number): CliError {
  return new CliError('file-unreadable', `${path} is damaged in line ${number}`, {
    facts: {
      fix: 'Restore the file, or correct or remove that line. A newer mfa-cli may have written it.',
    },
  });
}

function tooLarge(path: string): CliError {
  const most = maxLines.toLocaleString('en-US');
  const words = `has more than ${maxBytes / 1024 / 1024} MiB or ${most} lines`;
  return new CliError('file-too-large', `${path} ${words}`);
}
