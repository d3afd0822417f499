import type { Assumptions } from '../../assumptions.ts';
import { type Api, type JsonObject, requireText } from '../api.ts';
import { type Directory, directoryServiceUuid } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import { administrativeRights } from '../rights.ts';
import type { Role } from '../role.ts';
import { notFound } from './not-found.ts';
import { queryResult } from './query-result.ts';

/** What roles are and may do: their members and administrative rights. */
export function roleRightApis(directory: Directory, assumptions: Assumptions): readonly Api[] {
  const known = administrativeRights(assumptions);
  const requireRole = (key: string): Role => {
    const role = directory.findRole(key);
    if (role === null) throw notFound();
    return role;
  };
  const change = (
    path: string,
    apply: (rights: readonly string[], path: string) => readonly string[],
  ): Api => ({
    path,
    takes: ['list'],
    right: 'manage-roles',
    call({ parameters }) {
      const pairs = (parameters.items as readonly JsonObject[]).map((item) => ({
        role: requireRole(requireText(item, 'Role')).id,
        path: requireText(item, 'Path'),
      }));
      if (!pairs.every((pair) => known.some(({ path: right }) => right === pair.path)))
        throw new Refusal('System.ArgumentException', 'Specified path is invalid');
      for (const pair of pairs) {
        const role = requireRole(pair.role);
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
        const { rights } = requireRole(requireText(parameters, 'role'));
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
    {
      path: '/Roles/GetRole',
      takes: ['json', 'query'],
      right: 'read-roles',
      call({ parameters }) {
        const role = requireRole(requireText(parameters, 'Name'));
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
    {
      path: '/Roles/GetRoleMembers',
      takes: ['json', 'query'],
      right: 'read-roles',
      call({ parameters }) {
        const role = requireRole(requireText(parameters, 'name'));
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
