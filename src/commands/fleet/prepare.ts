import type { Context } from '../../context.ts';
import { type JudgingOptions, stopsAt, warnDaysOf } from '../../delivery/judging.ts';
import { hintsFor } from '../../errors/advice.ts';
import type { CliError } from '../../errors/cli-error.ts';
import { openFleetCertificates } from './fleet-certificates.ts';
import type { FleetOptions } from './fleet-options.ts';
import { type PlannedTenant, planFleet } from './make-plan.ts';
import type { OpenedFleet } from './open-fleet.ts';
import type { ReportFacts } from './outcome-report.ts';
import type { FleetRecord } from './record/record.ts';
import { readOwnRecord } from './record/record-file.ts';

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
  opened: OpenedFleet,
  options: PlanOptions,
  context: Context,
): Promise<PreparedFleet> {
  const { fleet, file, recordPath, shard } = opened;
  const warnDays = warnDaysOf(options, fleet.warnDays);
  const now = context.now();
  const record = await readOwnRecord(opened, context);
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
