import { CliError } from '../../errors/cli-error.ts';
import { membersOf } from '../../text/json.ts';
import type { Secret } from '../../text/secret.ts';
import type { TenantClient } from '../client.ts';
import { textIn } from '../envelope.ts';

/** The administration API of a tenant. */
export type AdminClient = Pick<TenantClient, 'tenant' | 'ask'>;

/** A change in one call; with `once` it is never retried automatically. It throws what TenantClient.ask does. */
export function changing<Given extends readonly unknown[]>(
  path: string,
  options: { readonly change: string; readonly once?: boolean },
  documentOf: (...given: Given) => unknown,
) {
  return async (client: AdminClient, ...given: Given): Promise<void> => {
    await client.ask(path, documentOf(...given), options);
  };
}

export type Row = Readonly<Record<string, unknown>>;

/** The rows of a query's result: `{Results: [{Row}]}`, or a list of rows. */
export function rowsOf(result: unknown): readonly Row[] {
  const list = Array.isArray(result) ? result : membersOf(result)?.Results;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => {
    const members = membersOf(item);
    return members === null ? [] : [membersOf(members.Row) ?? members];
  });
}

/** The first text in a row under one of these names. */
export function textOf(row: Row, ...names: readonly string[]): string | null {
  return names.reduce<string | null>((found, name) => found ?? textIn(row[name]), null);
}

/** The page arguments for all rows of a query. */
export const pageOfAll = {
  PageNumber: 1,
  PageSize: 10_000,
  Limit: 10_000,
  SortBy: '',
  direction: 'False',
  Caching: -1,
};

/** `POST /RedRock/query`. @throws {CliError} as TenantClient.ask */
export async function query(client: AdminClient, script: string): Promise<readonly Row[]> {
  return rowsOf(await client.ask('/RedRock/query', { Script: script, Args: pageOfAll }));
}

/** A quoted text in a query. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whether a tenant treats two names as the same. */
export function sameText(one: unknown, other: unknown): boolean {
  return String(one).toLowerCase() === String(other).toLowerCase();
}

/** A user of the tenant. */
export interface TenantUser {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
}

const columns = 'ID, Username, DisplayName';

/** The user with that name, or null. @throws {CliError} as TenantClient.ask */
export async function findUser(client: AdminClient, name: string): Promise<TenantUser | null> {
  const rows = await query(
    client,
    `select ${columns} from User where Username like ${quoted(name)}`,
  );
  return rows.flatMap(readUser).find((user) => sameText(user.name, name)) ?? null;
}

/** The users with that display name. @throws {CliError} as TenantClient.ask */
export async function findUsersCalled(
  client: AdminClient,
  displayName: string,
): Promise<readonly TenantUser[]> {
  const rows = await query(
    client,
    `select ${columns} from User where DisplayName = ${quoted(displayName)}`,
  );
  return rows.flatMap(readUser).filter((user) => user.displayName === displayName);
}

function readUser(row: Row): readonly TenantUser[] {
  const [id, name] = [textOf(row, 'ID'), textOf(row, 'Username')];
  return id === null || name === null
    ? []
    : [{ id, name, displayName: textOf(row, 'DisplayName') ?? '' }];
}

/** Creates a service user for client credentials. @throws {CliError} as TenantClient.ask, tenant-refused */
export async function createServiceUser(
  client: AdminClient,
  { name, displayName }: Pick<TenantUser, 'name' | 'displayName'>,
  password: Secret,
): Promise<void> {
  const id = await client.ask(
    '/CDirectoryService/CreateUser',
    {
      Name: name,
      DisplayName: displayName,
      Mail: name,
      Password: password.reveal(),
      InEverybodyRole: 'false',
      InSysAdminRole: 'false',
      ForcePasswordChangeNext: 'false',
      PasswordNeverExpire: 'true',
      SendEmailInvite: 'false',
      SendSmsInvite: 'false',
      ServiceUser: true,
      OauthClient: true,
    },
    { change: 'made the service user', once: true, secrets: [password] },
  );
  if (id === null || id === undefined)
    throw new CliError('tenant-refused', `${client.tenant} does not name the user that it made`);
}

