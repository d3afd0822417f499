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

/** A person or a program of the tenant. */
export interface User extends EmulatorAccount, Caller {
  readonly displayName: string;
  readonly mail: string;
  /** Whether it may ask for tokens with its name and password, as a confidential client. */
  readonly isOauthClient: boolean;
}

/** The tenant's users; their names are the same in any case. */
export interface Directory {
  /** The user or service user of that name or UUID. */
  findUser(key: string): User | null;
  /** The person of that name; a service user is none. */
  findPerson(name: string): User | null;
  /** The person whom the sign-in page lets in with this password. */
  signIn(name: string, password: string): User | null;
}

export const tenantId = 'EMU0001';
export const appId = 'mfa-cli';
export const clientId = 'mfa-cli';

export const administrator: User = {
  user: 'admin@example.com',
  password: 'admin-password',
  uuid: 'c0ffee00-0000-4000-8000-000000000001',
  displayName: 'Ada Admin',
  mail: 'admin@example.com',
  isOauthClient: false,
  rights: ['manage-apns-certificates'],
};

export const user: User = {
  user: 'user@example.com',
  password: 'user-password',
  uuid: 'c0ffee00-0000-4000-8000-000000000002',
  displayName: 'Uma User',
  mail: 'user@example.com',
  isOauthClient: false,
  rights: [],
};

export const serviceUser: User = {
  user: 'ci@example.com',
  password: 'ci-client-secret',
  uuid: 'c0ffee00-0000-4000-8000-000000000003',
  displayName: 'Pipelines',
  mail: 'ci@example.com',
  isOauthClient: true,
  rights: ['manage-apns-certificates'],
};

const everybody = [administrator, user, serviceUser];

/** The users that every emulator knows. */
export const directory: Directory = {
  findUser: (key) => named(key, everybody) ?? everybody.find(({ uuid }) => uuid === key) ?? null,
  findPerson: (name) => named(name, [administrator, user]),
  signIn(name, password) {
    const person = directory.findPerson(name);
    return person !== null && person.password === password ? person : null;
  },
};

/** The user or service user of that name, in any case, or null. */
export function findCaller(name: string): Caller | null {
  return directory.findUser(name);
}

/** The person of that name, in any case, or null; the service user is none. */
export function findPerson(name: string): (EmulatorAccount & Caller) | null {
  return directory.findPerson(name);
}

function named(name: string, users: readonly User[]): User | null {
  return users.find((entry) => entry.user.toLowerCase() === name.toLowerCase()) ?? null;
}
