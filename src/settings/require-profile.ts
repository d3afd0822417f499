import type { Profile, Profiles } from '../auth/profile.ts';
import { CliError } from '../errors/cli-error.ts';
import { givenTenant, mfaCli } from '../errors/hint.ts';
import { nearestName } from '../text/nearest-name.ts';
import { capitalized } from '../text/phrasing.ts';
import type { Settings } from './settings.ts';

/**
 * The profile of that name.
 * @param mayBeNew whether the hint offers to create it
 * @param source the variable that names it, or null
 * @throws {CliError} usage
 */
export function requireProfile(
  { profiles }: Profiles,
  name: string,
  mayBeNew = true,
  source: string | null = null,
): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined) return profile;
  const names = Object.keys(profiles);
  const near = nearestName(name.slice(0, 100), names);
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  const from = source === null ? '' : ` of ${source}`;
  const message = `The profile "${name}"${from} does not exist${meant}`;
  const choice = names.length === 0 ? null : `choose an existing profile (${names.join(', ')})`;
  if (!mayBeNew) {
    const facts = choice === null ? {} : { fix: `${capitalized(choice)}.` };
    throw new CliError('usage', message, { facts });
  }
  const ways = [...(choice === null ? [] : [choice]), 'create it'].join(', or ');
  const fix = {
    text: '{ways}: {command}.',
    values: { ways: capitalized(ways) },
    command: mfaCli('login', '--profile', name, givenTenant),
  };
  throw new CliError('usage', message, { facts: { fix } });
}

/**
 * Requires the profile of the settings to exist, unless it is `default`.
 * @param mayBeNew whether the hint offers to create it
 * @throws {CliError} usage
 */
export function requireOwnProfile(
  { profiles, profileName, overrides }: Pick<Settings, 'profiles' | 'profileName' | 'overrides'>,
  mayBeNew = true,
): void {
  if (profileName === 'default') return;
  const source = overrides.find(({ key }) => key === 'profile')?.variable ?? null;
  requireProfile(profiles, profileName, mayBeNew, source);
}
