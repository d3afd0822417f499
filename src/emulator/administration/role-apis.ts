import { randomUUID } from 'node:crypto';
import { membersOf, parseJson } from '../../text/json.ts';
import { type Api, api, type Call, requireRight } from '../api.ts';
import { sameName } from '../applications.ts';
import { type Directory, directoryServiceUuid } from '../directory.ts';
import {
  absentName,
  badArgument,
  badOperation,
  queryResult,
  Refusal,
  type Row,
} from '../envelope.ts';
import { type JsonObject, Parameters } from '../parameters.ts';
import { everybody, type Role, rightRow, systemAdministrators } from '../people.ts';
import type { World } from '../world.ts';

const reads = { takes: ['json', 'query'], right: 'read-roles' } as const;

/**
 * `/Roles`, `/SaasManage`, `/Core` and `/UserMgmt`: roles, their members and their
 * administrative rights.
 */
export function roleApis({ directory, assumptions }: World): readonly Api[] {
  return [
    api('/Roles/StoreRole', 'manage-roles', ({ parameters }) => createRole(parameters, directory)),
    api('/SaasManage/DeleteRole', 'manage-roles', ({ parameters }) =>
      deleteRole(parameters, directory),
    ),
    api(
      '/SaasManage/GetRoleIdFromName',
      { ...reads, takes: ['query', 'json'] },
      ({ parameters }) =>
        directory.findRole(parameters.text('roleName'))?.id ?? absentName(assumptions),
    ),
    api('/SaasManage/AddUsersAndGroupsToRole', 'manage-roles', (call) =>
      addMembers(call, directory),
    ),
    api('/Roles/GetRoleMembers', reads, ({ parameters }) => membersOfRole(parameters, directory)),
    api(
      '/SaasManage/AssignSuperRights',
      { takes: ['list'], right: 'manage-roles' },
      ({ parameters }) => assignRights(parameters.all.items as readonly JsonObject[], directory),
    ),
    api('/Core/GetAssignedAdministrativeRights', reads, ({ parameters }) => {
      const role = directory.requireRole(parameters.text('role'));
      return queryResult(rightRows(role.rights, directory));
    }),
    api('/Core/GetDirectoryServices', 'signed-in', () =>
      queryResult([{ directoryServiceUuid, Service: 'CDS', Name: 'Cloud Directory' }]),
    ),
    api('/UserMgmt/DirectoryServiceQuery', 'read-roles', ({ parameters }) =>
      queryRoles(parameters, directory),
    ),
  ];
}

function createRole(parameters: Parameters, directory: Directory): object {
  const name = parameters.optionalText('Name') ?? '';
  if (name === '') throw new Refusal('RequiredParameter', 'Parameter "Name" must be specified.');
  if (directory.findRole(name) !== null)
    throw new Refusal(null, `Role with name ${name} already exists.`, { code: '1409' });
  const id = randomUUID().replaceAll('-', '_');
  directory.keepRole({
    id,
    name,
    description: parameters.optionalText('Description') ?? '',
    rights: [],
    users: uuidsOf(parameters.texts('Users'), directory),
  });
  return { _RowKey: id };
}

function deleteRole(parameters: Parameters, directory: Directory): void {
  const role = directory.requireRole(parameters.text('Name'));
  if (role.id === systemAdministrators || role.id === everybody)
    throw badOperation(`The role ${role.name} cannot be deleted.`);
  directory.removeRole(role);
}

function addMembers({ parameters, caller }: Call, directory: Directory): void {
  const role = directory.requireRole(parameters.text('Name'));
  // Only administrators can make others administrators.
  if (role.id === systemAdministrators) requireRight(caller, 'manage-tenant');
  const added = uuidsOf(parameters.texts('Users'), directory);
  directory.keepRole({ ...role, users: [...new Set([...role.users, ...added])] });
}

/** @param keys names or UUIDs @throws {Refusal} an unknown user */
function uuidsOf(keys: readonly string[], directory: Directory): readonly string[] {
  return keys.map((key) => directory.requireUser(key).uuid);
}

function membersOfRole(parameters: Parameters, directory: Directory): object {
  const role = directory.requireRole(parameters.text('name'));
  const users = role.users.flatMap((uuid) => directory.findUser(uuid) ?? []);
  const rows = users.map(({ uuid, user }) => ({
    Guid: uuid,
    Name: user,
    Type: 'User',
    IsEffective: true,
  }));
  return queryResult(rows);
}

/** Gives roles rights: all of them, or none if one is unknown. @throws {Refusal} */
function assignRights(items: readonly JsonObject[], directory: Directory): void {
  const assignments = items.map((item) => {
    const given = new Parameters(item);
    return { role: directory.requireRole(given.text('Role')).id, path: given.text('Path') };
  });
  const known = directory.rights.map(({ path }) => path);
  if (!assignments.every(({ path }) => known.includes(path)))
    throw badArgument('Specified path is invalid');
  for (const { role: id, path } of assignments) {
    const role = directory.requireRole(id);
    directory.keepRole({ ...role, rights: [...new Set([...role.rights, path])] });
  }
}

function rightRows(paths: readonly string[], directory: Directory): readonly Row[] {
  return directory.rights.filter(({ path }) => paths.includes(path)).map(rightRow);
}

function queryRoles(parameters: Parameters, directory: Directory): object {
  const isQueried = parameters
    .texts('directoryServices')
    .some((uuid) => sameName(uuid, directoryServiceUuid));
  const wanted = readRoleFilter(parameters.text('roles')).toLowerCase();
  const found = directory
    .roles()
    .filter(({ name }) => isQueried && name.toLowerCase().includes(wanted));
  return { Roles: queryResult(found.map((role) => roleRow(role, directory))) };
}

/** The value of a filter, which is itself a JSON document. @throws {Refusal} */
function readRoleFilter(text: string): string {
  const condition = membersOf(membersOf(membersOf(parseJson(text))?.Name)?._like);
  if (typeof condition?.value === 'string') return condition.value;
  throw badArgument('The local tenant supports only {"Name":{"_like":{"value":…}}}.');
}

function roleRow({ id, name, description, rights }: Role, directory: Directory): Row {
  return {
    _ID: id,
    Name: name,
    Description: description,
    DirectoryServiceUuid: directoryServiceUuid,
    AdministrativeRights: rightRows(rights, directory),
  };
}
