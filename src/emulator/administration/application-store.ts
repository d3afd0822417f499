import { randomUUID } from 'node:crypto';
import { CliError } from '../../errors/cli-error.ts';
import type { Applications } from '../applications.ts';
import { appId, clientId, type Directory } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import { defaultRoles, serviceUser } from '../people.ts';
import type { Settings } from '../settings.ts';
import {
  type OAuthProfile,
  readOAuthProfile,
  type StoredApplication,
  serviceNameOf,
} from './stored-application.ts';

/** The applications as administrators write them. What is kept here takes effect at once. */
export interface ApplicationStore {
  all(): readonly StoredApplication[];
  /** By its key or its name, not by its application ID. */
  find(keyOrName: string): StoredApplication | null;
  findByServiceName(serviceName: string): StoredApplication | null;
  create(): StoredApplication;
  /** @throws {Refusal} an unreadable OAuth profile; nothing changes */
  keep(application: StoredApplication): void;
  /** @throws {Refusal} the one that the emulator itself has */
  remove(application: StoredApplication): void;
}

/** @param first the application that an emulator has, until an administrator replaces it; null: a tenant without any */
export function openApplicationStore(
  settings: Settings,
  directory: Directory,
  applications: Applications,
  first: StoredApplication | null,
): ApplicationStore {
  const written = settings.applications;
  const all = (): readonly StoredApplication[] =>
    first === null || written().some(({ key }) => key === first.key) ? written() : [first, ...written()];
  const serve = (stored: StoredApplication, profile: OAuthProfile): void => {
    const { key } = stored;
    const appId = serviceNameOf(stored);
    // Without an application ID it has no address.
    if (appId === null) applications.remove(key);
    else applications.put({ ...profile, key, appId, permits: (user) => mayRun(stored, user, directory) });
  };
  for (const stored of all()) serve(stored, readKept(stored));
  const keep = (stored: StoredApplication): void => {
    const profile = readOAuthProfile(stored);
    settings.keepApplications([...written().filter(({ key }) => key !== stored.key), stored]);
    serve(stored, profile);
  };
  return {
    all,
    find: (text) =>
      all().find(({ key, document }) => key === text.toLowerCase() || document.Name === text) ?? null,
    findByServiceName: (serviceName) =>
      all().find((stored) => serviceNameOf(stored)?.toLowerCase() === serviceName.toLowerCase()) ?? null,
    create() {
      const created = { key: randomUUID(), document: { Name: 'OAuth2 Client' }, grants: [] };
      keep(created);
      return created;
    },
    keep,
    remove({ key }) {
      if (key === first?.key)
        throw new Refusal(
          'System.InvalidOperationException',
          "The emulator's own application cannot be deleted.",
        );
      settings.keepApplications(written().filter((stored) => stored.key !== key));
      applications.remove(key);
    },
  };
}

/** @throws {CliError} file-unreadable: a state file that no emulator wrote */
function readKept(stored: StoredApplication): OAuthProfile {
  try {
    return readOAuthProfile(stored);
  } catch (cause) {
    throw new CliError('file-unreadable', 'An application in the state file cannot be understood', { cause });
  }
}

/** Whether that user may run it, by name or through a role. */
function mayRun({ grants }: StoredApplication, name: string, directory: Directory): boolean {
  const user = directory.findUser(name);
  if (user === null) return false;
  const ids = [user.uuid, ...directory.rolesOf(user).map(({ id }) => id)];
  return grants.some(({ id, rights }) => ids.includes(id) && rights.includes('Execute'));
}

interface FirstApplicationOptions {
  readonly redirectUris: readonly string[];
  readonly accessTokenSeconds: number;
}

/** The application that every emulator has: for mfa-cli's people and its service user. */
export function firstApplication({
  redirectUris,
  accessTokenSeconds,
}: FirstApplicationOptions): StoredApplication {
  return {
    key: 'c0ffee00-0000-4000-8000-00000000000a',
    document: {
      Name: 'mfa-cli',
      ServiceName: appId,
      Description: 'The application of mfa-cli',
      OAuthProfile: {
        TargetIsUs: true,
        ClientIDType: 0,
        AllowPublic: true,
        AllowedClients: [clientId],
        Redirects: redirectUris,
        TokenType: 'JwtRS256',
        TokenLifetimeString: timeSpan(accessTokenSeconds),
        AllowedAuth: 'AuthorizationCode,ClientCreds',
        AllowRefresh: true,
        RefreshLifetimeString: '30.00:00:00',
        Confirm: true,
        KnownScopes: [
          { Scope: 'all', Description: 'Everything', Mode: 'RestFilter', AllowedRest: ['.*'] },
          {
            Scope: 'apns',
            Description: 'Push certificates',
            Mode: 'RestFilter',
            AllowedRest: ['/?Mobile/(Set|Delete)ApnsCertForClientApp'],
          },
        ],
      },
    },
    grants: [
      ...defaultRoles
        .filter(({ type }) => type === 'Everybody')
        .map(({ id }) => ({ principal: 'Role' as const, id, rights: ['View', 'Execute'] as const })),
      { principal: 'User', id: serviceUser.uuid, rights: ['View', 'Execute'] },
    ],
  };
}

/** As .NET writes it: `0.05:00:00`. */
function timeSpan(seconds: number): string {
  const pad = (number: number): string => String(Math.floor(number)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  return `${days}.${pad((seconds % 86_400) / 3600)}:${pad((seconds % 3600) / 60)}:${pad(seconds % 60)}`;
}
