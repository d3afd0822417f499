import { resolve } from 'node:path';
import type { Profile, SettingKey } from '../auth/profile.ts';
import { profileNamed } from '../auth/profiles.ts';
import type { Context, Environment } from '../context.ts';
import { isOnThisMachine, parseTenantAddress } from '../tenant/address.ts';
import { isOn } from '../text/switch.ts';
import { credentialsIn, readToken } from './credentials.ts';
import { defaults } from './defaults.ts';
import type { OptionsOf } from './define.ts';
import type { GlobalOptions } from './global-options.ts';
import type { ConnectionOptions, clientAppKey, signInOptions } from './options.ts';
import { overridesOf } from './overrides.ts';
import { requireOwnProfile } from './require-profile.ts';
import {
  type Application,
  type Network,
  orError,
  type SessionStore,
  type Settings,
  type Stored,
} from './settings.ts';
import { table } from './table.ts';
import { invalidValue, namingSource, parsePort, type Source, variable } from './values.ts';

/** The settings that only some commands have as options. */
export interface OwnOptions
  extends OptionsOf<typeof signInOptions & { readonly clientAppKey: typeof clientAppKey }> {}

/** Of a command that has none of them. */
export const noOwnOptions: OwnOptions = {
  port: undefined,
  loginHint: undefined,
  store: undefined,
  clientAppKey: undefined,
};

/**
 * Reads the profiles, and resolves the settings of a command line; creates no file. A
 * profile that is named must exist.
 * @throws {CliError} file-unreadable, usage, interrupted
 */
export async function readSettings(
  options: ConnectionOptions,
  context: Context,
  own: OwnOptions = noOwnOptions,
): Promise<Settings> {
  const settings = await readAnySettings(options, context, own);
  requireOwnProfile(settings);
  await sayRehearsal(settings, context);
  return settings;
}

/**
 * Tells a person in a terminal, before anything else, that the tenant is on this machine.
 */
export async function sayRehearsal(
  { tenant, tenantSource }: Settings,
  { terminal }: Context,
): Promise<void> {
  const { json, quiet } = terminal.flags;
  if (!terminal.interactive || json || quiet) return;
  if (typeof tenant !== 'string' || !isOnThisMachine(tenant)) return;
  const words = `Rehearsal: local tenant ${tenant} (${tenantSource})`;
  await terminal.present(words, (shown, style) => style.dim(shown));
}

function sourceWords(source: Source): string {
  if ('option' in source) return source.option;
  return 'variable' in source ? source.variable : `profile "${source.profile}"`;
}

/**
 * Reads settings like `readSettings`, also of a profile that does not exist yet.
 * @throws {CliError} file-unreadable, interrupted
 */
export async function readAnySettings(
  options: ConnectionOptions,
  context: Context,
  own: OwnOptions = noOwnOptions,
): Promise<Settings> {
  const store = await context.profiles();
  const stored = { store, profiles: await store.read() };
  const settings = settingsFrom(options, stored, context, own);
  context.overrides.push(...settings.overrides);
  return settings;
}

/**
 * Resolves each setting from option, environment, profile and default, in this order.
 * @throws {CliError} file-unreadable: this version cannot read the profile
 */
export function settingsFrom(
  options: ConnectionOptions,
  stored: Stored,
  context: Pick<Context, 'env' | 'timeout'>,
  own: OwnOptions = noOwnOptions,
): Settings {
  const { env } = context;
  const current = stored.profiles.current ?? 'default';
  const profileName = options.profile ?? variable(env, table.profile.variable) ?? current;
  const profile = profileNamed(stored.profiles, profileName);
  const given = givenSettings(options, own);
  const found = lookUp(given, env, profileName, profile.settings);
  return {
    ...stored,
    profileName,
    profile,
    ...applicationOf(found.value),
    tenant: orError(() => parseTenant(found)),
    tenantSource: sourceWords(found.source('tenant')),
    loginHint: own.loginHint ?? variable(env, table.user.variable) ?? null,
    clientAppKey: found.value('client-app-key') ?? null,
    port: orError(() => parsePort(found.value('port') ?? defaults.port, found.source('port'), 1)),
    sessionStore: orError(() =>
      parseSessionStore(found.value('store') ?? defaults.store, found.source('store')),
    ),
    network: networkOf(options, profile.settings, context),
    credentials: credentialsIn(env),
    accessToken: orError(() => readToken(env)),
    lasting: lastingOf(options, own, env),
    overrides: overridesOf(env, {
      optionKeys: new Set(keysIn(given).filter((key) => given[key] !== undefined)),
      isProfileGiven: options.profile !== undefined,
      profileName,
      profile,
      current,
    }),
    chosenKeys: new Set(keysIn(given).filter((key) => found.value(key) !== undefined)),
  };
}

