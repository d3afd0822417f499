import { resolve } from 'node:path';
import type { Profile, SettingKey } from '../../auth/profile.ts';
import { isProfile, withoutProfile, withProfileRenamed, withSetting } from '../../auth/profiles.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { requireProfile } from '../../settings/require-value.ts';
import { type GlobalOptions, parsePort, parseSessionStore, readSettings } from '../../settings/settings.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';

interface ProfileSetOptions extends GlobalOptions {
  readonly key: SettingKey;
  readonly value: string;
}

interface ProfileSetReport {
  readonly profile: string;
  readonly key: SettingKey;
  /** Null where the setting was removed. */
  readonly value: string | null;
}

/** With the setting `store` a session moves. @throws {CliError} usage, keychain-unavailable */
async function set(options: ProfileSetOptions, context: Context): Promise<ProfileSetReport> {
  const { key } = options;
  const value = options.value === '' ? null : validate(key, options.value);
  const { store, profileName: profile } = await readSettings(options, context);
  if (key === 'store' && value === 'keychain') await store.checkKeychain();
  await store.update((profiles) => withSetting(profiles, profile, key, value));
  return { profile, key, value };
}

/** The value as it is kept. @throws {CliError} usage */
function validate(key: SettingKey, value: string): string {
  if (key === 'tenant') return parseTenantAddress(value);
  if (key === 'ca-file') return resolve(value);
  if (key === 'store') return parseSessionStore(value);
  if (key === 'port') return String(parsePort(value));
  if (key === 'platform-token' && value !== '1' && value !== '0') {
    throw new CliError('usage', `"${value}" is not 1 or 0`);
  }
  return value;
}

function formatSet({ profile, key, value }: ProfileSetReport, style: Style): string {
  const what = value === null ? `${key} is removed` : `${key} is ${value}`;
  return `${style.green('✓')} ${what} in the profile "${profile}".\n`;
}

export const setCommand: CommandModule<ProfileSetOptions, ProfileSetReport> = {
  work: set,
  format: formatSet,
};

interface ProfileUseOptions {
  readonly name: string;
}

interface ProfileUseReport {
  readonly current: string;
}

async function use({ name }: ProfileUseOptions, context: Context): Promise<ProfileUseReport> {
  const store = await context.profiles();
  await store.update((profiles) => {
    requireProfile(profiles, name);
    return { ...profiles, current: name };
  });
  return { current: name };
}

function formatUse({ current }: ProfileUseReport, style: Style): string {
  return `${style.green('✓')} The current profile is "${current}".\n`;
}

export const useCommand: CommandModule<ProfileUseOptions, ProfileUseReport> = {
  work: use,
  format: formatUse,
};

interface ProfileRenameOptions {
  readonly old: string;
  readonly new: string;
}

interface ProfileRenameReport {
  readonly renamed: string;
  readonly to: string;
  /** Whether it is the current profile. */
  readonly current: boolean;
}

async function rename(
  { old: name, new: to }: ProfileRenameOptions,
  context: Context,
): Promise<ProfileRenameReport> {
  if (to === '') throw new CliError('usage', 'The new name is empty');
  const store = await context.profiles();
  const { current } = await store.update((profiles) => {
    requireProfile(profiles, name);
    if (to !== name && isProfile(profiles, to))
      throw new CliError('usage', `There already is a profile "${to}"`);
    return withProfileRenamed(profiles, name, to);
  });
  return { renamed: name, to, current: current === to };
}

function formatRename({ renamed, to, current }: ProfileRenameReport, style: Style): string {
  return `${style.green('✓')} Renamed the profile "${renamed}" to "${to}"${current ? ', the current one' : ''}.\n`;
}

export const renameCommand: CommandModule<ProfileRenameOptions, ProfileRenameReport> = {
  work: rename,
  format: formatRename,
};

interface ProfileRemoveOptions {
  readonly name: string;
  readonly yes?: boolean;
}

interface ProfileRemoveReport {
  readonly removed: string;
  /** Whether it held a session, which the tenant was not told to revoke. */
  readonly hadSession: boolean;
}

/** On a terminal it asks first, since nothing brings a profile back. @throws {CliError} usage, interrupted */
async function remove({ name, yes }: ProfileRemoveOptions, context: Context): Promise<ProfileRemoveReport> {
  const store = await context.profiles();
  const profile = requireProfile(await store.read(), name);
  const { session } = profile;
  if (yes !== true && context.terminal.interactive) {
    const message = `Remove the profile "${name}" with ${contentsOf(profile)}?`;
    const unavailable = 'Whether to remove the profile has to be confirmed';
    if (!(await context.prompt.confirm({ message, unavailable })))
      throw new CliError('interrupted', 'Nothing was removed');
  }
  await store.update((profiles) => withoutProfile(profiles, name));
  return { removed: name, hadSession: session !== null };
}

function contentsOf({ session, certificates, device }: Profile): string {
  const records = certificates.length;
  const contents = [
    'its settings',
    ...(session === null ? [] : ['its session']),
    ...(records === 0
      ? []
      : [records === 1 ? 'the record of 1 certificate' : `the records of ${records} certificates`]),
    ...(device ? ['its virtual phone'] : []),
  ];
  return [contents.slice(0, -1).join(', '), ...contents.slice(-1)]
    .filter((part) => part !== '')
    .join(' and ');
}

function formatRemove({ removed, hadSession }: ProfileRemoveReport, style: Style): string {
  const session = hadSession ? ' Its session was forgotten, not revoked: `mfa-cli logout` does that.' : '';
  return `${style.green('✓')} Removed the profile "${removed}".${session}\n`;
}

export const removeCommand: CommandModule<ProfileRemoveOptions, ProfileRemoveReport> = {
  work: remove,
  format: formatRemove,
};
