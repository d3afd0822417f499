import type { Command } from 'commander';
import type { SettingKey } from '../../auth/profile.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import { addExamples } from '../options.ts';
import type { GlobalOptions } from '../settings.ts';

interface ProfileSetOptions extends GlobalOptions {
  readonly key: string;
  readonly value: string;
}

export interface ProfileSetReport {
  readonly profile: string;
  readonly key: SettingKey;
  /** Null where the setting was removed. */
  readonly value: string | null;
}

function register(command: Command): void {
  command
    .argument('<key>', 'tenant, app-id, client-id, scope, platform-token, port, client-app-key or ca-file')
    .argument('<value>', 'its value; "" removes the setting');
  addExamples(command, 'mfa-cli profile set tenant abc1234.id.cyberark.cloud', 'mfa-cli profile set port ""');
}

export async function set(options: ProfileSetOptions, context: Context): Promise<ProfileSetReport> {
  const { profileName } = await import('../settings.ts');
  const { withSetting } = await import('../../auth/profile-changes.ts');
  const key = await requireKey(options.key);
  const value = options.value === '' ? null : await validate(key, options.value);
  const store = await context.profiles();
  const profile = profileName(options, context.env, await store.read());
  await store.update((profiles) => withSetting(profiles, profile, key, value));
  return { profile, key, value };
}

async function requireKey(text: string): Promise<SettingKey> {
  const { settingKeys } = await import('../../auth/profile.ts');
  const key = settingKeys.find((known) => known === text);
  if (key === undefined)
    throw new CliError('usage', `"${text}" is no setting: there are ${settingKeys.join(', ')}`);
  return key;
}

/** The value as it is kept. @throws {CliError} usage */
async function validate(key: SettingKey, value: string): Promise<string> {
  if (key === 'tenant') return (await import('../../tenant/address.ts')).parseTenantAddress(value);
  if (key === 'port') return String((await import('../settings.ts')).parsePort(value));
  if (key === 'platform-token' && value !== '1' && value !== '0') {
    throw new CliError('usage', `"${value}" is not 1 or 0`);
  }
  return value;
}

function format({ profile, key, value }: ProfileSetReport, style: Style): string {
  const what = value === null ? `${key} is removed` : `${key} is ${value}`;
  return `${style.green('✓')} ${what} in the profile "${profile}".\n`;
}

export const command: CommandModule<ProfileSetOptions, ProfileSetReport> = { register, work: set, format };
