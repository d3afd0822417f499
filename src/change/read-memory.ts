import { dirname } from 'node:path';
import type { Context, Environment } from '../context.ts';
import { table } from '../settings/table.ts';
import { variable } from '../settings/values.ts';
import { type History, historyOf, type TenantHistory, tenantHistory } from './history.ts';
import {
  type KnownLines,
  type OpenLedger,
  openLedger,
  readLedgers,
  readMachine,
} from './ledger.ts';
import { type LedgerPlace, otherLedger } from './ledger-file.ts';

/** All that ledgers tell, as of one reading. */
export interface Memory {
  /** The configuration directory. */
  readonly directory: string;
  readonly known: KnownLines;
  readonly history: History;
}

/** The ledgers and tenants to read. */
export interface MemoryOptions {
  /** The tenants to read about; null: all. */
  readonly tenants: readonly string[] | null;
  /** Other ledgers to read as well, which have to be readable. */
  readonly also?: readonly LedgerPlace[];
}

/**
 * Reads what this machine knows: its own ledger and those that were used on it. Warns of
 * one that is gone.
 * @throws {CliError} file-unreadable, file-too-large
 */
export async function readMemory(options: MemoryOptions, context: Context): Promise<Memory> {
  const directory = await configurationDirectory(context);
  const { tenants, also = [] } = options;
  const names = tenants === null ? null : new Set(tenants);
  return remember(directory, await readMachine(directory, { tenants: names, also }), context);
}

/**
 * Reads these ledgers alone, without the machine's.
 * @throws {CliError} file-unreadable, file-too-large
 */
export async function readNamed(places: readonly LedgerPlace[], context: Context): Promise<Memory> {
  const directory = await configurationDirectory(context);
  return remember(directory, await readLedgers(places), context);
}

function remember(directory: string, known: KnownLines, { terminal }: Context): Memory {
  for (const warning of known.warnings) terminal.warn(warning);
  return { directory, known, history: historyOf(known.lines) };
}

/** All that is known of a tenant. */
export function historyAt({ history }: Memory, tenant: string): TenantHistory {
  return tenantHistory(history, tenant);
}

/**
 * Opens the ledger in use, to append to it.
 * @param named null: the machine's
 */
export function openLedgerInUse(
  { directory, known }: Memory,
  named: LedgerPlace | null,
  { now, signal }: Pick<Context, 'now' | 'signal'>,
): OpenLedger {
  return openLedger({ directory, named, known, now, signal });
}

/** Where the machine's ledger stands. */
export async function configurationDirectory(context: Context): Promise<string> {
  return dirname((await context.profiles()).path);
}

/** The ledger that an option or `MFA_CLI_RECORD` names; null: the machine's. */
export function namedLedger(option: string | undefined, env: Environment): LedgerPlace | null {
  const path = option ?? variable(env, table.record.variable);
  return path === undefined ? null : otherLedger(path);
}

/**
 * Waits until all is written. A copy on this machine that could not be written is a
 * warning.
 */
export async function closeLedger(ledger: OpenLedger, { terminal }: Context): Promise<void> {
  const uncopied = await ledger.close();
  if (uncopied !== null)
    terminal.warn(`This machine could not note what ${ledger.path} has: ${uncopied.message}`);
}
