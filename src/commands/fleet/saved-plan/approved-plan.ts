import type { Context } from '../../../context.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { nameOf, requireOneStdin } from '../../../files/read.ts';
import { defaultFleetFile } from '../../../settings/defaults.ts';
import { fleetCommand } from '../file/fleet.ts';
import type { FleetMemory } from '../fleet-memory.ts';
import type { OpenedFleet } from '../open-fleet.ts';
import type { ApplyOptions } from '../options.ts';
import type { PlannedTenant } from '../plan-fleet.ts';
import type { ReportedPlan } from '../report.ts';
import {
  type Difference,
  declaredDifferences,
  declaredTargets,
  targetDifferences,
} from './compare-plans.ts';
import { linesOfTargets, makePlan, type PlanFacts } from './make-plan.ts';
import { hashOfPlan, longestValidity, readSavedPlan, type SavedPlan } from './saved-plan.ts';
import { selectionOf, termsOf } from './terms.ts';

/** In milliseconds. */
const hour = 3_600_000;

/** A saved plan that an apply carries out. */
export interface OpenedPlan {
  readonly plan: SavedPlan;
  readonly file: string;
  readonly hash: string;
  /** Whether its hash was given; else a person is asked. */
  readonly isApproved: boolean;
}

/**
 * Opens the saved plan of an apply, or null.
 * @throws {CliError} usage; prompt-unavailable: nobody has approved it, or can;
 *   plan-changed: it is not the approved one, or has expired; and those of readSavedPlan
 */
export async function openPlan(
  { plan: path, approve, file = defaultFleetFile }: ApplyOptions,
  context: Context,
): Promise<OpenedPlan | null> {
  const approved = approve === undefined ? null : approvedHash(approve);
  if (path === undefined) {
    if (approved === null) return null;
    throw new CliError('usage', '--approve needs --plan', { facts: { option: '--plan FILE' } });
  }
  requireOneStdin([path, file]);
  const plan = await readSavedPlan(path, context);
  const hash = hashOfPlan(plan);
  if (approved === null && !context.terminal.interactive)
    throw new CliError('prompt-unavailable', 'A plan must be approved', {
      facts: { option: '--approve HASH' },
    });
  const differences: Difference[] = [];
  if (approved !== null && approved !== hash)
    differences.push(`its hash: ${hash}, not ${approved} as approved`);
  const left = Date.parse(plan.validUntil) - context.now().getTime();
  if (left <= 0) differences.push(`its time: it was valid until ${plan.validUntil}`);
  // Another machine's clock may be ahead.
  if (left > longestValidity + hour)
    differences.push(`its time: it is valid until ${plan.validUntil}, in more than 14 days`);
  const opened = { plan, file: path, hash, isApproved: approved !== null };
  requireNone(differences, opened, file);
  return opened;
}

/** With `sha256:`, whether it was given so or not. @throws {CliError} usage */
function approvedHash(text: string): string {
  const [, digits] = /^(?:sha256:)?([0-9a-f]{64})$/.exec(text.trim().toLowerCase()) ?? [];
  if (digits !== undefined) return `sha256:${digits}`;
  throw new CliError(
    'usage',
    '--approve must be the SHA-256 of the plan, 64 hex digits, as fleet plan --out prints it',
  );
}

/** The facts of the plan for a report. */
export function reportedPlan({ plan, file, hash }: OpenedPlan): ReportedPlan {
  return { file, hash, validUntil: plan.validUntil };
}

/**
 * An apply under a plan: the fleet as it is now, and the options with those of the plan.
 */
interface PresentFleet {
  readonly opened: OpenedFleet;
  readonly options: ApplyOptions;
}

/**
 * Compares what is known before anything of the fleet file is read or run: with other
 * sources, nothing of it may be.
 * @throws {CliError} plan-changed
 */
export function requireSameSources(saved: OpenedPlan, present: PresentFleet): void {
  const { plan } = saved;
  const { fleet, trust, file } = present.opened;
  if (plan.trust === trust.hash) return;
  const presentPlan = makePlan([], present.opened, new Map(), factsOf(saved, present));
  const targets = declaredTargets(plan.targets, fleet.tenants);
  const differences = [
    ...declaredDifferences(plan, presentPlan),
    ...targetDifferences(plan.targets, targets, null),
  ];
  requireNone(differences, saved, file);
}

/**
 * Compares a saved plan with the one that the present makes. A blocked tenant is no
 * difference: it stops an apply itself.
 * @throws {CliError} plan-changed
 */
export function requireAsPlanned(
  saved: OpenedPlan,
  planned: readonly PlannedTenant[],
  { known }: Pick<FleetMemory, 'known'>,
  present: PresentFleet,
): void {
  const { plan, hash } = saved;
  const lines = linesOfTargets(known.lines);
  const presentPlan = makePlan(planned, present.opened, lines, factsOf(saved, present));
  const differences = [
    ...declaredDifferences(plan, presentPlan),
    ...targetDifferences(plan.targets, presentPlan.targets, { lines, hash }),
  ];
  requireNone(differences, saved, present.opened.file);
}

/** The facts that the present would put into a plan, beside the tenants. */
function factsOf({ plan }: OpenedPlan, { opened, options }: PresentFleet): PlanFacts {
  return {
    validUntil: new Date(plan.validUntil),
    selection: selectionOf(options, opened.shard),
    terms: termsOf(options, opened.fleet),
  };
}

/** @throws {CliError} plan-changed */
function requireNone(
  differences: readonly Difference[],
  { file: path }: OpenedPlan,
  fleetFile: string,
): void {
  if (differences.length === 0) return;
  throw new CliError(
    'plan-changed',
    `The plan ${nameOf(path)} no longer holds, and nothing was sent`,
    {
      lines: differences.map((difference) => `  ${difference}`),
      facts: { plan: fleetCommand('plan', fleetFile) },
    },
  );
}
