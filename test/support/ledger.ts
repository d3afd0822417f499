import { existsSync, mkdirSync, readFileSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LedgerLine } from '../../src/change/ledger-line.ts';

/** The ledger of a machine. */
export const ledgerOf = (directory: string): string => join(directory, 'ledger.jsonl');

/** The lines of a ledger, as they stand in the file. */
export function linesIn(path: string): readonly LedgerLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** Keeps every process from writing a ledger: an old folder has the place of its lock. */
export function blockLedger(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = `${path}.append.lock`;
  mkdirSync(lock);
  utimesSync(lock, 0, 0);
}
