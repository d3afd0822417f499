import { isDeepStrictEqual } from 'node:util';
import { sameName } from './applications.ts';
import type { Assumptions } from './assumptions.ts';
import { orNotFound } from './envelope.ts';
import {
  administrativeRights,
  defaultRoles,
  defaultUsers,
  everybody,
  everyRight,
  type Passwords,
  type Right,
  type Role,
  systemAdministrators,
  type User,
} from './people.ts';
import type { Settings } from './settings.ts';

/** A user of the tenant in its APIs. */
export type Caller = Readonly<{ user: string; uuid: string; rights: readonly Right[] }>;

export const tenantId = 'EMU0001';

/** The vendor's cloud directory, which has the same UUID in every tenant. */
export const directoryServiceUuid = '09B9A9B0-6CE8-465F-AB03-65766D33B05E';

export const appId = 'mfa-cli';
export const clientId = 'mfa-cli';

/** The tenant's users and roles: the defaults and later changes. Letter case does not matter in names. */
export type Directory = ReturnType<typeof openDirectory>;

export function openDirectory(settings: Settings, assumptions: Assumptions, passwords: Passwords) {
  const defaults = defaultUsers(passwords);
  const rights = administrativeRights(assumptions);
  const created = (): readonly User[] => settings.state().users;
  const users = (): readonly User[] => [...defaults, ...created()];
  const roles = (): readonly Role[] => settings.state().roles ?? defaultRoles;
  const findUser = (key: string): User | null =>
    users().find(({ user, uuid }) => sameName(user, key) || sameName(uuid, key)) ?? null;
  const findRole = (key: string): Role | null =>
    roles().find(({ id, name }) => sameName(id, key) || sameName(name, key)) ?? null;
  const rolesOf = ({ uuid, inEverybodyRole }: User): readonly Role[] =>
    roles().filter(
      ({ id, users }) => users.includes(uuid) || (id === everybody && inEverybodyRole),
    );
  const rightsOf = (user: User): readonly Right[] => {
    const all = rolesOf(user);
    if (all.some(({ id }) => id === systemAdministrators)) return everyRight;
    const paths = all.flatMap((role) => role.rights);
    return rights.filter(({ path }) => paths.includes(path)).flatMap(({ allows }) => allows);
  };
  const findPerson = (name: string): User | null =>
    users().find((user) => !user.isServiceUser && sameName(user.user, name)) ?? null;
  const keep = (users: readonly User[], roles: readonly Role[]): void => {
    // Unchanged roles are stored as null.
    const isUnchanged = isDeepStrictEqual(roles, defaultRoles);
    settings.keep({ users, roles: isUnchanged ? null : roles });
  };
  return {
    users,
    roles,
    rights,
    findUser,
    findRole,
    findPerson,
    rolesOf,
    requireUser: (key: string): User => orNotFound(findUser(key)),
    requireRole: (key: string): Role => orNotFound(findRole(key)),
    /** The user or service user with that name, with the rights of all its roles. */
    findCaller(name: string): Caller | null {
      const found = users().find(({ user }) => sameName(user, name));
      return found === undefined
        ? null
        : { user: found.user, uuid: found.uuid, rights: rightsOf(found) };
    },
    signIn(name: string, password: string): User | null {
      const person = findPerson(name);
      return person?.password === password ? person : null;
    },
    addUser: (user: User): void => settings.keep({ users: [...created(), user] }),
    /** Also removes the user from its roles. */
    removeUser({ uuid }: User): void {
      keep(
        created().filter((user) => user.uuid !== uuid),
        roles().map((role) => ({ ...role, users: role.users.filter((member) => member !== uuid) })),
      );
    },
    keepRole(role: Role): void {
      const isKnown = roles().some(({ id }) => id === role.id);
      const changed = roles().map((other) => (other.id === role.id ? role : other));
      keep(created(), isKnown ? changed : [...changed, role]);
    },
    removeRole: ({ id }: Role): void =>
      keep(
        created(),
        roles().filter((role) => role.id !== id),
      ),
  };
}
