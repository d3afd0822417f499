import type { Application } from './applications.ts';
import { createShelf } from './bounded.ts';
import { type Asking, readBearer, readCookies, sessionCookie } from './http.ts';

/** What the tenant remembers of a token that it issued: an access token, an ID token or a browser's session. */
interface Access {
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

/** A token that was issued; times in milliseconds since 1970. */
export interface Issued extends Access {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The tokens valid for an API call: those that this emulator issued and still remembers. */
export type AccessTokens = ReturnType<typeof createAccessTokens>;

export function createAccessTokens(now: () => Date) {
  const issued = createShelf<Issued>(now);
  return {
    /** @param seconds how long it is valid */
    remember(token: string, access: Access, seconds: number): void {
      const issuedAt = now().getTime();
      issued.put(token, { ...access, issuedAt, expiresAt: issuedAt + seconds * 1000 });
    },
    find: issued.find,
    forget: issued.remove,
    forgetGrant: (grantId: string): void => issued.removeWhere((access) => access.grantId === grantId),
    forgetAll: issued.clear,
    items: issued.items,
  };
}

/** The session in a request: as a bearer, or as the cookie of a client that says it is not a page; else null. */
export function readSession(request: Asking): string | null {
  const isPage = request.headers['x-idap-native-client'] === undefined;
  return readBearer(request) ?? (isPage ? null : (readCookies(request).get(sessionCookie) ?? null));
}

/** When the person signed in, in seconds since 1970; else when the token was issued. */
export function authTimeOf({ authTime, issuedAt }: Pick<Issued, 'authTime' | 'issuedAt'>): number {
  return authTime ?? Math.floor(issuedAt / 1000);
}
