import { resolve } from 'node:path';
import type { ProfileStore, Profiles, SettingKey } from '../auth/profile.ts';
import { latestRecord, profileNamed } from '../auth/profiles.ts';
import { isSame, openRequests, requestsTo } from '../auth/requests.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { parseTenantAddress } from '../tenant/address.ts';
import type { SentAs } from '../tenant/client.ts';
import { isOn } from '../text/phrasing.ts';
import {
  type ApnsOptions,
  givenApns,
  givenP12,
  type P12Options,
  warnDaysOf,
} from './certificate.ts';
import { credentialsIn, readClientSecret, readToken } from './credentials.ts';
import { requireProfile } from './require-value.ts';
import { table } from './table.ts';
import {
  invalidValue,
  namingSource,
  parsePort,
  parseSeconds,
  type Source,
  variable,
} from './values.ts';

/** Options that every command has. */
export interface GlobalOptions {
  readonly profile?: string;
  readonly timeout?: string;
  readonly caFile?: string;
}

/** Options of every command that connects to the tenant. */
export interface ConnectionOptions extends GlobalOptions {
  readonly tenant?: string;
  readonly appId?: string;
  readonly clientId?: string;
  readonly scope?: string;
  readonly platformToken?: boolean;
}

/** Options of the commands that judge a certificate. */
export interface JudgingOptions {
  readonly failOn?: 'error' | 'warning';
  readonly warnDays?: string;
  /** Findings do not stop the command. */
  readonly force?: boolean;
}

/** Every option that a variable or the profile can replace. A command has those that it declares. */
interface SettingOptions extends ConnectionOptions, P12Options, ApnsOptions, JudgingOptions {
  readonly sendAs?: SentAs;
  readonly port?: string;
  readonly loginHint?: string;
  readonly clientAppKey?: string;
  readonly store?: string;
  readonly proveTimeout?: string;
}

/** The file of the profiles or the system's keychain. */
type SessionStore = 'file' | 'keychain';
/** The settings whose default in the table is a literal value. */
type KeyWithDefault = 'app-id' | 'client-id' | 'scope' | 'port' | 'store';
/** Time limit of the network, in seconds. */
const defaultTimeout = 30;
/** Time limit of a proof, in seconds. */
const defaultProvePatience = 120;

/** The store and its profiles, read once. */
export interface Stored {
  readonly store: ProfileStore;
  readonly profiles: Profiles;
}

/** Reads the profiles; creates no file. @throws {CliError} file-unreadable, interrupted */
export async function readSettings(options: SettingOptions, context: Context): Promise<Settings> {
  const store = await context.profiles();
  return settingsFrom(options, { store, profiles: await store.read() }, context);
}

export type Settings = ReturnType<typeof settingsFrom>;

/**
 * Resolves each setting from option, environment, profile and default, in this order. A value that may be invalid or needs a
 * file is a function, so that it fails only when a command uses it.
 * @throws {CliError} file-unreadable: this version cannot read the profile
 */
