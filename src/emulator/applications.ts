import type { Assumptions } from './assumptions.ts';

/** What a client may be granted: the check boxes of the application's Tokens page. */
export type ApplicationGrant = 'authorization_code' | 'client_credentials' | 'implicit';

/** An OAuth application of the tenant, as an admin sets it up in the portal. It never changes: another replaces it. */
export interface Application {
  /** The tenant's key for it (`_RowKey`); it stays when the application ID changes. */
  readonly key: string;
  /** The last path segment of its endpoints. */
  readonly appId: string;
  /** The clients that need no secret: IDs chosen by the admin (Client ID Type: List). */
  readonly publicClients: readonly string[];
  /** Whether service users are clients, by name and password (Client ID Type: Confidential). */
  readonly confidentialClients: boolean;
  readonly redirectUris: readonly string[];
  /** Where a browser may be sent after signing out. */
  readonly logoutUris: readonly string[];
  /** Its scopes, each with the APIs that it allows (matched against the path); `openid` adds an ID token. */
  readonly scopes: Readonly<Record<string, readonly RegExp[]>>;
  /** The APIs that its tokens may call regardless of their scopes. */
  readonly unscopedApis: readonly RegExp[];
  readonly grants: readonly ApplicationGrant[];
  readonly accessTokenSeconds: number;
  /** Null: it issues no refresh tokens. */
  readonly refreshTokenSeconds: number | null;
  /** Whether a person is asked before a client may act for them ("User must confirm authorization request"). */
  readonly confirms: boolean;
  /** Whether that user or service user is permitted to run it. */
  permits(user: string): boolean;
}

/** The tenant's applications. The OAuth endpoints look at each request, so that a new one works at once. */
export type Applications = ReturnType<typeof createApplications>;

/** The applications; of several with the same application ID, the first counts. */
export function createApplications(
  { 'app-id-case': letterCase }: Pick<Assumptions, 'app-id-case'>,
  first: readonly Application[] = [],
) {
  const applications = new Map(first.map((application) => [application.key, application]));
  const all = (): readonly Application[] => [...applications.values()];
  return {
    all,
    /** By its application ID. */
    find: (appId: string): Application | null =>
      all().find((application) => sameName(application.appId, appId, letterCase)) ?? null,
    /** Adds it, or replaces the one with the same key. */
    put: (application: Application): void => void applications.set(application.key, application),
    remove: (key: string): void => void applications.delete(key),
  };
}

/** An application's defaults: no client, no scope, no redirect; everybody may run it. */
export const plainApplication: Omit<Application, 'key' | 'appId'> = {
  publicClients: [],
  confidentialClients: false,
  redirectUris: [],
  logoutUris: [],
  scopes: {},
  unscopedApis: [],
  grants: ['authorization_code'],
  accessTokenSeconds: 5 * 60 * 60,
  refreshTokenSeconds: null,
  confirms: false,
  permits: () => true,
};

/** All but the calls of `/Mobile`. */
const otherApis = /^(?!\/?mobile\/)/i;

/** The APIs for a token that no administrator has limited, since it belongs to no application of theirs. */
export function sessionApis({
  'session-mobile': mobile,
}: Pick<Assumptions, 'session-mobile'>): readonly RegExp[] {
  return [mobile === 'allowed' ? /.*/ : otherApis];
}

/** The vendor's own application: the ID token that it gives a service user is a session. */
export function builtInApplication(accessTokenSeconds: number, assumptions: Assumptions): Application {
  return {
    ...plainApplication,
    key: 'c0ffee00-0000-4000-8000-00000000000b',
    appId: '__idaptive_cybr_user_oidc',
    publicClients: ['__idaptive_cybr_user_oidc'],
    confidentialClients: true,
    redirectUris: ['https://cyberark.cloud/redirect'],
    scopes: { openid: [], profile: [], api: sessionApis(assumptions) },
    grants: ['client_credentials', 'implicit'],
    accessTokenSeconds,
  };
}

/** `PlatformToken`: client credentials without an application, so there are no scopes to limit anything. */
export function platformApplication(accessTokenSeconds: number, assumptions: Assumptions): Application {
  return {
    ...plainApplication,
    key: 'platform',
    appId: 'platform',
    confidentialClients: true,
    unscopedApis: sessionApis(assumptions),
    grants: ['client_credentials'],
    accessTokenSeconds: Math.min(accessTokenSeconds, 15 * 60),
  };
}

/** The APIs that a token with these scopes may call. */
export function apisOf(application: Application, scopes: readonly string[]): readonly RegExp[] {
  return [...application.unscopedApis, ...scopes.flatMap((scope) => application.scopes[scope] ?? [])];
}

export type LetterCase = 'insensitive' | 'sensitive';

export function sameName(a: string, b: string, letterCase: LetterCase = 'insensitive'): boolean {
  return letterCase === 'sensitive' ? a === b : a.toLowerCase() === b.toLowerCase();
}
