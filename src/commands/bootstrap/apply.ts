import { isDeepStrictEqual } from 'node:util';
import { CliError } from '../../errors/cli-error.ts';
import {
  type AdminClient,
  addMember,
  assignRight,
  createRole,
  createServiceUser,
  findRole,
  type TenantRole,
} from '../../tenant/administration/admin-client.ts';
import {
  type ApplicationDocument,
  deleteApplication,
  importApplication,
  readApplication,
  setPermission,
  updateApplication,
} from '../../tenant/administration/applications.ts';
import type { Secret } from '../../text/secret.ts';
import {
  type ApplicationSpec,
  peopleApplication,
  pipelineApplication,
  planApplication,
} from './application-plan.ts';
import { atStep } from './failure.ts';
import type { Found } from './found.ts';
import type { Plan } from './plan.ts';
import type { Step, StepName } from './wanted.ts';
import { madeByUs, serviceUserTitle, type Wanted } from './wanted.ts';

/** The service user's password, on its way into a file. */
interface PasswordKeeping {
  /** Before anything is done, so that a file that cannot be written stops everything. */
  reserve(): Promise<Secret>;
  keep(): Promise<void>;
  /** No user has it. */
  drop(): Promise<void>;
}

interface Doing {
  readonly client: AdminClient;
  readonly wanted: Wanted;
  readonly found: Found;
  readonly passwords: PasswordKeeping;
  /** Called as soon as the tenant has answered a step. */
  done(step: StepName): void;
}

/** Does a plan, step after step; a failure ends it. @throws {CliError} tenant-changed, and what the calls and files throw */
export async function applyPlan({ steps, targets, right }: Plan, doing: Doing): Promise<void> {
  const { client, wanted, found, passwords } = doing;
  const open = (...names: readonly StepName[]): readonly Step[] =>
    steps.filter(({ step, action }) => names.includes(step) && action !== 'keep');
  const act = async (names: readonly StepName[], work: () => Promise<void>): Promise<void> => {
    const [first, ...others] = open(...names);
    if (first === undefined) return;
    await atStep(first.step, first.name, work);
    for (const { step } of [first, ...others]) doing.done(step);
  };

  const makesUser = open('service-user').some(({ action }) => action === 'create');
  const password = makesUser ? await passwords.reserve() : null;
  let asked = false;
  try {
    await makeAll();
  } catch (error) {
    // Whether a lost request made the user is not known, and then the password is needed still.
    if (password !== null && (!asked || isRefusal(error))) await passwords.drop();
    throw error;
  }

  async function makeAll(): Promise<void> {
    let key = targets.application?.key ?? '';
    await act(['application', 'client', 'redirect', 'scope'], async () => {
      key = await writeApplication(client, targets.application, peopleApplication(wanted));
    });
    let role = found.role;
    await act(['role'], async () => {
      await createRole(client, wanted.role, `May set the push certificate. ${madeByUs}`);
      role = await findRole(client, wanted.role);
      requireRole();
    });
    function requireRole(): TenantRole {
      if (role === null)
        throw new CliError('tenant-refused', `${client.tenant} does not know the role that it has made`);
      return role;
    }
    await act(['right'], () => assignRight(client, requireRole().id, right.path));
    await act(['permission'], () => setPermission(client, key, requireRole(), 'View,Execute'));
    await act(['member'], () => addMember(client, requireRole().id, wanted.member ?? ''));

    let pipelines = targets.pipelines?.key ?? '';
    await act(['pipeline-application'], async () => {
      pipelines = await writeApplication(client, targets.pipelines, pipelineApplication(wanted));
    });
    await act(['pipeline-permission'], () => setPermission(client, pipelines, requireRole(), 'View,Execute'));
    await act(['service-user'], async () => {
      const user = { name: wanted.serviceUser ?? '', displayName: serviceUserTitle(wanted) };
      asked = true;
      if (password !== null) await createServiceUser(client, user, password);
      await passwords.keep();
    });
    await act(['service-member'], () => addMember(client, requireRole().id, wanted.serviceUser ?? ''));
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof CliError && /^tenant-(refused|forbidden)$/.test(error.code);
}

/** @returns the application's key @throws {CliError} tenant-changed, and what the calls throw */
async function writeApplication(
  client: AdminClient,
  target: ApplicationDocument | null,
  spec: ApplicationSpec,
): Promise<string> {
  const before = await readApplication(client, target?.key ?? (await importApplication(client)));
  if (target !== null && !sameApplication(before, target)) throw changedMeanwhile(spec.appId);
  try {
    await updateApplication(client, { key: before.key, members: planApplication(before, spec).members });
  } catch (error) {
    if (target === null && isRefusal(error)) await dropNameless(client, before);
    throw error;
  }
  return before.key;
}

/** What was just made and may not be filled in helps nobody, and later nothing says that it is ours. */
async function dropNameless(client: AdminClient, { key, members }: ApplicationDocument): Promise<void> {
  if (typeof members.ServiceName === 'string' && members.ServiceName !== '') return;
  try {
    await deleteApplication(client, key);
  } catch (error) {
    // The refusal is what is told. A rerun takes the application up again.
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
  }
}

/** Whether nobody changed it since it was read. */
export function sameApplication(one: ApplicationDocument, other: ApplicationDocument): boolean {
  return ['Name', 'ServiceName', 'Description', 'OAuthProfile'].every((member) =>
    isDeepStrictEqual(one.members[member], other.members[member]),
  );
}

export function changedMeanwhile(appId: string): CliError {
  return new CliError(
    'tenant-changed',
    `Somebody else has changed the application ${appId} since it was read`,
  );
}
