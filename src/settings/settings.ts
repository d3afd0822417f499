import { resolve } from 'node:path';
import { apnsOrigin } from '../apple/apns.ts';
import type { ProfileStore, Profiles, SettingKey } from '../auth/profile.ts';
import { latestRecord, profileNamed } from '../auth/profiles.ts';
import { isSame, openRequests, requestsTo } from '../auth/requests.ts';
import { defaultWarnDays } from '../checks/validity.ts';
import type { Context, Environment } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import type { ApnsEnvironment } from '../pkcs12/model.ts';
import { parseTenantAddress } from '../tenant/address.ts';
import type { SentAs } from '../tenant/client.ts';
import { isOn } from '../text/phrasing.ts';
import { shellWord } from '../text/shell.ts';
import { credentialsIn, readClientSecret, readToken } from './credentials.ts';
import { givenP12, type P12Options } from './given-file.ts';
import { requireProfile } from './require-value.ts';
import { table } from './table.ts';
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

/** Options of the commands that speak with APNs. */
export interface ApnsOptions {
  readonly topic?: string;
  readonly environment?: ApnsEnvironment;
  readonly apnsHost?: string;
}

/** Options of the commands that judge a certificate. */
export interface JudgingOptions {
  readonly failOn?: 'error' | 'warning';
  readonly warnDays?: string;
  /** Where the command has it: nothing stops. */
  readonly force?: boolean;
}

/** Every option that a variable or the profile can stand in for; a command has those that it declares. */
interface SettingOptions extends ConnectionOptions, P12Options, ApnsOptions, JudgingOptions {
  readonly sendAs?: SentAs;
  readonly port?: string;
  readonly loginHint?: string;
  readonly clientAppKey?: string;
  readonly store?: string;
  readonly proveTimeout?: string;
}

/** The file of the profiles, or the system's keychain. */
type SessionStore = 'file' | 'keychain';
/** The settings whose default in the table is their value. */
type KeyWithDefault = 'app-id' | 'client-id' | 'scope' | 'port' | 'store';
/** The bound on the wait for the network, in seconds. */
const defaultTimeout = 30;
/** The bound on the wait for a phone, in seconds. */
const defaultProvePatience = 120;

/** The store and what it held, read once. */
export interface Stored {
  readonly store: ProfileStore;
  readonly profiles: Profiles;
}

/** Reads the profiles, which creates nothing. @throws {CliError} file-unreadable, interrupted */
export async function readSettings(options: SettingOptions, context: Context): Promise<Settings> {
  const store = await context.profiles();
  return settingsFrom(options, { store, profiles: await store.read() }, context);
}

/** What applies to this command line. */
export type Settings = ReturnType<typeof settingsFrom>;

/**
 * Resolves the settings over profiles that were read, strongest first: option, environment, profile, default. What may be
 * wrong, or takes the reading of a file, is a function, so that it stops only whoever needs it.
 * @throws {CliError} file-unreadable: this version cannot read the profile
 */
