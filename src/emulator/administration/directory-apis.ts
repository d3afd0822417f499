import { isObject, parseJson } from '../../text/json.ts';
import {
  type Api,
  type JsonObject,
  optionalInteger,
  optionalText,
  optionalTexts,
  parameter,
  requireRight,
} from '../api.ts';
import type { Assumptions } from '../assumptions.ts';
import { type Directory, directoryServiceUuid } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import { administrativeRights } from '../rights.ts';
import type { Role } from '../role.ts';
import { sameName } from '../same-name.ts';
import type { User } from '../user.ts';
import { matchesFilter } from './directory-filter.ts';
import { queryResult, type Row } from './query-result.ts';
import { suffix } from './user-answer.ts';

const most = 100_000;

/** The tenant's directories, and who is in them. */
export function directoryApis(directory: Directory, assumptions: Assumptions): readonly Api[] {
  const services = {
    path: '/Core/GetDirectoryServices',
    right: null,
    call: () => queryResult([{ directoryServiceUuid, Service: 'CDS', Name: 'Cloud Directory' }]),
  };
  const rights = administrativeRights(assumptions);
  return [
    services,
    { ...services, method: 'GET' },
    { path: '/Core/GetCdsAliasesForTenant', right: null, call: () => queryResult([{ ID: suffix }]) },
    {
      path: '/UserMgmt/DirectoryServiceQuery',
      right: null,
      call({ parameters, caller }) {
        const asked = optionalTexts(parameters, 'directoryServices');
        const isAsked = asked.some((uuid) => sameName(uuid, directoryServiceUuid));
        const [users, roles] = [parameter(parameters, 'user'), parameter(parameters, 'roles')];
        if (users !== undefined) requireRight(caller, 'read-users');
        if (roles !== undefined) requireRight(caller, 'read-roles');
        const find = (name: string, rows: () => readonly Row[]): object => {
          const filter = readFilter(parameters, name);
          const found = isAsked ? rows().filter((row) => matchesFilter(row, filter)) : [];
          return queryResult(found.slice(0, readLimit(parameters)), found.length);
        };
        return {
          ...(users === undefined ? {} : { User: find('user', () => directory.users().map(userRow)) }),
          ...(roles === undefined
            ? {}
            : { Roles: find('roles', () => directory.roles().map((role) => roleRow(role, rights))) }),
          ...(parameter(parameters, 'group') === undefined ? {} : { Group: find('group', () => []) }),
        };
      },
    },
  ];
}

/** A filter is a JSON document of its own. @throws {Refusal} */
function readFilter(parameters: JsonObject, name: string): unknown {
  const filter = parseJson(optionalText(parameters, name) ?? '{}');
  if (filter !== undefined) return filter;
  throw new Refusal('Newtonsoft.Json.JsonReaderException', `The filter ${name} is not valid JSON.`);
}

function readLimit(parameters: JsonObject): number {
  const args = parameter(parameters, 'Args');
  const limit = isObject(args) ? optionalInteger(args, 'Limit', { least: 0, most, otherwise: 0 }) : 0;
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
    AdministrativeRights: rights
      .filter(({ path }) => role.rights.includes(path))
      .map(({ path, description }) => ({ Path: path, Description: description, ServiceName: null })),
  };
}
