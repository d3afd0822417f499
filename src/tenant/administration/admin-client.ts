import { CliError } from '../../errors/cli-error.ts';
import { membersOf } from '../../text/json.ts';
import type { Secret } from '../../text/secret.ts';
import type { TenantClient } from '../client.ts';
import { readEnvelope, requireSuccess } from '../envelope.ts';

/** A tenant whose administration is spoken to. */
export interface AdminClient {
  readonly tenant: string;
  /**
   * Calls an API with a JSON document and returns the envelope's `Result`.
   * @param options `once`: the call makes something, so that it is never sent a second time by itself
   * @throws {CliError} session-expired, tenant-refused, tenant-forbidden, tenant-not-json, rate-limited and what Http throws
   */
  ask(
    path: string,
    document: unknown,
    options?: { readonly once?: boolean; readonly secrets?: readonly Secret[] },
  ): Promise<unknown>;
}

/** @param secrets what no answer may reveal */
export function createAdminClient(client: TenantClient, secrets: () => readonly Secret[]): AdminClient {
  return {
    tenant: client.tenant,
    async ask(path, document, { once = false, secrets: sent = [] } = {}) {
      const body = JSON.stringify(document);
      const response = await client.send({ method: 'POST', path, body, retry: !once });
      return requireSuccess(readEnvelope(response, client.tenant, [...sent, ...secrets()]), client.tenant);
    },
  };
}

export type Row = Readonly<Record<string, unknown>>;

/** The rows of a query's result: `{Results: [{Row}]}`, or a list of rows. */
export function rowsOf(result: unknown): readonly Row[] {
  const list = Array.isArray(result) ? result : membersOf(result)?.Results;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => {
    const members = membersOf(item);
    return members === null ? [] : [membersOf(members.Row) ?? members];
  });
}

/** The first member of a row with one of these names that is a text. */
export function textOf(row: Row, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = row[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

/** `POST /RedRock/query`. @throws {CliError} as AdminClient.ask */
export async function query(client: AdminClient, script: string): Promise<readonly Row[]> {
  const Args = {
    PageNumber: 1,
    PageSize: 10_000,
    Limit: 10_000,
    SortBy: '',
    direction: 'False',
    Caching: -1,
  };
  return rowsOf(await client.ask('/RedRock/query', { Script: script, Args }));
}

/** A text within a query. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whether two names are the same to a tenant. */
export function sameText(one: unknown, other: unknown): boolean {
  return String(one).toLowerCase() === String(other).toLowerCase();
}

/** A user of the tenant, as far as it matters here. */
export interface TenantUser {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
}

const columns = 'ID, Username, DisplayName';

/** The user with that name, or null. @throws {CliError} as AdminClient.ask */
export async function findUser(client: AdminClient, name: string): Promise<TenantUser | null> {
  const rows = await query(client, `select ${columns} from User where Username like ${quoted(name)}`);
  return rows.flatMap(readUser).find((user) => sameText(user.name, name)) ?? null;
}

/** The users who are called that. @throws {CliError} as AdminClient.ask */
export async function findUsersCalled(
  client: AdminClient,
  displayName: string,
): Promise<readonly TenantUser[]> {
  const rows = await query(client, `select ${columns} from User where DisplayName = ${quoted(displayName)}`);
  return rows.flatMap(readUser).filter((user) => user.displayName === displayName);
}

function readUser(row: Row): readonly TenantUser[] {
  const [id, name] = [textOf(row, 'ID'), textOf(row, 'Username')];
  return id === null || name === null ? [] : [{ id, name, displayName: textOf(row, 'DisplayName') ?? '' }];
}

/** Makes a service user for client credentials. @throws {CliError} as AdminClient.ask, tenant-refused */
export async function createServiceUser(
  client: AdminClient,
  { name, displayName }: Pick<TenantUser, 'name' | 'displayName'>,
  password: Secret,
): Promise<void> {
  const id = await client.ask(
    '/CDirectoryService/CreateUser',
    {
      Name: name,
      DisplayName: displayName,
      Mail: name,
      Password: password.reveal(),
      InEverybodyRole: 'false',
      InSysAdminRole: 'false',
      ForcePasswordChangeNext: 'false',
      PasswordNeverExpire: 'true',
      SendEmailInvite: 'false',
      SendSmsInvite: 'false',
      ServiceUser: true,
      OauthClient: true,
    },
    { once: true, secrets: [password] },
  );
  if (id === null || id === undefined)
    throw new CliError('tenant-refused', `${client.tenant} does not name the user that it made`);
}

/** @throws {CliError} as AdminClient.ask */
export async function deleteUser(client: AdminClient, id: string): Promise<void> {
  await client.ask('/CDirectoryService/DeleteUser', { ID: id }, { once: true });
}
