import { isObject } from '../../text/json.ts';
import { type Api, api, requireRight } from '../api.ts';
import { type Caller, type Directory, directoryServiceUuid } from '../directory.ts';
import { queryResult, type Row } from '../envelope.ts';
import { readParameters } from '../parameters.ts';
import type { administrativeRights, Right } from '../rights.ts';
import type { Settings } from '../settings.ts';
import { parseSelect, queryFailed, runSelect } from './query.ts';
import { describeApplication, type StoredApplication } from './stored-application.ts';

/** `/RedRock/query`: the tables, and the scripts that clients are known to run. */
export function redrockApis(
  tables: readonly Table[],
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
    api('/RedRock/query', null, ({ text, value, caller }) => {
      const rows = query(text('Script').trim(), caller);
      return queryResult(pageOf(rows, value('Args')), { fullCount: rows.length });
    }),
  ];
}

/** The page that `Args` requests; numbers may be strings, and negative ones mean nothing. @throws {Refusal} */
function pageOf(rows: readonly Row[], args: unknown): readonly Row[] {
  const { integer } = readParameters(isObject(args) ? args : {});
  const most = 1_000_000;
  const read = (name: string, otherwise: number): number => integer(name, { least: -1, most, otherwise });
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

/** @param items those that exist when a query runs @param columns what stands in each, by its name */
function table<Item>(
  name: string,
  right: Right,
  items: () => readonly Item[],
  columns: Readonly<Record<string, (item: Item) => unknown>>,
): Table {
  const rowOf = (item: Item): Row =>
    Object.fromEntries(Object.entries(columns).map(([column, read]) => [column, read(item)]));
  return { name, right, columns: Object.keys(columns), rows: () => items().map(rowOf) };
}

/** Members of an application that are columns, too. */
const applicationColumns = [
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
];

/** @param applications those that exist when a query runs */
export function queryTables(
  directory: Directory,
  settings: Settings,
  applications: () => readonly StoredApplication[],
): readonly Table[] {
  const cloudDirectory = { DirectoryServiceUuid: () => directoryServiceUuid };
  return [
    table('Application', 'read-applications', applications, {
      ID: ({ key }) => key,
      ...Object.fromEntries(
        applicationColumns.map((name) => [name, (one: StoredApplication) => describeApplication(one)[name]]),
      ),
    }),
    table('User', 'read-users', directory.users, {
      ID: ({ uuid }) => uuid,
      Username: ({ user }) => user.toLowerCase(),
      DisplayName: ({ displayName }) => displayName,
      Email: ({ mail }) => mail,
      MobileNumber: ({ mobileNumber }) => mobileNumber,
      LastLogin: () => null,
      ServiceUser: ({ isServiceUser }) => isServiceUser,
      SourceDsType: () => 'CDS',
      ...cloudDirectory,
    }),
    table('Role', 'read-roles', directory.roles, {
      ID: ({ id }) => id,
      Name: ({ name }) => name,
      Description: ({ description }) => description,
      RoleType: ({ type }) => type,
      ...cloudDirectory,
    }),
    table('Device', 'manage-apns-certificates', settings.devices, {
      ID: ({ udid }) => udid,
      DeviceID: ({ udid }) => udid,
      Name: ({ name }) => name,
      OSVersion: ({ osVersion }) => osVersion,
      InternalDeviceType: ({ os }) => (os === 'ios' ? 'I' : 'A'),
      Owner: ({ user }) => user,
      OwnerID: ({ user }) => directory.findUser(user)?.uuid ?? null,
      State: () => 'Enrolled',
    }),
  ];
}
