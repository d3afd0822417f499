import { isObject } from '../../text/json.ts';
import { type Api, type JsonObject, optionalInteger, parameter, requireRight, requireText } from '../api.ts';
import type { Caller } from '../directory.ts';
import type { administrativeRights } from '../rights.ts';
import { queryResult, type Row } from './query-result.ts';
import { runSelect } from './run-select.ts';
import { parseSelect, queryFailed } from './select.ts';
import type { queryTables } from './tables.ts';

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
