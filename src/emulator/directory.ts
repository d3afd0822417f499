import { isDeepStrictEqual } from 'node:util';
import { sameName } from './applications.ts';
import type { Assumptions } from './assumptions.ts';
import { orNotFound } from './envelope.ts';
import {
  type AdministrativeRight,
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
import type { TenantState } from './tenant-state.ts';

/** A user of the tenant in its APIs. */
export interface Caller {
  readonly user: string;
  readonly uuid: string;
  readonly rights: readonly Right[];
}

export const tenantId = 'EMU0001';

/** The vendor's cloud directory, which has the same UUID in every tenant. */
export const directoryServiceUuid = '09B9A9B0-6CE8-465F-AB03-65766D33B05E';

export const appId = 'mfa-cli';
export const clientId = 'mfa-cli';

/**
 * The tenant's users and roles: the defaults and later changes. Letter case does not
 * matter in names.
 */
export class Directory {
  /** All administrative rights of the tenant. */
  readonly rights: readonly AdministrativeRight[];
  readonly #state: TenantState;
  readonly #defaultUsers: readonly User[];

  constructor(state: TenantState, assumptions: Assumptions, passwords: Passwords) {
    this.rights = administrativeRights(assumptions);
    this.#state = state;
    this.#defaultUsers = defaultUsers(passwords);
  }

  users(): readonly User[] {
    return [...this.#defaultUsers, ...this.#createdUsers()];
  }

  roles(): readonly Role[] {
    return this.#state.parts().roles ?? defaultRoles;
  }

  /** By name or UUID. */
  findUser(key: string): User | null {
    const found = this.users().find(({ user, uuid }) => sameName(user, key) || sameName(uuid, key));
    return found ?? null;
  }

  requireUser(key: string): User {
    return orNotFound(this.findUser(key));
  }

  /** By name, but no service user. */
  findPerson(name: string): User | null {
    const found = this.users().find((user) => !user.isServiceUser && sameName(user.user, name));
    return found ?? null;
  }

  /** The user or service user with that name, with the rights of all its roles. */
  findCaller(name: string): Caller | null {
    const found = this.users().find(({ user }) => sameName(user, name));
    if (found === undefined) return null;
    return { user: found.user, uuid: found.uuid, rights: this.#rightsOf(found) };
  }

  signIn(name: string, password: string): User | null {
    const person = this.findPerson(name);
    return person?.password === password ? person : null;
  }

  addUser(user: User): void {
    this.#state.keep({ users: [...this.#createdUsers(), user] });
  }

  /** Also removes the user from its roles. */
  removeUser({ uuid }: User): void {
    const users = this.#createdUsers().filter((user) => user.uuid !== uuid);
    const roles = this.roles().map((role) => ({
      ...role,
      users: role.users.filter((member) => member !== uuid),
    }));
    this.#keep(users, roles);
  }

  /** By ID or name. */
  findRole(key: string): Role | null {
    return this.roles().find(({ id, name }) => sameName(id, key) || sameName(name, key)) ?? null;
  }

  requireRole(key: string): Role {
    return orNotFound(this.findRole(key));
  }

  rolesOf({ uuid, inEverybodyRole }: User): readonly Role[] {
    return this.roles().filter(
      ({ id, users }) => users.includes(uuid) || (id === everybody && inEverybodyRole),
    );
  }

  /** Adds a role, or replaces the one with its ID. */
  keepRole(role: Role): void {
    const isKnown = this.roles().some(({ id }) => id === role.id);
    const changed = this.roles().map((other) => (other.id === role.id ? role : other));
    this.#keep(this.#createdUsers(), isKnown ? changed : [...changed, role]);
  }

  removeRole({ id }: Role): void {
    const others = this.roles().filter((role) => role.id !== id);
    this.#keep(this.#createdUsers(), others);
  }

  #createdUsers(): readonly User[] {
    return this.#state.parts().users;
  }

  #rightsOf(user: User): readonly Right[] {
    const roles = this.rolesOf(user);
    if (roles.some(({ id }) => id === systemAdministrators)) return everyRight;
    const paths = roles.flatMap((role) => role.rights);
    return this.rights.filter(({ path }) => paths.includes(path)).flatMap(({ allows }) => allows);
  }

  #keep(users: readonly User[], roles: readonly Role[]): void {
    // Unchanged roles are stored as null.
    const isUnchanged = isDeepStrictEqual(roles, defaultRoles);
    this.#state.keep({ users, roles: isUnchanged ? null : roles });
  }
}
