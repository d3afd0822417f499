import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { members, type ReadBy } from '../text/json.ts';
import type { Assumptions } from './assumptions.ts';
import type { Row } from './envelope.ts';

const readAllRights = ['read-applications', 'read-roles', 'read-users'] as const;

export const everyRight = [
  'manage-apns-certificates',
  'manage-applications',
  'manage-roles',
  'manage-users',
  'manage-tenant',
  ...readAllRights,
] as const;

/**
 * A caller's right. Applications, roles and users can be read without the right to change
 * them.
 */
export type Right = (typeof everyRight)[number];

/** An administrative right in the tenant's list; a role refers to it by its path. */
export interface AdministrativeRight {
  readonly description: string;
  readonly path: string;
  readonly allows: readonly Right[];
}

/** The role whose members have every right. */
export const systemAdministrators = 'sysadmin';

/** The role of all people. */
export const everybody = 'everybody';

function right(
  description: string,
  file: string,
  ...allows: readonly Right[]
): AdministrativeRight {
  return { description, path: `/lib/rights/${file}.json`, allows };
}

/** The vendor does not publish its path. */
const deviceManagement = right('Device Management', 'devman', 'manage-apns-certificates');

const documentedRights: readonly AdministrativeRight[] = [
  right('Application Management', 'appman', 'manage-applications', ...readAllRights),
  right('Read Only Role Management', 'roroleman', 'read-roles'),
  right('Read Only System Administration', 'monitor', ...readAllRights),
  right('Read Only User Management', 'rouserman', 'read-users'),
  right('Report Management', 'reportman'),
  right('Role Management', 'roleman', 'manage-roles', 'read-roles', 'read-users'),
  right('User Management', 'dsman', 'manage-users', 'read-users', 'read-roles'),
];

/** All rights by their description. */
export function administrativeRights(assumptions: Assumptions): readonly AdministrativeRight[] {
  const ofDevices = assumptions['device-right'] === 'one' ? [deviceManagement] : twoDeviceRights;
  return [...documentedRights, ...ofDevices].sort((one, other) =>
    one.description < other.description ? -1 : 1,
  );
}

const twoDeviceRights: readonly AdministrativeRight[] = [
  { ...deviceManagement, description: 'Device Management (All)' },
  right('Device Management (Limited)', 'devmanlimited'),
];

export function rightRow({ path, description }: AdministrativeRight): Row {
  return { Path: path, Description: description, ServiceName: null };
}

/** A person or a program in its stored form. */
export const storedUser = members({
  /** With the suffix, `name@example.com`. */
  user: v.string(),
  password: v.string(),
  uuid: v.string(),
  displayName: v.string(),
  mail: v.string(),
  mobileNumber: v.string(),
  /** A program, which cannot sign in on a page. */
  isServiceUser: v.boolean(),
  /** May request tokens with its name and password as a confidential client. */
  isOauthClient: v.boolean(),
  inEverybodyRole: v.boolean(),
});
export type User = ReadBy<typeof storedUser>;

/** A role in its stored form: gives its members rights and applications. */
export const storedRole = members({
  id: v.string(),
  name: v.string(),
  description: v.string(),
  /** Members by `uuid`. */
  users: v.array(v.string()),
  rights: v.array(v.string()),
});
export type Role = ReadBy<typeof storedRole>;

/** A means to authenticate, by the vendor's name. */
export type MechanismName = 'UP' | 'OATH' | 'OTP' | 'SMS' | 'EMAIL' | 'PF';

/** One mechanism of each challenge must be answered. */
export type Package = readonly (readonly MechanismName[])[];

/** A user with an own way to sign in. */
interface RehearsalUser {
  readonly user: string;
  /** Rounds of challenges: the tenant may ask again after an answer. */
  readonly packages?: readonly Package[];
  /** Signs in at the company's identity provider, which may show a PIN to enter. */
  readonly identityProvider?: 'plain' | 'pin';
  /** Whether the tenant redirects the sign-in to another of its hosts. */
  readonly usesOtherHost?: true;
}

