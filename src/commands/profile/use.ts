import { withCurrent } from '../../auth/profiles.ts';
import type { Context } from '../../context.ts';
import { requireProfile } from '../../settings/require-value.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';

export interface ProfileUseOptions {
  readonly name: string;
}

export interface ProfileUseReport {
  readonly current: string;
}

export async function use({ name }: ProfileUseOptions, context: Context): Promise<ProfileUseReport> {
  const store = await context.profiles();
  await store.update((profiles) => {
    requireProfile(profiles, name);
    return withCurrent(profiles, name);
  });
  return { current: name };
}

function format({ current }: ProfileUseReport, style: Style): string {
  return `${style.green('✓')} The current profile is "${current}".\n`;
}

export const command: CommandModule<ProfileUseOptions, ProfileUseReport> = { work: use, format };
