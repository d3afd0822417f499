import { resolve } from 'node:path';
import { type Profile, type SettingKey, settingKeys } from '../auth/profile.ts';
import type { Context, Environment, Override } from '../context.ts';
import { type CliError, type ErrorCode, isAbout, orNull } from '../errors/cli-error.ts';
import { parseTenantAddress } from '../tenant/address.ts';
import { credentialsIn } from './credentials.ts';
import type { Settings } from './settings.ts';
import { table } from './table.ts';
import { variable } from './values.ts';

/** The options of a command line, and the profile that it uses. */
interface OverrideFacts {
  /** The settings that an option decides. */
  readonly optionKeys: ReadonlySet<SettingKey>;
  readonly isProfileGiven: boolean;
  readonly profileName: string;
  readonly profile: Profile;
  /** The current profile. */
  readonly current: string;
}

/**
 * The variables that take the place of a setting of the profile, of its session, or of
 * the current profile, unless an option decides.
 */
export function overridesOf(env: Environment, facts: OverrideFacts): readonly Override[] {
  const { optionKeys, profileName, profile } = facts;
  const { settings, session } = profile;
  const ofSession =
    session === null
      ? {}
      : { tenant: session.tenant, 'app-id': session.appId, 'client-id': session.clientId };
  const held: Profile['settings'] = { ...settings, ...ofSession };
  const ofSettings = settingKeys.flatMap((key): Override[] => {
    const value = optionKeys.has(key) ? null : valueIn(env, key);
    const kept = held[key];
    if (value === null || kept === undefined || value === kept) return [];
    const name = table[key].variable;
    const words = `${name} names ${value}, but the profile "${profileName}" has ${kept}`;
    const way = `Unset ${name} to use ${kept} of the profile "${profileName}".`;
    return [{ key, variable: name, value, kept, words, way }];
  });
  return [...ofSettings, ...sessionOverride(env, facts), ...profileOverride(env, facts)];
}

/** The value of a setting's variable in the form of a profile; null: it is not set. */
function valueIn(env: Environment, key: SettingKey): string | null {
  const text = variable(env, table[key].variable) ?? null;
  if (text === null) return null;
  if (key === 'tenant') return orNull(() => parseTenantAddress(text)) ?? text;
  return key === 'ca-file' ? resolve(text) : text;
}

function sessionOverride(
  env: Environment,
  { profileName, profile: { session } }: OverrideFacts,
): readonly Override[] {
  const credentials = credentialsIn(env);
  if (credentials === null || session === null) return [];
  if (credentials === 'client-secret' && session.grant === 'client-credentials') return [];
  const secret = ['MFA_CLI_CLIENT_SECRET', 'MFA_CLI_CLIENT_SECRET_FILE'].find(
    (each) => variable(env, each) !== undefined,
  );
  const name = credentials === 'token' ? 'MFA_CLI_TOKEN' : `${secret}`;
  const kept = `the session of the profile "${profileName}"`;
  const words = `${name} takes the place of ${kept}`;
  const way = `Unset ${name} to use ${kept}.`;
  return [{ key: 'session', variable: name, value: null, kept, words, way }];
}

function profileOverride(
  env: Environment,
  { isProfileGiven, profileName, current }: OverrideFacts,
): readonly Override[] {
  const name = table.profile.variable;
  if (isProfileGiven || variable(env, name) === undefined || profileName === current) return [];
  const words = `${name} names "${profileName}", and the current profile is "${current}"`;
  const way = `Unset ${name} to use the profile "${current}".`;
  return [{ key: 'profile', variable: name, value: profileName, kept: current, words, way }];
}

/**
 * The errors that a variable of a setting may cause; the others are those of the session.
 */
const causes: Readonly<Partial<Record<Override['key'], readonly ErrorCode[]>>> = {
  tenant: [
    'tenant-unreachable',
    'tenant-timeout',
    'tenant-tls',
    'tenant-not-json',
    'tenant-redirected',
  ],
  scope: ['tenant-forbidden'],
  'ca-file': ['tenant-tls', 'apns-tls'],
  'client-app-key': [],
};

/**
 * The ways back for an error that the variables may have caused, unless its own hints
 * have them.
 */
export function waysBack(error: CliError, overrides: readonly Override[]): readonly string[] {
  if ('override' in error.facts) return [];
  return overrides.filter(({ key }) => mayCause(key, error)).map(({ way }) => way);
}

function mayCause(key: Override['key'], error: CliError): boolean {
  if (causes[key]?.includes(error.code) === true) return true;
  const isOfSession = key !== 'ca-file' && key !== 'client-app-key';
  return isOfSession && isAbout(error, 'session');
}

/**
 * Warns of the variables that decide in place of the profile where no session is opened,
 * whose error would say it. With credentials in the environment, the profile decides
 * nothing but its other settings.
 */
export function warnOfOverrides(
  { overrides, credentials }: Pick<Settings, 'overrides' | 'credentials'>,
  keys: readonly Override['key'][],
  { terminal }: Pick<Context, 'terminal'>,
): void {
  for (const { key, words } of overrides) {
    const isOfProfile = credentials === null || key !== 'tenant';
    if (isOfProfile && keys.includes(key)) terminal.warn(words);
  }
}

/** Warns of the variables that take the place of what was just saved in a profile. */
export function warnOfSaved(
  saved: Profile['settings'],
  profileName: string,
  { env, terminal }: Pick<Context, 'env' | 'terminal'>,
): void {
  const other = variable(env, table.profile.variable);
  if (other !== undefined && other !== profileName)
    terminal.warn(
      `${table.profile.variable} names ${other}, and overrides ${profileName}, ` +
        'which was just saved: unset it',
    );
  for (const key of settingKeys) {
    const value = valueIn(env, key);
    const kept = saved[key];
    if (value === null || kept === undefined || value === kept) continue;
    terminal.warn(
      `${table[key].variable} names ${value}, and overrides ${kept}, which was just saved: unset it`,
    );
  }
}
