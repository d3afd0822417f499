import { randomUUID } from 'node:crypto';
import {
  type Api,
  api,
  type Call,
  type JsonObject,
  type Parameters,
  readParameters,
  requireRight,
} from '../api.ts';
import { type Directory, directoryServiceUuid } from '../directory.ts';
import { absent, badArgument, badOperation, notFound, queryResult, Refusal } from '../envelope.ts';
import { administrativeRights, type Role, rightRow, roleTypes, systemAdministrators } from '../users.ts';
import type { World } from '../world.ts';

const reads = { takes: ['json', 'query'], right: 'read-roles' } as const;

/** `/Roles` and `/SaasManage`: roles and who is in them. */
export function roleApis({ directory, assumptions }: World): readonly Api[] {
  const removable = (key: string): Role => {
    const role = directory.requireRole(key);
    if (role.id === systemAdministrators || role.type === 'Everybody')
      throw badOperation(`The role ${role.name} cannot be deleted.`);
    return role;
  };
  const create = ({ optionalText, texts }: Call): object => {
    const name = optionalText('Name') ?? '';
    if (name === '') throw new Refusal('RequiredParameter', 'Parameter "Name" must be specified.');
    const type = readType(optionalText('RoleType') ?? 'PrincipalList');
    if (directory.findRole(name) !== null)
      throw new Refusal(null, `Role with name ${name} already exists.`, 200, { code: '1409' });
    const id = randomUUID().replaceAll('-', '_');
    const description = optionalText('Description') ?? '';
    directory.keepRole({ id, name, description, type, rights: [], ...readMembers(texts, directory) });
    return { _RowKey: id };
  };
  const addMembers = ({ text, texts, caller }: Call): void => {
    const role = directory.requireRole(text('Name'));
    // Only administrators can make others administrators.
    if (role.id === systemAdministrators) requireRight(caller, 'manage-tenant');
    const { users, roles } = readMembers(texts, directory);
    const both = (old: readonly string[], more: readonly string[]) => [...new Set([...old, ...more])];
    directory.keepRole({ ...role, users: both(role.users, users), roles: both(role.roles, roles) });
  };
  return [
    api('/Roles/StoreRole', 'manage-roles', create),
    api('/SaasManage/DeleteRole', 'manage-roles', ({ text }) =>
      directory.removeRole(removable(text('Name'))),
    ),
    api(
      '/SaasManage/GetRoleIdFromName',
      { ...reads, takes: ['query', 'json'] },
      ({ text }) => directory.findRole(text('roleName'))?.id ?? absent(assumptions),
    ),
    api('/Roles/GetRole', reads, ({ text }) => {
      const role = directory.requireRole(text('Name'));
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
    }),
    api('/SaasManage/AddUsersAndGroupsToRole', 'manage-roles', addMembers),
    api('/Roles/GetRoleMembers', reads, ({ text }) => {
      const role = directory.requireRole(text('name'));
      const users = role.users.flatMap((uuid) => directory.findUser(uuid) ?? []);
      const roles = role.roles.flatMap((id) => directory.findRole(id) ?? []);
      return queryResult([
        ...users.map(({ uuid, user }) => ({ Guid: uuid, Name: user, Type: 'User', IsEffective: true })),
        ...roles.map(({ id, name }) => ({ Guid: id, Name: name, Type: 'Role', IsEffective: true })),
      ]);
    }),
  ];
}

/** What roles may do: their administrative rights. */
export function roleRightApis({ directory, assumptions }: World): readonly Api[] {
  const known = administrativeRights(assumptions);
  const assign = api(
    '/SaasManage/AssignSuperRights',
    { takes: ['list'], right: 'manage-roles' },
    ({ all }) => {
      const pairs = (all.items as readonly JsonObject[]).map(readParameters).map(({ text }) => ({
        role: directory.requireRole(text('Role')).id,
        right: text('Path'),
      }));
      if (!pairs.every(({ right }) => known.some(({ path }) => path === right)))
        throw badArgument('Specified path is invalid');
      for (const pair of pairs) {
        const role = directory.requireRole(pair.role);
        directory.keepRole({ ...role, rights: [...new Set([...role.rights, pair.right])] });
      }
    },
  );
  return [
    assign,
    api('/Core/GetAssignedAdministrativeRights', reads, ({ text }) => {
      const { rights } = directory.requireRole(text('role'));
      const assigned = known.filter(({ path }) => rights.includes(path));
      return queryResult(assigned.map((right) => ({ ...rightRow(right), Scope: null })));
    }),
  ];
}

function readType(text: string): Role['type'] {
  const type = roleTypes.find((known) => known === text);
  if (type === undefined) throw badArgument(`The role type ${text} is unknown.`);
  return type;
}

/** Those named by `Users` and `Roles`; the tenant has no groups. @throws {Refusal} */
function readMembers(texts: Parameters['texts'], directory: Directory): Pick<Role, 'users' | 'roles'> {
  if (texts('Groups').length > 0) throw notFound();
  return {
    users: texts('Users').map((key) => directory.requireUser(key).uuid),
    roles: texts('Roles').map((key) => directory.requireRole(key).id),
  };
}
