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
import type { Secret } from '../../text/secret.ts';
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
export async function applyPlan(plan: Plan, doing: Doing): Promise<void> {
  const { secretFile: file } = doing.wanted;
  const makesUser = plan.steps.some(
    ({ step, action }) => step === 'service-user' && action === 'create',
  );
  // First, so that a file that cannot be written stops everything.
  const password = makesUser && file !== null ? await writePassword(file, doing.signal) : null;
  const run = new PlanRun(plan, doing, password);
  try {
    await run.carryOut();
  } catch (error) {
    // Without a user that has it, or may have it, the password is of no use.
    if (password !== null && file !== null && !run.mayHavePassword) removeFile(file);
    throw error;
  }
}

/** An act, and the steps that it carries out. */
type Act = readonly [steps: readonly StepName[], act: () => Promise<void>];

/** A plan under way, with what its steps created so far. */
class PlanRun {
  readonly #plan: Plan;
  readonly #doing: Doing;
  readonly #password: Secret | null;
  #applicationKey: string;
  #pipelinesKey: string;
  #role: TenantRole | null;
  /** Whether the service user has the password, or may have it. */
  mayHavePassword = false;

  constructor(plan: Plan, doing: Doing, password: Secret | null) {
    this.#plan = plan;
    this.#doing = doing;
    this.#password = password;
    this.#applicationKey = plan.targets.application?.key ?? '';
    this.#pipelinesKey = plan.targets.pipelines?.key ?? '';
    this.#role = doing.found.role;
  }

  async carryOut(): Promise<void> {
    for (const [names, act] of this.#acts()) {
      const open = this.#plan.steps.filter(
        ({ step, action }) => names.includes(step) && action !== 'keep',
      );
      const [first] = open;
      if (first !== undefined) await atStep(first, act);
      for (const { step } of open) this.#doing.done(step);
    }
  }

  #acts(): readonly Act[] {
    const { client, wanted } = this.#doing;
    const { right } = this.#plan;
    return [
      [['application', 'client', 'redirect', 'scope'], () => this.#writeApplication()],
      [['role'], () => this.#createRole()],
      [['right'], () => assignRight(client, this.#existingRole().id, right.path)],
      [['permission'], () => this.#permit(this.#applicationKey)],
      [['member'], () => addMember(client, this.#existingRole().id, wanted.member ?? '')],
      [['pipeline-application'], () => this.#writePipelines()],
      [['pipeline-permission'], () => this.#permit(this.#pipelinesKey)],
      [['service-user'], () => this.#createUser()],
      [
        ['service-member'],
        () => addMember(client, this.#existingRole().id, wanted.serviceUser ?? ''),
      ],
    ];
  }

  async #writeApplication(): Promise<void> {
    const { client, wanted } = this.#doing;
    const { application } = this.#plan.targets;
    this.#applicationKey = await writeApplication(client, application, peopleApplication(wanted));
  }

  async #writePipelines(): Promise<void> {
    const { client, wanted } = this.#doing;
    const { pipelines } = this.#plan.targets;
    this.#pipelinesKey = await writeApplication(client, pipelines, pipelineApplication(wanted));
  }

  async #createRole(): Promise<void> {
    const { client, wanted } = this.#doing;
    await createRole(client, wanted.role, `May set the push certificate. ${madeByUs}`);
    this.#role = await findRole(client, wanted.role);
    this.#existingRole();
  }

  #existingRole(): TenantRole {
    if (this.#role !== null) return this.#role;
    const { tenant } = this.#doing.client;
    throw new CliError('tenant-refused', `${tenant} cannot find the role that it just created`);
  }

  #permit(applicationKey: string): Promise<void> {
    return setPermission(this.#doing.client, applicationKey, this.#existingRole(), true);
  }

  async #createUser(): Promise<void> {
    const { client, wanted } = this.#doing;
    const user = { name: wanted.serviceUser ?? '', displayName: serviceUserTitle(wanted) };
    this.mayHavePassword = true;
    if (this.#password === null) return;
    try {
      await createServiceUser(client, user, this.#password);
    } catch (error) {
      this.mayHavePassword = !isRefusal(error);
      throw error;
    }
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
