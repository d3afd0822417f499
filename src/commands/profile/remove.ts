import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import { addExamples } from '../options.ts';

interface ProfileRemoveOptions {
  readonly name: string;
}

export interface ProfileRemoveReport {
  readonly removed: string;
  /** Whether it held a session, which the tenant was not told to revoke. */
  readonly hadSession: boolean;
}

function register(command: Command): void {
  command.argument('<name>', 'profile to remove, with its settings, session and records');
  addExamples(command, 'mfa-cli profile remove example');
}

export async function remove({ name }: ProfileRemoveOptions, context: Context): Promise<ProfileRemoveReport> {
  const { requireProfile } = await import('./require-profile.ts');
  const { withoutProfile } = await import('../../auth/profile-changes.ts');
  const store = await context.profiles();
  const { session } = requireProfile(await store.read(), name);
  await store.update((profiles) => withoutProfile(profiles, name));
  return { removed: name, hadSession: session !== null };
}

function format({ removed, hadSession }: ProfileRemoveReport, style: Style): string {
  const session = hadSession ? ' Its session was forgotten, not revoked: `mfa-cli logout` does that.' : '';
  return `${style.green('✓')} Removed the profile "${removed}".${session}\n`;
}

export const command: CommandModule<ProfileRemoveOptions, ProfileRemoveReport> = {
  register,
  work: remove,
  format,
};
