import { randomUUID } from 'node:crypto';
import type { Assumptions } from '../../assumptions.ts';
import {
  type Api,
  type JsonObject,
  optionalText,
  optionalTexts,
  type ParameterPlace,
  parameter,
  requireRight,
  requireText,
} from '../api.ts';
import type { Caller, Directory } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import { isObject } from '../json-object.ts';
import { systemAdministrators } from '../rights.ts';
import { type Role, roleTypes } from '../role.ts';
import { absent } from './absent.ts';
import { notFound } from './not-found.ts';

const either: readonly ParameterPlace[] = ['query', 'json'];

/** `/Roles` and `/SaasManage`: roles and their members. */
export function roleApis(directory: Directory, assumptions: Assumptions): readonly Api[] {
  const requireRole = (key: string, fault = notFound()): Role => {
    const role = directory.findRole(key);
    if (role === null) throw fault;
    return role;
  };
  /** The members that are named, by UUID and ID. @throws {Refusal} */
  const readMembers = (parameters: JsonObject): Pick<Role, 'users' | 'roles'> => {
    if (optionalTexts(parameters, 'Groups').length > 0) throw notFound();
    return {
      users: optionalTexts(parameters, 'Users').map((key) => {
        const user = directory.findUser(key);
        if (user === null) throw notFound();
        return user.uuid;
      }),
      roles: optionalTexts(parameters, 'Roles').map((key) => requireRole(key).id),
    };
  };
  const create = (path: string): Api => ({
    path,
    right: 'manage-roles',
    call({ parameters }) {
      const name = optionalText(parameters, 'Name') ?? '';
      if (name === '') throw new Refusal('RequiredParameter', 'Parameter "Name" must be specified.');
      const given = optionalText(parameters, 'RoleType') ?? 'PrincipalList';
      const type = roleTypes.find((known) => known === given);
      if (type === undefined)
        throw new Refusal('System.ArgumentException', `The role type ${given} is not known.`);
      if (directory.findRole(name) !== null)
        throw new Refusal(null, `Role with name ${name} already exists.`, 200, { code: '1409' });
      const id = randomUUID().replaceAll('-', '_');
      const description = optionalText(parameters, 'Description') ?? '';
      directory.keepRole({ id, name, description, type, rights: [], ...readMembers(parameters) });
      return { _RowKey: id };
    },
  });
  const remove = (caller: Caller, key: string): void => {
    const role = requireRole(key);
    requireMayChange(role, caller);
    if (role.id === systemAdministrators || role.type === 'Everybody')
      throw new Refusal('System.InvalidOperationException', `The role ${role.name} cannot be deleted.`);
    directory.removeRole(role);
  };
  return [
    create('/Roles/StoreRole'),
    create('/SaasManage/StoreRole'),
    {
      path: '/Roles/UpdateRole',
      right: 'manage-roles',
      call({ parameters, caller }) {
        const key = requireText(parameters, 'Name');
        const role = requireRole(key, new Refusal(null, `The role "${key}" does not exist.`));
        requireMayChange(role, caller);
        const added = readMembers(pick(parameters, 'Add'));
        const removed = readMembers(pick(parameters, 'Delete'));
        directory.keepRole({
          ...withMembers(withoutMembers(role, removed), added),
          name: optionalText(parameters, 'NewName') ?? role.name,
          description: optionalText(parameters, 'Description') ?? role.description,
        });
        return null;
      },
    },
    {
      path: '/SaasManage/AddUsersAndGroupsToRole',
      right: 'manage-roles',
      call({ parameters, caller }) {
        const role = requireRole(requireText(parameters, 'Name'));
        requireMayChange(role, caller);
        directory.keepRole(withMembers(role, readMembers(parameters)));
        return null;
      },
    },
    {
      path: '/SaasManage/RemoveUsersAndGroupsFromRole',
      right: 'manage-roles',
      call({ parameters, caller }) {
        const role = requireRole(requireText(parameters, 'Name'));
        requireMayChange(role, caller);
        directory.keepRole(withoutMembers(role, readMembers(parameters)));
        return null;
      },
    },
    {
      path: '/SaasManage/DeleteRole',
      right: 'manage-roles',
      call({ parameters, caller }) {
        remove(caller, requireText(parameters, 'Name'));
        return null;
      },
    },
    {
      path: '/SaasManage/DeleteRoles',
      right: 'manage-roles',
      call({ parameters, caller }) {
        const keys = optionalTexts(parameters, 'Roles');
        for (const key of keys) requireRole(key);
        for (const key of keys) remove(caller, key);
        return null;
      },
    },
    {
      path: '/SaasManage/GetRoleIdFromName',
      takes: either,
      right: 'read-roles',
      call: ({ parameters }) =>
        directory.findRole(requireText(parameters, 'roleName'))?.id ?? absent(assumptions),
    },
  ];
}

/** Only they themselves make others administrators. @throws {Refusal} */
function requireMayChange(role: Role, caller: Caller): void {
  if (role.id === systemAdministrators) requireRight(caller, 'manage-tenant');
}

/** The `Users`, `Roles` and `Groups` of a change, of which each has lists `Add` and `Delete`. */
function pick(parameters: JsonObject, list: 'Add' | 'Delete'): JsonObject {
  return Object.fromEntries(
    ['Users', 'Roles', 'Groups'].map((kind) => {
      const lists = parameter(parameters, kind);
      return [kind, isObject(lists) ? parameter(lists, list) : undefined];
    }),
  );
}

function withMembers(role: Role, { users, roles }: Pick<Role, 'users' | 'roles'>): Role {
  return {
    ...role,
    users: [...new Set([...role.users, ...users])],
    roles: [...new Set([...role.roles, ...roles])],
  };
}

function withoutMembers(role: Role, { users, roles }: Pick<Role, 'users' | 'roles'>): Role {
  return {
    ...role,
    users: role.users.filter((uuid) => !users.includes(uuid)),
    roles: role.roles.filter((id) => !roles.includes(id)),
  };
}
