import { CliError } from '../../errors/cli-error.ts';
import type { ApplicationDocument } from '../../tenant/administration/applications.ts';
import { membersOf } from '../../text/json.ts';
import { isOurs, planScopes } from './scope-plan.ts';
import type { FieldChange } from './step.ts';
import { madeByUs, neededApis, pipelineAppId, type Wanted } from './wanted.ts';

/** What an OAuth application is to be. */
export interface ApplicationSpec {
  readonly appId: string;
  readonly description: string;
  readonly clients: readonly string[];
  readonly redirects: readonly string[];
  readonly grant: 'AuthorizationCode' | 'ClientCreds';
  readonly scope: string;
  readonly apis: readonly string[];
  /** Members of the profile that one of ours has. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Those that an administrator may change. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** The members of `OAuthProfile` for people, who sign in with a public client. */
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

/** The application for pipelines: service users are its clients, by name and password. */
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

/** What is to become of an application. */
export interface ApplicationPlan {
  /** Whether one with the application ID is there. */
  readonly exists: boolean;
  /** Whether it was made by us, or is yet to be made. */
  readonly ours: boolean;
  /** All its members, as they are to be written. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly settings: readonly FieldChange[];
  readonly clients: readonly FieldChange[];
  readonly redirects: readonly FieldChange[];
  readonly scope: readonly FieldChange[];
}

/**
 * Plans an application: whatever others put into it stays, and in theirs only what our sign-in needs is added.
 * @param found null: there is none yet; one without an application ID is taken over
 * @throws {CliError} usage: the name is taken by an application of another kind
 */
export function planApplication(found: ApplicationDocument | null, spec: ApplicationSpec): ApplicationPlan {
  const before = found?.members ?? {};
  const exists = typeof before.ServiceName === 'string' && before.ServiceName !== '';
  const profile = membersOf(before.OAuthProfile) ?? {};
  const ours = !exists || isOurs(before.Description);
  if (!ours) requireSameKind(before, profile, spec);
  const settings = new Changes(profile);
  for (const [name, value] of Object.entries(ours ? spec.settings : sharedSettings(spec)))
    settings.set(name, value);
  for (const [name, value] of Object.entries(spec.defaults))
    if (ours && (profile[name] ?? null) === null) settings.set(name, value);
  const grants = wordsOf(profile.AllowedAuth);
  if (!grants.includes(spec.grant)) settings.set('AllowedAuth', [...grants, spec.grant].join(','));
  const clients = new Changes(profile);
  clients.add('AllowedClients', spec.clients);
  const redirects = new Changes(profile);
  redirects.add('Redirects', spec.redirects);
  const added = [
    ...clients.added('AllowedClients').map((client) => `client=${encodeURIComponent(client)}`),
    ...redirects.added('Redirects').map((uri) => `redirect=${encodeURIComponent(uri)}`),
  ];
  const scopes = planScopes(profile.KnownScopes, spec, ours ? [] : added);
  const top = exists ? {} : { Name: spec.appId, ServiceName: spec.appId, Description: spec.description };
  return {
    exists,
    ours,
    members: {
      ...before,
      ...top,
      OAuthProfile: {
        ...profile,
        ...settings.values,
        ...clients.values,
        ...redirects.values,
        ...(scopes.changes.length > 0 ? { KnownScopes: scopes.list } : {}),
      },
    },
    settings: [...changesOf(before, top), ...settings.changes],
    clients: clients.changes,
    redirects: redirects.changes,
    scope: scopes.changes,
  };
}

/** Of another's application, what our sign-in cannot do without. */
function sharedSettings({ settings }: ApplicationSpec): Readonly<Record<string, unknown>> {
  return 'AllowPublic' in settings ? { AllowPublic: settings.AllowPublic } : {};
}

/** @throws {CliError} usage */
function requireSameKind(
  application: Readonly<Record<string, unknown>>,
  profile: Readonly<Record<string, unknown>>,
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
    throw new CliError('usage', `The application ID "${appId}" is taken by an application of another kind`, {
      facts: { option: '--app-id ID' },
    });
}

/** Members of a profile that are to be different. */
class Changes {
  readonly changes: FieldChange[] = [];
  readonly values: Record<string, unknown> = {};
  readonly #before: Readonly<Record<string, unknown>>;

  constructor(before: Readonly<Record<string, unknown>>) {
    this.#before = before;
  }

  set(field: string, value: unknown): void {
    const old = this.#before[field] ?? null;
    if (sameSetting(field, old, value)) return;
    this.values[field] = value;
    this.changes.push({ field, old, new: value });
  }

  /** What is there stays. */
  add(field: string, values: readonly string[]): void {
    const old = this.#before[field] ?? null;
    const before = textsOf(old);
    const missing = values.filter((value) => !before.includes(value));
    if (missing.length === 0) return;
    this.values[field] = [...before, ...missing];
    this.changes.push({ field, old, new: this.values[field] });
  }

  /** The texts that are new in a list. */
  added(field: string): readonly string[] {
    const before = textsOf(this.#before[field]);
    return textsOf(this.values[field]).filter((value) => !before.includes(value));
  }
}

function changesOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly FieldChange[] {
  return Object.entries(after).map(([field, value]) => ({ field, old: before[field] ?? null, new: value }));
}

/** Whether a tenant that writes a setting in another way means the same. */
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
