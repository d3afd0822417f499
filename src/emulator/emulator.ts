import { type Assumptions, usualAssumptions } from '../assumptions.ts';
import { CliError } from '../errors.ts';
import { lockFile } from '../files/lock-file.ts';
import { createAccessTokens } from './access-tokens.ts';
import { administrationApis } from './administration/administration.ts';
import { openApplicationStore } from './administration/application-store.ts';
import { firstApplication } from './administration/first-application.ts';
import { apiRoute } from './api.ts';
import { type Applications, builtInApplication, createApplications } from './applications.ts';
import { createAuthentication } from './authentication/authentication.ts';
import { appId, clientId, type EmulatorAccount, openDirectory } from './directory.ts';
import { mobileApis } from './mobile.ts';
import { createAuthorizationServer } from './oauth/authorization-server.ts';
import { makePasswords, type Passwords } from './passwords.ts';
import { administrator, serviceUser, user } from './people.ts';
import { type ApnsOptions, type Phones, startPhones } from './phones.ts';
import { securityApis } from './security.ts';
import { type AnsweredRequest, openServer } from './server.ts';
import { openSettings } from './settings.ts';
import { aboutRoute, tenantConfigApis } from './tenant-settings.ts';

/** A local tenant on loopback that answers like CyberArk Identity. */
export interface EmulatorOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** JSON file that keeps the tenant's settings across restarts; null keeps them in memory. */
  readonly stateFile: string | null;
  /** Signs in the administrator, or the user in `login_hint`, without a page: an authorization request gets a code at once. */
  readonly autoApprove: boolean;
  /** Registered redirect URIs, compared as strings, port included. */
  readonly redirectUris: readonly string[];
  /** Lifetime of access tokens in seconds. */
  readonly accessTokenSeconds: number;
  /** Of the default people; generated at each start by default. */
  readonly passwords?: Passwords;
  /** How it handles what the vendor does not document; the likelier way by default. */
  readonly assumptions?: Partial<Assumptions>;
  /** The stand-in for APNs; by default on a free port, for production, and open to every client certificate. */
  readonly apns?: Partial<ApnsOptions>;
  /** For access tokens at API calls, one-time passwords, challenges and push certificates; the tokens' own claims follow the machine's clock. */
  now(): Date;
}

export interface Emulator {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Application ID and public client ID. */
  readonly appId: string;
  readonly clientId: string;
  /** May manage push certificates. */
  readonly administrator: EmulatorAccount;
  /** May sign in but nothing else. */
  readonly user: EmulatorAccount;
  /** Confidential client for client credentials: `user` is the client ID, `password` its secret. */
  readonly serviceUser: EmulatorAccount;
  /** Its OAuth applications; one put here works at once. */
  readonly applications: Applications;
  /** The stand-in for APNs. */
  readonly apns: Phones['apns'];
  /** The latest requests, oldest first, at most 1000, without their content. */
  readonly requests: readonly AnsweredRequest[];
  /** From then on no access token issued so far is valid; refresh tokens are. */
  expireAccessTokens(): void;
  /** From then on nothing issued so far is valid. */
  revokeSessions(): void;
  close(): Promise<void>;
}

const requestsKept = 1000;

/** Starts a tenant on 127.0.0.1. @throws {CliError} usage (a port, a redirect URI), file-unreadable, file-unwritable */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  for (const uri of options.redirectUris) requireRedirectUri(uri);
  const unlock = options.stateFile === null ? () => {} : lockState(options.stateFile);
  try {
    return await start(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Keeps a second emulator from overwriting the state. @throws {CliError} file-unwritable */
function lockState(file: string): () => void {
  return lockFile(file, {
    unlockable: `The state file ${file} cannot be locked`,
    held: (holder, lock) => `Another emulator${holder} keeps its state in ${file}: ${lock} is there`,
  });
}

/** @param closed called once it is closed */
async function start(options: EmulatorOptions, closed: () => void): Promise<Emulator> {
  const assumptions = { ...usualAssumptions, ...options.assumptions };
  const passwords = options.passwords ?? makePasswords();
  const settings = openSettings(options.stateFile);
  const directory = openDirectory(settings, assumptions, passwords);
  const applications = createApplications(assumptions, [
    builtInApplication(options.accessTokenSeconds, assumptions),
  ]);
  const store = openApplicationStore(settings, directory, applications, firstApplication(options));
  const server = await openServer(options.port);
  const { url } = server;
  const phones = await startPhones(settings, directory, options.apns ?? {}, assumptions, options.now).catch(
    async (error) => {
      await server.close();
      throw error;
    },
  );
  const accessTokens = createAccessTokens(options.now);
  const { accessTokenSeconds, now } = options;
  // The user in the hint, or the administrator without one; if there is no such user, the page has to ask.
  const approve = (loginHint: string | null): string | null =>
    directory.findPerson(loginHint ?? administrator.user)?.user ?? null;
  const authorizationServer = await createAuthorizationServer(
    { url, applications, directory, accessTokens, assumptions, now },
    { autoApprove: options.autoApprove ? approve : null, accessTokenSeconds },
  );
  const authentication = createAuthentication({
    ...options,
    url,
    directory,
    accessTokens,
    assumptions,
    signingKey: authorizationServer.signingKey,
  });
  const apis = [
    ...authentication.apis,
    ...administrationApis({ settings, directory, store, locks: authentication.locks, assumptions }),
    ...securityApis(accessTokens),
    ...mobileApis(settings, assumptions),
    ...tenantConfigApis(settings, assumptions),
    ...phones.apis,
  ];
  const requests: AnsweredRequest[] = [];
  server.serve(
    [
      ...authorizationServer.routes,
      ...authentication.routes,
      aboutRoute,
      ...phones.routes,
      ...apis.map((api) => apiRoute(api, accessTokens, directory, assumptions)),
    ],
    (request) => {
      requests.push(request);
      if (requests.length > requestsKept) requests.shift();
    },
  );
  return {
    url,
    appId,
    clientId,
    administrator: { user: administrator.user, password: passwords.administrator },
    user: { user: user.user, password: passwords.user },
    serviceUser: { user: serviceUser.user, password: passwords.serviceUser },
    applications,
    apns: phones.apns,
    requests,
    expireAccessTokens: () => accessTokens.forgetAll(),
    revokeSessions() {
      accessTokens.forgetAll();
      authentication.forgetSessions();
      authorizationServer.forgetGrants();
    },
    close: async () => {
      await Promise.all([server.close(), phones.close()]);
      closed();
    },
  };
}

/** RFC 6749 §3.1.2: an absolute URI without a fragment; here it must be a web address. */
function requireRedirectUri(uri: string): void {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || uri.includes('#')) {
    throw new CliError('usage', `"${uri}" is not a valid redirect URI`);
  }
}
