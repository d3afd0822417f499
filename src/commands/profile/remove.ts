import type { Profile } from '../../auth/profile.ts';
import { withoutProfile } from '../../auth/profiles.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { requireProfile } from '../../settings/require-value.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';

export interface ProfileRemoveOptions {
  readonly name: string;
  readonly yes?: boolean;
}

export interface ProfileRemoveReport {
  readonly removed: string;
  /** Whether it held a session, which the tenant was not told to revoke. */
  readonly hadSession: boolean;
}

/** On a terminal it asks first, since nothing brings a profile back. @throws {CliError} usage, interrupted */
export async function remove(
  { name, yes }: ProfileRemoveOptions,
  context: Context,
): Promise<ProfileRemoveReport> {
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

function format({ removed, hadSession }: ProfileRemoveReport, style: Style): string {
  const session = hadSession ? ' Its session was forgotten, not revoked: `mfa-cli logout` does that.' : '';
  return `${style.green('✓')} Removed the profile "${removed}".${session}\n`;
}

export const command: CommandModule<ProfileRemoveOptions, ProfileRemoveReport> = {
  work: remove,
  format,
};
