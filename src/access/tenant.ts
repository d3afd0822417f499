import type { ProfileStore, Profiles } from '../auth/profile.ts';
import { openSession, type Session } from '../auth/session.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import {
  type ConnectionOptions,
  hasOwnCredentials,
  resolveConnection,
  resolveHttp,
  resolveTenant,
  type Sources,
  sourcesOf,
} from '../inputs/settings.ts';
import { createTenantClient, type TenantClient } from '../tenant/client.ts';

/** The store as it was read at the start, and what applies to this command line. */
export interface Stored {
  readonly store: ProfileStore;
  readonly profiles: Profiles;
  readonly sources: Sources;
}

/** A tenant that a command is signed in to. */
export interface OpenTenant {
  readonly tenant: string;
  readonly session: Session;
  readonly client: TenantClient;
}

/** Reads the profiles, which creates nothing. */
export async function readStored(options: ConnectionOptions, context: Context): Promise<Stored> {
  const store = await context.profiles();
  const profiles = await store.read();
  return { store, profiles, sources: sourcesOf(options, context, profiles) };
}

/** The tenant that is asked for. @throws {CliError} usage, or not-signed-in where nothing at all is known */
export function requireTenant(options: ConnectionOptions, { sources }: Stored): string {
  const tenant = resolveTenant(options, sources);
  if (tenant !== null) return tenant;
  if (!hasOwnCredentials(sources.env)) {
    throw new CliError('not-signed-in', `Nobody is signed in with the profile "${sources.profileName}"`);
  }
  throw new CliError('usage', 'No tenant was given', {
    facts: { option: '--tenant URL', variable: 'MFA_CLI_TENANT' },
  });
}

/**
 * Opens the session that options, environment and profile lead to, renewed where it has expired.
 * @throws {CliError} usage, not-signed-in, session-expired, sign-in-failed and what the network throws
 */
export async function openTenant(
  options: ConnectionOptions,
  stored: Stored,
  context: Context,
): Promise<OpenTenant> {
  const { store, sources } = stored;
  const tenant = requireTenant(options, stored);
  const connection = await resolveConnection(options, sources, tenant, context);
  const http = await context.http(resolveHttp(options, sources));
  const session = await openSession(connection, { http, store, now: context.now, signal: context.signal });
  return { tenant, session, client: createTenantClient(tenant, http, session) };
}
