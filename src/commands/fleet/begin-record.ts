import { readLedgers } from '../../change/ledger.ts';
import { openAppender } from '../../change/ledger-append.ts';
import { otherLedger } from '../../change/ledger-file.ts';
import type { Memory } from '../../change/read-memory.ts';
import { noteLedger } from '../../change/used-ledgers.ts';
import type { Context } from '../../context.ts';
import type { KnownTenant } from './known-tenants.ts';

/**
 * Begins the record of a new fleet with what this machine knows of its tenants, without
 * who was signed in. Lines that the record has already are not repeated.
 * @returns the path; null: nothing is known, and nothing was written
 * @throws {CliError} file-unwritable, file-unreadable, file-too-large, interrupted
 */
export async function beginRecord(
  path: string,
  known: readonly KnownTenant[],
  { known: { lines }, directory }: Memory,
  { now, signal }: Context,
): Promise<string | null> {
  const declared = known.filter(({ certificate }) => certificate !== null);
  const tenants = new Set(declared.map(({ tenant }) => tenant));
  const own = lines.filter(({ tenant, asked }) => tenants.has(tenant) && asked !== 'alert');
  if (own.length === 0) return null;
  const place = otherLedger(path);
  const { lines: before } = await readLedgers([place]);
  const ids = new Set(before.map(({ id }) => id));
  const missing = own.filter(({ id }) => !ids.has(id));
  const ledger = openAppender(place, { now, signal });
  try {
    await Promise.all(missing.map((line) => ledger.repeat({ ...line, by: null })));
  } finally {
    await ledger.close();
  }
  await noteLedger(directory, path);
  return path;
}
