import { randomUUID } from 'node:crypto';
import { isObject, parseJson } from '../../text/json.ts';
import { type Api, api, type Parameters, readParameters, requireRight } from '../api.ts';
import { sameName } from '../applications.ts';
import { type Directory, directoryServiceUuid } from '../directory.ts';
import { badArgument, badOperation, queryResult, Refusal, type Row } from '../envelope.ts';
import { defaultPeople } from '../people.ts';
import { administrativeRights, type Role, rightRow, systemAdministrators, type User } from '../users.ts';
import type { World } from '../world.ts';
import { type ApplicationStore, applicationApis, permissionApis } from './application-apis.ts';
import { queryTables, redrockApis, type TenantEvent } from './redrock-apis.ts';
import { roleApis, roleRightApis } from './role-apis.ts';

/** A tenant's administration: users, roles, rights, applications. */
export function administrationApis(
  world: World,
  store: ApplicationStore,
  events: () => readonly TenantEvent[],
): readonly Api[] {
  return [
    ...userApis(world.directory),
    ...roleApis(world),
    ...roleRightApis(world),
    ...directoryApis(world),
    ...applicationApis(store, world.assumptions),
    ...permissionApis(store, world),
    ...redrockApis(queryTables(world, store.all, events), administrativeRights(world.assumptions)),
  ];
}

const most = 100_000;

/** The tenant's directories, and who is in them. */
function directoryApis({ directory, assumptions }: World): readonly Api[] {
  const rights = administrativeRights(assumptions);
  const services = (): object =>
    queryResult([{ directoryServiceUuid, Service: 'CDS', Name: 'Cloud Directory' }]);
  return [
    api('/Core/GetDirectoryServices', null, services),
    api('/Core/GetDirectoryServices', { method: 'GET', right: null }, services),
    api('/UserMgmt/DirectoryServiceQuery', null, (call) => {
      const isAsked = call.texts('directoryServices').some((uuid) => sameName(uuid, directoryServiceUuid));
      const [users, roles] = [call.value('user'), call.value('roles')];
      if (users !== undefined) requireRight(call.caller, 'read-users');
      if (roles !== undefined) requireRight(call.caller, 'read-roles');
      const find = (name: string, rows: () => readonly Row[]): object => {
        const filter = readFilter(call, name);
        const found = isAsked ? rows().filter((row) => matchesFilter(row, filter)) : [];
        return queryResult(found.slice(0, readLimit(call)), { fullCount: found.length });
      };
      const roleRows = (): readonly Row[] => directory.roles().map((role) => roleRow(role, rights));
      return {
        ...(users === undefined ? {} : { User: find('user', () => directory.users().map(userRow)) }),
        ...(roles === undefined ? {} : { Roles: find('roles', roleRows) }),
        ...(call.value('group') === undefined ? {} : { Group: find('group', () => []) }),
      };
    }),
  ];
}

/** A filter is a JSON document of its own. @throws {Refusal} */
function readFilter({ optionalText }: Parameters, name: string): unknown {
  const filter = parseJson(optionalText(name) ?? '{}');
  if (filter !== undefined) return filter;
  throw new Refusal('Newtonsoft.Json.JsonReaderException', `The filter ${name} is not valid JSON.`);
}

function readLimit({ value }: Parameters): number {
  const args = value('Args');
  const limit = isObject(args) ? readParameters(args).integer('Limit', { least: 0, most, otherwise: 0 }) : 0;
  return limit === 0 ? most : limit;
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

function roleRow(role: Role, rights: ReturnType<typeof administrativeRights>): Row {
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

/**
 * Whether a row matches a filter of `DirectoryServiceQuery`, such as `{"Name":{"_eq":"x"}}`. An empty one matches all.
 * @throws {Refusal} an unknown operator
 */
function matchesFilter(row: Row, filter: unknown): boolean {
  if (!isObject(filter)) throw unknown('filter');
  return Object.entries(filter).every(([name, condition]) => {
    if (name === '_or' || name === '_and') {
      if (!Array.isArray(condition)) throw unknown(name);
      // Evaluate all of them, so that a condition that holds does not hide an invalid one.
      const held = condition.map((part) => matchesFilter(row, part));
      return name === '_or' ? held.some(Boolean) : held.every(Boolean);
    }
    return isObject(condition) && meets(row[name], condition);
  });
}

function meets(value: unknown, condition: Record<string, unknown>): boolean {
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

const unknown = (what: string): Refusal => badArgument(`The filter has an unknown part: ${what}.`);

/** The suffix of all user names. */
const suffix = 'example.com';

/** `/CDirectoryService`: users and service users. */
function userApis(directory: Directory): readonly Api[] {
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
      // Only administrators decide who else is one.
      if (isAdministrator) requireRight(call.caller, 'manage-tenant');
      directory.keepUser(user);
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
