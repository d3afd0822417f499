import { resolve } from 'node:path';
import type { PastRequest, Settlement } from '../../change/history.ts';
import { type LedgerPlace, machineLedger } from '../../change/ledger-file.ts';
import { type Memory, readMemory } from '../../change/read-memory.ts';
import { noteSettlements } from '../../change/refresh/settle-past-requests.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { isThere } from '../../files/directory.ts';
import type { Fleet } from './file/fleet.ts';
import { type KeyedTenant, lastRequest } from './key-history.ts';
import { recordToRead, recordToWrite } from './record-place.ts';
import { say } from './say.ts';
import { type FleetTrust, requireHeld } from './trust.ts';

/** The knowledge of a fleet's tenants, by its own record and by this machine's. */
export interface FleetMemory extends Memory {
  /** The fleet's own record, or those of its shards, to write to. */
  readonly records: readonly LedgerPlace[];
  /** The ids of the requests in the fleet's own record. */
  readonly inRecord: ReadonlySet<string>;
  /** The ids of those in the ledger of this machine. */
  readonly inMachineLedger: ReadonlySet<string>;
}

/** The fleet that records must belong to. */
interface RecordOwner {
  readonly wholeFleet: Fleet;
  readonly trust: FleetTrust;
}

/**
 * Reads what is known of the tenants: the records of the fleet, or of its shards,
 * together with this machine's.
 * @param use what the command does with the records
 * @throws {CliError} usage (the record of another fleet), fleet-untrusted (others may
 *   change it), file-unreadable, file-too-large
 */
export async function readFleetMemory(
  paths: readonly string[],
  { wholeFleet, trust }: RecordOwner,
  context: Context,
  use: 'read' | 'write' = 'read',
): Promise<FleetMemory> {
  const tenants = wholeFleet.tenants.map(({ url }) => url);
  for (const path of paths) if (isThere(path)) requireHeld(path, trust);
  const placeOf = use === 'write' ? recordToWrite : recordToRead;
  const also = paths.map((path) => placeOf(path, trust));
  const memory = await readMemory({ tenants, also }, context);
  for (const { path } of also) requireOfFleet(path, wholeFleet, memory);
  return {
    ...memory,
    records: paths.map((path) => recordToWrite(path, trust)),
    inRecord: new Set(also.flatMap(({ path }) => requestsIn(path, memory))),
    inMachineLedger: new Set(requestsIn(machineLedger(memory.directory).path, memory)),
  };
}

/**
 * Writes what tenants' words have settled, each to the record that has the request; the
 * first record gets those that none has.
 * @throws {CliError} interrupted
 */
export async function noteSettled(
  settlements: readonly Settlement[],
  memory: FleetMemory,
  context: Context,
): Promise<void> {
  const [first = null, ...others] = memory.records;
  let left = settlements;
  for (const record of others) {
    const ids = new Set(requestsIn(record.path, memory));
    const settledThere = left.filter(({ request }) => ids.has(request.id));
    left = left.filter(({ request }) => !ids.has(request.id));
    await noteSettlements(memory, settledThere, record, context);
  }
  await noteSettlements(memory, left, first, context);
}

/** The ids of the requests in a ledger. */
function requestsIn(path: string, { known }: Memory): readonly string[] {
  const lines = known.byLedger.get(path) ?? [];
  return lines.map(({ id, of }) => of ?? id);
}

/** Its lines would be mixed into this fleet's. @throws {CliError} usage */
function requireOfFleet(path: string, { file }: Fleet, { known, directory }: Memory): void {
  const isEmpty = (known.marks.get(path)?.lines ?? 0) === 0;
  const isOwn = (known.byLedger.get(path) ?? []).length > 0;
  const isMachine = resolve(path) === resolve(machineLedger(directory).path);
  if (isEmpty || isOwn || isMachine) return;
  const where = file === '-' ? 'the fleet file' : file;
  throw new CliError(
    'usage',
    `The record ${path} belongs to another fleet: none of its tenants is in ${where}`,
    { facts: { option: '--record FILE' } },
  );
}

/**
 * Notes each key for which this machine, or another record, knows more than the fleet's.
 */
export function noteNewer(
  keyed: readonly KeyedTenant[],
  memory: FleetMemory,
  { terminal }: Pick<Context, 'terminal'>,
): void {
  const sentences = keyed.flatMap(({ tenant, clientAppKey }) => {
    const history = memory.history.tenants.get(tenant.url);
    if (history === undefined || clientAppKey === null) return [];
    const last = lastRequest(history, clientAppKey);
    if (last === null || memory.inRecord.has(last.id)) return [];
    return `${tenant.name}: ${newerWords(last, memory)}, after the record of the fleet.`;
  });
  say(sentences, terminal.note);
}

function newerWords(
  { id, line, outcome, at }: PastRequest,
  { inMachineLedger }: FleetMemory,
): string {
  const did = line.asked === 'set' ? 'set' : 'deleted';
  const isFromHere = inMachineLedger.has(id);
  const where = isFromHere ? 'from this machine' : 'by another record of this machine';
  const unknown = outcome === 'unknown' ? ', its outcome unknown' : '';
  return `${did} ${where} on ${at.slice(0, 10)}${unknown}`;
}
