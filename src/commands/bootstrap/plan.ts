import { isDeepStrictEqual } from 'node:util';
import { CliError } from '../../errors/cli-error.ts';
import { type AdministrativeRight, sameText } from '../../tenant/administration/admin-client.ts';
import type { ApplicationDocument, Permission } from '../../tenant/administration/applications.ts';
import { membersOf } from '../../text/json.ts';
import {
  type ApplicationPlan,
  peopleApplication,
  pipelineApplication,
  planApplication,
} from './application-plan.ts';
import type { Found, FoundApplication } from './found.ts';
import { pipelineAppId, type Step, type StepName, serviceUserTitle, stepOf, type Wanted } from './wanted.ts';

/** What is to be done. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Which application is written; null: a new one. */
  readonly targets: {
    readonly application: ApplicationDocument | null;
    readonly pipelines: ApplicationDocument | null;
  };
  readonly right: AdministrativeRight;
}

/**
 * Compares what is wanted with what a tenant holds.
 * @param right the right to manage push certificates
 * @throws {CliError} usage: a name is taken by an application of another kind
 */
export function planBootstrap(wanted: Wanted, found: Found, right: AdministrativeRight): Plan {
  const { role } = found;
  const blank = [...found.blank];
  const targets = {
    application: found.application?.document ?? blank.shift() ?? null,
    pipelines: found.pipelines?.document ?? blank.shift() ?? null,
  };
  const application = planApplication(targets.application, peopleApplication(wanted));
  return {
    right,
    targets,
    steps: [
      ...applicationSteps(wanted, application, targets.application),
      stepOf('role', wanted.role, role !== null),
      stepOf('right', right.description, role?.rights.includes(right.path) === true),
      permissionStep('permission', wanted.appId, found.application, found),
      ...(wanted.member === null ? [] : [memberStep('member', wanted.member, found)]),
      ...(wanted.serviceUser === null
        ? []
        : [
            pipelineStep(wanted, targets.pipelines),
            permissionStep('pipeline-permission', pipelineAppId(wanted), found.pipelines, found),
            serviceUserStep(wanted.serviceUser, wanted, found),
            memberStep('service-member', wanted.serviceUser, found),
          ]),
    ],
  };
}

function applicationSteps(
  { appId, clientId, redirectUri, scope }: Wanted,
  plan: ApplicationPlan,
  target: ApplicationDocument | null,
): readonly Step[] {
  // One without a name is changed, not made: that is said.
  const exists = target !== null;
  return [
    stepOf('application', appId, exists, plan.settings),
    stepOf('client', clientId, plan.clients.length === 0, plan.clients),
    stepOf('redirect', redirectUri, plan.redirects.length === 0, plan.redirects),
    stepOf('scope', scope, isChange(plan.scope), plan.scope),
  ];
}

/** A scope that is there is changed; a new one has a name that it did not have. */
function isChange(changes: ApplicationPlan['scope']): boolean {
  return !changes.some(({ field }) => field === 'Scope');
}

function pipelineStep(wanted: Wanted, target: ApplicationDocument | null): Step {
  const plan = planApplication(target, pipelineApplication(wanted));
  return stepOf('pipeline-application', pipelineAppId(wanted), target !== null, [
    ...plan.settings,
    ...plan.scope,
  ]);
}

function permissionStep(
  step: StepName,
  appId: string,
  application: FoundApplication | null,
  { role }: Found,
): Step {
  const permissions = application?.permissions ?? [];
  const names = role === null ? [] : [role.id, role.name];
  const own = permissions.filter((permission) => isOf(permission, names));
  const mayRun = own.some((permission) => permission.mayRun === true);
  return stepOf(step, appId, mayRun);
}

export function isOf(permission: Permission, names: readonly string[]): boolean {
  return permission.names.some((name) => names.some((own) => sameText(own, name)));
}

function memberStep(step: StepName, user: string, { members }: Found): Step {
  const isMember = members.some((name) => sameText(name, user));
  return stepOf(step, user, isMember);
}

/** Of an interrupted run the user may be there, and the password not yet in its file. */
function serviceUserStep(name: string, wanted: Wanted, { serviceUser, reserved }: Found): Step {
  const isOwn = serviceUser?.displayName === serviceUserTitle(wanted);
  const changes = isOwn && reserved ? [{ field: 'secret file', old: null, new: 'written' }] : [];
  return stepOf('service-user', name, serviceUser !== null, changes);
}

/** The right to manage push certificates, among those that a tenant has. */
type RightChoice =
  | { readonly kind: 'one'; readonly right: AdministrativeRight }
  | { readonly kind: 'several'; readonly candidates: readonly AdministrativeRight[] };

/** What the vendor calls it; some of its pages know more than one. */
const likely = /\bdevice management\b/i;

/**
 * Chooses the right by its description: the one that was named, one that the role has already, or the only likely one.
 * @throws {CliError} usage, where nothing fits
 */
export function chooseRight(
  rights: readonly AdministrativeRight[],
  held: readonly string[],
  named: string | null,
): RightChoice {
  const facts = { option: '--right NAME' };
  if (named !== null) {
    const right = rights.find(({ description }) => sameText(description, named));
    if (right !== undefined) return { kind: 'one', right };
    const names = rights.map(({ description }) => description).join(', ');
    throw new CliError('usage', `The tenant has no right "${named}", but these: ${names}`, { facts });
  }
  const candidates = rights.filter(({ description }) => likely.test(description));
  const [only] = candidates;
  if (only === undefined)
    throw new CliError('usage', 'The tenant lists no right that is called Device Management', { facts });
  if (candidates.length === 1) return { kind: 'one', right: only };
  const had = candidates.find(({ path }) => held.includes(path));
  return had === undefined ? { kind: 'several', candidates } : { kind: 'one', right: had };
}

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
