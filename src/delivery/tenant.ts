import type { Connection } from '../auth/connection.ts';
import type { KeptSession } from '../auth/profile.ts';
import { openSession, type Session } from '../auth/session.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { missingSecret } from '../settings/credentials.ts';
import { connectionTo, type Settings } from '../settings/settings.ts';
import { createTenantClient, type TenantClient } from '../tenant/client.ts';

/** A tenant that a command is signed in to. */
export interface OpenTenant {
  readonly tenant: string;
  readonly session: Session;
  readonly client: TenantClient;
}

/** The error where no tenant is known. */
export function noTenant(): CliError {
  return new CliError('usage', 'No tenant was given', { facts: tenantFacts });
}

/** What helps where no tenant is known. */
export const tenantFacts = { option: '--tenant URL', variable: 'MFA_CLI_TENANT' };

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

/**
 * Opens the session that the settings lead to, renewed where it has expired.
 * @throws {CliError} usage, not-signed-in, session-expired, sign-in-failed and what the network throws
 */
export async function openTenant(settings: Settings, context: Context): Promise<OpenTenant> {
  try {
    const connection = await connectionTo(requireTenant(settings), settings);
    return await openConnection(connection, settings.profile.session, settings, context);
  } catch (error) {
    const signedOut = error instanceof CliError && error.code === 'not-signed-in';
    const variable = signedOut && !context.terminal.interactive ? missingSecret(context.env) : null;
    if (variable === null) throw error;
    const message = `${variable} is empty: the secret of the pipeline may be missing, and nobody is signed in`;
    throw new CliError('usage', message, { cause: error, facts: { variable } });
  }
}

/** The same for a connection, with the session that the profile holds by now. @throws {CliError} as openTenant */
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
