import { CliError } from '../../errors/cli-error.ts';
import {
  type AdminClient,
  type AdministrativeRight,
  findRole,
  findUser,
  findUsersCalled,
  listRights,
  readMembers,
  sameText,
  type TenantRole,
  type TenantUser,
} from '../../tenant/administration/admin-client.ts';
import {
  type ApplicationDocument,
  findApplicationKey,
  findUnnamedApplications,
  type Permission,
  readApplication,
  readPermissions,
} from '../../tenant/administration/applications.ts';
import { membersOf } from '../../text/json.ts';
import { hasReserved } from './service-password.ts';
import { atStep, pipelineAppId, type StepName, serviceUserTitle, type Wanted } from './steps.ts';

/** An application and who may run it. */
export interface FoundApplication {
  readonly document: ApplicationDocument;
  /** Null: the tenant does not tell. */
  readonly permissions: readonly Permission[] | null;
}

/** What a tenant holds of what is wanted. */
export interface Found {
  readonly application: FoundApplication | null;
  readonly pipelines: FoundApplication | null;
  /** Applications that nobody has named or filled in, as an interrupted run leaves them. */
  readonly blank: readonly ApplicationDocument[];
  readonly role: TenantRole | null;
  readonly members: readonly string[];
  readonly rights: readonly AdministrativeRight[];
  readonly serviceUser: TenantUser | null;
  /** Whether a password waits on this machine for the file that it was made for. */
  readonly reserved: boolean;
}

/** More of them are somebody's work, not a leftover. */
const mostBlank = 5;

/** Reads it all and changes nothing. @throws {CliError} what the calls throw, with the step's name */
export async function readFound(client: AdminClient, wanted: Wanted): Promise<Found> {
  const { serviceUser, secretFile } = wanted;
  const read = reader(client, wanted);
  const application = await read.application('application', wanted.appId);
  const pipelines =
    serviceUser === null ? null : await read.application('pipeline-application', pipelineAppId(wanted));
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
    reserved: secretFile !== null && hasReserved(secretFile),
  };
}

/** What a tenant holds that is to be taken away. */
export interface Leftover extends Pick<Found, 'application' | 'pipelines' | 'role'> {
  readonly serviceUsers: readonly TenantUser[];
}

/** @throws {CliError} as readFound */
export async function readLeftover(client: AdminClient, wanted: Wanted): Promise<Leftover> {
  const { serviceUser } = wanted;
  const read = reader(client, wanted);
  return {
    application: await read.application('application', wanted.appId),
    pipelines: await read.application('pipeline-application', pipelineAppId(wanted)),
    role: await read.role(),
    serviceUsers: await atStep({ step: 'service-user', name: serviceUser ?? '' }, async () => {
      const called = await findUsersCalled(client, serviceUserTitle(wanted));
      return serviceUser === null ? called : called.filter(({ name }) => sameText(name, serviceUser));
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

/** A tenant that cannot be asked has none, and a new application is made. */
async function readBlank(client: AdminClient): Promise<readonly ApplicationDocument[]> {
  try {
    const keys = await findUnnamedApplications(client);
    if (keys.length > mostBlank) return [];
    const documents = await Promise.all(keys.map((key) => readApplication(client, key)));
    return documents.filter(isBlank);
  } catch (error) {
    if (error instanceof CliError && /^tenant-(refused|forbidden|not-json)$/.test(error.code)) return [];
    throw error;
  }
}

function isBlank({ members }: ApplicationDocument): boolean {
  const profile = membersOf(members.OAuthProfile) ?? {};
  return ['AllowedClients', 'Redirects', 'KnownScopes'].every((name) => {
    const list = profile[name] ?? [];
    return Array.isArray(list) && list.length === 0;
  });
}
