import { type Api, api, requireRight } from '../api.ts';
import { describeApplication, type StoredApplication, sameName } from '../applications.ts';
import type { Caller } from '../directory.ts';
import { queryResult, type Row } from '../envelope.ts';
import { type Right, rightRow } from '../people.ts';
import type { World } from '../world.ts';
import { parseSelect, queryFailed, runSelect } from './select.ts';

export interface TenantEvent {
  readonly type: string;
  readonly user: string;
  readonly at: Date;
}

/** A table of the tenant, for queries. */
interface Table {
  readonly name: string;
  /** The right to read it. */
  readonly right: Right;
  readonly columns: readonly string[];
  rows(): readonly Row[];
}

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
  return api('/RedRock/query', 'signed-in', ({ parameters, caller }) =>
    queryResult(query(parameters.text('Script').trim(), caller)),
  );
}

/** @param columns the reader of each column, by its name */
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

type ApplicationColumn = 'Name' | 'ServiceName' | 'Description' | 'TemplateName' | 'State';

function describedColumn(name: ApplicationColumn): (application: StoredApplication) => unknown {
  return (application) => describeApplication(application)[name];
}

function queryTables(
  { directory, state, applications }: World,
  events: () => readonly TenantEvent[],
): readonly Table[] {
  return [
    table('Application', 'read-applications', () => applications.stored.all(), {
      ID: ({ key }) => key,
      Name: describedColumn('Name'),
      ServiceName: describedColumn('ServiceName'),
      Description: describedColumn('Description'),
      TemplateName: describedColumn('TemplateName'),
      State: describedColumn('State'),
    }),
    table('User', 'read-users', () => directory.users(), {
      ID: ({ uuid }) => uuid,
      Username: ({ user }) => user.toLowerCase(),
      DisplayName: ({ displayName }) => displayName,
    }),
    table('Event', 'manage-tenant', events, {
      EventType: ({ type }) => type,
      WhenOccurred: ({ at }) => at.toISOString(),
      NormalizedUser: ({ user }) => user,
    }),
    table('Device', 'manage-apns-certificates', () => state.parts().devices, {
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