export function settingsFrom(options: SettingOptions, stored: Stored, context: Context) {
  const { env } = context;
  const { profiles } = stored;
  const profileName =
    options.profile ?? variable(env, table.profile.variable) ?? profiles.current ?? 'default';
  const profile = profileNamed(profiles, profileName);
  const given: Readonly<Record<string, unknown>> = { ...options };
  const option = (key: SettingKey | 'profile'): string | undefined => textOf(given[camelCased(key)]);
  const setting = (key: SettingKey): string | undefined =>
    option(key) ?? variable(env, table[key].variable) ?? profile.settings[key];
  const orDefault = (key: KeyWithDefault): string => setting(key) ?? table[key].default;
  const { port, store = variable(env, table.store.variable), caFile, sendAs = null } = options;
  return {
    ...stored,
    profileName,
    /** The profile of that name; an empty one where there is none. */
    profile,
    appId: orDefault('app-id'),
    clientId: orDefault('client-id'),
    scope: orDefault('scope'),
    platformToken: isOn(setting('platform-token')),
    /** Who is to sign in; null where nothing says it. */
    loginHint: options.loginHint ?? variable(env, table.user.variable) ?? null,
    /** Null where nothing says it. */
    clientAppKey: setting('client-app-key') ?? null,
    network: { timeout: (context.timeout ?? defaultTimeout) * 1000, caFile: setting('ca-file') ?? null },
    p12: givenP12(options, env),
    apns: givenApns(options, env),
    /** How the parameters of a call are sent; null where nothing says it. */
    sendAs,
    /** Null where somebody has to have signed in. */
    credentials: credentialsIn(env),
    /** Of what was given, what the next command needs as well, beside the connection. */
    lasting: [
      ...(port === undefined ? [] : [['port', port] as const]),
      ...(store === undefined ? [] : [['store', store] as const]),
      ...(caFile === undefined ? [] : [['ca-file', resolve(caFile)] as const]),
    ] as readonly (readonly [SettingKey, string])[],
    /** What was given that a sign-in needs as well, as it is typed; null where nothing was. */
    login:
      (['tenant', 'profile', 'app-id', 'client-id'] as const)
        .flatMap((key) => {
          const value = option(key);
          return value === undefined ? [] : `--${key} ${shellWord(value)}`;
        })
        .join(' ') || null,
    /** Has the profile be there, or be the one that nobody named. @throws {CliError} usage */
    requireProfile(): void {
      if (profileName !== 'default') requireProfile(profiles, profileName);
    },
    /** Whether anything but a default says it. */
    isSet: (key: SettingKey): boolean => setting(key) !== undefined,
    /** @throws {CliError} usage */
    judging: () => judgingOf(options),
    /** Seconds that a proof waits for the phone. @throws {CliError} usage */
    provePatience: () => parseSeconds(options.proveTimeout, '--prove-timeout N', defaultProvePatience),
    /** What this machine set last at a tenant for a client app key; null if nothing. */
    lastSet: (tenant: string | null, clientAppKey: string | null) =>
      latestRecord(profiles, tenant, clientAppKey),
    /** What this machine asked of a tenant, the earliest first. */
    requestsTo: (tenant: string | null) => requestsTo(profiles, tenant),
    /** The requests for a client app key whose answers are missing. */
    unanswered: (target: { readonly tenant: string | null; readonly clientAppKey: string | null }) =>
      openRequests(profiles).filter((request) => isSame(request, target)),
    /** The tenant's origin, or null. @throws {CliError} usage */
    tenant(): string | null {
      const tenant = setting('tenant');
      return tenant === undefined ? null : parseTenantAddress(tenant);
    },
    /** The port of the loopback redirect. @throws {CliError} usage */
    port: () => parseRedirectPort(orDefault('port')),
    /** Where a sign-in keeps its session. @throws {CliError} usage */
    sessionStore: () => parseSessionStore(orDefault('store')),
    /** @throws {CliError} usage, file-not-found, file-unreadable, interrupted */
    clientSecret: () => readClientSecret(context),
    /** @throws {CliError} usage */
    accessToken: () => readToken(env),
  };
}

/** The error where no tenant is known. */
export function noTenant(): CliError {
  return new CliError('usage', 'No tenant was given', { facts: tenantFacts });
}

/** What helps where no tenant is known. */
export const tenantFacts = { option: '--tenant URL', variable: 'MFA_CLI_TENANT' };

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

/** What is said of the way to APNs. */
export type GivenApns = ReturnType<typeof givenApns>;

/** What the command line and the environment say of the way to APNs, for whoever needs no profile; null where nothing says it. */
export function givenApns(
  { topic, environment, apnsHost }: ApnsOptions,
  env: Environment,
): {
  readonly topic: string | null;
  readonly environment: ApnsEnvironment | null;
  /** Apple's for an environment, or the host that is said in its place. @throws {CliError} usage */
  origin(environment: ApnsEnvironment): URL;
} {
  const host = apnsHost ?? variable(env, 'MFA_CLI_APNS_HOST');
  return {
    topic: topic ?? null,
    environment: environment ?? null,
    origin: (chosen) => apnsOrigin(chosen, host),
  };
}

/** How strictly a certificate is judged. @throws {CliError} usage */
function judgingOf(options: JudgingOptions) {
  const { failOn = 'error', force = false } = options;
  return { failOn, force, warnDays: warnDaysOf(options) };
}

/** From how many days left on a certificate expires soon. @throws {CliError} usage */
export function warnDaysOf(
  { warnDays }: Pick<JudgingOptions, 'warnDays'>,
  otherwise: number | null = null,
): number {
  return parseDays(warnDays, '--warn-days N') ?? otherwise ?? defaultWarnDays;
}

/** A number of days from an option; null without it. @throws {CliError} usage */
export function parseDays(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,5}$/.test(text))
    throw new CliError('usage', `"${text}" is not a number of days`, { facts: { option } });
  return Number(text);
}

/** The longest that an option can ask to wait: a day. A timer of Node.js takes no more than some 24 of them. */
const mostSeconds = 86_400;

/** A number of seconds from an option, as `--hook-timeout SECONDS`. @throws {CliError} usage */
export function parseSeconds(text: string | undefined, option: string, otherwise: number): number {
  const seconds = Number(text ?? otherwise);
  if (/^\d+$/.test(text ?? '1') && seconds >= 1 && seconds <= mostSeconds) return seconds;
  throw new CliError('usage', `"${text}" is not a number of seconds from 1 to ${mostSeconds}`, {
    facts: { option },
  });
}

/** What an option gives, as the text that a variable or a profile would have. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'boolean' ? (value ? '1' : '0') : typeof value === 'string' ? value : undefined;
}

/** `app-id` as commander calls it: `appId`. */
function camelCased(key: string): string {
  return key.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
