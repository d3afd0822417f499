import { withCurrent } from '../../auth/profile-changes.ts';
import type { Context } from '../../context.ts';
import { addExamples } from '../../settings/options.ts';
import { requireProfile } from '../../settings/require-value.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule, Declaration } from '../command.ts';

export interface ProfileUseOptions {
  readonly name: string;
}

export const declaration: Declaration = {
  words: ['profile', 'use'],
  summary: 'make a profile the current one',
  options(command) {
    command.argument('<name>', 'profile that is used where nothing else names one');
    addExamples(command, 'mfa-cli profile use example');
  },
};

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
