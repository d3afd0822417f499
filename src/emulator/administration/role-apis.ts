import { randomUUID } from 'node:crypto';
import {
  type Api,
  type JsonObject,
  optionalText,
  optionalTexts,
  parameter,
  requireRight,
  requireText,
} from '../api.ts';
import type { Assumptions } from '../assumptions.ts';
import { type Caller, type Directory, directoryServiceUuid } from '../directory.ts';
import { absent, notFound, queryResult, Refusal } from '../envelope.ts';
import { isObject } from '../json-object.ts';
import { administrativeRights, systemAdministrators } from '../rights.ts';
import { type Role, roleTypes } from '../users.ts';

/** `/Roles` and `/SaasManage`: roles. */
export function roleApis(directory: Directory, assumptions: Assumptions): readonly Api[] {
  const create = (path: string): Api => ({
    path,
    right: 'manage-roles',
    call({ parameters }) {
      const name = optionalText(parameters, 'Name') ?? '';
      if (name === '') throw new Refusal('RequiredParameter', 'Parameter "Name" must be specified.');
      const type = readType(optionalText(parameters, 'RoleType') ?? 'PrincipalList');
      if (directory.findRole(name) !== null)
        throw new Refusal(null, `Role with name ${name} already exists.`, 200, { code: '1409' });
      const id = randomUUID().replaceAll('-', '_');
      const description = optionalText(parameters, 'Description') ?? '';
      const members = readMembers(parameters, directory);
      directory.keepRole({ id, name, description, type, rights: [], ...members });
      return { _RowKey: id };
    },
  });
  const requireRemovable = (key: string): Role => {
    const role = directory.requireRole(key);
    if (role.id === systemAdministrators || role.type === 'Everybody')
      throw new Refusal('System.InvalidOperationException', `The role ${role.name} cannot be deleted.`);
    return role;
  };
  return [
    create('/Roles/StoreRole'),
    create('/SaasManage/StoreRole'),
    {
      path: '/Roles/UpdateRole',
      right: 'manage-roles',
      call({ parameters, caller }) {
        const key = requireText(parameters, 'Name');
        const role = directory.findRole(key);
        if (role === null) throw new Refusal(null, `The role "${key}" does not exist.`);
        requireMayChange(role, caller);
        const without = withoutMembers(role, readMemberChange(parameters, 'Delete', directory));
        directory.keepRole({
          ...withMembers(without, readMemberChange(parameters, 'Add', directory)),
          name: optionalText(parameters, 'NewName') ?? role.name,
          description: optionalText(parameters, 'Description') ?? role.description,
        });
        return null;
      },
    },
    {
      path: '/SaasManage/DeleteRole',
      right: 'manage-roles',
      call({ parameters }) {
        directory.removeRole(requireRemovable(requireText(parameters, 'Name')));
        return null;
      },
    },
    {
      path: '/SaasManage/DeleteRoles',
      right: 'manage-roles',
      call({ parameters }) {
        for (const role of optionalTexts(parameters, 'Roles').map(requireRemovable))
          directory.removeRole(role);
        return null;
      },
    },
    {
      path: '/SaasManage/GetRoleIdFromName',
      takes: ['query', 'json'],
      right: 'read-roles',
      call: ({ parameters }) =>
        directory.findRole(requireText(parameters, 'roleName'))?.id ?? absent(assumptions),
    },
    {
      path: '/Roles/GetRole',
      takes: ['json', 'query'],
      right: 'read-roles',
      call({ parameters }) {
        const role = directory.requireRole(requireText(parameters, 'Name'));
        const users = role.users.flatMap((uuid) => directory.findUser(uuid)?.user ?? []);
        const roles = role.roles.flatMap((id) => directory.findRole(id)?.name ?? []);
        return {
          Uuid: role.id,
          Name: role.name,
          Description: role.description,
          RoleType: role.type,
          ReadOnly: false,
          DirectoryServiceUuid: directoryServiceUuid,
          Principals: [...users.map((name) => `u=${name}`), ...roles.map((name) => `r=${name}`)],
        };
      },
    },
  ];
}

function readType(text: string): Role['type'] {
  const type = roleTypes.find((known) => known === text);
  if (type === undefined) throw new Refusal('System.ArgumentException', `The role type ${text} is unknown.`);
  return type;
}

