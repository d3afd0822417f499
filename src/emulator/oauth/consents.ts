import type { Application } from '../applications.ts';

/** A person, and the client and application that may act for them. */
interface Grantee {
  readonly user: string;
  readonly application: Application;
  readonly clientId: string;
}

/** The scopes that users have approved, so that each is asked only once. */
export class Consents {
  readonly #given = new Set<string>();

  cover(grantee: Grantee, scopes: readonly string[]): boolean {
    return scopes.every((scope) => this.#given.has(keyOf(grantee, scope)));
  }

  add(grantee: Grantee, scopes: readonly string[]): void {
    for (const scope of scopes) this.#given.add(keyOf(grantee, scope));
  }

  forgetAll(): void {
    this.#given.clear();
  }
}

function keyOf({ user, application, clientId }: Grantee, scope: string): string {
  return JSON.stringify([user, application.key, clientId, scope]);
}
