import { CliError, hasCode } from '../../errors/cli-error.ts';
import { type AdminClient, sameText } from '../../tenant/administration/admin-client.ts';
import {
  type ApplicationDocument,
  findApplicationKey,
  findUnnamedApplications,
  type Permission,
  readApplication,
  readPermissions,
} from '../../tenant/administration/applications.ts';
import { isBlank } from '../../tenant/administration/oauth-profile.ts';
import {
  type AdministrativeRight,
  findRole,
  listRights,
  readMembers,
  type TenantRole,
} from '../../tenant/administration/roles.ts';
import { findUser, findUsersCalled, type TenantUser } from '../../tenant/administration/users.ts';
import { peopleApplication, pipelineApplication, planApplication } from './application-plan.ts';
import {
  atStep,
  pipelineAppId,
  type Step,
  type StepName,
  serviceUserTitle,
  stepOf,
  type Wanted,
} from './steps.ts';

export interface FoundApplication {
  readonly document: ApplicationDocument;
  /** Null: the tenant does not say. */
  readonly permissions: readonly Permission[] | null;
}

export interface Found {
  readonly application: FoundApplication | null;
  readonly pipelines: FoundApplication | null;
  /** Applications without a name or content, which an interrupted run leaves. */
  readonly blank: readonly ApplicationDocument[];
  readonly role: TenantRole | null;
  readonly members: readonly string[];
  readonly rights: readonly AdministrativeRight[];
  readonly serviceUser: TenantUser | null;
}

/** More unconfigured applications than this are probably another administrator's. */
const maxBlank = 5;

/** Reads the tenant. @throws {CliError} what the calls throw, with the step's name */
export async function readFound(client: AdminClient, wanted: Wanted): Promise<Found> {
  const { serviceUser } = wanted;
  const read = reader(client, wanted);
  const application = await read.application('application', wanted.appId);
  const pipelines =
    serviceUser === null
      ? null
      : await read.application('pipeline-application', pipelineAppId(wanted));
  const isComplete = application !== null && (pipelines !== null || serviceUser === null);
  const role = await read.role();
  return {
    application,
    pipelines,
    blank: isComplete ? [] : await readBlank(client),
    role,
    members: await atStep({ step: 'member', name: wanted.role }, async () =>
      role === null ? [] : readMembers(client, role.id),
    ),
    rights: await atStep({ step: 'right', name: wanted.right ?? 'Device Management' }, () =>
      listRights(client),
    ),
    serviceUser: await atStep({ step: 'service-user', name: serviceUser ?? '' }, async () =>
      serviceUser === null ? null : findUser(client, serviceUser),
    ),
  };
}

/** The parts of a tenant that `--remove` deletes. */
export interface Leftover extends Pick<Found, 'application' | 'pipelines' | 'role'> {
  readonly serviceUsers: readonly TenantUser[];
}

export async function readLeftover(client: AdminClient, wanted: Wanted): Promise<Leftover> {
  const { serviceUser } = wanted;
  const read = reader(client, wanted);
  return {
    application: await read.application('application', wanted.appId),
    pipelines: await read.application('pipeline-application', pipelineAppId(wanted)),
    role: await read.role(),
    serviceUsers: await atStep({ step: 'service-user', name: serviceUser ?? '' }, async () => {
      const called = await findUsersCalled(client, serviceUserTitle(wanted));
      return serviceUser === null
        ? called
        : called.filter(({ name }) => sameText(name, serviceUser));
    }),
  };
}

function reader(client: AdminClient, wanted: Wanted) {
  return {
    application: (step: StepName, name: string): Promise<FoundApplication | null> =>
      atStep({ step, name }, async () => {
        const key = await findApplicationKey(client, name);
        if (key === null) return null;
        const document = await readApplication(client, key);
        return { document, permissions: await readPermissions(client, key) };
      }),
    role: (): Promise<TenantRole | null> =>
      atStep({ step: 'role', name: wanted.role }, () => findRole(client, wanted.role)),
  };
}

/** A tenant that refuses the query has none: a new application is created. */
async function readBlank(client: AdminClient): Promise<readonly ApplicationDocument[]> {
  try {
    const keys = await findUnnamedApplications(client);
    if (keys.length > maxBlank) return [];
    const documents = await Promise.all(keys.map((key) => readApplication(client, key)));
    return documents.filter(isBlank);
  } catch (error) {
    if (hasCode(error, 'tenant-refused', 'tenant-forbidden', 'tenant-not-json')) return [];
    throw error;
  }
}

