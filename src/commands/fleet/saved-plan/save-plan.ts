import type { Context } from '../../../context.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { requireRoomFor, writeSharedFile } from '../../../files/write.ts';
import { wrote } from '../../../report/findings.ts';
import { flagOf } from '../../../settings/define.ts';
import { parseDuration } from '../../../settings/values.ts';
import { limitsOf } from '../apply-limits.ts';
import type { FleetMemory } from '../fleet-memory.ts';
import { type OpenedFleet, requireReportPlace } from '../open-fleet.ts';
import { type FleetPlanOptions, planOptions, planTerms } from '../options.ts';
import type { PlannedTenant } from '../plan-fleet.ts';
import type { ReportedPlan } from '../report.ts';
import { linesOfTargets, makePlan } from './make-plan.ts';
import { encodeSavedPlan, hashOfPlan, longestValidity } from './saved-plan.ts';
import { selectionOf, termsOf } from './terms.ts';

/** The place of a plan to save, and until when it holds. */
export interface PlanPlace {
  readonly out: string;
  readonly validUntil: Date;
}

/**
 * The place for a plan to save, or null.
 * @throws {CliError} usage, file-unwritable
 */
export function planPlace(
  options: FleetPlanOptions,
  { wholeFleet, fleet, recordPath }: OpenedFleet,
  now: Date,
): PlanPlace | null {
  const { out, refresh, validFor = planOptions.validFor.default } = options;
  if (out === undefined) {
    requireNoTerms(options);
    return null;
  }
  if (refresh === true)
    throw new CliError('usage', '--out and --refresh cannot be used together', {
      facts: { fix: 'Remove --refresh: fleet apply asks no tenant.' },
    });
  if (out === '-') throw new CliError('usage', '--out must name a file: stdout has the report');
  const validity = parseDuration(validFor);
  if (validity < 1 || validity > longestValidity)
    throw new CliError('usage', '--valid-for must be at least 1s and at most 14d');
  limitsOf(options, fleet);
  requireReportPlace(out, wholeFleet, [recordPath]);
  requireRoomFor(out);
  return { out, validUntil: new Date(now.getTime() + validity) };
}

/** Options that only a saved plan keeps. @throws {CliError} usage */
function requireNoTerms(options: FleetPlanOptions): void {
  const given = planTerms.find((key) => options[key] !== undefined);
  if (given === undefined) return;
  throw new CliError('usage', `${flagOf(planOptions, given)} needs --out`, {
    facts: { option: '--out FILE.plan.json' },
  });
}

/** The tenants, and what they were planned from. */
interface MadeFrom {
  readonly opened: OpenedFleet;
  readonly memory: FleetMemory;
  readonly options: FleetPlanOptions;
}

/**
 * Saves a plan. One with a tenant that is blocked, or unknown, is not saved: null.
 * @throws {CliError} file-unwritable, interrupted
 */
export async function savePlan(
  planned: readonly PlannedTenant[],
  { out, validUntil }: PlanPlace,
  { opened, memory, options }: MadeFrom,
  { terminal, signal }: Context,
): Promise<ReportedPlan | null> {
  if (planned.some(({ action }) => action === 'blocked' || action === 'unknown')) {
    terminal.note(`The plan was not saved: ${out} was not written.`);
    return null;
  }
  const plan = makePlan(planned, opened, linesOfTargets(memory.known.lines), {
    validUntil,
    selection: selectionOf(options, opened.shard),
    terms: termsOf(options, opened.fleet),
  });
  await writeSharedFile(out, encodeSavedPlan(plan), signal);
  terminal.note(wrote(out, 'plan'), 'ok');
  return { file: out, hash: hashOfPlan(plan), validUntil: plan.validUntil };
}
