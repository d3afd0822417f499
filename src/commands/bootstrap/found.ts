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
import { atStep } from './failure.ts';
import { pipelineAppId, serviceUserTitle, type Wanted } from './wanted.ts';

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
export async function readFound(
  client: AdminClient,
  wanted: Wanted,
  hasReserved: () => Promise<boolean>,
): Promise<Found> {
  const application = await atStep('application', wanted.appId, () => read(client, wanted.appId));
  const withPipelines = wanted.serviceUser !== null;
  const pipelines = withPipelines
    ? await atStep('pipeline-application', pipelineAppId(wanted), () => read(client, pipelineAppId(wanted)))
    : null;
  const isComplete = application !== null && (pipelines !== null || !withPipelines);
  const role = await atStep('role', wanted.role, () => findRole(client, wanted.role));
  return {
    application,
    pipelines,
    blank: isComplete ? [] : await readBlank(client),
    role,
    members: await atStep('member', wanted.role, async () =>
      role === null ? [] : readMembers(client, role.id),
    ),
    rights: await atStep('right', wanted.right ?? 'Device Management', () => listRights(client)),
    serviceUser: await atStep('service-user', wanted.serviceUser ?? '', async () =>
      wanted.serviceUser === null ? null : findUser(client, wanted.serviceUser),
    ),
    reserved: await hasReserved(),
  };
}

/** What a tenant holds that is to be taken away. */
export interface Leftover extends Pick<Found, 'application' | 'pipelines' | 'role'> {
  readonly serviceUsers: readonly TenantUser[];
}

/** @throws {CliError} as readFound */
export async function readLeftover(client: AdminClient, wanted: Wanted): Promise<Leftover> {
  const { serviceUser } = wanted;
  return {
    application: await atStep('application', wanted.appId, () => read(client, wanted.appId)),
    pipelines: await atStep('pipeline-application', pipelineAppId(wanted), () =>
      read(client, pipelineAppId(wanted)),
    ),
    role: await atStep('role', wanted.role, () => findRole(client, wanted.role)),
    serviceUsers: await atStep('service-user', serviceUser ?? '', async () => {
      const called = await findUsersCalled(client, serviceUserTitle(wanted));
      return serviceUser === null ? called : called.filter(({ name }) => sameText(name, serviceUser));
    }),
  };
}

async function read(client: AdminClient, appId: string): Promise<FoundApplication | null> {
  const key = await findApplicationKey(client, appId);
  if (key === null) return null;
  return {
    document: await readApplication(client, key),
    permissions: await readPermissions(client, key),
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
