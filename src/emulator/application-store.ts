import { randomUUID } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import {
  type Application,
  type LetterCase,
  readOAuthProfile,
  type StoredApplication,
  sameName,
  serviceNameOf,
} from './applications.ts';
import { appId, clientId, type Directory } from './directory.ts';
import { badOperation } from './envelope.ts';
import { everybody, serviceUser } from './people.ts';
import type { Settings } from './settings.ts';

/** The tenant's OAuth applications. The endpoints read them for each request, so changes take effect immediately. */
export type Applications = ReturnType<typeof openApplications>;

/** @param first the emulator's own application, until an administrator replaces it @throws {CliError} file-unreadable */
export function openApplications(
  own: readonly Application[],
  first: StoredApplication | null,
  {
    settings,
    directory,
    letterCase,
  }: { settings: Settings; directory: Directory; letterCase: LetterCase },
) {
  const fixed = new Map(own.map((application) => [application.key, application]));
  const served = new WeakMap<StoredApplication, Application>();
  const written = (): readonly StoredApplication[] => settings.state().applications;
  const others = (key: string): readonly StoredApplication[] =>
    written().filter((one) => one.key !== key);
  const stored = (): readonly StoredApplication[] =>
    first === null || written().some(({ key }) => key === first.key)
      ? written()
      : [first, ...written()];
  /** The application for the endpoints; empty: without an application ID it has no address. @throws {Refusal} an unreadable OAuth profile */
  const serve = (one: StoredApplication): readonly Application[] => {
    const known = served.get(one);
    if (known !== undefined) return [known];
    const [profile, appId] = [readOAuthProfile(one), serviceNameOf(one)];
    if (appId === null) return [];
    const permits = (user: string): boolean => mayRun(one, user, directory);
    const application = { ...profile, key: one.key, appId, permits };
    served.set(one, application);
    return [application];
  };
  try {
    stored().map(serve);
  } catch (cause) {
    throw new CliError('file-unreadable', 'An application in the state file cannot be read', {
      cause,
    });
  }
  const all = (): readonly Application[] => [...fixed.values(), ...stored().flatMap(serve)];
  /** @throws {Refusal} an unreadable OAuth profile; then nothing changes */
  const keep = (one: StoredApplication): void => {
    serve(one);
    settings.keep({ applications: [...others(one.key), one] });
  };
  return {
    all,
    /** By its application ID. */
    find: (appId: string): Application | null =>
      all().find((application) => sameName(application.appId, appId, letterCase)) ?? null,
    /** Adds a built-in application, or replaces the one with the same key. */
    put: (application: Application): void => void fixed.set(application.key, application),
    stored: {
      all: stored,
      keep,
      /** By its key or its name, not by its application ID. */
      find: (text: string): StoredApplication | null =>
        stored().find(
          ({ key, document }) => key === text.toLowerCase() || document.Name === text,
        ) ?? null,
      findByServiceName: (serviceName: string): StoredApplication | null =>
        stored().find((one) => sameName(serviceNameOf(one) ?? '', serviceName)) ?? null,
      create(): StoredApplication {
        const created = { key: randomUUID(), document: { Name: 'OAuth2 Client' }, grants: [] };
        keep(created);
        return created;
      },
      /** @throws {Refusal} for the emulator's own application */
      remove({ key }: StoredApplication): void {
        if (key === first?.key)
          throw badOperation("The emulator's own application cannot be deleted.");
        settings.keep({ applications: others(key) });
      },
    },
  };
}

function mayRun({ grants }: StoredApplication, name: string, directory: Directory): boolean {
  const user = directory.findUser(name);
  if (user === null) return false;
  const ids = [user.uuid, ...directory.rolesOf(user).map(({ id }) => id)];
  return grants.some(({ id, rights }) => ids.includes(id) && rights.includes('Execute'));
}

/** The default application, for mfa-cli's users and its service user. */
export function firstApplication(
  redirects: readonly string[],
  accessTokenSeconds: number,
): StoredApplication {
  const scope = (Scope: string, Description: string, rest: string) => ({
    ...{ Scope, Description, Mode: 'RestFilter', AllowedRest: [rest] },
  });
  const profile = {
    ...{ TargetIsUs: true, ClientIDType: 0, AllowPublic: true, AllowedClients: [clientId] },
    ...{
      Redirects: redirects,
      AllowedAuth: 'AuthorizationCode,ClientCreds',
      TokenType: 'JwtRS256',
    },
    ...{ AllowRefresh: true, RefreshLifetimeString: '30.00:00:00', Confirm: true },
    TokenLifetimeString: timeSpan(accessTokenSeconds),
    KnownScopes: [
      scope('all', 'Everything', '.*'),
      scope('apns', 'Push certificates', '/?Mobile/(Set|Delete)ApnsCertForClientApp'),
    ],
  };
  const names = { Name: 'mfa-cli', ServiceName: appId, Description: 'The application of mfa-cli' };
  return {
    key: 'c0ffee00-0000-4000-8000-00000000000a',
    document: { ...names, OAuthProfile: profile },
    grants: [
      { principal: 'Role', id: everybody, rights: ['View', 'Execute'] },
      { principal: 'User', id: serviceUser.uuid, rights: ['View', 'Execute'] },
    ],
  };
}

/** In .NET's form: `0.05:00:00`. */
function timeSpan(seconds: number): string {
  const pad = (number: number): string => String(Math.floor(number)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  return `${days}.${pad((seconds % 86_400) / 3600)}:${pad((seconds % 3600) / 60)}:${pad(seconds % 60)}`;
}
