import { loopbackRedirectUri } from '../../auth/loopback-redirect.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { requireValue } from '../../settings/require-value.ts';
import { readSettings, type Settings, tenantFacts } from '../../settings/settings.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import type { AdminClient } from '../../tenant/administration/admin-client.ts';
import { openAdministration } from './administrator.ts';
import { type BootstrapOptions, requireId, requireScope, requireSensible } from './options.ts';
import type { Wanted } from './wanted.ts';

/** A tenant that somebody is signed in to, and what it is to hold. */
export interface OpenBootstrap {
  readonly settings: Settings;
  readonly tenant: string;
  readonly user: string | null;
  readonly isPerson: boolean;
  readonly client: AdminClient;
  readonly wanted: Wanted;
  /** Ends the session, where it was obtained here. */
  end(): Promise<void>;
}

/** @throws {CliError} usage, and what signing in throws */
export async function openBootstrap(options: BootstrapOptions, context: Context): Promise<OpenBootstrap> {
  requireSensible(options);
  const settings = await withTenant(await readSettings(options, context), context);
  const appId = requireId(settings.appId, '--app-id ID');
  const clientId = requireId(clientIdOf(options, settings), '--client-id ID');
  const scope = requireScope(settings.scope);
  const redirectUri = loopbackRedirectUri(settings.port());
  const opened = await openAdministration(settings, options.user ?? null, context);
  const { tenant, user, isPerson, client } = opened;
  return {
    settings: { ...settings, tenant: () => tenant, appId, clientId },
    tenant,
    user,
    isPerson,
    client,
    end: opened.end,
    wanted: {
      appId,
      clientId,
      redirectUri,
      scope,
      readBack: options.readBack === true,
      role: options.role?.trim() ?? 'mfa-cli',
      right: options.right ?? null,
      member: isPerson ? user : (options.user ?? null),
      serviceUser: options.serviceUser ?? null,
    },
  };
}

/** The client that people sign in with. One whose secret is set is the service user who signs in here. */
function clientIdOf({ clientId }: BootstrapOptions, settings: Settings): string {
  return clientId ?? (settings.credentials === 'client-secret' ? 'mfa-cli' : settings.clientId);
}

async function withTenant(settings: Settings, context: Context): Promise<Settings> {
  if (settings.tenant() !== null) return settings;
  const given = await requireValue(
    undefined,
    {
      message: 'Tenant URL or host (where you sign in, such as abc1234.id.cyberark.cloud):',
      missing: 'No tenant was given',
      ...tenantFacts,
      validate: isTenantAddress,
    },
    context,
  );
  return { ...settings, tenant: () => parseTenantAddress(given) };
}

function isTenantAddress(text: string): true | string {
  try {
    parseTenantAddress(text);
    return true;
  } catch (error) {
    return error instanceof CliError ? error.message : 'This is not a tenant URL';
  }
}
