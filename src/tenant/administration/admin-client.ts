import type * as v from 'valibot';
import { membersOf } from '../../text/json.ts';
import { readAnswer } from '../answer.ts';
import type { TenantClient } from '../client.ts';

/** The administration API of a tenant. */
export type AdminClient = Pick<TenantClient, 'tenant' | 'ask'>;

interface ChangeOptions {
  /** The change, to follow "it may have". */
  readonly mayHave: string;
  readonly once?: boolean;
}

/**
 * A change in one call; with `once` it is never retried automatically. It throws what
 * TenantClient.ask does.
 */
export function changing<Given extends readonly unknown[]>(
  path: string,
  options: ChangeOptions,
  documentOf: (...given: Given) => unknown,
) {
  return async (client: AdminClient, ...given: Given): Promise<void> => {
    await client.ask(path, documentOf(...given), options);
  };
}

/**
 * The rows of a query's result, `{Results: [{Row}]}` or a list of rows, by a schema as
 * readAnswer takes it.
 */
export function readRows<const Schema extends v.GenericSchema>(
  schema: Schema,
  result: unknown,
): readonly v.InferOutput<Schema>[] {
  const listed = Array.isArray(result) ? result : membersOf(result)?.Results;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((item) => {
    const members = membersOf(item);
    return members === null ? [] : [readAnswer(schema, membersOf(members.Row) ?? members)];
  });
}

/** The page arguments for all rows of a query. */
export const pageOfAll = {
  PageNumber: 1,
  PageSize: 10_000,
  Limit: 10_000,
  SortBy: '',
  direction: 'False',
  Caching: -1,
};

/**
 * Where queries on the tenant's tables go. A caller reads each table that its rights
 * allow.
 */
export const queryPath = '/RedRock/query';

/**
 * `POST /RedRock/query`: the rows by a schema as readAnswer takes it.
 * @throws {CliError} as TenantClient.ask
 */
export async function query<const Schema extends v.GenericSchema>(
  client: AdminClient,
  schema: Schema,
  script: string,
): Promise<readonly v.InferOutput<Schema>[]> {
  return readRows(schema, await client.ask(queryPath, { Script: script, Args: pageOfAll }));
}

/** A quoted text in a query. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whether a tenant treats two names as the same. */
export function sameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
