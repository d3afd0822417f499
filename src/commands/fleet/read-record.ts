import { dirname, join, parse, resolve } from 'node:path';
import type { History, PastRequest, Settlement } from '../../change/history.ts';
import { type LedgerPlace, machineLedger, otherLedger } from '../../change/ledger-file.ts';
import type { LedgerLine } from '../../change/ledger-line.ts';
import { type Memory, readMemory } from '../../change/read-memory.ts';
import { noteSettlements } from '../../change/settle-past-requests.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { isLink, isThere, realPathOf, statsOf } from '../../files/directory.ts';
import type { Fleet, FleetTenant, Shard } from './file/fleet.ts';
import { lastRequest } from './key-history.ts';
import { say } from './say.ts';
import { type FleetTrust, requireHeld, requireNoLink } from './trust.ts';

/**
 * The knowledge about the tenants of a fleet, by its own record and by this machine's.
 */
export interface FleetRecord {
  readonly memory: Memory;
  readonly history: History;
  /** The fleet's own record, or those of its shards, as they are written. */
  readonly places: readonly LedgerPlace[];
  /** The ids of the requests in the fleet's own record. */
  readonly own: ReadonlySet<string>;
  /** The ids of those in the ledger of this machine. */
  readonly machine: ReadonlySet<string>;
}

/**
 * The ledger of a fleet that nobody named: beside its file, and named after it.
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
 * A ledger of a fleet to write to, by the fleet's own rule of trust, and through no link
 * in its folder.
 */
export function recordPlace(path: string, trust: FleetTrust): LedgerPlace {
  return otherLedger(path, (_, opened) => {
    requireHeld(path, trust, opened);
    requireNoLink(dirname(path), trust.folder);
  });
}

/**
 * The same to read alone: a link to one, as in a volume of Kubernetes, is followed. Who
 * writes follows none, or a link in a clone would make any file the record.
 */
function readPlace(path: string, trust: FleetTrust): LedgerPlace {
  const target = isLink(path) && statsOf(path) !== null ? realPathOf(path) : path;
  return otherLedger(target, (_, opened) => requireHeld(path, trust, opened));
}

interface Owned {
  readonly declared: Fleet;
  readonly trust: FleetTrust;
}

/**
 * Reads what is known of the tenants: the records of the fleet, or of its shards,
 * together with this machine's.
 * @param isWritten whether the command also writes to the record
 * @throws {CliError} usage (the record of another fleet), fleet-untrusted (others may
 *   change it), file-unreadable, file-too-large
 */
export async function readRecord(
  paths: readonly string[],
  { declared, trust }: Owned,
  context: Context,
  isWritten = false,
): Promise<FleetRecord> {
  const tenants = declared.tenants.map(({ url }) => url);
  for (const path of paths) if (isThere(path)) requireHeld(path, trust);
  const placeOf = isWritten ? recordPlace : readPlace;
  const also = paths.map((path) => placeOf(path, trust));
  const memory = await readMemory({ tenants, also }, context);
  const own = new Set<string>();
  for (const { path } of also) {
    requireOfFleet(path, declared, memory);
    addRequests(own, memory.known.byLedger.get(path));
  }
  const machine = new Set<string>();
  addRequests(machine, memory.known.byLedger.get(machineLedger(memory.directory).path));
  const places = paths.map((path) => recordPlace(path, trust));
  return { memory, history: memory.history, places, own, machine };
}

/**
 * Writes what tenants' words have settled, each to the record that has the request; the
 * first record gets those that none has.
 * @throws {CliError} interrupted
 */
export async function noteSettled(
  settlements: readonly Settlement[],
  { memory, places }: FleetRecord,
  context: Context,
): Promise<void> {
  let left = settlements;
  for (const place of places.slice(1)) {
    const ids = new Set<string>();
    addRequests(ids, memory.known.byLedger.get(place.path));
    const own = left.filter(({ request }) => ids.has(request.id));
    left = left.filter((each) => !own.includes(each));
    await noteSettlements(memory, own, place, context);
  }
  await noteSettlements(memory, left, places[0] ?? null, context);
}

function addRequests(ids: Set<string>, lines: readonly LedgerLine[] = []): void {
  for (const { id, of } of lines) ids.add(of ?? id);
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

/** A key of a row, and the last request for it. */
interface Row {
  readonly tenant: Pick<FleetTenant, 'name' | 'url'>;
  readonly clientAppKey: string | null;
}

/**
 * Notes each row for which this machine, or another record, knows more than the fleet's.
 */
export function noteNewer(
  rows: readonly Row[],
  record: FleetRecord,
  { terminal }: Pick<Context, 'terminal'>,
): void {
  const sentences = rows.flatMap(({ tenant, clientAppKey }) => {
    const history = record.history.tenants.get(tenant.url);
    if (history === undefined || clientAppKey === null) return [];
    const last = lastRequest(history, clientAppKey);
    if (last === null || record.own.has(last.id)) return [];
    return `${tenant.name}: ${newerWords(last, record)}, after the record of the fleet.`;
  });
  say(sentences, terminal.note);
}

function newerWords({ id, line, outcome, at }: PastRequest, { machine }: FleetRecord): string {
  const did = line.asked === 'set' ? 'set' : 'deleted';
  const where = machine.has(id) ? 'from this machine' : 'by another record of this machine';
  const unknown = outcome === 'unknown' ? ', its outcome unknown' : '';
  return `${did} ${where} on ${at.slice(0, 10)}${unknown}`;
}
