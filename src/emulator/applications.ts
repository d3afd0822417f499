import * as v from 'valibot';
import { members, type ReadBy } from '../text/json.ts';
import type { Assumptions } from './assumptions.ts';
import { badArgument } from './envelope.ts';

/** A check box on the application's Tokens page. */
type ApplicationGrant = 'authorization_code' | 'client_credentials' | 'implicit';

/**
 * An OAuth application as an administrator sets it up in the portal. It is immutable:
 * changes replace it.
 */
export interface Application {
  /** The tenant's key for it (`_RowKey`); it stays when the application ID changes. */
  readonly key: string;
  /** The last path segment of its endpoints. */
  readonly appId: string;
  /** The IDs of clients that need no secret (Client ID Type: List). */
  readonly publicClients: readonly string[];
  /**
   * Whether service users are clients, by their passwords (Client ID Type: Confidential).
   */
  readonly confidentialClients: boolean;
  readonly redirectUris: readonly string[];
  /**
   * Its scopes, each with patterns for the paths of the APIs that it allows; `openid`
   * adds an ID token.
   */
  readonly scopes: Readonly<Record<string, readonly RegExp[]>>;
  /** The APIs that its tokens may call regardless of their scopes. */
  readonly unscopedApis: readonly RegExp[];
  readonly grants: readonly ApplicationGrant[];
  readonly accessTokenSeconds: number;
  /** Null: it issues no refresh tokens. */
  readonly refreshTokenSeconds: number | null;
  readonly confirms: boolean;
  permits(user: string): boolean;
}

/** An application's defaults: no client, no scope, no redirect; everyone may run it. */
export const plainApplication: Omit<Application, 'key' | 'appId'> = {
  publicClients: [],
  confidentialClients: false,
  redirectUris: [],
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

/** The APIs for a token without an administrator's application, which no scope limits. */
export function sessionApis(assumptions: Pick<Assumptions, 'session-mobile'>): readonly RegExp[] {
  return [assumptions['session-mobile'] === 'allowed' ? /.*/ : otherApis];
}

/** The vendor's own application, whose ID token is a session for a service user. */
export function builtInApplication(
  accessTokenSeconds: number,
  assumptions: Assumptions,
): Application {
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

/** `PlatformToken`: client credentials without an application, so without scopes. */
export function platformApplication(
  accessTokenSeconds: number,
  assumptions: Assumptions,
): Application {
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
  return [
    ...application.unscopedApis,
    ...scopes.flatMap((scope) => application.scopes[scope] ?? []),
  ];
}

export type LetterCase = 'insensitive' | 'sensitive';

export function sameName(a: string, b: string, letterCase: LetterCase = 'insensitive'): boolean {
  return letterCase === 'sensitive' ? a === b : a.toLowerCase() === b.toLowerCase();
}

export const applicationRights = {
  Grant: 1,
  View: 4,
  Admin: 8,
  ViewDetail: 16,
  Delete: 64,
  Execute: 128,
  Automatic: 2 ** 31,
} as const;

export type ApplicationRight = keyof typeof applicationRights;

const storedGrant = members({
  principal: v.picklist(['User', 'Role']),
  /** The user's UUID, or the role's ID. */
  id: v.string(),
  rights: v.array(v.picklist(Object.keys(applicationRights) as ApplicationRight[])),
});
export type StoredGrant = ReadBy<typeof storedGrant>;

/** An application as an administrator wrote it. */
export const storedApplication = members({
  key: v.string(),
  /** As it was sent, with names such as `Name`, `ServiceName` and `OAuthProfile`. */
  document: members({}),
  grants: v.array(storedGrant),
});
export interface StoredApplication extends ReadBy<typeof storedApplication> {
  readonly document: Readonly<Record<string, unknown>>;
}

/** The members of an application except its key. */
export function describeApplication({
  document,
}: StoredApplication): Readonly<Record<string, unknown>> {
  const name = document.Name ?? 'OAuth2 Client';
  return {
    AppType: 'Web',
    WebAppType: 'OAuth',
    TemplateName: 'OAuth2ServerClient',
    Category: 'Other',
    State: 'Active',
    ServiceName: null,
    Description: '',
    ...document,
    Name: name,
    DisplayName: name,
  };
}

export function serviceNameOf({ document }: StoredApplication): string | null {
  return typeof document.ServiceName === 'string' && document.ServiceName !== ''
    ? document.ServiceName
    : null;
}

const grantNames: Readonly<Record<string, ApplicationGrant>> = {
  AuthorizationCode: 'authorization_code',
  ClientCreds: 'client_credentials',
};

/** A .NET time span, such as `5.00:30:00`, in seconds. */
const timeSpan = v.pipe(
  v.string(),
  v.regex(/^(?:\d+\.)?\d{1,2}:\d{2}:\d{2}$/),
  v.transform((text) => {
    const [seconds = 0, minutes = 0, hours = 0, days = 0] = text
      .split(/[.:]/)
      .map(Number)
      .reverse();
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  }),
);

/** An expression from the portal applies to the whole path, in any letter case. */
const apiPattern = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return new RegExp(`^(?:${dataset.value})$`, 'i');
    } catch {
      addIssue();
      return NEVER;
    }
  }),
);

const flag = v.nullish(v.boolean(), false);
const list = v.nullish(v.array(v.string()), []);
const oauthProfile = v.object({
  TargetIsUs: flag,
  ClientIDType: v.nullish(v.union([v.number(), v.string()]), 0),
  AllowPublic: flag,
  AllowedClients: list,
  Redirects: list,
  AllowedAuth: v.nullish(v.string(), ''),
  AllowRefresh: flag,
  Confirm: flag,
  TokenLifetimeString: v.nullish(timeSpan, '0.05:00:00'),
  RefreshLifetimeString: v.nullish(timeSpan, '365.00:00:00'),
  KnownScopes: v.nullish(
    v.array(v.object({ Scope: v.string(), AllowedRest: v.nullish(v.array(apiPattern), []) })),
    [],
  ),
});

/** An application's `OAuthProfile` in the form of the OAuth endpoints. */
export type OAuthProfile = Omit<Application, 'key' | 'appId' | 'permits'>;

/** @throws {Refusal} an unreadable member */
export function readOAuthProfile({ document }: Pick<StoredApplication, 'document'>): OAuthProfile {
  const read = v.safeParse(oauthProfile, document.OAuthProfile ?? {});
  if (!read.success) {
    const name = read.issues[0].path?.[0]?.key ?? 'OAuthProfile';
    throw badArgument(`The value of ${name} is not valid.`);
  }
  const profile = read.output;
  const isConfidential = /^(1|confidential)$/i.test(String(profile.ClientIDType));
  const grants = profile.AllowedAuth.split(',').flatMap((name) => grantNames[name.trim()] ?? []);
  return {
    ...plainApplication,
    publicClients: !isConfidential && profile.AllowPublic ? profile.AllowedClients : [],
    confidentialClients: isConfidential || grants.includes('client_credentials'),
    redirectUris: profile.Redirects,
    // Scopes open the tenant's APIs only if the tenant itself is the target.
    scopes: Object.fromEntries(
      profile.KnownScopes.map(({ Scope, AllowedRest }) => [
        Scope,
        profile.TargetIsUs ? AllowedRest : [],
      ]),
    ),
    grants,
    accessTokenSeconds: profile.TokenLifetimeString,
    refreshTokenSeconds: profile.AllowRefresh ? profile.RefreshLifetimeString : null,
    confirms: profile.Confirm,
  };
}
