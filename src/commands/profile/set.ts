import { resolve } from 'node:path';
import type { SettingKey } from '../../auth/profile.ts';
import { withSetting } from '../../auth/profiles.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { type GlobalOptions, parsePort, parseSessionStore, readSettings } from '../../settings/settings.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';

export interface ProfileSetOptions extends GlobalOptions {
  readonly key: SettingKey;
  readonly value: string;
}

export interface ProfileSetReport {
  readonly profile: string;
  readonly key: SettingKey;
  /** Null where the setting was removed. */
  readonly value: string | null;
}

/** With the setting `store` a session moves. @throws {CliError} usage, keychain-unavailable */
export async function set(options: ProfileSetOptions, context: Context): Promise<ProfileSetReport> {
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

function format({ profile, key, value }: ProfileSetReport, style: Style): string {
  const what = value === null ? `${key} is removed` : `${key} is ${value}`;
  return `${style.green('✓')} ${what} in the profile "${profile}".\n`;
}

export const command: CommandModule<ProfileSetOptions, ProfileSetReport> = { work: set, format };
