import { isObject } from '../../text/json.ts';
import { type JsonObject, optionalTexts, parameter, requireRight } from '../api.ts';
import type { Caller, Directory } from '../directory.ts';
import { systemAdministrators } from '../rights.ts';
import type { Role } from '../role.ts';
import { notFound, requireRole, requireUser } from './required.ts';

type Members = Pick<Role, 'users' | 'roles'>;

/** Those named by `Users` and `Roles`; the tenant has no groups. @throws {Refusal} */
export function readMembers(parameters: JsonObject, directory: Directory): Members {
  if (optionalTexts(parameters, 'Groups').length > 0) throw notFound();
  return {
    users: optionalTexts(parameters, 'Users').map((key) => requireUser(directory, key).uuid),
    roles: optionalTexts(parameters, 'Roles').map((key) => requireRole(directory, key).id),
  };
}

/** Those of a change: its `Users` and `Roles` have lists `Add` and `Delete`. @throws {Refusal} */
export function readMemberChange(
  parameters: JsonObject,
  list: 'Add' | 'Delete',
  directory: Directory,
): Members {
  const lists = ['Users', 'Roles', 'Groups'].map((kind) => {
    const change = parameter(parameters, kind);
    return [kind, isObject(change) ? parameter(change, list) : undefined];
  });
  return readMembers(Object.fromEntries(lists), directory);
}

export function withMembers(role: Role, { users, roles }: Members): Role {
  return {
    ...role,
    users: [...new Set([...role.users, ...users])],
    roles: [...new Set([...role.roles, ...roles])],
  };
}

export function withoutMembers(role: Role, { users, roles }: Members): Role {
  return {
    ...role,
    users: role.users.filter((uuid) => !users.includes(uuid)),
    roles: role.roles.filter((id) => !roles.includes(id)),
  };
}

/** Only administrators can make others administrators. @throws {Refusal} */
export function requireMayChange(role: Role, caller: Caller): void {
  if (role.id === systemAdministrators) requireRight(caller, 'manage-tenant');
}