export const rehearsals: readonly RehearsalUser[] = [
  { user: 'mfa@example.com', packages: [[['UP'], ['OTP', 'OATH', 'SMS', 'EMAIL', 'PF']]] },
  { user: 'push@example.com', packages: [[['UP'], ['OTP']]] },
  { user: 'oath@example.com', packages: [[['UP'], ['OATH']]] },
  { user: 'sms@example.com', packages: [[['UP'], ['SMS']]] },
  { user: 'email@example.com', packages: [[['UP'], ['EMAIL']]] },
  { user: 'phone@example.com', packages: [[['UP'], ['PF']]] },
  { user: 'codes@example.com', packages: [[['OATH'], ['SMS']]] },
  { user: 'again@example.com', packages: [[['UP']], [['OATH', 'EMAIL']]] },
  { user: 'federated@example.com', identityProvider: 'plain' },
  { user: 'pin@example.com', identityProvider: 'pin' },
  { user: 'elsewhere@example.com', packages: [[['UP']]], usesOtherHost: true },
];

/** A default user, who cannot be removed; passwords are set at the start. */
type Person = Omit<User, 'password'>;

export const administrator = person('admin@example.com', 1, 'Ada Admin');
export const user = person('user@example.com', 2, 'Uma User');
export const serviceUser: Person = {
  ...person('ci@example.com', 3, 'Pipelines'),
  isServiceUser: true,
  isOauthClient: true,
  inEverybodyRole: false,
};

/** Administrators with the administrator's password. */
const rehearsalPeople = rehearsals.map(({ user: name }, i) =>
  person(name, 17 + i, `Rehearsal ${i + 1}`),
);

export const defaultPeople: readonly Person[] = [
  administrator,
  user,
  serviceUser,
  ...rehearsalPeople,
];

export function defaultUsers(passwords: Passwords): readonly User[] {
  return defaultPeople.map((person) => ({ ...person, password: passwordOf(person, passwords) }));
}

function passwordOf(person: Person, passwords: Passwords): string {
  if (person === user) return passwords.user;
  if (person === serviceUser) return passwords.serviceUser;
  return passwords.administrator;
}

/** The roles of a new tenant. */
export const defaultRoles: readonly Role[] = [
  role(systemAdministrators, 'System Administrator', 'Full access to all settings', {
    users: [administrator, ...rehearsalPeople].map(({ uuid }) => uuid),
  }),
  role(everybody, 'Everybody', 'All users except service users', {}),
  role(
    'c0ffee00_0000_4000_8000_000000000100',
    'Push Certificates',
    'May manage push certificates',
    {
      users: [serviceUser.uuid],
      rights: [deviceManagement.path],
    },
  ),
];

function role(id: string, name: string, description: string, more: Partial<Role>): Role {
  return { id, name, description, users: [], rights: [], ...more };
}

function person(name: string, number: number, displayName: string): Person {
  const uuid = `c0ffee00-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
  return {
    user: name,
    uuid,
    displayName,
    mail: name,
    mobileNumber: '+15550100',
    isServiceUser: false,
    isOauthClient: false,
    inEverybodyRole: true,
  };
}

/** The passwords of the default users; users for rehearsals have the administrator's. */
export interface Passwords {
  readonly administrator: string;
  readonly user: string;
  readonly serviceUser: string;
}

/** Documented passwords for tests and demonstrations: anyone may know them. */
export const fixedPasswords: Passwords = {
  administrator: 'admin-password',
  user: 'user-password',
  serviceUser: 'ci-client-secret',
};

/** The documented passwords of a tenant among several. */
export function fixedPasswordsOf(number: number): Passwords {
  const { administrator, user, serviceUser } = fixedPasswords;
  const own = (password: string): string => `${password}-${number}`;
  return { administrator: own(administrator), user: own(user), serviceUser: own(serviceUser) };
}

/** New passwords of 128 random bits, as other users of the machine can reach the port. */
export function makePasswords(): Passwords {
  const password = (): string => randomBytes(16).toString('base64url');
  return { administrator: password(), user: password(), serviceUser: password() };
}
