import { CliError } from '../../errors/cli-error.ts';
import type { ApplicationDocument } from '../../tenant/administration/applications.ts';
import { membersOf } from '../../text/json.ts';
import {
  type FieldChange,
  isOurs,
  madeByUs,
  neededApis,
  pipelineAppId,
  type Wanted,
} from './steps.ts';

type Members = Readonly<Record<string, unknown>>;

export interface ApplicationSpec {
  readonly appId: string;
  readonly description: string;
  readonly clients: readonly string[];
  readonly redirects: readonly string[];
  readonly grant: 'AuthorizationCode' | 'ClientCreds';
  readonly scope: string;
  readonly apis: readonly string[];
  /** Members of the profile of an application that `bootstrap` makes. */
  readonly settings: Members;
  /** Members that an administrator may change. */
  readonly defaults: Members;
}

export function peopleApplication(wanted: Wanted): ApplicationSpec {
  return {
    appId: wanted.appId,
    description: `Lets administrators set the push certificate. ${madeByUs}`,
    clients: [wanted.clientId],
    redirects: [wanted.redirectUri],
    grant: 'AuthorizationCode',
    scope: wanted.scope,
    apis: neededApis(wanted),
    settings: {
      TargetIsUs: true,
      ClientIDType: 0,
      AllowPublic: true,
      TokenType: 'JwtRS256',
      AllowRefresh: true,
    },
    defaults: { TokenLifetimeString: '0.05:00:00', RefreshLifetimeString: '365.00:00:00' },
  };
}

/** The application for pipelines. Its clients are service users, who sign in by name and password. */
export function pipelineApplication(wanted: Wanted): ApplicationSpec {
  return {
    appId: pipelineAppId(wanted),
    description: `Lets pipelines set the push certificate. ${madeByUs}`,
    clients: [],
    redirects: [],
    grant: 'ClientCreds',
    scope: wanted.scope,
    apis: neededApis(wanted),
    settings: { TargetIsUs: true, ClientIDType: 1, MustBeOauthClient: true, TokenType: 'JwtRS256' },
    defaults: { TokenLifetimeString: '0.01:00:00' },
  };
}

/** All the members to write to an application, and the changes of each step. */
export interface ApplicationPlan {
  readonly members: Members;
  readonly settings: readonly FieldChange[];
  readonly clients: readonly FieldChange[];
  readonly redirects: readonly FieldChange[];
  readonly scope: readonly FieldChange[];
}

/**
 * Plans an application. Members set by others stay; an application of others gets only the members that signing in needs.
 * @param found null: none exists; one without an application ID is taken over
 * @throws {CliError} usage: an application of another kind has the name
 */
export function planApplication(
  found: ApplicationDocument | null,
  spec: ApplicationSpec,
): ApplicationPlan {
  const before = found?.members ?? {};
  const exists = typeof before.ServiceName === 'string' && before.ServiceName !== '';
  const profile = membersOf(before.OAuthProfile) ?? {};
  const ours = !exists || isOurs(before.Description);
  if (!ours) requireSameKind(before, profile, spec);
  const defaults = Object.entries(spec.defaults).filter(
    ([name]) => ours && (profile[name] ?? null) === null,
  );
  const grants = wordsOf(profile.AllowedAuth);
  const hasGrant = grants.includes(spec.grant);
  const settings = changesOf(profile, {
    ...(ours ? spec.settings : sharedSettings(spec)),
    ...Object.fromEntries(defaults),
    ...(hasGrant ? {} : { AllowedAuth: [...grants, spec.grant].join(',') }),
  });
  const clients = grown(profile, 'AllowedClients', spec.clients);
  const redirects = grown(profile, 'Redirects', spec.redirects);
  const added = [
    ...clients.missing.map((client) => `client=${encodeURIComponent(client)}`),
    ...redirects.missing.map((uri) => `redirect=${encodeURIComponent(uri)}`),
  ];
  const scopes = planScopes(profile.KnownScopes, spec, ours ? [] : added);
  const top = exists
    ? {}
    : { Name: spec.appId, ServiceName: spec.appId, Description: spec.description };
  const written = [...settings, ...clients.changes, ...redirects.changes];
  const OAuthProfile = {
    ...profile,
    ...Object.fromEntries(written.map(({ field, new: value }) => [field, value])),
    ...(scopes.changes.length === 0 ? {} : { KnownScopes: scopes.list }),
  };
  return {
    members: { ...before, ...top, OAuthProfile },
    settings: [...changesOf(before, top), ...settings],
    clients: clients.changes,
    redirects: redirects.changes,
    scope: scopes.changes,
  };
}

