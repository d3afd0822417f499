import { CliError } from '../errors/cli-error.ts';
import type { Connection } from './connection.ts';
import type { Profile, Profiles, SettingKey } from './profile.ts';
import type {
  CertificateRecord,
  KeptSession,
  KeychainSession,
  StoredSession,
} from './stored-schemas.ts';

export const noProfiles: Profiles = { current: null, profiles: {} };
export const emptyProfile: Profile = { settings: {}, session: null, certificates: [] };

/** The profile of that name; empty if it does not exist. @throws {CliError} file-unreadable: this version cannot read it */
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

/** Adds a session and its settings, so that later commands need no options. A first profile becomes current. */
export function withLogin(
  profiles: Profiles,
  connection: Connection,
  session: StoredSession,
): Profiles {
  const { 'platform-token': _, ...others } = profileNamed(profiles, connection.profile).settings;
  const settings = {
    ...others,
    tenant: connection.tenant,
    'app-id': connection.appId,
    'client-id': connection.clientId,
    scope: connection.scope,
    ...(connection.platformToken ? { 'platform-token': '1' } : {}),
  };
  const current = profiles.current ?? connection.profile;
  return withProfile({ ...profiles, current }, connection.profile, { settings, session });
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

/** Adds the record of a set certificate, in place of an older one for the same tenant and client app key. */
export function withCertificate(
  profiles: Profiles,
  name: string,
  record: CertificateRecord,
): Profiles {
  const { certificates } = profileNamed(withoutCertificate(profiles, name, record), name);
  return withProfile(profiles, name, { certificates: [...certificates, record] });
}

export function withoutCertificate(
  profiles: Profiles,
  name: string,
  { tenant, clientAppKey }: Pick<CertificateRecord, 'tenant' | 'clientAppKey'>,
): Profiles {
  const { certificates } = profileNamed(profiles, name);
  return withProfile(profiles, name, {
    certificates: certificates.filter(
      (record) => record.tenant !== tenant || record.clientAppKey !== clientAppKey,
    ),
  });
}

/** Adds the form in which a tenant accepted a certificate's parameters; returns the same profiles if nothing changes. */
export function withSentAs(
  profiles: Profiles,
  name: string,
  tenant: string,
  form: string,
): Profiles {
  const profile = profileNamed(profiles, name);
  if (form === (formTakenBy(profile, tenant) ?? 'json')) return profiles;
  return withProfile(profiles, name, { sentAs: { ...profile.sentAs, [tenant]: form } });
}

/** The form in which the tenant last accepted a certificate's parameters, or null. */
export function formTakenBy({ sentAs = {} }: Profile, tenant: string): string | null {
  return Object.hasOwn(sentAs, tenant) ? (sentAs[tenant] ?? null) : null;
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

/** The certificate that this machine last set at a tenant, for one client app key or any, in any profile; else null. */
export function latestRecord(
  { profiles }: Profiles,
  tenant: string | null,
  clientAppKey?: string | null,
): CertificateRecord | null {
  return Object.values(profiles)
    .flatMap(({ certificates }) => certificates)
    .filter(
      (record) =>
        record.tenant === tenant &&
        (clientAppKey === undefined || record.clientAppKey === clientAppKey),
    )
    .reduce<CertificateRecord | null>(
      (last, record) => (last !== null && last.setAt > record.setAt ? last : record),
      null,
    );
}