/** Who is in a role. */
export function roleMemberApis(directory: Directory): readonly Api[] {
  const change = (path: string, apply: (role: Role, parameters: JsonObject) => Role): Api => ({
    path,
    right: 'manage-roles',
    call({ parameters, caller }) {
      const role = directory.requireRole(requireText(parameters, 'Name'));
      requireMayChange(role, caller);
      directory.keepRole(apply(role, parameters));
      return null;
    },
  });
  return [
    change('/SaasManage/AddUsersAndGroupsToRole', (role, parameters) =>
      withMembers(role, readMembers(parameters, directory)),
    ),
    change('/SaasManage/RemoveUsersAndGroupsFromRole', (role, parameters) =>
      withoutMembers(role, readMembers(parameters, directory)),
    ),
    {
      path: '/Roles/GetRoleMembers',
      takes: ['json', 'query'],
      right: 'read-roles',
      call({ parameters }) {
        const role = directory.requireRole(requireText(parameters, 'name'));
        const users = role.users.flatMap((uuid) => directory.findUser(uuid) ?? []);
        const roles = role.roles.flatMap((id) => directory.findRole(id) ?? []);
        return queryResult([
          ...users.map(({ uuid, user }) => ({ Guid: uuid, Name: user, Type: 'User', IsEffective: true })),
          ...roles.map(({ id, name }) => ({ Guid: id, Name: name, Type: 'Role', IsEffective: true })),
        ]);
      },
    },
  ];
}

/** What roles may do: their administrative rights. */
export function roleRightApis(directory: Directory, assumptions: Assumptions): readonly Api[] {
  const known = administrativeRights(assumptions);
  const change = (
    path: string,
    apply: (rights: readonly string[], path: string) => readonly string[],
  ): Api => ({
    path,
    takes: ['list'],
    right: 'manage-roles',
    call({ parameters }) {
      const pairs = (parameters.items as readonly JsonObject[]).map((item) => ({
        role: directory.requireRole(requireText(item, 'Role')).id,
        path: requireText(item, 'Path'),
      }));
      if (!pairs.every((pair) => known.some(({ path: right }) => right === pair.path)))
        throw new Refusal('System.ArgumentException', 'Specified path is invalid');
      for (const pair of pairs) {
        const role = directory.requireRole(pair.role);
        directory.keepRole({ ...role, rights: apply(role.rights, pair.path) });
      }
      return null;
    },
  });
  const assign = (rights: readonly string[], path: string) => [...new Set([...rights, path])];
  const unassign = (rights: readonly string[], path: string) => rights.filter((right) => right !== path);
  return [
    change('/Roles/AssignSuperRights', assign),
    change('/SaasManage/AssignSuperRights', assign),
    change('/Roles/UnAssignSuperRights', unassign),
    change('/SaasManage/UnAssignSuperRights', unassign),
    {
      path: '/Core/GetAssignedAdministrativeRights',
      takes: ['json', 'query'],
      right: 'read-roles',
      call({ parameters }) {
        const { rights } = directory.requireRole(requireText(parameters, 'role'));
        const assigned = known.filter(({ path }) => rights.includes(path));
        return queryResult(
          assigned.map(({ description, path }) => ({
            Path: path,
            Description: description,
            ServiceName: null,
            Scope: null,
          })),
        );
      },
    },
  ];
}

type Members = Pick<Role, 'users' | 'roles'>;

/** Those named by `Users` and `Roles`; the tenant has no groups. @throws {Refusal} */
function readMembers(parameters: JsonObject, directory: Directory): Members {
  if (optionalTexts(parameters, 'Groups').length > 0) throw notFound();
  return {
    users: optionalTexts(parameters, 'Users').map((key) => directory.requireUser(key).uuid),
    roles: optionalTexts(parameters, 'Roles').map((key) => directory.requireRole(key).id),
  };
}

/** Those of a change: its `Users` and `Roles` have lists `Add` and `Delete`. @throws {Refusal} */
function readMemberChange(parameters: JsonObject, list: 'Add' | 'Delete', directory: Directory): Members {
  const lists = ['Users', 'Roles', 'Groups'].map((kind) => {
    const change = parameter(parameters, kind);
    return [kind, isObject(change) ? parameter(change, list) : undefined];
  });
  return readMembers(Object.fromEntries(lists), directory);
}

function withMembers(role: Role, { users, roles }: Members): Role {
  return {
    ...role,
    users: [...new Set([...role.users, ...users])],
    roles: [...new Set([...role.roles, ...roles])],
  };
}

function withoutMembers(role: Role, { users, roles }: Members): Role {
  return {
    ...role,
    users: role.users.filter((uuid) => !users.includes(uuid)),
    roles: role.roles.filter((id) => !roles.includes(id)),
  };
}

/** Only administrators can make others administrators. @throws {Refusal} */
function requireMayChange(role: Role, caller: Caller): void {
  if (role.id === systemAdministrators) requireRight(caller, 'manage-tenant');
}
