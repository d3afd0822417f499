import { randomBytes } from 'node:crypto';
import { rehearsals } from './authentication/mechanisms.ts';
import type { Role, User } from './users.ts';
import { deviceManagementPath, systemAdministrators } from './users.ts';

/** The people in every emulator, which cannot be removed; their passwords are set at its start. */
type Person = Omit<User, 'password'>;

export const administrator = person('admin@example.com', 1, 'Ada Admin');
export const user = person('user@example.com', 2, 'Uma User');

export const serviceUser: Person = {
  ...person('ci@example.com', 3, 'Pipelines'),
  isServiceUser: true,
  isOauthClient: true,
  inEverybodyRole: false,
};

/** Administrators, each with a different kind of sign-in and the administrator's password. */
const rehearsing = rehearsals.map(({ user: name }, i) => person(name, 17 + i, `Rehearsal ${i + 1}`));

export const defaultPeople: readonly Person[] = [administrator, user, serviceUser, ...rehearsing];

export function defaultUsers(passwords: Passwords): readonly User[] {
  return defaultPeople.map((one) => ({ ...one, password: passwordOf(one, passwords) }));
}

function passwordOf(one: Person, passwords: Passwords): string {
  if (one === user) return passwords.user;
  return one === serviceUser ? passwords.serviceUser : passwords.administrator;
}

/** The roles of a tenant before anybody changes them. */
export const defaultRoles: readonly Role[] = [
  role(systemAdministrators, 'System Administrator', 'Full access to all settings', {
    users: [administrator, ...rehearsing].map(({ uuid }) => uuid),
  }),
  role('everybody', 'Everybody', 'All users but service users', { type: 'Everybody' }),
  role('c0ffee00_0000_4000_8000_000000000100', 'Push Certificates', 'May manage push certificates', {
    users: [serviceUser.uuid],
    rights: [deviceManagementPath],
  }),
];

function role(id: string, name: string, description: string, more: Partial<Role>): Role {
  return { id, name, description, type: 'PrincipalList', users: [], roles: [], rights: [], ...more };
}

function person(name: string, number: number, displayName: string): Person {
  return {
    user: name,
    uuid: `c0ffee00-0000-4000-8000-${number.toString(16).padStart(12, '0')}`,
    displayName,
    mail: name,
    mobileNumber: '+15550100',
    isServiceUser: false,
    isOauthClient: false,
    inEverybodyRole: true,
  };
}

/** Of every emulator's default people; those who rehearse sign-ins have the administrator's. */
export type Passwords = Readonly<Record<'administrator' | 'user' | 'serviceUser', string>>;

/** For tests and demonstrations: anybody who knows this program knows them. */
export const fixedPasswords: Passwords = {
  administrator: 'admin-password',
  user: 'user-password',
  serviceUser: 'ci-client-secret',
};

/** For this start only, 128 random bits each: others on the machine can also reach the port. */
export function makePasswords(): Passwords {
  const password = (): string => randomBytes(16).toString('base64url');
  return { administrator: password(), user: password(), serviceUser: password() };
}

/** The known passwords of the tenant with that number, where there are several. */
export function fixedPasswordsOf(number: number): Passwords {
  const { administrator, user, serviceUser } = fixedPasswords;
  const own = (password: string): string => `${password}-${number}`;
  return { administrator: own(administrator), user: own(user), serviceUser: own(serviceUser) };
}
