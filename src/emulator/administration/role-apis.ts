import { randomUUID } from 'node:crypto';
import { type Api, optionalText, optionalTexts, requireText } from '../api.ts';
import type { Assumptions } from '../assumptions.ts';
import { type Directory, directoryServiceUuid } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import { systemAdministrators } from '../rights.ts';
import { type Role, roleTypes } from '../role.ts';
import { absent } from './absent.ts';
import { requireRole } from './required.ts';
import {
  readMemberChange,
  readMembers,
  requireMayChange,
  withMembers,
  withoutMembers,
} from './role-members.ts';

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
    const role = requireRole(directory, key);
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
        const role = requireRole(directory, requireText(parameters, 'Name'));
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
