import { CliError } from '../../errors/cli-error.ts';
import type { Secret } from '../../text/secret.ts';
import { type AdminClient, query, quoted, type Row, sameText, textOf } from './admin-client.ts';

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
