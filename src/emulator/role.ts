import { isObject } from './json-object.ts';

export const roleTypes = ['PrincipalList', 'Script', 'Everybody'] as const;

/** What gives its members rights, and applications. */
export interface Role {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly type: (typeof roleTypes)[number];
  /** Its members: users by `uuid`, and roles, whose members are its own, by `id`. */
  readonly users: readonly string[];
  readonly roles: readonly string[];
  /** Paths of administrative rights. */
  readonly rights: readonly string[];
}

/** Whether a value of a state file is a role. */
export function isRole(value: unknown): value is Role {
  if (!isObject(value)) return false;
  const { id, name, description, type, users, roles, rights } = value;
  return (
    [id, name, description].every((text) => typeof text === 'string') &&
    roleTypes.some((known) => known === type) &&
    [users, roles, rights].every(isTextList)
  );
}

/**
 * The roles that a user is a member of, directly or through other roles.
 * @param isEverybody whether the user is one of everybody
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

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
