import type { ProfileStore, Profiles } from '../../src/auth/profile.ts';
import { openProfileStore } from '../../src/auth/profile-store.ts';
import { profileNamed, withProfile } from '../../src/auth/profiles.ts';
import { openSession, type Session } from '../../src/auth/session.ts';
import type { SignInTerms } from '../../src/auth/sign-in-terms.ts';
import type { StoredSession } from '../../src/auth/stored-schemas.ts';
import { fetchHttp } from '../support/fetch-http.ts';
import { noKeychain } from '../support/no-keychain.ts';

export const noon = new Date('2030-01-01T12:00:00.000Z');

export function connectionTo(tenant: string, change: Partial<SignInTerms> = {}): SignInTerms {
  return {
    profile: 'default',
    tenant,
    appId: 'mfa-cli',
    clientId: 'mfa-cli',
    clientSecret: null,
    scope: 'all',
    platformToken: false,
    accessToken: null,
    ...change,
  };
}

/** Expired an hour before `noon`, with the refresh token that a new scripted tenant takes. */
export function sessionAt(tenant: string, change: Partial<StoredSession> = {}): StoredSession {
  return {
    tenant,
    appId: 'mfa-cli',
    clientId: 'mfa-cli',
    grant: 'authorization-code',
    accessToken: 'access-0',
    refreshToken: 'refresh-0',
    expiresAt: '2030-01-01T11:00:00.000Z',
    scope: 'all',
    user: 'ada@example.com',
    ...change,
  };
}

/** A JWT with these claims and a signature that nobody could check. */
export function jwt(claims: object): string {
  return `${[{ alg: 'RS256' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.c2ln`;
}

/** With this session replacing the profile's; null forgets it. */
export function withSession(
  profiles: Profiles,
  name: string,
  session: StoredSession | null,
): Profiles {
  return withProfile(profiles, name, { session });
}

/** The store in a directory, at noon. */
export function openStore(
  directory: string,
  warn: (text: string) => void = (text) => process.stderr.write(text),
  change: Partial<Parameters<typeof openProfileStore>[0]> = {},
): ProfileStore {
  return openProfileStore({ directory, warn, now: () => noon, keychain: noKeychain, ...change });
}

/** Opens the session of the profile `default`, as the store holds it. */
export async function openStored(tenant: string, store: ProfileStore): Promise<Session> {
  return openSession(connectionTo(tenant), {
    http: fetchHttp(),
    store,
    stored: profileNamed(await store.read(), 'default').session,
    now: () => noon,
    signal: new AbortController().signal,
  });
}
