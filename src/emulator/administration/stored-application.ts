import * as v from 'valibot';
import { isObject, members, type ReadBy } from '../../text/json.ts';
import { type Application, type ApplicationGrant, plainApplication } from '../applications.ts';
import { badArgument, type Refusal } from '../envelope.ts';

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

/** What somebody may do with an application. */
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
  /** What was sent, with the vendor's names: `Name`, `ServiceName`, `Description`, `OAuthProfile`. */
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

/** What an application's `OAuthProfile` tells the OAuth endpoints. */
export type OAuthProfile = Omit<Application, 'key' | 'appId' | 'permits'>;

/**
 * Reads an application's `OAuthProfile`.
 * @throws {Refusal} an unreadable member
 */
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
    logoutUris: texts('Redirects'),
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
