import type { OpenLedger } from '../../change/ledger.ts';
import { closeLedger, openLedgerInUse } from '../../change/read-memory.ts';
import { runAllJobs } from '../../change/run/run-all-jobs.ts';
import type { Context } from '../../context.ts';
import { type ApplyLimits, canaryHost } from './apply-limits.ts';
import { afterGrace } from './grace.ts';
import { jobOf, outcomeOf } from './jobs.ts';
import type { OpenedFleet } from './open-fleet.ts';
import type { ApplyOptions } from './options.ts';
import type { PlannedTenant } from './plan-fleet.ts';
import type { Outcome, Outcomes } from './plan-report.ts';
import { openProgress } from './progress.ts';
import { type FleetRecord, recordPlace } from './read-record.ts';
import { TenantAccess } from './tenant-access.ts';

/** The terms of a run. */
export interface Run {
  readonly opened: OpenedFleet;
  readonly record: FleetRecord;
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
  { opened, record, limits, options, planHash }: Run,
  context: Context,
): Promise<Outcomes> {
  if (due.length === 0) return new Map();
  const { signal } = context;
  const end = afterGrace(signal);
  const access = new TenantAccess(options, end.signal, context);
  const jobs = due.map((item) => jobOf(item, record, access));
  const items = new Map(jobs.map(({ target }, index) => [target, due[index]]));
  const place = recordPlace(opened.recordPath, opened.trust);
  const ledger = underPlan(openLedgerInUse(record.memory, place, context), planHash);
  const isExplained = !context.terminal.flags.json && options.out !== '-';
  const progress = openProgress({ total: due.length, isExplained }, context);
  const outcomes = new Map<PlannedTenant, Outcome>();
  try {
    const firstHost = canaryHost(due, limits.canary);
    const running = { ...limits, canary: firstHost, ledger, needsLedger: true, signal };
    for await (const event of runAllJobs(jobs, running)) {
      const item = items.get(event.target);
      const outcome = outcomeOf(event);
      if (item === undefined || outcome === null) continue;
      outcomes.set(item, outcome);
      progress.done(item, outcome);
    }
  } finally {
    progress.stop();
    end.close();
    await closeLedger(ledger, context);
  }
  return outcomes;
}

/** The ledger, whose lines name the plan from now on. */
function underPlan(ledger: OpenLedger, plan: string | null): OpenLedger {
  if (plan === null) return ledger;
  return {
    path: ledger.path,
    append: (facts) => ledger.append({ ...facts, plan }),
    close: () => ledger.close(),
  };
}
