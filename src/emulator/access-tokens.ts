/** What the tenant remembers of an access token that it has issued. */
export interface Access {
  /** The user, or the service user of client credentials. */
  readonly user: string;
  readonly scopes: readonly string[];
  /** The paths of the APIs that it may call. */
  readonly apis: readonly RegExp[];
  /** The grant behind it, which takes it along when it is revoked; null for client credentials. */
  readonly grantId: string | null;
}

/** The access tokens that are good for an API call: those that this emulator has issued and still remembers. */
export interface AccessTokens {
  /** @param seconds how long it is good */
  remember(token: string, access: Access, seconds: number): void;
  /** Null: unknown, revoked or expired. */
  find(token: string): Access | null;
  /** Whether there was such a token. */
  forget(token: string): boolean;
  forgetGrant(grantId: string): void;
  forgetAll(): void;
}

interface Issued extends Access {
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export function createAccessTokens(now: () => Date): AccessTokens {
  const issued = new Map<string, Issued>();
  const forgetWhere = (matches: (access: Issued) => boolean): void => {
    for (const [token, access] of issued) if (matches(access)) issued.delete(token);
  };
  const isExpired = (access: Issued): boolean => access.expiresAt <= now().getTime();
  return {
    remember(token, access, seconds) {
      forgetWhere(isExpired);
      issued.set(token, { ...access, expiresAt: now().getTime() + seconds * 1000 });
    },
    find(token) {
      const access = issued.get(token);
      return access === undefined || isExpired(access) ? null : access;
    },
    forget: (token) => issued.delete(token),
    forgetGrant: (grantId) => forgetWhere((access) => access.grantId === grantId),
    forgetAll: () => issued.clear(),
  };
}
