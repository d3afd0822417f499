import { CliError, hasCode } from '../../errors/cli-error.ts';
import { removeFile } from '../../files/directory.ts';
import type { AdminClient } from '../../tenant/administration/admin-client.ts';
import {
  type ApplicationDocument,
  deleteApplication,
  importApplication,
  isNamed,
  isSameApplication,
  readApplication,
  setPermission,
  updateApplication,
} from '../../tenant/administration/applications.ts';
import {
  addMember,
  assignRight,
  createRole,
  findRole,
  type TenantRole,
} from '../../tenant/administration/roles.ts';
import { createServiceUser } from '../../tenant/administration/users.ts';
import {
  type ApplicationSpec,
  peopleApplication,
  pipelineApplication,
  planApplication,
} from './application-plan.ts';
import type { Found, Plan } from './plan.ts';
import { writePassword } from './service-password.ts';
import { atStep, madeByUs, type StepName, serviceUserTitle, type Wanted } from './steps.ts';

interface Doing {
  readonly client: AdminClient;
  readonly wanted: Wanted;
  readonly found: Found;
  readonly signal: AbortSignal;
  done(step: StepName): void;
}

/**
 * Carries out a plan step by step, up to the first failure.
 * @throws {CliError} tenant-changed, and what the calls and files throw
 */
export async function applyPlan({ steps, targets, right }: Plan, doing: Doing): Promise<void> {
  const { client, wanted, found, signal, done } = doing;
  const { secretFile: file } = wanted;
  let key = targets.application?.key ?? '';
  let pipelines = targets.pipelines?.key ?? '';
  let role = found.role;
  const roleThere = (): TenantRole => {
    if (role !== null) return role;
    throw new CliError(
      'tenant-refused',
      `${client.tenant} cannot find the role that it just created`,
    );
  };
  const makesUser = steps.some(
    ({ step, action }) => step === 'service-user' && action === 'create',
  );
  // First, so that a file that cannot be written stops everything.
  const password = makesUser && file !== null ? await writePassword(file, signal) : null;
  // Without a user that has it, or may have it, the password is of no use.
  let mayBeUsed = false;

  const acts: readonly (readonly [names: readonly StepName[], act: () => Promise<void>])[] = [
    [
      ['application', 'client', 'redirect', 'scope'],
      async () => {
        key = await writeApplication(client, targets.application, peopleApplication(wanted));
      },
    ],
    [
      ['role'],
      async () => {
        await createRole(client, wanted.role, `May set the push certificate. ${madeByUs}`);
        role = await findRole(client, wanted.role);
        roleThere();
      },
    ],
    [['right'], () => assignRight(client, roleThere().id, right.path)],
    [['permission'], () => setPermission(client, key, roleThere(), true)],
    [['member'], () => addMember(client, roleThere().id, wanted.member ?? '')],
    [
      ['pipeline-application'],
      async () => {
        pipelines = await writeApplication(client, targets.pipelines, pipelineApplication(wanted));
      },
    ],
    [['pipeline-permission'], () => setPermission(client, pipelines, roleThere(), true)],
    [
      ['service-user'],
      async () => {
        const user = { name: wanted.serviceUser ?? '', displayName: serviceUserTitle(wanted) };
        mayBeUsed = true;
        if (password === null) return;
        await createServiceUser(client, user, password).catch((error: unknown) => {
          mayBeUsed = !isRefusal(error);
          throw error;
        });
      },
    ],
    [['service-member'], () => addMember(client, roleThere().id, wanted.serviceUser ?? '')],
  ];

  try {
    for (const [names, act] of acts) {
      const open = steps.filter(({ step, action }) => names.includes(step) && action !== 'keep');
      const [first] = open;
      if (first !== undefined) await atStep(first, act);
      for (const { step } of open) done(step);
    }
  } catch (error) {
    if (password !== null && file !== null && !mayBeUsed) removeFile(file);
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return hasCode(error, 'tenant-refused', 'tenant-forbidden');
}

async function writeApplication(
  client: AdminClient,
  target: ApplicationDocument | null,
  spec: ApplicationSpec,
): Promise<string> {
  const before =
    target === null
      ? await readApplication(client, await importApplication(client))
      : await readUnchanged(client, target, spec.appId);
  try {
    await updateApplication(client, {
      key: before.key,
      members: planApplication(before, spec).members,
    });
  } catch (error) {
    if (target === null && isRefusal(error)) await dropNameless(client, before);
    throw error;
  }
  return before.key;
}

/**
 * Deletes a new application that could not be filled in: nothing marks it as made by
 * `bootstrap`.
 */
async function dropNameless(client: AdminClient, document: ApplicationDocument): Promise<void> {
  if (isNamed(document)) return;
  try {
    await deleteApplication(client, document.key);
  } catch (error) {
    // The refusal is reported; the next run takes the application over.
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
  }
}

/**
 * Reads the application again.
 * @throws {CliError} tenant-changed, if it was changed since it was read
 */
export async function readUnchanged(
  client: AdminClient,
  document: ApplicationDocument,
  appId: string,
): Promise<ApplicationDocument> {
  const now = await readApplication(client, document.key);
  if (isSameApplication(now, document)) return now;
  throw new CliError('tenant-changed', `The application ${appId} was changed since it was read`);
}
