import { randomUUID } from 'node:crypto';
import { membersOf, parseJson } from '../../text/json.ts';
import { type Api, api, type JsonObject, readParameters, requireRight } from '../api.ts';
import { sameName } from '../applications.ts';
import { directoryServiceUuid } from '../directory.ts';
import { absent, badArgument, badOperation, queryResult, Refusal } from '../envelope.ts';
import {
  defaultPeople,
  everybody,
  type Role,
  rightRow,
  systemAdministrators,
  type User,
} from '../people.ts';
import type { World } from '../world.ts';

const suffix = 'example.com';

/** `/CDirectoryService`: users and service users. */
export function userApis({ directory }: World): readonly Api[] {
  return [
    api('/CDirectoryService/CreateUser', 'manage-users', ({ text, optionalText, flag }) => {
      const name = text('Name');
      if (!/^[^@\s]+@[^@\s]+$/.test(name) || !name.toLowerCase().endsWith(`@${suffix}`))
        throw badArgument(`The user name must end with @${suffix}.`);
      if (directory.findUser(name) !== null)
        throw badOperation(`The user name ${name} is already in use.`);
      const isServiceUser = flag('ServiceUser') ?? false;
      const user: User = {
        user: name,
        password: text('Password'),
        uuid: randomUUID(),
        displayName: optionalText('DisplayName') ?? name,
        mail: text('Mail'),
        mobileNumber: optionalText('MobileNumber') ?? '',
        isServiceUser,
        isOauthClient: flag('OauthClient') ?? false,
        inEverybodyRole: flag('InEverybodyRole') ?? !isServiceUser,
      };
      directory.addUser(user);
      return user.uuid;
    }),
    api('/CDirectoryService/DeleteUser', 'manage-users', ({ text }) => {
      const user = directory.requireUser(text('ID'));
      if (defaultPeople.some(({ uuid }) => uuid === user.uuid))
        throw badOperation(`${user.user} is one of the emulator's own users.`);
      directory.removeUser(user);
    }),
  ];
}

const reads = { takes: ['json', 'query'], right: 'read-roles' } as const;

/** `/Roles`, `/SaasManage`, `/Core` and `/UserMgmt`: roles, their members and their administrative rights. */
export function roleApis({ directory, assumptions }: World): readonly Api[] {
  const rowsOf = (paths: readonly string[]) =>
    directory.rights.filter(({ path }) => paths.includes(path)).map(rightRow);
  const usersIn = (keys: readonly string[]) => keys.map((key) => directory.requireUser(key).uuid);
  return [
    api('/Roles/StoreRole', 'manage-roles', ({ optionalText, texts }) => {
      const name = optionalText('Name') ?? '';
      if (name === '')
        throw new Refusal('RequiredParameter', 'Parameter "Name" must be specified.');
      if (directory.findRole(name) !== null)
        throw new Refusal(null, `Role with name ${name} already exists.`, { code: '1409' });
      const id = randomUUID().replaceAll('-', '_');
      const description = optionalText('Description') ?? '';
      directory.keepRole({ id, name, description, rights: [], users: usersIn(texts('Users')) });
      return { _RowKey: id };
    }),
    api('/SaasManage/DeleteRole', 'manage-roles', ({ text }) => {
      const role = directory.requireRole(text('Name'));
      if (role.id === systemAdministrators || role.id === everybody)
        throw badOperation(`The role ${role.name} cannot be deleted.`);
      directory.removeRole(role);
    }),
    api(
      '/SaasManage/GetRoleIdFromName',
      { ...reads, takes: ['query', 'json'] },
      ({ text }) => directory.findRole(text('roleName'))?.id ?? absent(assumptions),
    ),
    api('/SaasManage/AddUsersAndGroupsToRole', 'manage-roles', ({ text, texts, caller }) => {
      const role = directory.requireRole(text('Name'));
      // Only administrators can make others administrators.
      if (role.id === systemAdministrators) requireRight(caller, 'manage-tenant');
      directory.keepRole({
        ...role,
        users: [...new Set([...role.users, ...usersIn(texts('Users'))])],
      });
    }),
    api('/Roles/GetRoleMembers', reads, ({ text }) => {
      const users = directory
        .requireRole(text('name'))
        .users.flatMap((uuid) => directory.findUser(uuid) ?? []);
      return queryResult(
        users.map(({ uuid, user }) => ({
          Guid: uuid,
          Name: user,
          Type: 'User',
          IsEffective: true,
        })),
      );
    }),
    api('/SaasManage/AssignSuperRights', { takes: ['list'], right: 'manage-roles' }, ({ all }) => {
      const pairs = (all.items as readonly JsonObject[])
        .map((item) => readParameters(item))
        .map(({ text }) => ({
          role: directory.requireRole(text('Role')).id,
          right: text('Path'),
        }));
      if (!pairs.every(({ right }) => directory.rights.some(({ path }) => path === right)))
        throw badArgument('Specified path is invalid');
      for (const pair of pairs) {
        const role = directory.requireRole(pair.role);
        directory.keepRole({ ...role, rights: [...new Set([...role.rights, pair.right])] });
      }
    }),
    api('/Core/GetAssignedAdministrativeRights', reads, ({ text }) => {
      return queryResult(rowsOf(directory.requireRole(text('role')).rights));
    }),
    api('/Core/GetDirectoryServices', null, () =>
      queryResult([{ directoryServiceUuid, Service: 'CDS', Name: 'Cloud Directory' }]),
    ),
    api('/UserMgmt/DirectoryServiceQuery', 'read-roles', ({ text, texts }) => {
      const isAsked = texts('directoryServices').some((uuid) =>
        sameName(uuid, directoryServiceUuid),
      );
      // A filter is itself a JSON document.
      const condition = membersOf(membersOf(membersOf(parseJson(text('roles')))?.Name)?._like);
      if (typeof condition?.value !== 'string')
        throw badArgument('The local tenant supports only {"Name":{"_like":{"value":…}}}.');
      const wanted = condition.value.toLowerCase();
      const found = directory
        .roles()
        .filter(({ name }) => isAsked && name.toLowerCase().includes(wanted));
      const row = ({ id, name, description, rights }: Role) => ({
        ...{
          _ID: id,
          Name: name,
          Description: description,
          DirectoryServiceUuid: directoryServiceUuid,
        },
        AdministrativeRights: rowsOf(rights),
      });
      return { Roles: queryResult(found.map(row)) };
    }),
  ];
}
