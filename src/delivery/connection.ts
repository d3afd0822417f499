import type { Connection } from '../auth/connection.ts';
import { openSession, type Session } from '../auth/session.ts';
import type { KeptSession } from '../auth/stored-schemas.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { noTenant, type Settings } from '../settings/settings.ts';
import { createTenantClient, type TenantClient } from '../tenant/client.ts';

/** A tenant that a command is signed in to. */
export interface OpenTenant {
  readonly tenant: string;
  readonly session: Session;
  readonly client: TenantClient;
}

/** The tenant that is asked for. @throws {CliError} usage, or not-signed-in where nothing at all is known */
export function requireTenant({ tenant, credentials, profileName, profiles }: Settings): string {
  const given = tenant();
  if (given !== null) return given;
  if (credentials !== null) throw noTenant();
  const names = Object.keys(profiles.profiles);
  throw new CliError(
    'not-signed-in',
    names.length === 0 || names.includes(profileName)
      ? `Nobody is signed in with the profile "${profileName}"`
      : `No profile "${profileName}". Profiles: ${names.join(', ')}`,
  );
}

/** Everything that a session at this tenant is opened with. @throws {CliError} usage, and those of reading a file */
export async function connectionTo(tenant: string, settings: Settings): Promise<Connection> {
  const { profileName, appId, clientId, scope, platformToken } = settings;
  const clientSecret = await settings.clientSecret();
  const accessToken = settings.accessToken();
  return { profile: profileName, tenant, appId, clientId, clientSecret, scope, platformToken, accessToken };
}

/** Opens the session of a connection, from the one that the profile holds by now. @throws {CliError} as openTenant */
export async function openConnection(
  connection: Connection,
  stored: KeptSession | null,
  { store, network }: Settings,
  { http: openHttp, now, signal }: Context,
): Promise<OpenTenant> {
  const { tenant } = connection;
  const http = await openHttp(network);
  const session = await openSession(connection, { http, store, stored, now, signal });
  return { tenant, session, client: createTenantClient(tenant, http, session) };
}
