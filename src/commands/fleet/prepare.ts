import { hintsFor } from '../../advice.ts';
import { defaultWarnDays } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { ReportFacts } from '../../fleet/outcome-report.ts';
import { type PlannedTenant, planFleet } from '../../fleet/plan.ts';
import type { FleetRecord } from '../../fleet/record.ts';
import { readRecord } from '../../fleet/record-file.ts';
import { openFleetCertificates } from '../../inputs/fleet-certificates.ts';
import type { FleetOptions } from '../../inputs/fleet-options.ts';
import { type JudgingOptions, stopsAt, warnDaysOf } from '../../inputs/judging.ts';
import type { OpenedFleet } from '../../inputs/open-fleet.ts';

/** Options of `plan` and `apply`. */
export interface PlanOptions extends FleetOptions, JudgingOptions {}

/** A fleet with its record and what is to be done. */
export interface PreparedFleet {
  readonly record: FleetRecord;
  readonly planned: readonly PlannedTenant[];
  /** For its report. */
  readonly facts: ReportFacts;
}

/**
 * Reads the record, opens each certificate once, and plans.
 * @throws {CliError} usage (a record of another fleet), file-unreadable, interrupted
 */
export async function prepareFleet(
  { fleet, declared, file, recordPath, shard }: OpenedFleet,
  options: PlanOptions,
  context: Context,
): Promise<PreparedFleet> {
  const warnDays = options.warnDays === undefined ? (fleet.warnDays ?? defaultWarnDays) : warnDaysOf(options);
  const now = context.now();
  const record = await readRecord(recordPath, context);
  requireOwnRecord(record, declared, recordPath);
  const certificates = await openFleetCertificates(fleet.tenants, { now, warnDays }, context);
  return {
    record,
    planned: planFleet(fleet.tenants, record, certificates, (findings) => stopsAt(findings, options)),
    facts: { file, record: recordPath, shard, now, describe: describeError },
  };
}

/** An error with what can be done about it. */
export function describeError(error: CliError) {
  return { code: error.code, message: error.message, hints: hintsFor(error) };
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
