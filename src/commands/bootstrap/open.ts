import { loopbackRedirectUri } from '../../auth/loopback-redirect.ts';
import type { Context } from '../../context.ts';
import { withTenant } from '../../delivery/saved-sign-in.ts';
import { CliError } from '../../errors/cli-error.ts';
import { type ConnectionOptions, readSettings, type Settings } from '../../settings/settings.ts';
import { type Administration, openAdministration } from './administrator.ts';
import type { Wanted } from './steps.ts';

export interface BootstrapOptions
  extends Pick<ConnectionOptions, 'profile' | 'timeout' | 'caFile' | 'tenant' | 'appId' | 'clientId'> {
  readonly user?: string;
  readonly port?: string;
  readonly role?: string;
  readonly right?: string;
  readonly serviceUser?: string;
  readonly secretFile?: string;
  readonly readBack?: boolean;
  readonly devices?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly remove?: boolean;
}

/** @throws {CliError} usage, before anybody is asked anything */
function requireSensible({ serviceUser, secretFile, role, remove }: BootstrapOptions): void {
  if (remove === true && secretFile !== undefined)
    throw usage('Nothing is written where everything is taken away', '--remove without --secret-file');
  if (remove !== true && serviceUser !== undefined && secretFile === undefined)
    throw usage('The password of the service user needs a file', '--secret-file FILE');
  if (secretFile !== undefined && serviceUser === undefined)
    throw usage('A secret file needs the service user whose password it gets', '--service-user NAME');
  if (secretFile === '-')
    throw usage('The password of the service user goes into a file and nowhere else', '--secret-file FILE');
  if (serviceUser !== undefined && !/^[^\s@]+@[^\s@]+$/.test(serviceUser))
    throw usage(`"${serviceUser}" is not the name of a user, such as ci@example.com`, '--service-user NAME');
  if (role !== undefined && !/^\P{Cc}{1,100}$/u.test(role.trim()))
    throw usage('The name of a role has up to 100 characters', '--role NAME');
}

/** Something that can be a name within an address. @throws {CliError} usage */
function requireId(id: string, option: string): string {
  if (/^[\w.-]{1,100}$/.test(id)) return id;
  throw usage(`"${id}" cannot be used as an ID: letters, digits, dots, dashes and _ can`, option);
}

/** The one scope that is made. @throws {CliError} usage */
function requireScope(scope: string): string {
  if (/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(scope)) return scope;
  throw new CliError('usage', `"${scope}" is not the name of one scope`, {
    facts: { variable: 'MFA_CLI_SCOPE' },
  });
}

function usage(message: string, option: string): CliError {
  return new CliError('usage', message, { facts: { option } });
}

/** A tenant that an administrator is signed in to, and what it is to hold. */
export interface OpenBootstrap extends Administration {
  readonly settings: Settings;
  readonly wanted: Wanted;
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
  const { tenant, user, isPerson } = opened;
  return {
    ...opened,
    settings: { ...settings, tenant: () => tenant, appId, clientId },
    wanted: {
      ...{ appId, clientId, redirectUri, scope },
      readBack: options.readBack === true,
      devices: options.devices === true,
      role: options.role?.trim() ?? 'mfa-cli',
      right: options.right ?? null,
      member: isPerson ? user : (options.user ?? null),
      serviceUser: options.serviceUser ?? null,
      secretFile: options.secretFile ?? null,
    },
  };
}

/** The client that people sign in with. One whose secret is set is the service user who signs in here. */
function clientIdOf({ clientId }: BootstrapOptions, settings: Settings): string {
  return clientId ?? (settings.credentials === 'client-secret' ? 'mfa-cli' : settings.clientId);
}
