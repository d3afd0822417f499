import type { OpenLedger } from '../../change/ledger.ts';
import { closeLedger, openLedgerInUse } from '../../change/read-memory.ts';
import { type RunOptions, runAllJobs } from '../../change/run/run-all-jobs.ts';
import type { Context } from '../../context.ts';
import { type ApplyLimits, canaryHost } from './apply-limits.ts';
import type { FleetMemory } from './fleet-memory.ts';
import { afterGrace } from './grace.ts';
import { fleetJob, reportedOutcome } from './jobs.ts';
import type { OpenedFleet } from './open-fleet.ts';
import type { ApplyOptions } from './options.ts';
import type { PlannedTenant } from './plan-fleet.ts';
import { noOutcomes, type TenantOutcome, type TenantOutcomes } from './plan-report.ts';
import { openProgress } from './progress.ts';
import { recordToWrite } from './record-place.ts';
import { TenantAccess } from './tenant-access.ts';

/** The terms of a run. */
export interface ApplyRun {
  readonly opened: OpenedFleet;
  readonly memory: FleetMemory;
  readonly limits: ApplyLimits;
  readonly options: ApplyOptions;
  /** The hash of the saved plan that it is done under, or null. */
  readonly planHash: string | null;
}

/**
 * Does what is due, and tells each outcome as it comes.
 * @throws {CliError} what no tenant is to blame for
 */
export async function carryOut(
  due: readonly PlannedTenant[],
  { opened, memory, limits, options, planHash }: ApplyRun,
  context: Context,
): Promise<TenantOutcomes> {
  if (due.length === 0) return noOutcomes;
  const { signal } = context;
  // After an interrupt no other job begins; requests under way end with the grace.
  const grace = afterGrace(signal);
  const access = new TenantAccess(options, grace.signal, context);
  const jobs = due.map((item) => fleetJob(item, memory, access));
  // An event has the very target of its job, which leads back to what was planned.
  const itemOf = new Map(jobs.map(({ target }, index) => [target, due[index]]));
  const place = recordToWrite(opened.recordPath, opened.trust);
  const ledger = underPlan(openLedgerInUse(memory, place, context), planHash);
  const isExplained = !context.terminal.flags.json && options.out !== '-';
  const progress = openProgress({ total: due.length, isExplained }, context);
  const outcomes = new Map<PlannedTenant, TenantOutcome>();
  const running: RunOptions = {
    ledger,
    needsLedger: true,
    concurrency: limits.concurrency,
    canary: canaryHost(due, limits.canaryName),
    maxFailures: limits.maxFailures,
    signal,
  };
  try {
    for await (const event of runAllJobs(jobs, running)) {
      const item = itemOf.get(event.target);
      const outcome = reportedOutcome(event);
      if (item === undefined || outcome === null) continue;
      outcomes.set(item, outcome);
      progress.done(item, outcome);
    }
  } finally {
    progress.stop();
    grace.close();
    await closeLedger(ledger, context);
  }
  return outcomes;
}

/** The ledger, whose lines name the plan from now on. */
function underPlan(ledger: OpenLedger, planHash: string | null): OpenLedger {
  if (planHash === null) return ledger;
  return {
    path: ledger.path,
    append: (facts) => ledger.append({ ...facts, plan: planHash }),
    close: () => ledger.close(),
  };
}
