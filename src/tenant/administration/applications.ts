import { CliError } from '../../errors/cli-error.ts';
import { membersOf } from '../../text/json.ts';
import { type AdminClient, query, quoted, type Row, rowsOf, sameText, textOf } from './admin-client.ts';

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
 * @throws {CliError} as AdminClient.ask
 */
export async function findApplicationKey(client: AdminClient, appId: string): Promise<string | null> {
  try {
    return await queryApplicationKey(client, appId);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  try {
    const key = await client.ask('/SaasManage/GetAppIDByServiceName', { Name: appId });
    return typeof key === 'string' && key !== '' ? key : null;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return null;
  }
}

async function queryApplicationKey(client: AdminClient, appId: string): Promise<string | null> {
  // The letters of an application ID are compared here: how the tenant takes them is not known.
  const rows = await query(
    client,
    `select ID, ServiceName from Application where ServiceName like ${quoted(appId)}`,
  );
  const found = rows.find((row) => sameText(row.ServiceName, appId));
  return found === undefined ? null : textOf(found, 'ID');
}

/** A missing right is none: it would be missing for every question. */
function isRefusal(error: unknown): boolean {
  return error instanceof CliError && error.code === 'tenant-refused';
}

/**
 * The keys of the OAuth2 Client applications that nobody gave an application ID, as an interrupted creation leaves them.
 * @throws {CliError} as AdminClient.ask
 */
export async function findUnnamedApplications(client: AdminClient): Promise<readonly string[]> {
  const rows = await query(
    client,
    `select ID, ServiceName, TemplateName from Application where TemplateName = ${quoted(template)}`,
  );
  return rows.filter((row) => textOf(row, 'ServiceName') === null).flatMap((row) => textOf(row, 'ID') ?? []);
}

/** @throws {CliError} as AdminClient.ask, tenant-not-json */
export async function readApplication(client: AdminClient, key: string): Promise<ApplicationDocument> {
  const members = membersOf(await client.ask('/SaasManage/GetApplication', { _RowKey: key }));
  if (members === null) throw notUnderstood(client, 'what an application is');
  return { key, members };
}

/** Makes an OAuth2 Client without a name. @returns its key @throws {CliError} as AdminClient.ask, tenant-refused */
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

/** Writes an application whole. @throws {CliError} as AdminClient.ask */
export async function updateApplication(
  client: AdminClient,
  { key, members }: ApplicationDocument,
): Promise<void> {
  await client.ask(
    '/SaasManage/UpdateApplicationDE',
    { ...members, ID: key, _RowKey: key, PVID: key },
    { change: 'changed the application' },
  );
}

/** @throws {CliError} as AdminClient.ask */
export async function deleteApplication(client: AdminClient, key: string): Promise<void> {
  await client.ask(
    '/SaasManage/DeleteApplication',
    { _RowKey: [key] },
    { change: 'deleted the application', once: true },
  );
}

/** What somebody may do with an application; null where it cannot be told. */
export interface Permission {
  /** ID or name, whichever the tenant tells. */
  readonly names: readonly string[];
  readonly mayRun: boolean | null;
}

/** Who may do what with an application; null where the tenant does not tell. @throws {CliError} as AdminClient.ask */
export async function readPermissions(
  client: AdminClient,
  key: string,
): Promise<readonly Permission[] | null> {
  try {
    const result = await client.ask('/Acl/GetRowAces', { Table: 'Application', RowKey: key });
    return Array.isArray(result) || membersOf(result) !== null ? rowsOf(result).map(readPermission) : null;
  } catch (error) {
    // Nobody needs to know: the permission is given again, which changes nothing.
    if (error instanceof CliError && /^tenant-(refused|forbidden)$/.test(error.code)) return null;
    throw error;
  }
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

/** Lets a role see and run an application, or lets it no longer. @throws {CliError} as AdminClient.ask */
export async function setPermission(
  client: AdminClient,
  key: string,
  { id, name, directoryServiceUuid }: Grantee,
  rights: 'View,Execute' | 'None',
): Promise<void> {
  await client.ask(
    '/SaasManage/SetApplicationPermissions',
    {
      ID: key,
      RowKey: key,
      PVID: key,
      Grants: [
        {
          Principal: name,
          PType: 'Role',
          Rights: rights,
          PrincipalId: id,
          // Whether a role's permission needs it is not known; it is the role's own, so it is never wrong.
          ...(directoryServiceUuid === null ? {} : { DirectoryServiceUuid: directoryServiceUuid }),
          ExternalUuid: id,
          SystemName: name,
          Type: 'Role',
        },
      ],
    },
    { change: 'changed the permission' },
  );
}

function notUnderstood({ tenant }: AdminClient, what: string): CliError {
  return new CliError('tenant-not-json', `${tenant} does not say ${what} in a way that is understood`);
}