export function settingsFrom(options: SettingOptions, stored: Stored, context: Context) {
  const { env } = context;
  const { profiles } = stored;
  const profileName =
    options.profile ?? variable(env, table.profile.variable) ?? profiles.current ?? 'default';
  const profile = profileNamed(profiles, profileName);
  const given: Readonly<Record<string, unknown>> = { ...options };
  const option = (key: SettingKey): string | undefined => textOf(given[camelCased(key)]);
  const setting = (key: SettingKey): string | undefined =>
    option(key) ?? variable(env, table[key].variable) ?? profile.settings[key];
  const sourceOf = (key: SettingKey): Source => {
    if (option(key) !== undefined) return { option: `--${key}` };
    const { variable: name } = table[key];
    return variable(env, name) === undefined ? { profile: profileName, key } : { variable: name };
  };
  const orDefault = (key: KeyWithDefault): string => setting(key) ?? table[key].default;
  const { port, store = variable(env, table.store.variable), caFile, sendAs = null } = options;
  const { failOn = 'error', force = false } = options;
  return {
    ...stored,
    profileName,
    profile,
    appId: orDefault('app-id'),
    clientId: orDefault('client-id'),
    scope: orDefault('scope'),
    platformToken: isOn(setting('platform-token')),
    /** The user who should sign in; null if not set. */
    loginHint: options.loginHint ?? variable(env, table.user.variable) ?? null,
    clientAppKey: setting('client-app-key') ?? null,
    network: {
      timeout: (context.timeout ?? defaultTimeout) * 1000,
      caFile: setting('ca-file') ?? null,
    },
    p12: givenP12(options, env),
    apns: givenApns(options, env),
    sendAs,
    /** Null if the command needs a stored session. */
    credentials: credentialsIn(env),
    /** The given settings to save for the next command, besides the connection. */
    lasting: [
      ...(port === undefined ? [] : [['port', port] as const]),
      ...(store === undefined ? [] : [['store', store] as const]),
      ...(caFile === undefined ? [] : [['ca-file', resolve(caFile)] as const]),
    ] as readonly (readonly [SettingKey, string])[],
    /** Requires the profile to exist, unless it is `default`. @param mayBeNew whether the hint offers to create it @throws {CliError} usage */
    requireProfile(mayBeNew = true): void {
      if (profileName !== 'default') requireProfile(profiles, profileName, mayBeNew);
    },
    isSet: (key: SettingKey): boolean => setting(key) !== undefined,
    judging: () => ({ failOn, force, warnDays: warnDaysOf(options) }),
    /** Time limit of a proof, in seconds. @throws {CliError} usage */
    provePatience: () =>
      parseSeconds(options.proveTimeout, '--prove-timeout', defaultProvePatience),
    /** The record of this machine's last `set` for a tenant and client app key, or null. */
    lastSet: (tenant: string | null, clientAppKey: string | null) =>
      latestRecord(profiles, tenant, clientAppKey),
    /** This machine's requests to a tenant, earliest first. */
    requestsTo: (tenant: string | null) => requestsTo(profiles, tenant),
    /** The requests for a client app key without an answer. */
    unanswered: (target: {
      readonly tenant: string | null;
      readonly clientAppKey: string | null;
    }) => openRequests(profiles).filter((request) => isSame(request, target)),
    /** The tenant's origin, or null. @throws {CliError} usage */
    tenant(): string | null {
      const tenant = setting('tenant');
      try {
        return tenant === undefined ? null : parseTenantAddress(tenant);
      } catch (error) {
        throw namingSource(sourceOf('tenant'), error);
      }
    },
    /** The port of the loopback redirect. @throws {CliError} usage */
    port: () => parsePort(orDefault('port'), sourceOf('port'), 1),
    /** The store for the session of a sign-in. @throws {CliError} usage */
    sessionStore: () => parseSessionStore(orDefault('store'), sourceOf('store')),
    /** @throws {CliError} usage, file-not-found, file-unreadable, interrupted */
    clientSecret: () => readClientSecret(context),
    accessToken: () => readToken(env),
  };
}

/** The error if no tenant is known. */
export function noTenant(): CliError {
  return new CliError('usage', 'No tenant was given', { facts: tenantFacts });
}

/** Hint facts if no tenant is known. */
export const tenantFacts = { option: '--tenant URL', variable: 'MFA_CLI_TENANT' };

/** `file` or `keychain`. @throws {CliError} usage */
export function parseSessionStore(text: string, source: Source): SessionStore {
  if (text === 'file' || text === 'keychain') return text;
  throw invalidValue(text, source, 'file or keychain');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'boolean'
    ? value
      ? '1'
      : '0'
    : typeof value === 'string'
      ? value
      : undefined;
}

/** commander's name for a key: `app-id` becomes `appId`. */
function camelCased(key: string): string {
  return key.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