/** The network of a command line, with the CAs that a profile adds. */
export function networkOf(
  { caFile }: Pick<GlobalOptions, 'caFile'>,
  held: Profile['settings'],
  { env, timeout }: Pick<Context, 'env' | 'timeout'>,
): Network {
  return {
    timeout: (timeout ?? defaults.networkSeconds) * 1000,
    caFile: caFile ?? variable(env, table['ca-file'].variable) ?? held['ca-file'] ?? null,
  };
}

/** The application and the client of these settings, else the usual ones. */
export function applicationOf(value: (key: SettingKey) => string | undefined): Application {
  return {
    appId: value('app-id') ?? defaults.appId,
    clientId: value('client-id') ?? defaults.clientId,
    scope: value('scope') ?? defaults.scope,
    platformToken: isOn(value('platform-token')),
  };
}

/** `file` or `keychain`. @throws {CliError} usage */
export function parseSessionStore(text: string, source: Source): SessionStore {
  if (text === 'file' || text === 'keychain') return text;
  throw invalidValue(text, source, 'file or keychain');
}

type GivenSettings = Readonly<Record<SettingKey, string | undefined>>;

/** The value that the options give each setting that a profile can hold. */
function givenSettings(options: ConnectionOptions, own: OwnOptions): GivenSettings {
  return {
    tenant: options.tenant,
    'app-id': options.appId,
    'client-id': options.clientId,
    scope: options.scope,
    'platform-token': options.platformToken === true ? '1' : undefined,
    port: own.port,
    'client-app-key': own.clientAppKey,
    'ca-file': options.caFile,
    store: own.store,
  };
}

function keysIn(given: GivenSettings): readonly SettingKey[] {
  return Object.keys(given) as SettingKey[];
}

/** The value of a setting, and where it is from. */
interface Found {
  value(key: SettingKey): string | undefined;
  source(key: SettingKey): Source;
}

function lookUp(
  given: GivenSettings,
  env: Environment,
  profile: string,
  held: Profile['settings'],
): Found {
  const inEnvironment = (key: SettingKey) => variable(env, table[key].variable);
  return {
    value: (key) => given[key] ?? inEnvironment(key) ?? held[key],
    source(key) {
      if (given[key] !== undefined) return { option: `--${key}` };
      if (inEnvironment(key) === undefined) return { profile, key };
      return { variable: table[key].variable };
    },
  };
}

/** @throws {CliError} usage */
function parseTenant({ value, source }: Found): string | null {
  const tenant = value('tenant');
  try {
    return tenant === undefined ? null : parseTenantAddress(tenant);
  } catch (error) {
    throw namingSource(source('tenant'), error);
  }
}

/** The settings of this run that are worth keeping. */
function lastingOf(
  { caFile }: Pick<GlobalOptions, 'caFile'>,
  { port, store: asked }: OwnOptions,
  env: Environment,
): Settings['lasting'] {
  const store = asked ?? variable(env, table.store.variable);
  const lasting: (readonly [SettingKey, string])[] = [];
  if (port !== undefined) lasting.push(['port', port]);
  if (store !== undefined) lasting.push(['store', store]);
  if (caFile !== undefined) lasting.push(['ca-file', resolve(caFile)]);
  return lasting;
}
