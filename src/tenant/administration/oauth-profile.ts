import { membersOf } from '../../text/json.ts';
import type { ApplicationDocument } from './applications.ts';
import { changesOf, type FieldChange, type Members, sameSetting } from './field-change.ts';
import type { ScopePlan } from './scopes.ts';

/**
 * Whom an application serves: people, whose clients have no secret; or programs, whose
 * clients are service users.
 */
export type Audience = 'people' | 'programs';

/** The part of an application's OAuth profile for an audience. */
interface AudienceProfile {
  readonly grant: string;
  readonly settings: Members;
  /** Of the settings, those that signing in needs. */
  readonly needed: Members;
  /** Members that an administrator may change. */
  readonly defaults: Members;
}

const audiences: Readonly<Record<Audience, AudienceProfile>> = {
  people: {
    grant: 'AuthorizationCode',
    settings: {
      TargetIsUs: true,
      ClientIDType: 0,
      AllowPublic: true,
      TokenType: 'JwtRS256',
      AllowRefresh: true,
    },
    needed: { AllowPublic: true },
    defaults: {
      TokenLifetimeString: '0.05:00:00',
      RefreshLifetimeString: '365.00:00:00',
    },
  },
  programs: {
    grant: 'ClientCreds',
    settings: {
      TargetIsUs: true,
      ClientIDType: 1,
      MustBeOauthClient: true,
      TokenType: 'JwtRS256',
    },
    needed: {},
    defaults: { TokenLifetimeString: '0.01:00:00' },
  },
};

/** The OAuth profile of an application; empty if it has none. */
export function profileOf({ members }: Pick<ApplicationDocument, 'members'>): Members {
  return membersOf(members.OAuthProfile) ?? {};
}

/** Whether an application is another's kind than one for the audience. */
export function isOfOtherKind(
  document: Pick<ApplicationDocument, 'members'>,
  audience: Audience,
): boolean {
  const { TemplateName: template, OAuthProfile } = document.members;
  const profile = profileOf(document);
  const { ClientIDType } = audiences[audience].settings;
  return (
    OAuthProfile === undefined ||
    OAuthProfile === null ||
    (typeof template === 'string' && template !== '' && !/^OAuth2Server/i.test(template)) ||
    String(profile.TargetIsUs ?? true).toLowerCase() === 'false' ||
    !sameSetting('ClientIDType', profile.ClientIDType ?? 0, ClientIDType)
  );
}

/**
 * The differences from the settings for an audience.
 * @param whole false: only those that signing in needs
 */
export function settingChanges(
  profile: Members,
  audience: Audience,
  whole: boolean,
): readonly FieldChange[] {
  const { grant, settings, needed, defaults } = audiences[audience];
  const unset = Object.entries(defaults).filter(([name]) => (profile[name] ?? null) === null);
  const grants = grantsIn(profile.AllowedAuth);
  return changesOf(profile, {
    ...(whole ? { ...settings, ...Object.fromEntries(unset) } : needed),
    ...(grants.includes(grant) ? {} : { AllowedAuth: [...grants, grant].join(',') }),
  });
}

function grantsIn(value: unknown): readonly string[] {
  const words = typeof value === 'string' ? value.split(',') : textsIn(value);
  return words.map((word) => word.trim()).filter((word) => word !== '');
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The values that a list lacks, and the change that adds them. */
export interface Addition {
  readonly missing: readonly string[];
  /** None if nothing is missing. */
  readonly changes: readonly FieldChange[];
}

/** Lets clients ask for codes and tokens. */
export function addClients(profile: Members, clients: readonly string[]): Addition {
  return addTo(profile, 'AllowedClients', clients);
}

export function addRedirects(profile: Members, redirects: readonly string[]): Addition {
  return addTo(profile, 'Redirects', redirects);
}

function addTo(profile: Members, field: string, values: readonly string[]): Addition {
  const before = textsIn(profile[field]);
  const missing = values.filter((value) => !before.includes(value));
  const change = { field, old: profile[field] ?? null, new: [...before, ...missing] };
  return { missing, changes: missing.length === 0 ? [] : [change] };
}

/** The name and description of a new application. */
export function namingOf(appId: string, description: string): Members {
  return { Name: appId, ServiceName: appId, Description: description };
}

/** The description of an application, or null. */
export function descriptionOf({ members }: Pick<ApplicationDocument, 'members'>): string | null {
  return typeof members.Description === 'string' ? members.Description : null;
}

/** Whether an application has no clients, redirects and scopes. */
export function isBlank(document: ApplicationDocument): boolean {
  const profile = profileOf(document);
  return ['AllowedClients', 'Redirects', 'KnownScopes'].every((name) => {
    const list = profile[name] ?? [];
    return Array.isArray(list) && list.length === 0;
  });
}

/** The values that an application should not have. */
export interface Surplus {
  /** As the tenant wrote them. */
  readonly scopes: readonly unknown[];
  readonly clients: readonly string[];
  readonly redirects: readonly string[];
}

/** An application to write, and the changes. */
export interface DocumentChange {
  readonly document: ApplicationDocument;
  readonly changes: readonly FieldChange[];
}

/** Takes clients, redirects and scopes out of an application. */
export function withoutSurplus(
  { key, members }: ApplicationDocument,
  { scopes, clients, redirects }: Surplus,
): DocumentChange {
  const profile = profileOf({ members });
  const lists: Readonly<Record<string, readonly unknown[]>> = {
    KnownScopes: scopes,
    AllowedClients: clients,
    Redirects: redirects,
  };
  const changes: FieldChange[] = [];
  for (const [field, removed] of Object.entries(lists)) {
    const old = profile[field];
    if (!Array.isArray(old) || !old.some((item) => removed.includes(item))) continue;
    changes.push({ field, old, new: old.filter((item) => !removed.includes(item)) });
  }
  const OAuthProfile = withFields(profile, changes);
  return { document: { key, members: { ...members, OAuthProfile } }, changes };
}

/** The changes to write to an application. */
export interface Writing {
  /** Its new name, if it has none. */
  readonly naming: Members;
  readonly changes: readonly FieldChange[];
  readonly scopes: ScopePlan;
}

/** The members of an application after the changes. */
export function writtenTo(
  { members }: Pick<ApplicationDocument, 'members'>,
  { naming, changes, scopes }: Writing,
): Members {
  const profile = withFields(profileOf({ members }), changes);
  const OAuthProfile =
    scopes.changes.length === 0 ? profile : { ...profile, KnownScopes: scopes.list };
  return { ...members, ...naming, OAuthProfile };
}

function withFields(members: Members, changes: readonly FieldChange[]): Members {
  const changed = changes.map(({ field, new: value }) => [field, value]);
  return { ...members, ...Object.fromEntries(changed) };
}