function sharedSettings({ settings }: ApplicationSpec): Members {
  return 'AllowPublic' in settings ? { AllowPublic: settings.AllowPublic } : {};
}

function requireSameKind(
  application: Members,
  profile: Members,
  { appId, settings }: ApplicationSpec,
): void {
  const template = application.TemplateName;
  const isOther =
    application.OAuthProfile === undefined ||
    application.OAuthProfile === null ||
    (typeof template === 'string' && template !== '' && !/^OAuth2Server/i.test(template)) ||
    String(profile.TargetIsUs ?? true).toLowerCase() === 'false' ||
    !sameSetting('ClientIDType', profile.ClientIDType ?? 0, settings.ClientIDType);
  if (isOther)
    throw new CliError(
      'usage',
      `The application ID "${appId}" belongs to an application of another kind`,
      {
        facts: { option: '--app-id ID' },
      },
    );
}

function changesOf(before: Members, after: Members): readonly FieldChange[] {
  return Object.entries(after)
    .map(([field, value]) => ({ field, old: before[field] ?? null, new: value }))
    .filter(({ field, old, new: value }) => !sameSetting(field, old, value));
}

function grown(profile: Members, field: string, values: readonly string[]) {
  const before = textsOf(profile[field]);
  const missing = values.filter((value) => !before.includes(value));
  const change = { field, old: profile[field] ?? null, new: [...before, ...missing] };
  return { missing, changes: missing.length === 0 ? [] : [change] };
}

function sameSetting(field: string, one: unknown, other: unknown): boolean {
  const fold = (value: unknown): string => {
    const text = String(value).toLowerCase();
    if (field !== 'ClientIDType') return text;
    return text === 'list' ? '0' : text === 'confidential' ? '1' : text;
  };
  return one === other || (one !== null && fold(one) === fold(other));
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function wordsOf(value: unknown): readonly string[] {
  const words = typeof value === 'string' ? value.split(',') : textsOf(value);
  return words.map((word) => word.trim()).filter((word) => word !== '');
}

interface ScopePlan {
  readonly list: readonly unknown[];
  readonly changes: readonly FieldChange[];
}

/**
 * Plans the scopes of an application. A scope made by `bootstrap` allows exactly the needed calls; one of others gets the
 * missing calls.
 * @param added notes in the scope's description what `bootstrap` adds to an application of others, for `--remove`
 */
export function planScopes(
  known: unknown,
  { scope, apis }: Pick<ApplicationSpec, 'scope' | 'apis'>,
  added: readonly string[],
): ScopePlan {
  const scopes = Array.isArray(known) ? known : [];
  const at = scopes.findIndex((one) => membersOf(one)?.Scope === scope);
  const description = ['The calls that mfa-cli needs.', madeByUs, ...added].join(' ');
  if (at === -1) {
    const made = { Scope: scope, Description: description, Mode: 'RestFilter', AllowedRest: apis };
    return { list: [...scopes, made], changes: changesOf({}, made) };
  }
  const before = membersOf(scopes[at]) ?? {};
  const ours = isOurs(before.Description);
  const allowed = Array.isArray(before.AllowedRest) ? before.AllowedRest.map(String) : [];
  const missing = apis.filter((api) => !allowed.includes(api));
  const isExact = missing.length === 0 && (!ours || allowed.length === apis.length);
  const changed = {
    ...(isExact ? {} : { AllowedRest: ours ? apis : [...allowed, ...missing] }),
    ...(ours && added.length > 0 ? { Description: [before.Description, ...added].join(' ') } : {}),
  };
  const list = scopes.map((one, index) => (index === at ? { ...before, ...changed } : one));
  return { list, changes: changesOf(before, changed) };
}

/** The clients and redirects that a scope's description says `bootstrap` added with it. */
export function addedWith(description: unknown): {
  readonly clients: readonly string[];
  readonly redirects: readonly string[];
} {
  const words = isOurs(description) ? String(description).split(' ') : [];
  const read = (name: string): readonly string[] =>
    words.flatMap((word) =>
      word.startsWith(`${name}=`) ? decoded(word.slice(name.length + 1)) : [],
    );
  return { clients: read('client'), redirects: read('redirect') };
}

function decoded(text: string): readonly string[] {
  try {
    return [decodeURIComponent(text)];
  } catch {
    return [];
  }
}
