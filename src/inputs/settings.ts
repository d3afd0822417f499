import type { Connection } from '../auth/connection.ts';
import type { Profile, Profiles, SettingKey } from '../auth/profile.ts';
import { profileNamed } from '../auth/profile-changes.ts';
import type { Context, Environment, HttpOptions } from '../context.ts';
import { CliError } from '../errors.ts';
import { readSecret } from '../files/read.ts';
import { Secret } from '../secret.ts';
import { parseTenantAddress } from '../tenant/address.ts';
import { resolveTimeout } from './timeout.ts';

/** Options that every command has. */
export interface GlobalOptions {
  readonly profile?: string;
  readonly timeout?: string;
  readonly caFile?: string;
}

/** Options of every command that speaks with the tenant. */
export interface ConnectionOptions extends GlobalOptions {
  readonly tenant?: string;
  readonly appId?: string;
  readonly clientId?: string;
  readonly scope?: string;
  readonly platformToken?: boolean;
}

/** Where a setting comes from, strongest first: option, environment, profile, default. */
export interface Sources {
  readonly env: Environment;
  readonly profileName: string;
  readonly profile: Profile;
}

/** The value of a variable; one that is set to nothing counts as unset. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

/** The profile in force: option, `MFA_CLI_PROFILE`, the current one, else `default`. */
export function profileName(options: GlobalOptions, env: Environment, profiles: Profiles): string {
  return options.profile ?? variable(env, 'MFA_CLI_PROFILE') ?? profiles.current ?? 'default';
}

/** The stored settings that apply; a profile that is not there is an empty one. */
export function sourcesOf(options: GlobalOptions, context: Context, profiles: Profiles): Sources {
  const { env } = context;
  const name = profileName(options, env, profiles);
  return { env, profileName: name, profile: profileNamed(profiles, name) };
}

/** One setting, or undefined: `setting('tenant', options.tenant, sources)` looks at MFA_CLI_TENANT and the profile. */
export function setting(key: SettingKey, option: string | undefined, sources: Sources): string | undefined {
  const name = `MFA_CLI_${key.toUpperCase().replaceAll('-', '_')}`;
  return option ?? variable(sources.env, name) ?? sources.profile.settings[key];
}

/** The tenant's origin, or null. @throws {CliError} usage */
export function resolveTenant(options: ConnectionOptions, sources: Sources): string | null {
  const tenant = setting('tenant', options.tenant, sources);
  return tenant === undefined ? null : parseTenantAddress(tenant);
}

/** Everything that a session is opened with. @throws {CliError} usage, file-not-found, file-unreadable */
export async function resolveConnection(
  options: ConnectionOptions,
  sources: Sources,
  tenant: string,
  context: Context,
): Promise<Connection> {
  const { env } = context;
  return {
    profile: sources.profileName,
    tenant,
    appId: setting('app-id', options.appId, sources) ?? 'mfa-cli',
    clientId: setting('client-id', options.clientId, sources) ?? 'mfa-cli',
    clientSecret: await resolveClientSecret(context),
    scope: setting('scope', options.scope, sources) ?? 'all',
    platformToken: options.platformToken ?? isOn(setting('platform-token', undefined, sources)),
    accessToken: resolveToken(env),
  };
}

/** Whether a pipeline's credentials are there, so that nobody has to have signed in. */
export function hasOwnCredentials(env: Environment): boolean {
  return ['MFA_CLI_TOKEN', 'MFA_CLI_CLIENT_SECRET', 'MFA_CLI_CLIENT_SECRET_FILE'].some(
    (name) => variable(env, name) !== undefined,
  );
}

/** How the command reaches the network. @throws {CliError} usage */
export function resolveHttp(options: GlobalOptions, sources: Sources, defaultSeconds = 30): HttpOptions {
  return {
    timeout: resolveTimeout(options, sources.env, defaultSeconds) * 1000,
    caFile: setting('ca-file', options.caFile, sources) ?? null,
  };
}

/** The loopback port. @throws {CliError} usage */
export function resolvePort(option: string | undefined, sources: Sources): number {
  const port = parsePort(setting('port', option, sources) ?? '8400');
  if (port === 0) throw new CliError('usage', 'The redirect URI needs a port that can be registered, not 0');
  return port;
}

/** A TCP port from text. @throws {CliError} usage */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new CliError('usage', `"${text}" is not a port`);
  return port;
}

async function resolveClientSecret(context: Context): Promise<Secret | null> {
  const { env } = context;
  const value = variable(env, 'MFA_CLI_CLIENT_SECRET');
  if (value !== undefined) return new Secret(value, 'MFA_CLI_CLIENT_SECRET');
  const path = variable(env, 'MFA_CLI_CLIENT_SECRET_FILE');
  if (path === undefined) return null;
  const secret = await readSecret(path, 'The file of MFA_CLI_CLIENT_SECRET_FILE', context);
  if (secret.reveal() !== '') return secret;
  throw new CliError('usage', 'The file of MFA_CLI_CLIENT_SECRET_FILE is empty');
}

/** `MFA_CLI_TOKEN`, without the line break that secret stores add. @throws {CliError} usage, where it can be no token */
function resolveToken(env: Environment): Secret | null {
  const token = variable(env, 'MFA_CLI_TOKEN')?.replace(/\r?\n$/, '');
  if (token === undefined) return null;
  // What a header can carry; RFC 6750 §2.1 allows less, but a tenant's token may be anything.
  if (/^[\x21-\x7e]+$/.test(token)) return new Secret(token, 'MFA_CLI_TOKEN');
  throw new CliError('usage', 'MFA_CLI_TOKEN holds no access token');
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
