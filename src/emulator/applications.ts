import * as v from 'valibot';
import { isObject, members, type ReadBy } from '../text/json.ts';
import type { Assumptions } from './assumptions.ts';
import { badArgument, type Refusal } from './envelope.ts';

/** A check box on the application's Tokens page. */
type ApplicationGrant = 'authorization_code' | 'client_credentials' | 'implicit';

/** An OAuth application as an administrator sets it up in the portal. It is immutable: changes replace it. */
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
  /** Its scopes, each with the APIs that it allows (matched against the path); `openid` adds an ID token. */
  readonly scopes: Readonly<Record<string, readonly RegExp[]>>;
  /** The APIs that its tokens may call regardless of their scopes. */
  readonly unscopedApis: readonly RegExp[];
  readonly grants: readonly ApplicationGrant[];
  readonly accessTokenSeconds: number;
  /** Null: it issues no refresh tokens. */
  readonly refreshTokenSeconds: number | null;
  /** Whether the user must confirm an authorization request. */
  readonly confirms: boolean;
  /** Whether a user or service user may run it. */
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

/** The APIs for a token outside the applications of administrators, which no scope limits. */
export function sessionApis({
  'session-mobile': mobile,
}: Pick<Assumptions, 'session-mobile'>): readonly RegExp[] {
  return [mobile === 'allowed' ? /.*/ : otherApis];
}

/** The vendor's own application, whose ID token is a session for a service user. */
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

/** `PlatformToken`: client credentials without an application, so no scope limits them. */
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
  /** As it was sent, with the vendor's names: `Name`, `ServiceName`, `Description`, `OAuthProfile`. */
  document: members({}),
  grants: v.array(storedGrant),
});
export type StoredApplication = ReadBy<typeof storedApplication> & {
  readonly document: Readonly<Record<string, unknown>>;
};

/** The members of an application except its key. */
export function describeApplication({ document }: StoredApplication): Readonly<Record<string, unknown>> {
  const name = document.Name ?? 'OAuth2 Client';
  return {
    AppType: 'Web',
    AppTypeDisplayName: 'Web - Other Type',
    WebAppType: 'OAuth',
    WebAppTypeDisplayName: 'Other Type',
    WebAppLoginType: 'OAuth2',
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

const year = 365 * 24 * 60 * 60;

const grantNames: Readonly<Record<string, ApplicationGrant>> = {
  AuthorizationCode: 'authorization_code',
  ClientCreds: 'client_credentials',
  Implicit: 'implicit',
};

/** An application's `OAuthProfile` in the form of the OAuth endpoints. */
export type OAuthProfile = Omit<Application, 'key' | 'appId' | 'permits'>;

/** @throws {Refusal} an unreadable member */
export function readOAuthProfile({ document }: Pick<StoredApplication, 'document'>): OAuthProfile {
  const profile = document.OAuthProfile ?? {};
  if (!isObject(profile)) throw unreadable('OAuthProfile');
  const texts = (name: string): readonly string[] => {
    const value = profile[name] ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw unreadable(name);
  };
  const isConfidential = /^(1|confidential)$/i.test(String(profile.ClientIDType ?? 0));
  const grants = String(profile.AllowedAuth ?? '')
    .split(',')
    .flatMap((name) => grantNames[name.trim()] ?? []);
  const lifetime = (name: string, otherwise: number): number => {
    const value = profile[name] ?? null;
    return value === null ? otherwise : seconds(value, name);
  };
  return {
    ...plainApplication,
    publicClients: !isConfidential && profile.AllowPublic === true ? texts('AllowedClients') : [],
    confidentialClients: isConfidential || grants.includes('client_credentials'),
    redirectUris: texts('Redirects'),
    scopes: readScopes(profile),
    grants,
    accessTokenSeconds: lifetime('TokenLifetimeString', plainApplication.accessTokenSeconds),
    refreshTokenSeconds: profile.AllowRefresh === true ? lifetime('RefreshLifetimeString', year) : null,
    confirms: profile.Confirm === true,
  };
}

/** Scopes open the tenant's APIs only if the tenant itself is the target. */
function readScopes(profile: Readonly<Record<string, unknown>>): Application['scopes'] {
  const scopes = profile.KnownScopes ?? [];
  if (!Array.isArray(scopes)) throw unreadable('KnownScopes');
  return Object.fromEntries(
    scopes.map((scope) => {
      if (!isObject(scope) || typeof scope.Scope !== 'string') throw unreadable('KnownScopes');
      const apis = scope.AllowedRest ?? [];
      if (!Array.isArray(apis)) throw unreadable('AllowedRest');
      return [scope.Scope, profile.TargetIsUs === true ? apis.map(readApiPattern) : []];
    }),
  );
}

/** An expression from the portal applies to the whole path, in any letter case. */
function readApiPattern(source: unknown): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, 'i');
  } catch {
    throw unreadable('AllowedRest');
  }
}

/** A .NET time span, such as `5.00:30:00`. */
function seconds(value: unknown, name: string): number {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})$/.exec(String(value));
  if (match === null) throw unreadable(name);
  const [days = 0, hours = 0, minutes = 0, rest = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + rest;
}

const unreadable = (name: string): Refusal => badArgument(`The value of ${name} is not valid.`);
