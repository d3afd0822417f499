import type { Profile, Profiles } from '../auth/profile.ts';
import { CliError } from '../errors/cli-error.ts';

/** The profile of that name. @throws {CliError} usage, naming those that there are */
export function requireProfile({ profiles }: Profiles, name: string): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined) return profile;
  const names = Object.keys(profiles);
  throw new CliError('usage', `No profile "${name}". Profiles: ${names.join(', ') || 'none yet'}`);
}
