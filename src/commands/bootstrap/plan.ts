import type { AdministrativeRight } from '../../tenant/administration/admin-client.ts';
import { sameText } from '../../tenant/administration/admin-client.ts';
import type { ApplicationDocument, Permission } from '../../tenant/administration/applications.ts';
import {
  type ApplicationPlan,
  peopleApplication,
  pipelineApplication,
  planApplication,
} from './application-plan.ts';
import type { Found, FoundApplication } from './found.ts';
import { type Step, type StepName, stepOf } from './step.ts';
import { pipelineAppId, serviceUserTitle, type Wanted } from './wanted.ts';

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
      stepOf('role', wanted.role, role !== null, []),
      stepOf('right', right.description, role?.rights.includes(right.path) === true, []),
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
  return stepOf(
    step,
    appId,
    own.some(({ mayRun }) => mayRun === true),
    [],
  );
}

export function isOf(permission: Permission, names: readonly string[]): boolean {
  return permission.names.some((name) => names.some((own) => sameText(own, name)));
}

function memberStep(step: StepName, user: string, { members }: Found): Step {
  return stepOf(
    step,
    user,
    members.some((name) => sameText(name, user)),
    [],
  );
}

/** Of an interrupted run the user may be there, and the password not yet in its file. */
function serviceUserStep(name: string, wanted: Wanted, { serviceUser, reserved }: Found): Step {
  const isOwn = serviceUser?.displayName === serviceUserTitle(wanted);
  const changes = isOwn && reserved ? [{ field: 'secret file', old: null, new: 'written' }] : [];
  return stepOf('service-user', name, serviceUser !== null, changes);
}

/** Whether nothing is left to do. */
export function isSettled({ steps }: Pick<Plan, 'steps'>): boolean {
  return steps.every(({ action }) => action === 'keep');
}
