import * as v from 'valibot';
import { CliError } from '../../errors/cli-error.ts';
import type { Secret } from '../../text/secret.ts';
import { text } from '../answer.ts';
import { type AdminClient, changing, query, quoted, sameText } from './admin-client.ts';

/** A user of the tenant. */
export interface TenantUser {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
}

const columns = 'ID, Username, DisplayName';

const userRow = v.object({ ID: text, Username: text, DisplayName: text });
type UserRow = v.InferOutput<typeof userRow>;

/** The user with that name, or null. @throws {CliError} as TenantClient.ask */
export async function findUser(client: AdminClient, name: string): Promise<TenantUser | null> {
  const script = `select ${columns} from User where Username like ${quoted(name)}`;
  const users = (await query(client, userRow, script)).flatMap(readUser);
  return users.find((user) => sameText(user.name, name)) ?? null;
}

/** The users with that display name. @throws {CliError} as TenantClient.ask */
export async function findUsersCalled(
  client: AdminClient,
  displayName: string,
): Promise<readonly TenantUser[]> {
  const script = `select ${columns} from User where DisplayName = ${quoted(displayName)}`;
  const users = (await query(client, userRow, script)).flatMap(readUser);
  return users.filter((user) => user.displayName === displayName);
}

function readUser({ ID: id, Username: name, DisplayName }: UserRow): readonly TenantUser[] {
  return id === null || name === null ? [] : [{ id, name, displayName: DisplayName ?? '' }];
}

/**
 * Creates a service user for client credentials.
 * @throws {CliError} as TenantClient.ask; tenant-not-json, if the user may have been made
 */
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
    { mayHave: 'made the service user', once: true, secrets: [password] },
  );
  if (id === null || id === undefined)
    throw new CliError('tenant-not-json', `${client.tenant} does not name the user that it made`, {
      facts: { answered: 'before' },
    });
}

export const deleteUser = changing(
  '/CDirectoryService/DeleteUser',
  { mayHave: 'deleted the service user', once: true },
  (id: string) => ({ ID: id }),
);
