import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import { addExamples } from '../options.ts';

interface ProfileUseOptions {
  readonly name: string;
}

export interface ProfileUseReport {
  readonly current: string;
}

function register(command: Command): void {
  command.argument('<name>', 'profile that is used where nothing else names one');
  addExamples(command, 'mfa-cli profile use example');
}

export async function use({ name }: ProfileUseOptions, context: Context): Promise<ProfileUseReport> {
  const { requireProfile } = await import('./require-profile.ts');
  const { withCurrent } = await import('../../auth/profile-changes.ts');
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

export const command: CommandModule<ProfileUseOptions, ProfileUseReport> = { register, work: use, format };
