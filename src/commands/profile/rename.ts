import { isProfile, withProfileRenamed } from '../../auth/profiles.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { requireProfile } from '../../settings/require-value.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';

export interface ProfileRenameOptions {
  readonly old: string;
  readonly new: string;
}

export interface ProfileRenameReport {
  readonly renamed: string;
  readonly to: string;
  /** Whether it is the current profile. */
  readonly current: boolean;
}

export async function rename(
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

function format({ renamed, to, current }: ProfileRenameReport, style: Style): string {
  return `${style.green('✓')} Renamed the profile "${renamed}" to "${to}"${current ? ', the current one' : ''}.\n`;
}

export const command: CommandModule<ProfileRenameOptions, ProfileRenameReport> = { work: rename, format };
