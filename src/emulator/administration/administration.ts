import { randomUUID } from 'node:crypto';
import { isObject, parseJson } from '../../text/json.ts';
import { type Api, api, type Call, type JsonObject, readParameters, requireRight } from '../api.ts';
import { sameName } from '../applications.ts';
import { directoryServiceUuid } from '../directory.ts';
import {
  absent,
  badArgument,
  badJson,
  badOperation,
  notFound,
  queryResult,
  Refusal,
  type Row,
} from '../envelope.ts';
import {
  type AdministrativeRight,
  defaultPeople,
  type Role,
  rightRow,
  roleTypes,
  systemAdministrators,
  type User,
} from '../people.ts';
import type { World } from '../world.ts';

/** The suffix of all user names. */
const suffix = 'example.com';

/** `/CDirectoryService`: users and service users. */
export function userApis({ directory }: World): readonly Api[] {
  return [
    api('/CDirectoryService/CreateUser', 'manage-users', (call) => {
      const name = call.text('Name');
      if (!/^[^@\s]+@[^@\s]+$/.test(name) || !name.toLowerCase().endsWith(`@${suffix}`))
        throw badArgument(`The user name must end with @${suffix}.`);
      if (directory.findUser(name) !== null) throw badOperation(`The user name ${name} is already in use.`);
      const isServiceUser = call.flag('ServiceUser') ?? false;
      const user: User = {
        user: name,
        password: call.text('Password'),
        uuid: randomUUID(),
        displayName: call.optionalText('DisplayName') ?? name,
        mail: call.text('Mail'),
        mobileNumber: call.optionalText('MobileNumber') ?? '',
        isServiceUser,
        isOauthClient: call.flag('OauthClient') ?? false,
        inEverybodyRole: call.flag('InEverybodyRole') ?? !isServiceUser,
      };
      const isAdministrator = call.flag('InSysAdminRole') ?? false;
      // Only administrators can create administrators.
      if (isAdministrator) requireRight(call.caller, 'manage-tenant');
      directory.addUser(user);
      const role = isAdministrator ? directory.findRole(systemAdministrators) : null;
      if (role !== null) directory.keepRole({ ...role, users: [...role.users, user.uuid] });
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

/** `/Roles` and `/SaasManage`: roles, their members and their administrative rights. */
export function roleApis({ directory, assumptions }: World): readonly Api[] {
  /** The members in `Users` and `Roles`; the tenant has no groups. @throws {Refusal} */
  const readMembers = ({ texts }: Call): Pick<Role, 'users' | 'roles'> => {
    if (texts('Groups').length > 0) throw notFound();
    return {
      users: texts('Users').map((key) => directory.requireUser(key).uuid),
      roles: texts('Roles').map((key) => directory.requireRole(key).id),
    };
  };
  const membersOf = ({ users, roles }: Role) => ({
    users: users.flatMap((uuid) => directory.findUser(uuid) ?? []),
    roles: roles.flatMap((id) => directory.findRole(id) ?? []),
  });
  return [
    api('/Roles/StoreRole', 'manage-roles', (call) => {
      const { optionalText } = call;
      const name = optionalText('Name') ?? '';
      if (name === '') throw new Refusal('RequiredParameter', 'Parameter "Name" must be specified.');
      const given = optionalText('RoleType') ?? 'PrincipalList';
      const type = roleTypes.find((known) => known === given);
      if (type === undefined) throw badArgument(`The role type ${given} is unknown.`);
      if (directory.findRole(name) !== null)
        throw new Refusal(null, `Role with name ${name} already exists.`, { code: '1409' });
      const id = randomUUID().replaceAll('-', '_');
      const description = optionalText('Description') ?? '';
      directory.keepRole({ id, name, description, type, rights: [], ...readMembers(call) });
      return { _RowKey: id };
    }),
    api('/SaasManage/DeleteRole', 'manage-roles', ({ text }) => {
      const role = directory.requireRole(text('Name'));
      if (role.id === systemAdministrators || role.type === 'Everybody')
        throw badOperation(`The role ${role.name} cannot be deleted.`);
      directory.removeRole(role);
    }),
    api(
      '/SaasManage/GetRoleIdFromName',
      { ...reads, takes: ['query', 'json'] },
      ({ text }) => directory.findRole(text('roleName'))?.id ?? absent(assumptions),
    ),
    api('/Roles/GetRole', reads, ({ text }) => {
      const role = directory.requireRole(text('Name'));
      const { users, roles } = membersOf(role);
      return {
        Uuid: role.id,
        Name: role.name,
        Description: role.description,
        RoleType: role.type,
        ReadOnly: false,
        DirectoryServiceUuid: directoryServiceUuid,
        Principals: [...users.map(({ user }) => `u=${user}`), ...roles.map(({ name }) => `r=${name}`)],
      };
    }),
    api('/SaasManage/AddUsersAndGroupsToRole', 'manage-roles', (call) => {
      const role = directory.requireRole(call.text('Name'));
      // Only administrators can make others administrators.
      if (role.id === systemAdministrators) requireRight(call.caller, 'manage-tenant');
      const { users, roles } = readMembers(call);
      const both = (old: readonly string[], more: readonly string[]) => [...new Set([...old, ...more])];
      directory.keepRole({ ...role, users: both(role.users, users), roles: both(role.roles, roles) });
    }),
    api('/Roles/GetRoleMembers', reads, ({ text }) => {
      const { users, roles } = membersOf(directory.requireRole(text('name')));
      const row = (Guid: string, Name: string, Type: string) => ({ Guid, Name, Type, IsEffective: true });
      return queryResult([
        ...users.map(({ uuid, user }) => row(uuid, user, 'User')),
        ...roles.map(({ id, name }) => row(id, name, 'Role')),
      ]);
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
      const { rights } = directory.requireRole(text('role'));
      const assigned = directory.rights.filter(({ path }) => rights.includes(path));
      return queryResult(assigned.map((right) => ({ ...rightRow(right), Scope: null })));
    }),
  ];
}

const most = 100_000;

/** `/Core` and `/UserMgmt`: the tenant's directories and their members. */
export function directoryApis({ directory }: World): readonly Api[] {
  const services = (): object =>
    queryResult([{ directoryServiceUuid, Service: 'CDS', Name: 'Cloud Directory' }]);
  return [
    api('/Core/GetDirectoryServices', null, services),
    api('/Core/GetDirectoryServices', { method: 'GET', right: null }, services),
    api('/UserMgmt/DirectoryServiceQuery', null, (call) => {
      const isAsked = call.texts('directoryServices').some((uuid) => sameName(uuid, directoryServiceUuid));
      const [isOfUsers, isOfRoles] = [call.value('user') !== undefined, call.value('roles') !== undefined];
      if (isOfUsers) requireRight(call.caller, 'read-users');
      if (isOfRoles) requireRight(call.caller, 'read-roles');
      const find = (name: string, rows: () => readonly Row[]): object => {
        // A filter is itself a JSON document.
        const filter = parseJson(call.optionalText(name) ?? '{}');
        if (filter === undefined) throw badJson(`The filter ${name} is not valid JSON.`);
        const found = isAsked ? rows().filter((row) => matchesFilter(row, filter)) : [];
        return queryResult(found.slice(0, readLimit(call.value('Args'))), found.length);
      };
      const roleRows = (): readonly Row[] => directory.roles().map((role) => roleRow(role, directory.rights));
      return {
        ...(isOfUsers ? { User: find('user', () => directory.users().map(userRow)) } : {}),
        ...(isOfRoles ? { Roles: find('roles', roleRows) } : {}),
        ...(call.value('group') === undefined ? {} : { Group: find('group', () => []) }),
      };
    }),
  ];
}

function readLimit(args: unknown): number {
  const range = { least: 0, most, otherwise: 0 };
  return (isObject(args) ? readParameters(args).integer('Limit', range) : 0) || most;
}

function userRow({ uuid, user, displayName, mail }: User): Row {
  return {
    InternalName: uuid,
    SystemName: user,
    DisplayName: displayName,
    EMail: mail,
    Description: '',
    DistinguishedName: user,
    DirectoryServiceUuid: directoryServiceUuid,
    ExternalUuid: uuid,
    ServiceInstanceLocalized: 'Cloud Directory',
    ServiceType: 'CDS',
    ObjectType: 'User',
  };
}

function roleRow(role: Role, rights: readonly AdministrativeRight[]): Row {
  return {
    _ID: role.id,
    Name: role.name,
    Description: role.description,
    RoleType: role.type,
    IsHidden: false,
    DirectoryServiceUuid: directoryServiceUuid,
    AdministrativeRights: rights.filter(({ path }) => role.rights.includes(path)).map(rightRow),
  };
}

/** Whether a row matches a filter such as `{"Name":{"_eq":"x"}}`. An empty filter matches all rows. @throws {Refusal} an unknown operator */
function matchesFilter(row: Row, filter: unknown): boolean {
  if (!isObject(filter)) throw unknown('filter');
  return Object.entries(filter).every(([name, condition]) => {
    if (name !== '_or' && name !== '_and') return isObject(condition) && meets(row[name], condition);
    if (!Array.isArray(condition)) throw unknown(name);
    // Evaluates all conditions, so that a true one does not hide an invalid one.
    const held = condition.map((part) => matchesFilter(row, part));
    return name === '_or' ? held.some(Boolean) : held.every(Boolean);
  });
}

function meets(value: unknown, condition: JsonObject): boolean {
  return Object.entries(condition).every(([operator, operand]) => {
    const { value: text, ignoreCase } = isObject(operand)
      ? operand
      : { value: operand, ignoreCase: operator === '_like' };
    const fold = (one: unknown): string => (ignoreCase === true ? String(one).toLowerCase() : String(one));
    if (operator === '_eq') return value !== undefined && fold(value) === fold(text);
    if (operator === '_like') return value !== undefined && fold(value).includes(fold(text));
    throw unknown(operator);
  });
}

const unknown = (part: string): Refusal => badArgument(`The filter has an unknown part: ${part}.`);
