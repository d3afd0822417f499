import * as v from 'valibot';
import { members, type ReadBy } from '../text/json.ts';
import type { Assumptions } from './assumptions.ts';

/** What members of `systemAdministrators` may do. */
export const everyRight = [
  'manage-apns-certificates',
  'manage-applications',
  'manage-roles',
  'manage-users',
  'manage-tenant',
  'read-applications',
  'read-roles',
  'read-users',
] as const;

/** What a caller may do. Applications, roles and users can be read without the right to change them. */
export type Right = (typeof everyRight)[number];

/** An administrative right as the tenant lists it, and as a role refers to it by its path. */
type AdministrativeRight = Readonly<{ description: string; path: string; allows: readonly Right[] }>;

/** The role whose members may do everything. */
export const systemAdministrators = 'sysadmin';

/** The right to manage push certificates; the vendor does not publish its path. */
export const deviceManagementPath = '/lib/rights/devman.json';

const readsAll = ['read-applications', 'read-roles', 'read-users'] as const;

const known: readonly AdministrativeRight[] = [
  right('Admin Portal Login', 'adminportallogin'),
  right('Application Management', 'appman', ['manage-applications', ...readsAll]),
  right('Federation Management', 'fedman'),
  right('MFA Unlock', 'mfaunlock', ['read-users']),
  right('RADIUS Management', 'radiusman'),
  right('Read Only Role Management', 'roroleman', ['read-roles']),
  right('Read Only System Administration', 'monitor', readsAll),
  right('Read Only User Management', 'rouserman', ['read-users']),
  right('Register and Administer Connectors', 'proxycode'),
  right('Report Management', 'reportman'),
  right('Role Management', 'roleman', ['manage-roles', 'read-roles', 'read-users']),
  right('User Management', 'dsman', ['manage-users', 'read-users', 'read-roles']),
];

export function administrativeRights({
  'device-right': deviceRight,
}: Assumptions): readonly AdministrativeRight[] {
  const one = { path: deviceManagementPath, allows: ['manage-apns-certificates'] } as const;
  const devices =
    deviceRight === 'one'
      ? [{ ...one, description: 'Device Management' }]
      : [
          { ...one, description: 'Device Management (All)' },
          right('Device Management (Limited)', 'devmanlimited'),
        ];
  return [...known, ...devices].sort((a, b) => (a.description < b.description ? -1 : 1));
}

export function rightRow({ path, description }: AdministrativeRight) {
  return { Path: path, Description: description, ServiceName: null };
}

function right(description: string, file: string, allows: readonly Right[] = []): AdministrativeRight {
  return { description, path: `/lib/rights/${file}.json`, allows };
}

/** A person or a program in the tenant, as a state file holds it. */
export const storedUser = members({
  /** With the suffix, `name@example.com`. */
  user: v.string(),
  password: v.string(),
  uuid: v.string(),
  displayName: v.string(),
  mail: v.string(),
  mobileNumber: v.string(),
  /** Not a person: cannot sign in on a page. */
  isServiceUser: v.boolean(),
  /** May request tokens with its name and password as a confidential client. */
  isOauthClient: v.boolean(),
  inEverybodyRole: v.boolean(),
});
export type User = ReadBy<typeof storedUser>;

export const roleTypes = ['PrincipalList', 'Script', 'Everybody'] as const;

/** What gives its members rights and applications, as a state file holds it. */
export const storedRole = members({
  id: v.string(),
  name: v.string(),
  description: v.string(),
  type: v.picklist(roleTypes),
  /** Members by `uuid`. */
  users: v.array(v.string()),
  /** Roles by `id`, whose members count as its own. */
  roles: v.array(v.string()),
  /** Paths of administrative rights. */
  rights: v.array(v.string()),
});
export type Role = ReadBy<typeof storedRole>;

/**
 * The roles that a user is a member of, directly or through other roles.
 * @param isEverybody whether the user belongs to the role of everybody
 */
export function rolesOf(uuid: string, isEverybody: boolean, roles: readonly Role[]): readonly Role[] {
  const found = new Set<Role>();
  const visit = (role: Role): void => {
    if (found.has(role)) return;
    found.add(role);
    for (const other of roles) if (other.roles.includes(role.id)) visit(other);
  };
  for (const role of roles) {
    if (role.users.includes(uuid) || (role.type === 'Everybody' && isEverybody)) visit(role);
  }
  return [...found];
}
