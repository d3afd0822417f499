import type { Context } from '../../context.ts';
import { type AdminClient, deleteRole, deleteUser } from '../../tenant/administration/admin-client.ts';
import {
  type ApplicationDocument,
  deleteApplication,
  readApplication,
  setPermission,
  updateApplication,
} from '../../tenant/administration/applications.ts';
import { membersOf } from '../../text/json.ts';
import { addedWith, isOurs } from './application-plan.ts';
import { changedMeanwhile, sameApplication } from './apply.ts';
import { carryOut } from './carry-out.ts';
import { atStep } from './failure.ts';
import { type FoundApplication, type Leftover, readLeftover } from './found.ts';
import type { BootstrapOptions, OpenBootstrap } from './open.ts';
import { isOf, type Verdicts } from './plan.ts';
import type { BootstrapReport } from './report.ts';
import { type FieldChange, pipelineAppId, type Step, type StepName, stepOf, type Wanted } from './wanted.ts';

/** What is added to another's work bears our words where it can; where it cannot, it is not known afterwards. */
function notesOn(
  { leftover: { application, role } }: Removal,
  { appId, role: name }: Wanted,
): readonly string[] {
  const notes: string[] = [];
  if (application !== null && !isOurs(application.document.members.Description))
    notes.push(
      `The application ${appId} is somebody else's: its settings, and what was added to scopes of others, stay.`,
    );
  if (role !== null && !isOurs(role.description))
    notes.push(`The role ${name} is somebody else's: its right, its members and its permissions stay.`);
  return notes;
}

/** Takes away what bears our words, and reads again. @throws {CliError} whatever ended it before anything was done */
export async function takeAway(
  { tenant, user, client, wanted }: OpenBootstrap,
  options: BootstrapOptions,
  context: Context,
): Promise<BootstrapReport> {
  const removal = planRemoval(wanted, await readLeftover(client, wanted));
  const { steps } = removal;
  for (const note of notesOn(removal, wanted)) context.terminal.note(note);
  const work = {
    ...{ tenant, user, steps, notes: [] },
    act: (done: (step: StepName) => void) => applyRemoval(removal, wanted, client, done),
    async verify(): Promise<Verdicts> {
      const left = planRemoval(wanted, await readLeftover(client, wanted)).steps;
      const isLeft = (step: StepName) => left.some((other) => other.step === step && other.action !== 'keep');
      return Object.fromEntries(steps.map(({ step }) => [step, !isLeft(step)]));
    },
  };
  return carryOut(work, options, context);
}

/** What is taken away: all that bears our words, and nothing else. */
interface Removal {
  readonly steps: readonly Step[];
  readonly leftover: Leftover;
}

function planRemoval(wanted: Wanted, leftover: Leftover): Removal {
  const { application, pipelines, role, serviceUsers } = leftover;
  const gone = (step: StepName, name: string, ours: boolean): Step => ({
    step,
    name,
    action: ours ? 'remove' : 'keep',
    changes: [],
  });
  const steps: Step[] = serviceUsers.map(({ name }) => gone('service-user', name, true));
  if (pipelines !== null)
    steps.push(
      gone('pipeline-application', pipelineAppId(wanted), isOurs(pipelines.document.members.Description)),
    );
  if (application !== null) {
    if (isOurs(application.document.members.Description)) steps.push(gone('application', wanted.appId, true));
    else {
      steps.push(stepOf('application', wanted.appId, true, takenBack(application.document, wanted).changes));
      if (role !== null && isOurs(role.description) && mayRun(application, role))
        steps.push(gone('permission', wanted.appId, true));
    }
  }
  if (role !== null) steps.push(gone('role', wanted.role, isOurs(role.description)));
  return { steps, leftover };
}

function mayRun({ permissions }: FoundApplication, role: { id: string; name: string }): boolean {
  return permissions === null || permissions.some((one) => isOf(one, [role.id, role.name]));
}

/** Another's application without our scope, and without what was added along with it. */
function takenBack(
  { key, members }: ApplicationDocument,
  { scope }: Wanted,
): { readonly document: ApplicationDocument; readonly changes: readonly FieldChange[] } {
  const profile = membersOf(members.OAuthProfile) ?? {};
  const scopes = Array.isArray(profile.KnownScopes) ? profile.KnownScopes : [];
  const own = scopes.find((one) => membersOf(one)?.Scope === scope && isOurs(membersOf(one)?.Description));
  if (own === undefined) return { document: { key, members }, changes: [] };
  const { clients, redirects } = addedWith(membersOf(own)?.Description);
  const lists: Readonly<Record<string, readonly unknown[]>> = {
    KnownScopes: [own],
    AllowedClients: clients,
    Redirects: redirects,
  };
  const changes: FieldChange[] = [];
  for (const [field, removed] of Object.entries(lists)) {
    const old = profile[field];
    if (!Array.isArray(old) || !old.some((item) => removed.includes(item))) continue;
    changes.push({ field, old, new: old.filter((item) => !removed.includes(item)) });
  }
  const changed = Object.fromEntries(changes.map((change) => [change.field, change.new]));
  return { document: { key, members: { ...members, OAuthProfile: { ...profile, ...changed } } }, changes };
}

/** Takes it all away; a failure ends it. @throws {CliError} tenant-changed, and what the calls throw */
async function applyRemoval(
  { steps, leftover }: Removal,
  wanted: Wanted,
  client: AdminClient,
  done: (step: StepName) => void,
): Promise<void> {
  const { application, pipelines, role, serviceUsers } = leftover;
  const works: Readonly<Partial<Record<StepName, (step: Step) => Promise<void>>>> = {
    'service-user': async ({ name }) => {
      for (const user of serviceUsers) if (user.name === name) await deleteUser(client, user.id);
    },
    'pipeline-application': async () => {
      if (pipelines !== null) await deleteUnchanged(client, pipelines.document, pipelineAppId(wanted));
    },
    application: async ({ action }) => {
      if (application === null) return;
      if (action === 'remove') return deleteUnchanged(client, application.document, wanted.appId);
      const now = await readApplication(client, application.document.key);
      if (!sameApplication(now, application.document)) throw changedMeanwhile(wanted.appId);
      await updateApplication(client, takenBack(now, wanted).document);
    },
    permission: async () => {
      if (application !== null && role !== null)
        await setPermission(client, application.document.key, role, 'None');
    },
    role: async () => {
      if (role !== null) await deleteRole(client, role.id);
    },
  };
  for (const step of steps) {
    if (step.action === 'keep') continue;
    await atStep(step.step, step.name, async () => works[step.step]?.(step), true);
    done(step.step);
  }
}

async function deleteUnchanged(
  client: AdminClient,
  document: ApplicationDocument,
  appId: string,
): Promise<void> {
  if (!sameApplication(await readApplication(client, document.key), document)) throw changedMeanwhile(appId);
  await deleteApplication(client, document.key);
}
