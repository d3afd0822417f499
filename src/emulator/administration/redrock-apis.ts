import { type Api, api, requireRight } from '../api.ts';
import {
  describeApplication,
  type LetterCase,
  type StoredApplication,
  sameName,
} from '../applications.ts';
import type { Caller } from '../directory.ts';
import { badArgument, queryResult, type Refusal, type Row } from '../envelope.ts';
import { type Right, rightRow } from '../people.ts';
import type { World } from '../world.ts';

const listOfRights = "@/lib/get_superrights.js(excludeRight:'')";

/** `/RedRock/query`: the tables, and the script that lists the administrative rights. */
export function redrockApi(world: World, events: () => readonly TenantEvent[]): Api {
  const tables = queryTables(world, events);
  const query = (script: string, caller: Caller): readonly Row[] => {
    if (script === listOfRights) {
      requireRight(caller, 'read-roles');
      return world.directory.rights.map(rightRow);
    }
    if (script.startsWith('@')) throw queryFailed('no such script');
    const select = parseSelect(script);
    const table = tables.find(({ name }) => sameName(name, select.table));
    if (table === undefined) throw queryFailed(`no such table: ${select.table}`);
    requireRight(caller, table.right);
    return runSelect(select, table.columns, table.rows());
  };
  // All rows are one page.
  return api('/RedRock/query', null, ({ text, caller }) =>
    queryResult(query(text('Script').trim(), caller)),
  );
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

const applicationColumns = ['Name', 'ServiceName', 'Description', 'TemplateName', 'State'];

export interface TenantEvent {
  readonly type: string;
  readonly user: string;
  readonly at: Date;
}

function queryTables(
  { directory, settings, applications }: World,
  events: () => readonly TenantEvent[],
): readonly Table[] {
  return [
    table('Application', 'read-applications', applications.stored.all, {
      ID: ({ key }) => key,
      ...Object.fromEntries(
        applicationColumns.map((name) => [
          name,
          (one: StoredApplication) => describeApplication(one)[name],
        ]),
      ),
    }),
    table('User', 'read-users', directory.users, {
      ID: ({ uuid }) => uuid,
      Username: ({ user }) => user.toLowerCase(),
      DisplayName: ({ displayName }) => displayName,
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
      InternalDeviceType: ({ os }) => (os === 'ios' ? 'I' : 'A'),
      Owner: ({ user }) => user,
      OwnerID: ({ user }) => directory.findUser(user)?.uuid ?? null,
      State: () => 'Enrolled',
    }),
  ];
}

const selected =
  /^select\s+(distinct\s+)?(\*|[a-z_]\w*(?:\s*,\s*[a-z_]\w*)*)\s+from\s+([a-z_]\w*)(?:\s+where\s+([a-z_]\w*)\s*(=|\blike\b)\s*'((?:[^']|'')*)')?\s*;?$/i;

/** Reads the only SQL supported here. LIKE ignores letter case, but knows no wildcards. @throws {Refusal} */
export function parseSelect(script: string) {
  const found = selected.exec(script);
  if (found === null)
    throw queryFailed(
      "the local tenant supports only SELECT a, b FROM T WHERE a = 'x', or LIKE 'x'",
    );
  const [, distinct, asked = '', table = '', column, operator = '', value = ''] = found;
  const letterCase: LetterCase = operator === '=' ? 'sensitive' : 'insensitive';
  return {
    table,
    isDistinct: distinct !== undefined,
    /** Null: all columns. */
    columns: asked === '*' ? null : asked.split(',').map((name) => name.trim()),
    /** Null: all rows. */
    condition:
      column === undefined ? null : { column, letterCase, value: value.replaceAll("''", "'") },
  };
}

const queryFailed = (detail: string): Refusal => badArgument(`Query has failed: ${detail}`);

/** The requested rows and columns. @throws {Refusal} an unknown column */
export function runSelect(
  { columns, condition, isDistinct }: ReturnType<typeof parseSelect>,
  names: readonly string[],
  rows: readonly Row[],
): readonly Row[] {
  const nameOf = (column: string): string => {
    const name = names.find((known) => sameName(known, column));
    if (name === undefined) throw queryFailed(`no such column: ${column}`);
    return name;
  };
  const asked = columns?.map(nameOf) ?? names;
  const tested = condition === null ? null : { ...condition, name: nameOf(condition.column) };
  const found = rows
    .filter(
      (row) =>
        tested === null ||
        sameName(String(row[tested.name] ?? ''), tested.value, tested.letterCase),
    )
    .map((row) => Object.fromEntries(asked.map((name) => [name, row[name] ?? null])));
  return isDistinct ? [...new Map(found.map((row) => [JSON.stringify(row), row])).values()] : found;
}
