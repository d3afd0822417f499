import { CliError } from '../../errors/cli-error.ts';
import { membersOf } from '../../text/json.ts';
import { type AdminClient, query, rowsOf, sameText, textOf } from './admin-client.ts';

export interface TenantRole {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly directoryServiceUuid: string | null;
  /** Paths of administrative rights. */
  readonly rights: readonly string[];
}

/** An administrative right that the tenant has. */
export interface AdministrativeRight {
  readonly description: string;
  readonly path: string;
}

/** The role with that name, or null. @throws {CliError} as AdminClient.ask */
export async function findRole(client: AdminClient, name: string): Promise<TenantRole | null> {
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
  const told = row.AdministrativeRights;
  return {
    id,
    name: textOf(row, 'Name') ?? name,
    description: textOf(row, 'Description') ?? '',
    directoryServiceUuid: textOf(row, 'DirectoryServiceUuid'),
    rights: Array.isArray(told) ? pathsOf(told) : await assignedRights(client, id),
  };
}

async function assignedRights(client: AdminClient, id: string): Promise<readonly string[]> {
  const address = `/Core/GetAssignedAdministrativeRights?${new URLSearchParams({ role: id })}`;
  return pathsOf(await client.ask(address, {}));
}

function pathsOf(list: unknown): readonly string[] {
  return rowsOf(list).flatMap((row) => textOf(row, 'Path') ?? []);
}

/** @returns its ID @throws {CliError} as AdminClient.ask, tenant-refused */
export async function createRole(client: AdminClient, name: string, description: string): Promise<string> {
  const result = await client.ask(
    '/Roles/StoreRole',
    { Name: name, Description: description, RoleType: 'PrincipalList' },
    { once: true },
  );
  const id = textOf(membersOf(result) ?? {}, '_RowKey');
  if (id === null)
    throw new CliError('tenant-refused', `${client.tenant} does not name the role that it made`);
  return id;
}

/** @throws {CliError} as AdminClient.ask */
export async function deleteRole(client: AdminClient, id: string): Promise<void> {
  await client.ask('/SaasManage/DeleteRole', { Name: id }, { once: true });
}

/** Every administrative right of the tenant. @throws {CliError} as AdminClient.ask */
export async function listRights(client: AdminClient): Promise<readonly AdministrativeRight[]> {
  const rows = await query(client, "@/lib/get_superrights.js(excludeRight:'')");
  return rows.flatMap((row) => {
    const [description, path] = [textOf(row, 'Description'), textOf(row, 'Path')];
    return description === null || path === null ? [] : [{ description, path }];
  });
}

/** @throws {CliError} as AdminClient.ask */
export async function assignRight(client: AdminClient, roleId: string, path: string): Promise<void> {
  await client.ask('/SaasManage/AssignSuperRights', [{ Role: roleId, Path: path }]);
}

/** The names of a role's members. @throws {CliError} as AdminClient.ask */
export async function readMembers(client: AdminClient, roleId: string): Promise<readonly string[]> {
  const result = await client.ask(`/Roles/GetRoleMembers?${new URLSearchParams({ name: roleId })}`, {});
  return rowsOf(result).flatMap((row) => textOf(row, 'Name') ?? []);
}

/** @param user its name, `ada@example.com` @throws {CliError} as AdminClient.ask */
export async function addMember(client: AdminClient, roleId: string, user: string): Promise<void> {
  await client.ask('/SaasManage/AddUsersAndGroupsToRole', { Name: roleId, Users: [user] });
}
