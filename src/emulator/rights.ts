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
interface AdministrativeRight {
  readonly description: string;
  readonly path: string;
  readonly allows: readonly Right[];
}

/** The role whose members may do everything. */
export const systemAdministrators = 'sysadmin';

/** The right to manage push certificates; the vendor does not publish its path. */
export const deviceManagementPath = '/lib/rights/devman.json';

const known: readonly AdministrativeRight[] = [
  right('Admin Portal Login', 'adminportallogin'),
  right('Application Management', 'appman', [
    'manage-applications',
    'read-applications',
    'read-roles',
    'read-users',
  ]),
  right('Federation Management', 'fedman'),
  right('MFA Unlock', 'mfaunlock', ['read-users']),
  right('RADIUS Management', 'radiusman'),
  right('Read Only Role Management', 'roroleman', ['read-roles']),
  right('Read Only System Administration', 'monitor', ['read-applications', 'read-roles', 'read-users']),
  right('Read Only User Management', 'rouserman', ['read-users']),
  right('Register and Administer Connectors', 'proxycode'),
  right('Report Management', 'reportman'),
  right('Role Management', 'roleman', ['manage-roles', 'read-roles', 'read-users']),
  right('User Management', 'dsman', ['manage-users', 'read-users', 'read-roles']),
];

/** All rights of the tenant, by description. */
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

function right(description: string, file: string, allows: readonly Right[] = []): AdministrativeRight {
  return { description, path: `/lib/rights/${file}.json`, allows };
}
