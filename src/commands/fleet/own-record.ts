import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Fleet } from './file/fleet.ts';
import type { OpenedFleet } from './open-fleet.ts';
import type { FleetRecord } from './record/record.ts';
import { joinRecords } from './record/record-entry.ts';
import { readRecord } from './record/record-file.ts';

/** The record of the fleet. @throws {CliError} usage (that of another fleet), file-unreadable, interrupted */
export function readOwnRecord(opened: OpenedFleet, context: Context): Promise<FleetRecord> {
  return readOwnRecords([opened.recordPath], opened.declared, context);
}

/** One record of several, as each shard has its own. @throws {CliError} as `readOwnRecord` */
export async function readOwnRecords(
  paths: readonly string[],
  declared: Fleet,
  context: Context,
): Promise<FleetRecord> {
  const records: FleetRecord[] = [];
  for (const path of paths) {
    const record = await readRecord(path, context);
    requireOwnRecord(record, declared, path);
    records.push(record);
  }
  return joinRecords(records);
}

/** A record in which no tenant of the fleet stands is another fleet's: it would be mixed into it. @throws {CliError} usage */
function requireOwnRecord({ entries }: FleetRecord, { tenants, file }: Fleet, path: string): void {
  const own = new Set(tenants.map(({ tenant }) => tenant));
  if (entries.length === 0 || entries.some(({ tenant }) => own.has(tenant))) return;
  throw new CliError(
    'usage',
    `The record ${path} is that of another fleet: none of its tenants is in ${file === '-' ? 'the fleet file' : file}`,
    { facts: { option: '--record FILE' } },
  );
}
