import { CliError } from '../../errors/cli-error.ts';
import { type ApplicationDocument, isNamed } from '../../tenant/administration/applications.ts';
import {
  changesOf,
  type FieldChange,
  type Members,
} from '../../tenant/administration/field-change.ts';
import {
  type Audience,
  addClients,
  addRedirects,
  descriptionOf,
  isOfOtherKind,
  namingOf,
  profileOf,
  settingChanges,
  writtenTo,
} from '../../tenant/administration/oauth-profile.ts';
import {
  type ScopePlan,
  scopesOf,
  withChangedScope,
  withScope,
} from '../../tenant/administration/scopes.ts';
import { isMarked, madeByUs, neededApis, pipelineAppId, type Wanted } from './steps.ts';

export interface ApplicationSpec {
  readonly appId: string;
  readonly description: string;
  readonly audience: Audience;
  readonly clients: readonly string[];
  readonly redirects: readonly string[];
  readonly scope: string;
  readonly apis: readonly string[];
}

export function peopleApplication(wanted: Wanted): ApplicationSpec {
  return {
    appId: wanted.appId,
    description: `Lets administrators set the push certificate. ${madeByUs}`,
    audience: 'people',
    clients: [wanted.clientId],
    redirects: [wanted.redirectUri],
    scope: wanted.scope,
    apis: neededApis(wanted),
  };
}

/**
 * The application for pipelines. Its clients are service users, who sign in by name and
 * password.
 */
export function pipelineApplication(wanted: Wanted): ApplicationSpec {
  return {
    appId: pipelineAppId(wanted),
    description: `Lets pipelines set the push certificate. ${madeByUs}`,
    audience: 'programs',
    clients: [],
    redirects: [],
    scope: wanted.scope,
    apis: neededApis(wanted),
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
 * Plans an application. Members set by others stay; an application of others gets only
 * the members that signing in needs.
 * @param found null: none exists; one without an application ID is taken over
 * @throws {CliError} usage: an application of another kind has the name
 */
export function planApplication(
  found: ApplicationDocument | null,
  spec: ApplicationSpec,
): ApplicationPlan {
  const document = found ?? { key: '', members: {} };
  const exists = isNamed(document);
  const isOwn = !exists || isMarked(descriptionOf(document));
  if (!isOwn && isOfOtherKind(document, spec.audience)) throw otherKind(spec);
  const profile = profileOf(document);
  const settings = settingChanges(profile, spec.audience, isOwn);
  const clients = addClients(profile, spec.clients);
  const redirects = addRedirects(profile, spec.redirects);
  const added = [
    ...clients.missing.map((client) => `client=${encodeURIComponent(client)}`),
    ...redirects.missing.map((uri) => `redirect=${encodeURIComponent(uri)}`),
  ];
  const scopes = planScopes(profile, spec, isOwn ? [] : added);
  const naming = exists ? {} : namingOf(spec.appId, spec.description);
  const changes = [...settings, ...clients.changes, ...redirects.changes];
  return {
    members: writtenTo(document, { naming, changes, scopes }),
    settings: [...changesOf(document.members, naming), ...settings],
    clients: clients.changes,
    redirects: redirects.changes,
    scope: scopes.changes,
  };
}

function otherKind({ appId }: ApplicationSpec): CliError {
  return new CliError(
    'usage',
    `The application ID "${appId}" belongs to an application of another kind`,
    {
      facts: { option: '--app-id ID' },
    },
  );
}

/**
 * Plans the scopes of an application. A scope made by `bootstrap` allows exactly the
 * needed calls; one of others gets the missing calls.
 * @param added notes in the scope's description what `bootstrap` adds to an application
 *   of others, for `--remove`
 */
export function planScopes(
  profile: Members,
  { scope, apis }: Pick<ApplicationSpec, 'scope' | 'apis'>,
  added: readonly string[],
): ScopePlan {
  const scopes = scopesOf(profile);
  const before = scopes.find(({ name }) => name === scope);
  if (before === undefined) {
    const description = ['The calls that mfa-cli needs.', madeByUs, ...added].join(' ');
    return withScope(scopes, { name: scope, description, calls: apis });
  }
  const isOwn = isMarked(before.description);
  const missing = apis.filter((api) => !before.calls.includes(api));
  const isExact = missing.length === 0 && (!isOwn || before.calls.length === apis.length);
  const calls = isOwn ? apis : [...before.calls, ...missing];
  const isNoted = isOwn && added.length > 0;
  return withChangedScope(scopes, before, {
    ...(isExact ? {} : { calls }),
    ...(isNoted ? { description: [before.description, ...added].join(' ') } : {}),
  });
}

/** The names that `bootstrap` added to an application of others. */
export interface AddedNames {
  readonly clients: readonly string[];
  readonly redirects: readonly string[];
}

/**
 * The clients and redirects that a scope's description says `bootstrap` added with it.
 */
export function addedWith(description: unknown): AddedNames {
  const words = isMarked(description) ? String(description).split(' ') : [];
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
