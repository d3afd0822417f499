import { CliError, type ErrorCode } from '../../errors/cli-error.ts';
import { membersOf } from '../../text/json.ts';
import { textIn } from '../envelope.ts';
import {
  type AdminClient,
  changing,
  query,
  quoted,
  type Row,
  rowsOf,
  sameText,
  textOf,
} from './admin-client.ts';

/** An application as the tenant tells it, with the vendor's names. */
export interface ApplicationDocument {
  /** The tenant's own key, its `_RowKey`. */
  readonly key: string;
  readonly members: Readonly<Record<string, unknown>>;
}

const template = 'OAuth2ServerClient';

/**
 * The key of the application with that application ID, or null. A query tells it for sure; a tenant that does not take the
 * query is asked by name, and whether it refuses a name that it does not know is not documented.
 * @throws {CliError} as TenantClient.ask
 */
export async function findApplicationKey(client: AdminClient, appId: string): Promise<string | null> {
  // The letters of an application ID are compared here: how the tenant takes them is not known.
  const script = `select ID, ServiceName from Application where ServiceName like ${quoted(appId)}`;
  const rows = await unlessRefused(query(client, script), 'tenant-refused');
  if (rows !== null) return textOf(rows.find((row) => sameText(row.ServiceName, appId)) ?? {}, 'ID');
  const asked = client.ask('/SaasManage/GetAppIDByServiceName', { Name: appId });
  return textIn(await unlessRefused(asked, 'tenant-refused'));
}

/** The answer to a question; null where it is refused with one of these codes. */
async function unlessRefused<Answer>(asked: Promise<Answer>, ...codes: readonly ErrorCode[]) {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CliError && codes.includes(error.code)) return null;
    throw error;
  }
}

/**
 * The keys of the OAuth2 Client applications that nobody gave an application ID, as an interrupted creation leaves them.
 * @throws {CliError} as TenantClient.ask
 */
export async function findUnnamedApplications(client: AdminClient): Promise<readonly string[]> {
  const rows = await query(
    client,
    `select ID, ServiceName, TemplateName from Application where TemplateName = ${quoted(template)}`,
  );
  return rows.filter((row) => textOf(row, 'ServiceName') === null).flatMap((row) => textOf(row, 'ID') ?? []);
}

/** @throws {CliError} as TenantClient.ask, tenant-not-json */
export async function readApplication(client: AdminClient, key: string): Promise<ApplicationDocument> {
  const members = membersOf(await client.ask('/SaasManage/GetApplication', { _RowKey: key }));
  if (members === null)
    throw new CliError(
      'tenant-not-json',
      `${client.tenant} does not say what an application is in a way that is understood`,
    );
  return { key, members };
}

/** Makes an OAuth2 Client without a name. @returns its key @throws {CliError} as TenantClient.ask, tenant-refused */
export async function importApplication(client: AdminClient): Promise<string> {
  const result = await client.ask(
    '/SaasManage/ImportAppFromTemplate',
    { ID: [template] },
    { change: 'made an application', once: true },
  );
  // What the tenant does not understand it answers with success and an empty list.
  const [made] = rowsOf(result);
  const key = made === undefined ? null : textOf(made, '_RowKey');
  if (key === null)
    throw new CliError('tenant-refused', `${client.tenant} made no application of the template ${template}`);
  return key;
}

/** Writes an application whole. */
export const updateApplication = changing(
  '/SaasManage/UpdateApplicationDE',
  { change: 'changed the application' },
  ({ key, members }: ApplicationDocument) => ({ ...members, ID: key, _RowKey: key, PVID: key }),
);

export const deleteApplication = changing(
  '/SaasManage/DeleteApplication',
  { change: 'deleted the application', once: true },
  (key: string) => ({ _RowKey: [key] }),
);

/** What somebody may do with an application; null where it cannot be told. */
export interface Permission {
  /** ID or name, whichever the tenant tells. */
  readonly names: readonly string[];
  readonly mayRun: boolean | null;
}

/** Who may do what with an application; null where the tenant does not tell. @throws {CliError} as TenantClient.ask */
export async function readPermissions(
  client: AdminClient,
  key: string,
): Promise<readonly Permission[] | null> {
  const asked = client.ask('/Acl/GetRowAces', { Table: 'Application', RowKey: key });
  // Nobody needs to know: the permission is given again, which changes nothing.
  const result = await unlessRefused(asked, 'tenant-refused', 'tenant-forbidden');
  return Array.isArray(result) || membersOf(result) !== null ? rowsOf(result).map(readPermission) : null;
}

function readPermission(row: Row): Permission {
  const names = ['Principal', 'PrincipalId', 'PrincipalName'].flatMap((name) => textOf(row, name) ?? []);
  const words = textOf(row, 'Rights', 'Grant');
  const bits = [row.Grant, row.Rights].find((value) => typeof value === 'number');
  if (bits !== undefined) return { names, mayRun: hasBit(Number(bits), 4) && hasBit(Number(bits), 128) };
  return { names, mayRun: words === null ? null : /\bView\b/i.test(words) && /\bExecute\b/i.test(words) };
}

/** Bit operators would cut the number to 32 bits. */
function hasBit(bits: number, bit: number): boolean {
  return Math.floor(bits / bit) % 2 === 1;
}

/** A role as a permission names it. */
export interface Grantee {
  readonly id: string;
  readonly name: string;
  readonly directoryServiceUuid: string | null;
}

/** Lets a role see and run an application, or lets it no longer. */
export const setPermission = changing(
  '/SaasManage/SetApplicationPermissions',
  { change: 'changed the permission' },
  (key: string, { id, name, directoryServiceUuid }: Grantee, rights: 'View,Execute' | 'None') => {
    // Whether a role's permission needs its directory is not known; it is the role's own, so it is never wrong.
    const directory = directoryServiceUuid === null ? {} : { DirectoryServiceUuid: directoryServiceUuid };
    const role = { Principal: name, PType: 'Role', Rights: rights, PrincipalId: id, ...directory };
    const grant = { ...role, ExternalUuid: id, SystemName: name, Type: 'Role' };
    return { ID: key, RowKey: key, PVID: key, Grants: [grant] };
  },
);
