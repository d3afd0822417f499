import { isDeepStrictEqual } from 'node:util';
import { membersOf } from '../../text/json.ts';
import type { Found, FoundApplication } from './found.ts';
import { isOf, type Plan, planBootstrap } from './plan.ts';
import type { StepName } from './step.ts';
import type { Wanted } from './wanted.ts';

/** What reading again shows about each step; null: the tenant does not tell. */
export type Verdicts = Readonly<Partial<Record<StepName, boolean | null>>>;

/** Compares what a tenant holds after a plan was done with what it was to hold, and with what others had there. */
export function verifyBootstrap(plan: Plan, wanted: Wanted, before: Found, after: Found): Verdicts {
  const again = planBootstrap(wanted, after, plan.right);
  const verdicts: Partial<Record<StepName, boolean | null>> = {};
  for (const { step, action } of again.steps) verdicts[step] = action === 'keep';
  judgeOthers(verdicts, before, after);
  return verdicts;
}

function judgeOthers(verdicts: Partial<Record<StepName, boolean | null>>, before: Found, after: Found): void {
  if (before.application !== null && !keptOthers(before.application, after.application))
    verdicts.application = false;
  for (const [step, was, is] of [
    ['permission', before.application, after.application],
    ['pipeline-permission', before.pipelines, after.pipelines],
  ] as const) {
    if (verdicts[step] === undefined || is === null) continue;
    if (is.permissions === null || is.permissions.some((one) => one.mayRun === null)) {
      if (verdicts[step] === false) verdicts[step] = null;
      continue;
    }
    const lost = (was?.permissions ?? []).some(
      ({ names }) => !(is.permissions ?? []).some((permission) => isOf(permission, names)),
    );
    if (lost) verdicts[step] = false;
  }
}

/** Whether every redirect, client and scope that was there is there still. */
function keptOthers(before: FoundApplication, after: FoundApplication | null): boolean {
  const [was, is] = [before, after].map((one) => membersOf(one?.document.members.OAuthProfile) ?? {});
  return ['AllowedClients', 'Redirects', 'KnownScopes'].every((name) => {
    const left = listOf(is?.[name]).map(nameOf);
    return listOf(was?.[name]).every((item) => left.some((other) => isDeepStrictEqual(other, nameOf(item))));
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A scope is the same by its name: what it allows may have grown. */
function nameOf(item: unknown): unknown {
  return membersOf(item)?.Scope ?? item;
}
