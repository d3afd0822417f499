import type { Context } from '../../context.ts';
import { type AdminClient, deleteRole, deleteUser } from '../../tenant/administration/admin-client.ts';
import {
  type ApplicationDocument,
  deleteApplication,
  setPermission,
  updateApplication,
} from '../../tenant/administration/applications.ts';
import { membersOf } from '../../text/json.ts';
import { addedWith } from './application-plan.ts';
import { readUnchanged } from './apply.ts';
import { type FoundApplication, type Leftover, readLeftover } from './found.ts';
import type { BootstrapOptions, OpenBootstrap } from './open.ts';
import { isOf, type Verdicts } from './plan.ts';
import type { BootstrapReport } from './report.ts';
import { carryOut } from './report.ts';
import {
  atStep,
  type FieldChange,
  isOurs,
  pipelineAppId,
  type Step,
  type StepName,
  stepOf,
  type Wanted,
} from './steps.ts';

/** Takes away what bears our words, and reads again. @throws {CliError} whatever ended it before anything was done */
export async function takeAway(
  { tenant, user, client, wanted }: OpenBootstrap,
  options: BootstrapOptions,
  context: Context,
): Promise<BootstrapReport> {
  const leftover = await readLeftover(client, wanted);
  const steps = planRemoval(wanted, leftover);
  for (const note of notesOn(leftover, wanted)) context.terminal.note(note);
  const work = {
    ...{ tenant, user, steps, notes: [] },
    act: (done: (step: StepName) => void) => applyRemoval(steps, leftover, wanted, client, done),
    async verify(): Promise<Verdicts> {
      const left = planRemoval(wanted, await readLeftover(client, wanted));
      const isLeft = (step: StepName) => left.some((other) => other.step === step && other.action !== 'keep');
      return Object.fromEntries(steps.map(({ step }) => [step, !isLeft(step)]));
    },
  };
  return carryOut(work, options, context);
}

/** What is added to another's work bears our words where it can; where it cannot, it is not known afterwards. */
function notesOn({ application, role }: Leftover, { appId, role: name }: Wanted): readonly string[] {
  const notes: string[] = [];
  if (application !== null && !isOurs(application.document.members.Description))
    notes.push(
      `The application ${appId} is somebody else's: its settings, and what was added to scopes of others, stay.`,
    );
  if (role !== null && !isOurs(role.description))
    notes.push(`The role ${name} is somebody else's: its right, its members and its permissions stay.`);
  return notes;
}

/** What is taken away: all that bears our words, and nothing else. */
function planRemoval(wanted: Wanted, leftover: Leftover): readonly Step[] {
  const { application, pipelines, role, serviceUsers } = leftover;
  const steps: Step[] = [];
  const gone = (step: StepName, name: string, ours = true): void => {
    steps.push({ step, name, action: ours ? 'remove' : 'keep', changes: [] });
  };
  for (const { name } of serviceUsers) gone('service-user', name);
  if (pipelines !== null)
    gone('pipeline-application', pipelineAppId(wanted), isOurs(pipelines.document.members.Description));
  if (application !== null && isOurs(application.document.members.Description))
    gone('application', wanted.appId);
  else if (application !== null) {
    steps.push(stepOf('application', wanted.appId, true, takenBack(application.document, wanted).changes));
    if (role !== null && isOurs(role.description) && mayRun(application, role))
      gone('permission', wanted.appId);
  }
  if (role !== null) gone('role', wanted.role, isOurs(role.description));
  return steps;
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
  steps: readonly Step[],
  { application, pipelines, role, serviceUsers }: Leftover,
  wanted: Wanted,
  client: AdminClient,
  done: (step: StepName) => void,
): Promise<void> {
  const drop = async (found: FoundApplication | null, appId: string): Promise<void> => {
    if (found === null) return;
    await deleteApplication(client, (await readUnchanged(client, found.document, appId)).key);
  };
  const works: Readonly<Partial<Record<StepName, (step: Step) => Promise<void>>>> = {
    'service-user': async ({ name }) => {
      for (const user of serviceUsers) if (user.name === name) await deleteUser(client, user.id);
    },
    'pipeline-application': () => drop(pipelines, pipelineAppId(wanted)),
    application: async ({ action }) => {
      if (application === null || action === 'remove') return drop(application, wanted.appId);
      const now = await readUnchanged(client, application.document, wanted.appId);
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
    await atStep({ ...step, action: 'remove' }, async () => works[step.step]?.(step));
    done(step.step);
  }
}
