import { type Api, type JsonObject, requireText } from '../api.ts';
import type { Assumptions } from '../assumptions.ts';
import type { Directory } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import { administrativeRights } from '../rights.ts';
import { queryResult } from './query-result.ts';
import { requireRole } from './required.ts';

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
        role: requireRole(directory, requireText(item, 'Role')).id,
        path: requireText(item, 'Path'),
      }));
      if (!pairs.every((pair) => known.some(({ path: right }) => right === pair.path)))
        throw new Refusal('System.ArgumentException', 'Specified path is invalid');
      for (const pair of pairs) {
        const role = requireRole(directory, pair.role);
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
        const { rights } = requireRole(directory, requireText(parameters, 'role'));
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
