import { type Api, type JsonObject, requireText } from '../api.ts';
import type { Directory } from '../directory.ts';
import type { Role } from '../role.ts';
import { queryResult } from './query-result.ts';
import { requireRole } from './required.ts';
import { readMembers, requireMayChange, withMembers, withoutMembers } from './role-members.ts';

/** Who is in a role. */
export function roleMemberApis(directory: Directory): readonly Api[] {
  const change = (path: string, apply: (role: Role, parameters: JsonObject) => Role): Api => ({
    path,
    right: 'manage-roles',
    call({ parameters, caller }) {
      const role = requireRole(directory, requireText(parameters, 'Name'));
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
        const role = requireRole(directory, requireText(parameters, 'name'));
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