export const deleteUser = changing(
  '/CDirectoryService/DeleteUser',
  { change: 'deleted the service user', once: true },
  (id: string) => ({ ID: id }),
);

export type TenantRole = NonNullable<Awaited<ReturnType<typeof findRole>>>;

export interface AdministrativeRight {
  readonly description: string;
  readonly path: string;
}

/** The role with that name, or null. @throws {CliError} as TenantClient.ask */
export async function findRole(client: AdminClient, name: string) {
  const services = rowsOf(await client.ask('/Core/GetDirectoryServices', {}));
  const result = await client.ask('/UserMgmt/DirectoryServiceQuery', {
    directoryServices: services.flatMap((row) => textOf(row, 'directoryServiceUuid') ?? []),
    roles: JSON.stringify({ Name: { _like: { value: name, ignoreCase: true } } }),
    Args: { PageNumber: 1, PageSize: 10_000, Limit: 10_000, SortBy: '', Caching: -1 },
  });
  const rows = rowsOf(membersOf(result)?.Roles ?? membersOf(result)?.roles);
  const row = rows.find((one) => sameText(one.Name, name));
  const id = row === undefined ? null : textOf(row, '_ID', 'ID');
  if (row === undefined || id === null) return null;
  const assigned = `/Core/GetAssignedAdministrativeRights?${new URLSearchParams({ role: id })}`;
  const told = row.AdministrativeRights;
  const rights = Array.isArray(told) ? told : await client.ask(assigned, {});
  return {
    id,
    name: textOf(row, 'Name') ?? name,
    description: textOf(row, 'Description') ?? '',
    directoryServiceUuid: textOf(row, 'DirectoryServiceUuid'),
    /** Paths of administrative rights. */
    rights: rowsOf(rights).flatMap((right) => textOf(right, 'Path') ?? []),
  };
}

/** @returns its ID @throws {CliError} as TenantClient.ask, tenant-refused */
export async function createRole(
  client: AdminClient,
  name: string,
  description: string,
): Promise<string> {
  const result = await client.ask(
    '/Roles/StoreRole',
    { Name: name, Description: description, RoleType: 'PrincipalList' },
    { change: 'made the role', once: true },
  );
  const id = textOf(membersOf(result) ?? {}, '_RowKey');
  if (id === null)
    throw new CliError('tenant-refused', `${client.tenant} does not name the role that it made`);
  return id;
}

export const deleteRole = changing(
  '/SaasManage/DeleteRole',
  { change: 'deleted the role', once: true },
  (id: string) => ({ Name: id }),
);

/** Every administrative right of the tenant. @throws {CliError} as TenantClient.ask */
export async function listRights(client: AdminClient): Promise<readonly AdministrativeRight[]> {
  const rows = await query(client, "@/lib/get_superrights.js(excludeRight:'')");
  return rows.flatMap((row) => {
    const [description, path] = [textOf(row, 'Description'), textOf(row, 'Path')];
    return description === null || path === null ? [] : [{ description, path }];
  });
}

export const assignRight = changing(
  '/SaasManage/AssignSuperRights',
  { change: 'given the right to the role' },
  (roleId: string, path: string) => [{ Role: roleId, Path: path }],
);

/** The names of a role's members. @throws {CliError} as TenantClient.ask */
export async function readMembers(client: AdminClient, roleId: string): Promise<readonly string[]> {
  const result = await client.ask(
    `/Roles/GetRoleMembers?${new URLSearchParams({ name: roleId })}`,
    {},
  );
  return rowsOf(result).flatMap((row) => textOf(row, 'Name') ?? []);
}

/** Adds a user by name, `ada@example.com`. */
export const addMember = changing(
  '/SaasManage/AddUsersAndGroupsToRole',
  { change: 'added the user to the role' },
  (roleId: string, user: string) => ({ Name: roleId, Users: [user] }),
);
