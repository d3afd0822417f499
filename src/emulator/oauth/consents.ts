import type { Application } from '../applications.ts';

/** A person, and the client and application that may act for them. */
interface Party {
  readonly user: string;
  readonly application: Application;
  readonly clientId: string;
}

/** What people have agreed to, so that they are asked only once. */
export interface Consents {
  covers(party: Party, scopes: readonly string[]): boolean;
  add(party: Party, scopes: readonly string[]): void;
  forgetAll(): void;
}

export function createConsents(): Consents {
  const given = new Map<string, readonly string[]>();
  const keyOf = ({ user, application, clientId }: Party): string =>
    JSON.stringify([user, application.key, clientId]);
  const scopesOf = (party: Party): readonly string[] => given.get(keyOf(party)) ?? [];
  return {
    covers: (party, scopes) => scopes.every((scope) => scopesOf(party).includes(scope)),
    add: (party, scopes) => void given.set(keyOf(party), [...scopesOf(party), ...scopes]),
    forgetAll: () => given.clear(),
  };
}
