import type { Context } from '../../context.ts';
import type { CommandModule } from '../command.ts';
import { formatPlan, notePlan } from './format.ts';
import { openFleet } from './open-fleet.ts';
import type { FleetPlanOptions } from './options.ts';
import { prepareFleet, reportFleet } from './prepare-fleet.ts';
import { changes, type FleetReport } from './report.ts';
import { requireTrust } from './trust.ts';

async function plan(options: FleetPlanOptions, context: Context): Promise<FleetReport> {
  const opened = await openFleet(options, context);
  if (options.refresh === true) await requireTrust(opened.trust);
  const refusal = await opened.trust.refusal();
  const untrusted = refusal?.lines.slice(1) ?? [];
  if (untrusted.length > 0)
    for (const line of ['Not trusted yet:', ...untrusted]) context.terminal.note(line);
  const { planned, facts, refreshed } = await prepareFleet(opened, refusal, options, context);
  notePlan(planned, opened.declared, context);
  if (options.refresh !== true) return reportFleet(planned, null, facts);
  // Load the tenant client only if a tenant is asked.
  const { askTenants } = await import('./pool.ts');
  const answers = await askTenants(planned, options, context);
  return reportFleet(refreshed(answers), null, facts);
}

export const command: CommandModule<FleetPlanOptions, FleetReport> = {
  work: plan,
  format: (report, style) => formatPlan(report, style),
  exitCode: ({ counts, tenants }, { exitCode }) => {
    if (counts.unknown > 0) return 2;
    if (counts.blocked > 0) return 4;
    return exitCode === true && tenants.some(({ action }) => changes(action)) ? 8 : 0;
  },
};
