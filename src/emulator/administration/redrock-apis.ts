import { type Api, type JsonObject, optionalInteger, parameter, requireRight, requireText } from '../api.ts';
import type { Device } from '../device.ts';
import { type Caller, type Directory, directoryServiceUuid } from '../directory.ts';
import { queryResult, type Row } from '../envelope.ts';
import { isObject } from '../json-object.ts';
import type { administrativeRights, Right } from '../rights.ts';
import type { Settings } from '../settings.ts';
import { parseSelect, queryFailed, runSelect } from './query.ts';
import { describeApplication, type StoredApplication } from './stored-application.ts';

/** `/RedRock/query`: the tables, and the scripts that clients are known to run. */
export function redrockApis(
  tables: ReturnType<typeof queryTables>,
  rights: ReturnType<typeof administrativeRights>,
): readonly Api[] {
  const query = (script: string, caller: Caller): readonly Row[] => {
    if (/^@\/lib\/get_superrights\.js\(excludeRight:'[^']*'\)$/.test(script)) {
      requireRight(caller, 'read-roles');
      const [, excluded = ''] = /'([^']*)'/.exec(script) ?? [];
      return rights
        .filter(({ path }) => path !== excluded)
        .map(({ description, path }) => ({ Path: path, Description: description, ServiceName: null }));
    }
    if (script.startsWith('@')) throw queryFailed('no such script');
    const select = parseSelect(script);
    const table = tables.find(({ name }) => name.toLowerCase() === select.table.toLowerCase());
    if (table === undefined) throw queryFailed(`no such table: ${select.table}`);
    requireRight(caller, table.right);
    return runSelect(select, table.columns, table.rows());
  };
  return [
    {
      path: '/RedRock/query',
      right: null,
      call({ parameters, caller }) {
        const rows = query(requireText(parameters, 'Script').trim(), caller);
        return queryResult(pageOf(rows, parameters), rows.length);
      },
    },
  ];
}

/** The page that `Args` requests; numbers may be strings, and negative ones mean nothing. @throws {Refusal} */
function pageOf(rows: readonly Row[], parameters: JsonObject): readonly Row[] {
  const given = parameter(parameters, 'Args');
  const args = isObject(given) ? given : {};
  const most = 1_000_000;
  const read = (name: string, otherwise: number): number =>
    optionalInteger(args, name, { least: -1, most, otherwise });
  const [page, size, limit] = [read('PageNumber', 1), read('PageSize', 0), read('Limit', 0)];
  const length = size > 0 ? size : most;
  const start = Math.max(page - 1, 0) * length;
  return rows.slice(0, limit > 0 ? limit : most).slice(start, start + length);
}

/** A table of the tenant that can be queried. */
interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly right: Right;
  rows(): readonly Row[];
}

/** @param applications those that exist when a query runs */
export function queryTables(
  directory: Directory,
  settings: Settings,
  applications: () => readonly StoredApplication[],
): readonly Table[] {
  return [
    {
      name: 'Application',
      columns: [
        'ID',
        'Name',
        'DisplayName',
        'ServiceName',
        'Description',
        'AppType',
        'AppTypeDisplayName',
        'WebAppType',
        'WebAppTypeDisplayName',
        'WebAppLoginType',
        'TemplateName',
        'Category',
        'State',
      ],
      right: 'read-applications',
      rows: () =>
        applications().map((application) => ({ ID: application.key, ...describeApplication(application) })),
    },
    {
      name: 'User',
      columns: [
        'ID',
        'Username',
        'DisplayName',
        'Email',
        'MobileNumber',
        'LastLogin',
        'ServiceUser',
        'SourceDsType',
        'DirectoryServiceUuid',
      ],
      right: 'read-users',
      rows: () =>
        directory.users().map((user) => ({
          ID: user.uuid,
          Username: user.user.toLowerCase(),
          DisplayName: user.displayName,
          Email: user.mail,
          MobileNumber: user.mobileNumber,
          LastLogin: null,
          ServiceUser: user.isServiceUser,
          SourceDsType: 'CDS',
          DirectoryServiceUuid: directoryServiceUuid,
        })),
    },
    {
      name: 'Role',
      columns: ['ID', 'Name', 'Description', 'RoleType', 'DirectoryServiceUuid'],
      right: 'read-roles',
      rows: () =>
        directory.roles().map(({ id, name, description, type }) => ({
          ID: id,
          Name: name,
          Description: description,
          RoleType: type,
          DirectoryServiceUuid: directoryServiceUuid,
        })),
    },
    {
      name: 'Device',
      columns: ['ID', 'DeviceID', 'Name', 'OSVersion', 'InternalDeviceType', 'Owner', 'OwnerID', 'State'],
      right: 'manage-apns-certificates',
      rows: () => settings.devices().map((device) => deviceRow(device, directory)),
    },
  ];
}

function deviceRow({ udid, name, os, osVersion, user }: Device, directory: Directory): Row {
  return {
    ID: udid,
    DeviceID: udid,
    Name: name,
    OSVersion: osVersion,
    InternalDeviceType: os === 'ios' ? 'I' : 'A',
    Owner: user,
    OwnerID: directory.findUser(user)?.uuid ?? null,
    State: 'Enrolled',
  };
}
