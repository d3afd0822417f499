import { CliError } from '../errors/cli-error.ts';
import type { Profile, Profiles, SettingKey } from './profile.ts';
import type { SignInTerms } from './sign-in-terms.ts';
import type {
  KeptSession,
  KeychainSession,
  SessionFacts,
  StoredSession,
} from './stored-schemas.ts';

export const noProfiles: Profiles = { current: null, profiles: {} };
export const emptyProfile: Profile = { settings: {}, session: null };

/**
 * The profile of that name; empty if it does not exist.
 * @throws {CliError} file-unreadable: this version cannot read it
 */
export function profileNamed(profiles: Profiles, name: string): Profile {
  if (Object.hasOwn(profiles.foreign ?? {}, name))
    throw new CliError(
      'file-unreadable',
      `This version of mfa-cli cannot read the profile "${name}"`,
      {
        facts: { profile: name },
      },
    );
  // A name such as `constructor` must not find an inherited member.
  return Object.hasOwn(profiles.profiles, name)
    ? (profiles.profiles[name] ?? emptyProfile)
    : emptyProfile;
}

/** Whether a profile has that name, even one that this version cannot read. */
export function isProfile({ profiles, foreign = {} }: Profiles, name: string): boolean {
  return Object.hasOwn(profiles, name) || Object.hasOwn(foreign, name);
}

export function isInKeychain(session: KeptSession): session is KeychainSession {
  return 'keychain' in session;
}

/** The members that name where a session is sent. */
const destination = ['tenant', 'appId', 'clientId'] as const;

/** Whether commands with these terms use the session: it is sent nowhere else. */
export function isFor(
  session: SessionFacts,
  terms: Readonly<Record<(typeof destination)[number], string | null>>,
): boolean {
  return destination.every((name) => session[name] === terms[name]);
}

export function isRenewable(session: KeptSession): boolean {
  return isInKeychain(session) ? session.renewable : session.refreshToken !== null;
}

/** The place of a session: `keychain`, or the path of the file; null: no session. */
export function placeOf(session: KeptSession | null, path: string): string | null {
  if (session === null) return null;
  return isInKeychain(session) ? 'keychain' : path;
}

/** Whether the keychain has, or should have, a session of these profiles. */
export function concernsKeychain({ profiles }: Profiles): boolean {
  return Object.values(profiles).some(
    ({ settings, session }) =>
      settings.store === 'keychain' || (session !== null && isInKeychain(session)),
  );
}

/**
 * Adds a session and its settings, so that later commands need no options. A first
 * profile becomes current.
 */
export function withLogin(
  profiles: Profiles,
  terms: SignInTerms,
  session: StoredSession,
): Profiles {
  const { 'platform-token': _, ...others } = profileNamed(profiles, terms.profile).settings;
  const settings = {
    ...others,
    tenant: terms.tenant,
    'app-id': terms.appId,
    'client-id': terms.clientId,
    scope: terms.scope,
    ...(terms.platformToken ? { 'platform-token': '1' } : {}),
  };
  const current = profiles.current ?? terms.profile;
  return withProfile({ ...profiles, current }, terms.profile, { settings, session });
}

export function withSetting(
  profiles: Profiles,
  name: string,
  key: SettingKey,
  value: string | null,
): Profiles {
  const { [key]: _, ...others } = profileNamed(profiles, name).settings;
  return withProfile(profiles, name, {
    settings: value === null ? others : { ...others, [key]: value },
  });
}

/** Removes a profile. If it was current, no profile is current. */
export function withoutProfile(profiles: Profiles, name: string): Profiles {
  const { [name]: _, ...others } = profiles.profiles;
  return {
    ...profiles,
    current: profiles.current === name ? null : profiles.current,
    profiles: others,
  };
}

export function withProfileRenamed(profiles: Profiles, name: string, to: string): Profiles {
  const renamed = Object.entries(profiles.profiles).map(([key, profile]) => [
    key === name ? to : key,
    profile,
  ]);
  const current = (profiles.current ?? 'default') === name ? to : profiles.current;
  return { ...profiles, current, profiles: Object.fromEntries(renamed) };
}

export function withProfile(profiles: Profiles, name: string, change: Partial<Profile>): Profiles {
  const changed = { ...profileNamed(profiles, name), ...change };
  return { ...profiles, profiles: { ...profiles.profiles, [name]: changed } };
}
