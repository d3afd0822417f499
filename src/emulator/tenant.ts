import { AccessTokens } from './access-tokens.ts';
import { applicationApis } from './administration/application-apis.ts';
import { redrockApi, type TenantEvent } from './administration/redrock-apis.ts';
import { roleApis } from './administration/role-apis.ts';
import { userApis } from './administration/user-apis.ts';
import { type Api, apiRoute } from './api.ts';
import { ApplicationStore, Applications } from './application-store.ts';
import { builtInApplication } from './applications.ts';
import { type Authentication, openAuthentication } from './authentication/authentication.ts';
import { ConsoleCertificates } from './console/certificates.ts';
import { type EmulatorConsole, openConsole } from './console/console.ts';
import { appId, clientId, Directory } from './directory.ts';
import { Faults, faultApi, withFaults } from './faults.ts';
import { firstApplication } from './first-application.ts';
import { Journal } from './journal.ts';
import { type AuthorizationServer, openAuthorizationServer } from './oauth/authorization-server.ts';
import { administrator, type Passwords, serviceUser, user } from './people.ts';
import { phoneApplication, phoneRoutes } from './phone-page.ts';
import { openPhones, type Phones } from './phones.ts';
import type { AnsweredRequest, ListedRequest, Routing } from './server.ts';
import { mobileApis, type SignInEnds, settingApis, signInApis } from './tenant-apis.ts';
import type { TenantBase, TenantOptions, World } from './world.ts';

/** A name and its password or secret. */
interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The tenant's address, its application and public client, and its default users. */
export interface TenantAddress {
  readonly url: string;
  readonly appId: string;
  readonly clientId: string;
  /** May manage push certificates. */
  readonly administrator: Credentials;
  /** May sign in but nothing else. */
  readonly user: Credentials;
  /** The confidential client for client credentials: its ID and its secret. */
  readonly serviceUser: Credentials;
}

export function addressOf(url: string, passwords: Passwords): TenantAddress {
  return {
    url,
    appId,
    clientId,
    administrator: { user: administrator.user, password: passwords.administrator },
    user: { user: user.user, password: passwords.user },
    serviceUser: { user: serviceUser.user, password: passwords.serviceUser },
  };
}

/** Sign-ins without an application. */
interface SignInCounts {
  /** Sign-ins that are not finished. */
  readonly pending: number;
  /** Valid sessions of such sign-ins. */
  readonly sessions: number;
}

export interface Tenant extends TenantAddress, SignInEnds {
  readonly applications: Applications;
  readonly faults: Faults;
  /** The latest requests, oldest first, at most 1000, without their content. */
  readonly requests: readonly AnsweredRequest[];
  readonly routing: Routing;
  signIns(): SignInCounts;
  /** An address that opens the console without a sign-in, once within a minute. */
  consoleAddress(): string;
}

/** The tenant's own parts, which its APIs and pages are made of. */
interface TenantParts {
  readonly world: World;
  readonly phones: Phones;
  readonly certificates: ConsoleCertificates;
  readonly authorizationServer: AuthorizationServer;
  readonly authentication: Authentication;
  readonly faults: Faults;
  readonly setEvents: Journal<TenantEvent>;
  readonly requests: Journal<ListedRequest>;
  readonly ends: SignInEnds;
}

const maxEntries = 1000;

/**
 * Opens a tenant, which shares only the stand-in for APNs with others.
 * @throws {CliError} file-unreadable
 */
export function openTenant(options: TenantOptions, base: TenantBase, passwords: Passwords): Tenant {
  const world = openWorld(options, base, passwords);
  // The console shows changes, and is opened last: it shows all other parts.
  let emulatorConsole: EmulatorConsole | null = null;
  const parts = openParts(world, () => emulatorConsole?.notifyChanged());
  const apis = apisOf(parts);
  const noteAnswered = (request: AnsweredRequest): void => {
    parts.requests.add({ ...request, at: world.now() });
  };
  const opened = openConsole({ ...world, ...parts, apis, noteAnswered });
  emulatorConsole = opened;
  const { applications, accessTokens } = world;
  const { authentication, authorizationServer, faults, requests, ends } = parts;
  const routes = [
    ...opened.routes,
    ...authorizationServer.routes,
    ...authentication.routes,
    ...phoneRoutes(world.state),
    ...apis.map((api) => withFaults(apiRoute(api, world), faults)),
  ];
  return {
    ...addressOf(world.url, passwords),
    ...ends,
    applications,
    faults,
    requests: requests.entries,
    routing: { routes, noteAnswered },
    signIns: () => ({
      pending: authentication.pendingSignIns().length,
      sessions: accessTokens.items().filter(({ application }) => application === undefined).length,
    }),
    consoleAddress: opened.makeAddress,
  };
}

function openWorld(options: TenantOptions, base: TenantBase, passwords: Passwords): World {
  const { accessTokenSeconds, redirectUris, now } = options;
  const { url, state, assumptions } = base;
  const directory = new Directory(state, assumptions, passwords);
  const first = options.bare === true ? null : firstApplication(redirectUris, accessTokenSeconds);
  const applications = new Applications({
    builtIn: [builtInApplication(accessTokenSeconds, assumptions), phoneApplication(url)],
    stored: new ApplicationStore({ state, first }),
    directory,
    letterCase: assumptions['app-id-case'],
  });
  const accessTokens = new AccessTokens(now);
  return { ...options, ...base, directory, applications, accessTokens };
}

function openParts(world: World, notifyChanged: () => void): TenantParts {
  const { state, apns, accessTokens, now } = world;
  const phones = openPhones(world, notifyChanged);
  const authorizationServer = openAuthorizationServer(world);
  return {
    world,
    phones,
    certificates: new ConsoleCertificates(state, apns.environment, now),
    authorizationServer,
    authentication: openAuthentication(world, phones.sender),
    faults: new Faults(),
    setEvents: new Journal<TenantEvent>(maxEntries),
    requests: new Journal<ListedRequest>(maxEntries, notifyChanged),
    ends: {
      expireAccessTokens: () => accessTokens.forgetAll(),
      revokeSessions() {
        accessTokens.forgetAll();
        authorizationServer.forgetGrants();
      },
    },
  };
}

function apisOf(parts: TenantParts): readonly Api[] {
  const { world, phones, authentication, faults, setEvents, ends } = parts;
  const { state, assumptions, accessTokens } = world;
  return [
    faultApi(faults),
    ...authentication.apis,
    ...userApis(world),
    ...roleApis(world),
    ...applicationApis(world),
    redrockApi(world, () => [...signInEvents(accessTokens), ...setEvents.entries]),
    ...mobileApis(state, assumptions, (clientAppKey, by) =>
      noteCertificate(clientAppKey, by, parts),
    ),
    ...settingApis(state, assumptions),
    ...phones.apis,
    ...signInApis(accessTokens, ends),
  ];
}

function signInEvents(accessTokens: AccessTokens): readonly TenantEvent[] {
  return accessTokens
    .items()
    .map(({ user, issuedAt }) => ({ type: 'Cloud.Core.Login', user, at: new Date(issuedAt) }));
}

/** For the console, and in the tenant's list of events. */
function noteCertificate(clientAppKey: string, by: string, parts: TenantParts): void {
  const { world, certificates, setEvents } = parts;
  certificates.noteWhoSet(clientAppKey, by);
  if (world.assumptions['set-event'] !== 'kept') return;
  setEvents.add({ type: 'Cloud.Mobile.SetApnsCertForClientApp', user: by, at: world.now() });
}
