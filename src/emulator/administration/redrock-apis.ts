import { isObject } from '../../text/json.ts';
import { type Api, api, readParameters, requireRight } from '../api.ts';
import { describeApplication, type StoredApplication } from '../applications.ts';
import { type Caller, directoryServiceUuid } from '../directory.ts';
import { badArgument, queryResult, type Refusal, type Row } from '../envelope.ts';
import { type Right, rightRow } from '../people.ts';
import type { World } from '../world.ts';

/** `/RedRock/query`: the tables, and the known scripts of clients. */
export function redrockApi(world: World, events: () => readonly TenantEvent[]): Api {
  const tables = queryTables(world, events);
  const query = (script: string, caller: Caller): readonly Row[] => {
    const [, excluded] = /^@\/lib\/get_superrights\.js\(excludeRight:'([^']*)'\)$/.exec(script) ?? [];
    if (excluded !== undefined) {
      requireRight(caller, 'read-roles');
      return world.directory.rights.filter(({ path }) => path !== excluded).map(rightRow);
    }
    if (script.startsWith('@')) throw queryFailed('no such script');
    const select = parseSelect(script);
    const table = tables.find(({ name }) => name.toLowerCase() === select.table.toLowerCase());
    if (table === undefined) throw queryFailed(`no such table: ${select.table}`);
    requireRight(caller, table.right);
    return runSelect(select, table.columns, table.rows());
  };
  return api('/RedRock/query', null, ({ text, value, caller }) => {
    const rows = query(text('Script').trim(), caller);
    return queryResult(pageOf(rows, value('Args')), rows.length);
  });
}

/** The page that `Args` requests; numbers may be strings, and negative ones are ignored. @throws {Refusal} */
function pageOf(rows: readonly Row[], args: unknown): readonly Row[] {
  const { integer } = readParameters(isObject(args) ? args : {});
  const most = 1_000_000;
  const read = (name: string, otherwise: number): number => integer(name, { least: -1, most, otherwise });
  const [page, size, limit] = [read('PageNumber', 1), read('PageSize', 0), read('Limit', 0)];
  const length = size > 0 ? size : most;
  const start = Math.max(page - 1, 0) * length;
  return rows.slice(0, limit > 0 ? limit : most).slice(start, start + length);
}

/** @param columns the reader of each column, by its name */
function table<Item>(
  name: string,
  right: Right,
  items: () => readonly Item[],
  columns: Readonly<Record<string, (item: Item) => unknown>>,
) {
  const rowOf = (item: Item): Row =>
    Object.fromEntries(Object.entries(columns).map(([column, read]) => [column, read(item)]));
  return { name, right, columns: Object.keys(columns), rows: () => items().map(rowOf) };
}

type Table = ReturnType<typeof table>;

/** Members of an application that are also columns. */
const applicationColumns = [
  ...['Name', 'DisplayName', 'ServiceName', 'Description', 'AppType', 'AppTypeDisplayName', 'WebAppType'],
  ...['WebAppTypeDisplayName', 'WebAppLoginType', 'TemplateName', 'Category', 'State'],
];

export interface TenantEvent {
  readonly type: string;
  readonly user: string;
  readonly at: Date;
}

/** The tables; a query reads their current content. */
function queryTables(
  { directory, settings, applications }: World,
  events: () => readonly TenantEvent[],
): readonly Table[] {
  const cloudDirectory = { DirectoryServiceUuid: () => directoryServiceUuid };
  return [
    table('Application', 'read-applications', applications.stored.all, {
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
    table('Event', 'manage-tenant', events, {
      EventType: ({ type }) => type,
      WhenOccurred: ({ at }) => at.toISOString(),
      NormalizedUser: ({ user }) => user,
    }),
    table('Device', 'manage-apns-certificates', () => settings.state().devices, {
      ID: ({ udid }) => udid,
      DeviceID: ({ udid }) => udid,
      Name: ({ name }) => name,
      OSVersion: ({ osVersion }) => osVersion,
      InternalDeviceType: () => 'I',
      Owner: ({ user }) => user,
      OwnerID: ({ user }) => directory.findUser(user)?.uuid ?? null,
      State: () => 'Enrolled',
    }),
  ];
}

const selected =
  /^select\s+(distinct\s+)?(\*|[a-z_]\w*(?:\s*,\s*[a-z_]\w*)*)\s+from\s+([a-z_]\w*)(\s+where\s|\s*;?$)/iy;
// Clients often start with a condition that is always true, and append others.
const condition = /\s*(?:1\s*=\s*1|([a-z_]\w*)\s*(=|\blike\b)\s*'((?:[^']|'')*)')\s*(and\b|;?$)/iy;

