import { withoutProfile } from '../../auth/profile-changes.ts';
import type { Context } from '../../context.ts';
import { addExamples } from '../../inputs/options.ts';
import { requireProfile } from '../../inputs/require-profile.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule, Declaration } from '../command.ts';

export interface ProfileRemoveOptions {
  readonly name: string;
}

export const declaration: Declaration = {
  words: ['profile', 'remove'],
  summary: 'remove a profile and its session',
  options(command) {
    command.argument('<name>', 'profile to remove, with its settings, session and records');
    addExamples(command, 'mfa-cli profile remove example');
  },
};

export interface ProfileRemoveReport {
  readonly removed: string;
  /** Whether it held a session, which the tenant was not told to revoke. */
  readonly hadSession: boolean;
}

export async function remove({ name }: ProfileRemoveOptions, context: Context): Promise<ProfileRemoveReport> {
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
  work: remove,
  format,
};