export interface Plan {
  readonly steps: readonly Step[];
  /** The applications to write; null: a new one. */
  readonly targets: {
    readonly application: ApplicationDocument | null;
    readonly pipelines: ApplicationDocument | null;
  };
  readonly right: AdministrativeRight;
}

/**
 * Compares the wanted state with the tenant's.
 * @param right the right to manage push certificates
 * @throws {CliError} usage: an application of another kind has a name
 */
export function planBootstrap(wanted: Wanted, found: Found, right: AdministrativeRight): Plan {
  const { role } = found;
  const blank = [...found.blank];
  const targets = {
    application: found.application?.document ?? blank.shift() ?? null,
    pipelines: found.pipelines?.document ?? blank.shift() ?? null,
  };
  const application = planApplication(targets.application, peopleApplication(wanted));
  const { member, serviceUser } = wanted;
  // An existing scope is changed; only a new one gets a name. An application without a
  // name is changed, not created.
  const isScopeThere = !application.scope.some(({ field }) => field === 'Scope');
  const isMember = (name: string): boolean => found.members.some((other) => sameText(other, name));
  const steps = [
    stepOf('application', wanted.appId, targets.application !== null, application.settings),
    stepOf('client', wanted.clientId, application.clients.length === 0, application.clients),
    stepOf(
      'redirect',
      wanted.redirectUri,
      application.redirects.length === 0,
      application.redirects,
    ),
    stepOf('scope', wanted.scope, isScopeThere, application.scope),
    stepOf('role', wanted.role, role !== null),
    stepOf('right', right.description, role?.rights.includes(right.path) === true),
    stepOf('permission', wanted.appId, mayRun(found.application, found)),
  ];
  if (member !== null) steps.push(stepOf('member', member, isMember(member)));
  if (serviceUser === null) return { right, targets, steps };
  const pipelines = planApplication(targets.pipelines, pipelineApplication(wanted));
  const changes = [...pipelines.settings, ...pipelines.scope];
  steps.push(
    stepOf('pipeline-application', pipelineAppId(wanted), targets.pipelines !== null, changes),
    stepOf('pipeline-permission', pipelineAppId(wanted), mayRun(found.pipelines, found)),
    stepOf('service-user', serviceUser, found.serviceUser !== null),
    stepOf('service-member', serviceUser, isMember(serviceUser)),
  );
  return { right, targets, steps };
}

function mayRun(application: FoundApplication | null, { role }: Found): boolean {
  const names = role === null ? [] : [role.id, role.name];
  return (application?.permissions ?? []).some(
    (one) => one.mayRun === true && belongsTo(one, names),
  );
}

export function belongsTo(permission: Permission, names: readonly string[]): boolean {
  return permission.names.some((name) => names.some((own) => sameText(own, name)));
}

/** The vendor's name for it; some of its pages list more than one. */
const likely = /\bdevice management\b/i;

/**
 * The rights that may be the one to manage push certificates, by their descriptions: the
 * named one, one that the role already has, or all likely ones.
 * @throws {CliError} usage, if none matches
 */
export function likelyRights(
  rights: readonly AdministrativeRight[],
  held: readonly string[],
  named: string | null,
): readonly AdministrativeRight[] {
  const matching = rights.filter(({ description }) =>
    named === null ? likely.test(description) : sameText(description, named),
  );
  const had = matching.filter(({ path }) => held.includes(path));
  const candidates = had.length > 0 ? had : matching;
  if (candidates.length > 0) return candidates;
  const names = rights.map(({ description }) => description).join(', ');
  throw new CliError(
    'usage',
    `The tenant has no right "${named ?? 'Device Management'}". It has: ${names}`,
    {
      facts: { option: '--right NAME' },
    },
  );
}

/** Whether each step is in effect when read again; null: the tenant does not say. */
export type Verdicts = Readonly<Partial<Record<StepName, boolean | null>>>;

/** Compares the tenant after a run with the wanted state. */
export function verifyBootstrap(plan: Plan, wanted: Wanted, after: Found): Verdicts {
  const verdicts: Partial<Record<StepName, boolean | null>> = {};
  for (const { step, action } of planBootstrap(wanted, after, plan.right).steps)
    verdicts[step] = action === 'keep';
  for (const [step, application] of [
    ['permission', after.application],
    ['pipeline-permission', after.pipelines],
  ] as const) {
    const permissions = application?.permissions ?? null;
    const isReported = permissions?.every(({ mayRun }) => mayRun !== null);
    if (verdicts[step] === false && application !== null && !isReported) verdicts[step] = null;
  }
  return verdicts;
}
