import { dirname, join, parse } from 'node:path';
import { type LedgerPlace, otherLedger } from '../../change/ledger-file.ts';
import { isLink, realPathOf, statsOf } from '../../files/directory.ts';
import type { Shard } from './file/fleet.ts';
import { type FleetTrust, requireHeld, requireNoLink } from './trust.ts';

/**
 * The record of a fleet that nobody named: beside its file, and named after it.
 * @param file `-`: stdin, which has no name
 */
export function recordBeside(file: string, shard: Shard | null = null): string {
  const [folder, name] = file === '-' ? ['', 'mfa-fleet'] : [dirname(file), parse(file).name];
  const part = shard === null ? '' : `.shard-${shard.index}-of-${shard.count}`;
  return join(folder, `${name}${part}.ledger.jsonl`);
}

/** The files that a record consists of, and those of its locks. */
export function filesOfRecord(path: string): readonly string[] {
  return [path, `${path}.lock`, `${path}.append.lock`];
}

/**
 * The record of a fleet to write to, by the fleet's own rule of trust, and through no
 * link in its folder.
 */
export function recordToWrite(path: string, trust: FleetTrust): LedgerPlace {
  return otherLedger(path, (_path, opened) => {
    requireHeld(path, trust, opened);
    requireNoLink(dirname(path), trust.folder);
  });
}

/**
 * The same to read alone: a link to one, as in a volume of Kubernetes, is followed. Who
 * writes follows none, or a link in a clone would make any file the record.
 */
export function recordToRead(path: string, trust: FleetTrust): LedgerPlace {
  const target = isLink(path) && statsOf(path) !== null ? realPathOf(path) : path;
  // An error names the record as given, not the target of the link.
  return otherLedger(target, (_target, opened) => requireHeld(path, trust, opened));
}
