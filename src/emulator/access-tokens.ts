import type { Application } from './applications.ts';
import { createShelf } from './bounded.ts';

/** What the tenant remembers of a token that it issued: an access token, an ID token or a browser's session. */
export interface Access {
  /** The user, or the service user of client credentials. */
  readonly user: string;
  readonly scopes: readonly string[];
  /** The paths of the APIs that it may call. */
  readonly apis: readonly RegExp[];
  /** The grant behind it, whose revocation also revokes the token; null for client credentials. */
  readonly grantId: string | null;
  /** The application whose client holds it; absent if somebody signed in without one. */
  readonly application?: Application;
  readonly clientId?: string;
  /** When the person signed in, in seconds since 1970; absent if nobody did. */
  readonly authTime?: number | undefined;
}

/** Milliseconds since 1970. */
interface Issued extends Access {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The tokens valid for an API call: those that this emulator issued and still remembers. */
export interface AccessTokens {
  /** @param seconds how long it is valid */
  remember(token: string, access: Access, seconds: number): void;
  /** Null: unknown, revoked or expired. */
  find(token: string): Issued | null;
  /** Whether there was such a token. */
  forget(token: string): boolean;
  forgetGrant(grantId: string): void;
  forgetAll(): void;
}

export function createAccessTokens(now: () => Date): AccessTokens {
  const issued = createShelf<Issued>(now);
  return {
    remember(token, access, seconds) {
      const issuedAt = now().getTime();
      issued.put(token, { ...access, issuedAt, expiresAt: issuedAt + seconds * 1000 });
    },
    find: issued.find,
    forget: issued.remove,
    forgetGrant: (grantId) => issued.removeWhere((access) => access.grantId === grantId),
    forgetAll: issued.clear,
  };
}
