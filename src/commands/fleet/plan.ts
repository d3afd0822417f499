import type { Context } from '../../context.ts';
import { addExamples, addJudgingOptions } from '../../settings/options.ts';
import type { CommandModule, Declaration } from '../command.ts';
import { addFleetOptions } from './fleet-options.ts';
import { formatPlan, noteUnanswered } from './format.ts';
import { isUnanswered, planHeld } from './make-plan.ts';
import { openFleet } from './open-fleet.ts';
import { changes, reportFleet } from './outcome-report.ts';
import { type PlanOptions, prepareFleet } from './prepare.ts';
import type { FleetReport } from './report.ts';

export interface FleetPlanOptions extends PlanOptions {
  readonly exitCode?: boolean;
  readonly refresh?: boolean;
}

export const declaration: Declaration = {
  words: ['fleet', 'plan'],
  summary: 'show what apply would do',
  options(command) {
    addFleetOptions(command)
      .option('--refresh', 'sign in to the tenants and ask what they hold')
      .option('--exit-code', 'end with 8 where something would change');
    addJudgingOptions(command).option('--force', 'plan in spite of findings');
    addExamples(command, 'mfa-cli fleet plan', 'mfa-cli fleet plan --label ring=canary --fail-on warning');
  },
};

async function plan(options: FleetPlanOptions, given: Context): Promise<FleetReport> {
  const opened = await openFleet(options, given);
  const { context } = opened;
  const { planned, facts } = await prepareFleet(opened, options, context);
  noteUnanswered(planned.filter(isUnanswered), context);
  if (options.refresh !== true) return reportFleet(planned, null, facts);
  // What speaks with a tenant is loaded only where one is asked.
  const { askTenants } = await import('./ask-tenants.ts');
  const answers = await askTenants(planned, options, context);
  return reportFleet(planHeld(planned, answers), null, facts);
}

export const command: CommandModule<FleetPlanOptions, FleetReport> = {
  work: plan,
  format: (report, style) => formatPlan(report, style),
  exitCode({ counts, tenants }, { exitCode }) {
    if (counts.blocked > 0) return 4;
    return exitCode === true && tenants.some(({ action }) => changes(action)) ? 8 : 0;
  },
};
