import * as v from 'valibot';
import { CliError } from '../../errors/cli-error.ts';
import { listOrNull, readAnswer, text, textOfNumber } from '../answer.ts';
import type { BareCall } from '../bare-call.ts';
import { type AdminClient, changing, query, readRows, sameText } from './admin-client.ts';

/** A role of the tenant. */
export interface TenantRole {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Null: the tenant does not say. */
  readonly directoryServiceUuid: string | null;
  /** Paths of administrative rights. */
  readonly rights: readonly string[];
}

export interface AdministrativeRight {
  readonly description: string;
  readonly path: string;
}

const directoryRow = v.object({ directoryServiceUuid: text });
const rightRow = v.object({ Description: text, Path: text });
const roleRow = v.object({
  _ID: text,
  ID: text,
  Name: textOfNumber,
  Description: text,
  DirectoryServiceUuid: text,
  AdministrativeRights: listOrNull,
});

/** The directories of the tenant. */
async function directoryServices(client: AdminClient): Promise<readonly string[]> {
  const result = await client.ask('/Core/GetDirectoryServices', {});
  return readRows(directoryRow, result).flatMap((row) => row.directoryServiceUuid ?? []);
}

const roleQuery = v.object({
  Roles: v.optional(v.unknown()),
  roles: v.optional(v.unknown()),
});

/** The role with that name, or null. @throws {CliError} as TenantClient.ask */
export async function findRole(client: AdminClient, name: string): Promise<TenantRole | null> {
  const result = await client.ask('/UserMgmt/DirectoryServiceQuery', {
    directoryServices: await directoryServices(client),
    roles: JSON.stringify({ Name: { _like: { value: name, ignoreCase: true } } }),
    Args: { PageNumber: 1, PageSize: 10_000, Limit: 10_000, SortBy: '', Caching: -1 },
  });
  const { Roles, roles } = readAnswer(roleQuery, result);
  const row = readRows(roleRow, Roles ?? roles).find((one) => sameText(one.Name ?? '', name));
  const id = row?._ID ?? row?.ID ?? null;
  if (row === undefined || id === null) return null;
  const rights = row.AdministrativeRights ?? (await assignedRights(client, id));
  return {
    id,
    name: row.Name ?? name,
    description: row.Description ?? '',
    directoryServiceUuid: row.DirectoryServiceUuid,
    rights: readRows(rightRow, rights).flatMap(({ Path }) => Path ?? []),
  };
}

function assignedRights(client: AdminClient, role: string): Promise<unknown> {
  return client.ask(`/Core/GetAssignedAdministrativeRights?${new URLSearchParams({ role })}`, {});
}

/** For `doctor`: the ID of a role by its name. */
export function roleIdCall(roleName: string): BareCall {
  return { path: '/SaasManage/GetRoleIdFromName', query: { roleName } };
}

const madeRole = v.object({ _RowKey: text });

/** @returns its ID @throws {CliError} as TenantClient.ask, tenant-refused */
export async function createRole(
  client: AdminClient,
  name: string,
  description: string,
): Promise<string> {
  const result = await client.ask(
    '/Roles/StoreRole',
    { Name: name, Description: description, RoleType: 'PrincipalList' },
    { mayHave: 'made the role', once: true },
  );
  const { _RowKey: id } = readAnswer(madeRole, result);
  if (id === null)
    throw new CliError(
      'tenant-refused',
      `${client.tenant} created the role but did not return its ID`,
    );
  return id;
}

export const deleteRole = changing(
  '/SaasManage/DeleteRole',
  { mayHave: 'deleted the role', once: true },
  (id: string) => ({ Name: id }),
);

/** Every administrative right of the tenant. @throws {CliError} as TenantClient.ask */
export async function listRights(client: AdminClient): Promise<readonly AdministrativeRight[]> {
  const rows = await query(client, rightRow, "@/lib/get_superrights.js(excludeRight:'')");
  return rows.flatMap(({ Description: description, Path: path }) =>
    description === null || path === null ? [] : [{ description, path }],
  );
}

export const assignRight = changing(
  '/SaasManage/AssignSuperRights',
  { mayHave: 'given the right to the role' },
  (roleId: string, path: string) => [{ Role: roleId, Path: path }],
);

const memberRow = v.object({ Name: text });

/** The names of a role's members. @throws {CliError} as TenantClient.ask */
export async function readMembers(client: AdminClient, roleId: string): Promise<readonly string[]> {
  const result = await client.ask(
    `/Roles/GetRoleMembers?${new URLSearchParams({ name: roleId })}`,
    {},
  );
  return readRows(memberRow, result).flatMap(({ Name }) => Name ?? []);
}

/** Adds a user by name, `ada@example.com`. */
export const addMember = changing(
  '/SaasManage/AddUsersAndGroupsToRole',
  { mayHave: 'added the user to the role' },
  (roleId: string, user: string) => ({ Name: roleId, Users: [user] }),
);