/**
 * Reads `SELECT DISTINCT a, b FROM T WHERE a = 'x' AND b LIKE '%y'`, the only SQL supported here.
 * @throws {Refusal} anything else
 */
export function parseSelect(script: string) {
  const { found, end } = matchAt(selected, 0, script);
  const [, distinct, asked = '', table = '', where = ''] = found;
  /** All of them must be true. */
  const conditions: { readonly column: string; readonly isLike: boolean; readonly value: string }[] = [];
  for (let more = where.trim().toLowerCase() === 'where', at = end; more; ) {
    const read = matchAt(condition, at, script);
    const [, column, operator = '', value = '', next = ''] = read.found;
    if (column !== undefined)
      conditions.push({ column, isLike: operator !== '=', value: value.replaceAll("''", "'") });
    more = next.toLowerCase() === 'and';
    at = read.end;
  }
  /** Null: all columns. */
  const columns = asked === '*' ? null : asked.split(',').map((name) => name.trim());
  return { columns, table, conditions, isDistinct: distinct !== undefined };
}

/** The match of a sticky pattern, and its end. @throws {Refusal} no match */
function matchAt(pattern: RegExp, at: number, script: string) {
  const sticky = new RegExp(pattern);
  sticky.lastIndex = at;
  const found = sticky.exec(script);
  if (found !== null) return { found, end: sticky.lastIndex };
  throw queryFailed("the local tenant supports only SELECT a, b FROM T WHERE a = 'x' AND b LIKE 'y'");
}

/** The answer to a failed query. */
const queryFailed = (detail: string): Refusal => badArgument(`Query has failed: ${detail}`);

/** The requested rows and columns. @throws {Refusal} an unknown column */
export function runSelect(
  { columns, conditions, isDistinct }: ReturnType<typeof parseSelect>,
  names: readonly string[],
  rows: readonly Row[],
): readonly Row[] {
  const nameOf = (column: string): string => {
    const name = names.find((known) => known.toLowerCase() === column.toLowerCase());
    if (name === undefined) throw queryFailed(`no such column: ${column}`);
    return name;
  };
  const asked = columns?.map(nameOf) ?? names;
  const tests = conditions.map(({ column, isLike: like, value }) => {
    const name = nameOf(column);
    const meets = like ? isLike : (text: string, other: string) => text === other;
    return (row: Row): boolean => meets(String(row[name] ?? ''), value);
  });
  const found = rows
    .filter((row) => tests.every((test) => test(row)))
    .map((row) => Object.fromEntries(asked.map((name) => [name, row[name] ?? null])));
  return isDistinct ? [...new Map(found.map((row) => [JSON.stringify(row), row])).values()] : found;
}

/** SQL's LIKE: `%` is any text, `_` any character; letter case is ignored. */
function isLike(text: string, pattern: string): boolean {
  const [given, wanted] = [text.toLowerCase(), pattern.toLowerCase()];
  let [at, wantedAt, resume, wild] = [0, 0, 0, -1];
  while (at < given.length) {
    if (wanted[wantedAt] === '%') {
      wild = wantedAt++;
      resume = at;
    } else if (wanted[wantedAt] === '_' || wanted[wantedAt] === given[at]) {
      at++;
      wantedAt++;
    } else if (wild >= 0) {
      // Extends the last `%` by one character.
      wantedAt = wild + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return /^%*$/.test(wanted.slice(wantedAt));
}
