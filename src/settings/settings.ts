import { resolve } from 'node:path';
import type { Connection } from '../auth/connection.ts';
import type { Profile, ProfileStore, Profiles, SettingKey } from '../auth/profile.ts';
import { profileNamed } from '../auth/profile-changes.ts';
import type { Context, HttpOptions } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { parseTenantAddress } from '../tenant/address.ts';
import { isOn } from '../text/phrasing.ts';
import type { Secret } from '../text/secret.ts';
import { type Credentials, credentialsIn, readClientSecret, readToken } from './credentials.ts';
import { type ApnsOptions, type GivenApns, givenApns } from './given-apns.ts';
import { type GivenP12, givenP12, type P12Options } from './given-p12.ts';
import { variable } from './variable.ts';

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

/** Every option that a variable or the profile can stand in for; a command has those that it declares. */
interface SettingOptions extends ConnectionOptions, P12Options, ApnsOptions {
  readonly port?: string;
  readonly clientAppKey?: string;
  readonly store?: string;
}

/** The file of the profiles, or the system's keychain. */
type SessionStore = 'file' | 'keychain';

/** The bound on the wait for the network, in seconds. */
const defaultTimeout = 30;

/** The store and what it held, read once. */
export interface Stored {
  readonly store: ProfileStore;
  readonly profiles: Profiles;
}

/**
 * What applies to this command line, strongest first: option, environment, profile, default. What may be wrong, or takes
 * the reading of a file, is a function, so that it stops only whoever needs it.
 */
export interface Settings extends Stored {
  readonly profileName: string;
  /** The profile of that name; an empty one where there is none. */
  readonly profile: Profile;
  readonly appId: string;
  readonly clientId: string;
  readonly scope: string;
  readonly platformToken: boolean;
  /** Null where nothing says it. */
  readonly clientAppKey: string | null;
  readonly network: HttpOptions;
  readonly p12: GivenP12;
  readonly apns: GivenApns;
  /** Null where somebody has to have signed in. */
  readonly credentials: Credentials | null;
  /** Of what was given, what the next command needs as well, beside the connection. */
  readonly lasting: readonly (readonly [SettingKey, string])[];
  /** Whether anything but a default says it. */
  isSet(key: SettingKey): boolean;
  /** The tenant's origin, or null. @throws {CliError} usage */
  tenant(): string | null;
  /** Of the loopback redirect. @throws {CliError} usage */
  port(): number;
  /** Where a sign-in keeps its session. @throws {CliError} usage */
  sessionStore(): SessionStore;
  /** @throws {CliError} usage, file-not-found, file-unreadable, interrupted */
  clientSecret(): Promise<Secret | null>;
  /** @throws {CliError} usage */
  accessToken(): Secret | null;
}

/** Reads the profiles, which creates nothing. @throws {CliError} file-unreadable, interrupted */
export async function readSettings(options: SettingOptions, context: Context): Promise<Settings> {
  const store = await context.profiles();
  return settingsFrom(options, { store, profiles: await store.read() }, context);
}

/** The same of profiles that were read. @throws {CliError} file-unreadable: this version cannot read the profile */
export function settingsFrom(options: SettingOptions, stored: Stored, context: Context): Settings {
  const { env } = context;
  const { profiles } = stored;
  const profileName = options.profile ?? variable(env, 'MFA_CLI_PROFILE') ?? profiles.current ?? 'default';
  const profile = profileNamed(profiles, profileName);
  const given = settingsIn(options);
  const store = given.store ?? variable(env, variableOf('store'));
  const setting = (key: SettingKey): string | undefined =>
    given[key] ?? variable(env, variableOf(key)) ?? profile.settings[key];
  return {
    ...stored,
    profileName,
    profile,
    appId: setting('app-id') ?? 'mfa-cli',
    clientId: setting('client-id') ?? 'mfa-cli',
    scope: setting('scope') ?? 'all',
    platformToken: isOn(setting('platform-token')),
    clientAppKey: setting('client-app-key') ?? null,
    network: { timeout: (context.timeout ?? defaultTimeout) * 1000, caFile: setting('ca-file') ?? null },
    p12: givenP12(options, env),
    apns: givenApns(options, env),
    credentials: credentialsIn(env),
    lasting: [
      ...(given.port === undefined ? [] : [['port', given.port] as const]),
      ...(store === undefined ? [] : [['store', store] as const]),
      ...(given['ca-file'] === undefined ? [] : [['ca-file', resolve(given['ca-file'])] as const]),
    ],
    isSet: (key) => setting(key) !== undefined,
    tenant() {
      const tenant = setting('tenant');
      return tenant === undefined ? null : parseTenantAddress(tenant);
    },
    port: () => parseRedirectPort(setting('port') ?? '8400'),
    sessionStore: () => parseSessionStore(setting('store') ?? 'file'),
    clientSecret: () => readClientSecret(context),
    accessToken: () => readToken(env),
  };
}

/** Everything that a session at this tenant is opened with. @throws {CliError} usage, and those of reading a file */
export async function connectionTo(tenant: string, settings: Settings): Promise<Connection> {
  const { profileName, appId, clientId, scope, platformToken } = settings;
  const clientSecret = await settings.clientSecret();
  const accessToken = settings.accessToken();
  return { profile: profileName, tenant, appId, clientId, clientSecret, scope, platformToken, accessToken };
}

/** A TCP port from text. @throws {CliError} usage */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new CliError('usage', `"${text}" is not a port`);
  return port;
}

/** `file` or `keychain`. @throws {CliError} usage */
export function parseSessionStore(text: string): SessionStore {
  if (text !== 'file' && text !== 'keychain')
    throw new CliError('usage', `"${text}" is not a place for a session: use file or keychain`);
  return text;
}

function parseRedirectPort(text: string): number {
  const port = parsePort(text);
  if (port === 0) throw new CliError('usage', 'The redirect URI needs a port that can be registered, not 0');
  return port;
}

/** The options under the names that a profile has for them. */
function settingsIn(options: SettingOptions): Readonly<Partial<Record<SettingKey, string | undefined>>> {
  const { tenant, scope, port, platformToken, store } = options;
  return {
    tenant,
    scope,
    port,
    store,
    'app-id': options.appId,
    'client-id': options.clientId,
    'client-app-key': options.clientAppKey,
    'ca-file': options.caFile,
    'platform-token': platformToken === undefined ? undefined : platformToken ? '1' : '0',
  };
}

/** `MFA_CLI_APP_ID` of `app-id`. */
function variableOf(key: SettingKey): string {
  return `MFA_CLI_${key.toUpperCase().replaceAll('-', '_')}`;
}
