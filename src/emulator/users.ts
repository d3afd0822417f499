import * as v from 'valibot';
import { members, type ReadBy } from '../text/json.ts';

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
