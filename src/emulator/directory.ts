/** The people and clients that every emulator knows; passwords are no secrets here. */
export interface EmulatorAccount {
  readonly user: string;
  readonly password: string;
}

/** The one right that matters here: to set and delete push certificates, and to read the tenant's settings. */
export type Right = 'manage-apns-certificates';

/** A user of the tenant, as its APIs see one. */
export interface Caller {
  readonly user: string;
  readonly uuid: string;
  readonly rights: readonly Right[];
}

interface Entry extends EmulatorAccount, Caller {}

export const tenantId = 'EMU0001';
export const appId = 'mfa-cli';
export const clientId = 'mfa-cli';

export const administrator: Entry = {
  user: 'admin@example.com',
  password: 'admin-password',
  uuid: 'c0ffee00-0000-4000-8000-000000000001',
  rights: ['manage-apns-certificates'],
};

export const user: Entry = {
  user: 'user@example.com',
  password: 'user-password',
  uuid: 'c0ffee00-0000-4000-8000-000000000002',
  rights: [],
};

export const serviceUser: Entry = {
  user: 'ci@example.com',
  password: 'ci-client-secret',
  uuid: 'c0ffee00-0000-4000-8000-000000000003',
  rights: ['manage-apns-certificates'],
};

/** The user or service user of that name, in any case, or null. */
export function findCaller(name: string): Caller | null {
  return [administrator, user, serviceUser].find((entry) => sameName(entry.user, name)) ?? null;
}

/** The person of that name, in any case, or null; the service user is none. */
export function findPerson(name: string): (EmulatorAccount & Caller) | null {
  return [administrator, user].find((person) => sameName(person.user, name)) ?? null;
}

/** The person whom the sign-in page lets in with this password, or null. */
export function signIn(name: string, password: string): Caller | null {
  const person = findPerson(name);
  return person !== null && person.password === password ? person : null;
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
