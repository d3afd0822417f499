import * as v from 'valibot';
import { members } from '../text/json.ts';

/** A person or a program in the tenant. */
export interface User {
  /** With the suffix, `name@example.com`. */
  readonly user: string;
  readonly password: string;
  readonly uuid: string;
  readonly displayName: string;
  readonly mail: string;
  readonly mobileNumber: string;
  /** Not a person: cannot sign in on a page. */
  readonly isServiceUser: boolean;
  /** May request tokens with its name and password as a confidential client. */
  readonly isOauthClient: boolean;
  readonly inEverybodyRole: boolean;
}

/** A user of a state file. */
export const storedUser = members({
  user: v.string(),
  password: v.string(),
  uuid: v.string(),
  displayName: v.string(),
  mail: v.string(),
  mobileNumber: v.string(),
  isServiceUser: v.boolean(),
  isOauthClient: v.boolean(),
  inEverybodyRole: v.boolean(),
});

export const roleTypes = ['PrincipalList', 'Script', 'Everybody'] as const;

/** Gives its members rights and applications. */
export interface Role {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly type: (typeof roleTypes)[number];
  /** Its members: users by `uuid`, and roles by `id`, whose members count as its own. */
  readonly users: readonly string[];
  readonly roles: readonly string[];
  /** Paths of administrative rights. */
  readonly rights: readonly string[];
}

/** A role of a state file. */
export const storedRole = members({
  id: v.string(),
  name: v.string(),
  description: v.string(),
  type: v.picklist(roleTypes),
  users: v.array(v.string()),
  roles: v.array(v.string()),
  rights: v.array(v.string()),
});

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
