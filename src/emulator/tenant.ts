import { createAccessTokens } from './access-tokens.ts';
import { roleApis, userApis } from './administration/administration.ts';
import { applicationApis } from './administration/application-apis.ts';
import { redrockApi, type TenantEvent } from './administration/redrock-apis.ts';
import { apiRoute } from './api.ts';
import { firstApplication, openApplications } from './application-store.ts';
import { builtInApplication } from './applications.ts';
import { createAuthentication } from './authentication/authentication.ts';
import { createJournal } from './bounded.ts';
import { openSetCertificates } from './console/certificates.ts';
import { createConsole } from './console/console.ts';
import { appId, clientId, openDirectory } from './directory.ts';
import { createFaults, faultApi, withFaults } from './faults.ts';
import { createAuthorizationServer } from './oauth/authorization-server.ts';
import { administrator, type Passwords, serviceUser, user } from './people.ts';
import { phoneApplication, phoneRoutes } from './phone-page.ts';
import { createPhones } from './phones.ts';
import type { AnsweredRequest } from './server.ts';
import { mobileApis, type SignInEnds, settingApis, signInApis } from './tenant-apis.ts';
import type { TenantOptions, World } from './world.ts';

type TenantParts = Pick<
  World,
  'url' | 'settings' | 'assumptions' | 'apns' | 'signingKey' | 'peerOf'
> & {
  readonly passwords: Passwords;
};

const requestsKept = 1000;

/** The tenant's address, its application and public client, and its default users. */
export function addressOf(url: string, passwords: Passwords) {
  return {
    url,
    appId,
    clientId,
    /** May manage push certificates. */
    administrator: { user: administrator.user, password: passwords.administrator },
    /** May sign in but nothing else. */
    user: { user: user.user, password: passwords.user },
    /** Confidential client for client credentials: `user` is the client ID, `password` its secret. */
    serviceUser: { user: serviceUser.user, password: passwords.serviceUser },
  };
}

export type Tenant = ReturnType<typeof createTenant>;

/** A tenant; it shares only the stand-in for APNs with others. @throws {CliError} file-unreadable */
export function createTenant(options: TenantOptions, { passwords, ...parts }: TenantParts) {
  const { accessTokenSeconds, now } = options;
  const { url, settings, assumptions, apns } = parts;
  const directory = openDirectory(settings, assumptions, passwords);
  const first =
    options.bare === true ? null : firstApplication(options.redirectUris, accessTokenSeconds);
  const applications = openApplications(
    [builtInApplication(accessTokenSeconds, assumptions), phoneApplication(url)],
    first,
    { settings, directory, letterCase: assumptions['app-id-case'] },
  );
  const accessTokens = createAccessTokens(now);
  const world: World = { ...options, ...parts, directory, applications, accessTokens };
  const noted = (): void => emulatorConsole.noted();
  const phones = createPhones(world, noted);
  const certificates = openSetCertificates(settings, apns.environment, now);
  const authorizationServer = createAuthorizationServer(world);
  const authentication = createAuthentication(world, phones.ring);
  const ends: SignInEnds = {
    expireAccessTokens: accessTokens.forgetAll,
    revokeSessions() {
      accessTokens.forgetAll();
      authorizationServer.forgetGrants();
    },
  };
  const signIns = (): readonly TenantEvent[] =>
    accessTokens
      .items()
      .map(({ user, issuedAt }) => ({ type: 'Cloud.Core.Login', user, at: new Date(issuedAt) }));
  const setEvents = createJournal<TenantEvent>(requestsKept);
  const noteSet: typeof certificates.noteSet = (clientAppKey, by) => {
    certificates.noteSet(clientAppKey, by);
    const event = { type: 'Cloud.Mobile.SetApnsCertForClientApp', user: by, at: now() };
    if (assumptions['set-event'] === 'kept') setEvents.add(event);
  };
  const faults = createFaults();
  const apis = [
    faultApi(faults),
    ...authentication.apis,
    ...userApis(world),
    ...roleApis(world),
    ...applicationApis(world),
    redrockApi(world, () => [...signIns(), ...setEvents.entries]),
    ...mobileApis(settings, assumptions, noteSet),
    ...settingApis(settings, assumptions),
    ...phones.apis,
    ...signInApis(accessTokens, ends),
  ];
  const requests = createJournal<AnsweredRequest & { readonly at: Date }>(requestsKept, noted);
  const answered = (request: AnsweredRequest): void => void requests.add({ ...request, at: now() });
  const emulatorConsole = createConsole({
    ...world,
    certificates,
    phones,
    requests,
    apis,
    answered,
  });
  return {
    ...addressOf(url, passwords),
    applications,
    faults,
    /** The latest requests, oldest first, at most 1000, without their content. */
    requests: requests.entries as readonly AnsweredRequest[],
    serving: {
      routes: [
        ...emulatorConsole.routes,
        ...authorizationServer.routes,
        ...authentication.routes,
        ...phoneRoutes(settings),
        ...apis.map((api) => withFaults(apiRoute(api, world), faults)),
      ],
      answered,
    },
    /** The number of unfinished sign-ins without an application, and of valid sessions of such sign-ins. */
    signIns: () => ({
      begun: authentication.begun().length,
      sessions: accessTokens.items().filter(({ application }) => application === undefined).length,
    }),
    /** An address that opens the console in a browser without a sign-in, once within a minute. */
    consoleAddress: emulatorConsole.address,
    ...ends,
  };
}
