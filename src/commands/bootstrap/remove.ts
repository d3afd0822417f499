import type { Context } from '../../context.ts';
import type { AdminClient } from '../../tenant/administration/admin-client.ts';
import {
  type ApplicationDocument,
  deleteApplication,
  setPermission,
  updateApplication,
} from '../../tenant/administration/applications.ts';
import {
  type DocumentChange,
  descriptionOf,
  profileOf,
  withoutSurplus,
} from '../../tenant/administration/oauth-profile.ts';
import { deleteRole } from '../../tenant/administration/roles.ts';
import { scopesOf } from '../../tenant/administration/scopes.ts';
import { deleteUser } from '../../tenant/administration/users.ts';
import { addedWith } from './application-plan.ts';
import { readUnchanged } from './apply.ts';
import type { OpenBootstrap } from './open.ts';
import type { BootstrapOptions } from './options.ts';
import {
  belongsTo,
  type FoundApplication,
  type Leftover,
  readLeftover,
  type Verdicts,
} from './plan.ts';
import type { BootstrapReport } from './report.ts';
import { carryOut } from './report.ts';
import {
  atStep,
  isMarked,
  pipelineAppId,
  type Step,
  type StepName,
  stepOf,
  type Wanted,
} from './steps.ts';

/**
 * Removes what `bootstrap` made, and verifies it.
 * @throws {CliError} if it fails before the first change
 */
export async function removeObjects(
  { tenant, user, client, wanted }: OpenBootstrap,
  options: BootstrapOptions,
  context: Context,
): Promise<BootstrapReport> {
  const leftover = await readLeftover(client, wanted);
  const removals = removalsOf(wanted, leftover, client);
  const steps = removals.map(({ step }) => step);
  const work = {
    tenant,
    user,
    steps,
    notes: [],
    async act(done: (step: StepName) => void): Promise<void> {
      for (const { step, act } of removals.filter((removal) => removal.step.action !== 'keep')) {
        await atStep(step, act);
        done(step.step);
      }
    },
    async verify(): Promise<Verdicts> {
      const left = removalsOf(wanted, await readLeftover(client, wanted), client);
      const isStillThere = (name: StepName) =>
        left.some(({ step }) => step.step === name && step.action !== 'keep');
      return Object.fromEntries(steps.map(({ step }) => [step, !isStillThere(step)]));
    },
  };
  return carryOut(work, options, context);
}

/** A step that removes something, or keeps it because `bootstrap` did not make it. */
interface Removal {
  readonly step: Step;
  act(): Promise<void>;
}

function removalsOf(wanted: Wanted, leftover: Leftover, client: AdminClient): readonly Removal[] {
  const { application, pipelines, role, serviceUsers } = leftover;
  const removals: Removal[] = [];
  const remove = (step: StepName, name: string, isOwn: boolean, act: Removal['act']): void => {
    removals.push({ step: { step, name, action: isOwn ? 'remove' : 'keep', changes: [] }, act });
  };
  const removeApplication = (step: StepName, { document }: FoundApplication, appId: string): void =>
    remove(step, appId, isMarked(descriptionOf(document)), async () =>
      deleteApplication(client, (await readUnchanged(client, document, appId)).key),
    );
  for (const { name, id } of serviceUsers)
    remove('service-user', name, true, () => deleteUser(client, id));
  if (pipelines !== null)
    removeApplication('pipeline-application', pipelines, pipelineAppId(wanted));
  if (application !== null && isMarked(descriptionOf(application.document)))
    removeApplication('application', application, wanted.appId);
  else if (application !== null) {
    const { document } = application;
    removals.push({
      step: stepOf('application', wanted.appId, true, withoutOwnEntries(document, wanted).changes),
      async act() {
        const now = await readUnchanged(client, document, wanted.appId);
        await updateApplication(client, withoutOwnEntries(now, wanted).document);
      },
    });
    if (role !== null && isMarked(role.description) && mayRun(application, role))
      remove('permission', wanted.appId, true, () =>
        setPermission(client, document.key, role, false),
      );
  }
  if (role !== null)
    remove('role', wanted.role, isMarked(role.description), () => deleteRole(client, role.id));
  return removals;
}

function mayRun({ permissions }: FoundApplication, role: { id: string; name: string }): boolean {
  return permissions === null || permissions.some((one) => belongsTo(one, [role.id, role.name]));
}

/** Without what a scope that `bootstrap` made says that it added. */
function withoutOwnEntries(document: ApplicationDocument, { scope }: Wanted): DocumentChange {
  const own = scopesOf(profileOf(document)).find(
    ({ name, description }) => name === scope && isMarked(description),
  );
  if (own === undefined) return { document, changes: [] };
  const { clients, redirects } = addedWith(own.description);
  return withoutSurplus(document, { scopes: [own.row], clients, redirects });
}
