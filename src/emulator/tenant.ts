import { type KeyObject, randomUUID } from 'node:crypto';
import { administrationApis } from './administration/administration.ts';
import { firstApplication, openApplicationStore } from './administration/application-apis.ts';
import { type Api, api, apiRoute } from './api.ts';
import { type Applications, builtInApplication, createApplications } from './applications.ts';
import type { Assumptions } from './assumptions.ts';
import { createAuthentication } from './authentication/authentication.ts';
import { createAccessTokens } from './authentication/session-tokens.ts';
import { createJournal } from './bounded.ts';
import { openSetCertificates } from './console/certificates.ts';
import { createConsole } from './console/console.ts';
import type { Watched } from './console/state.ts';
import { appId, clientId, type EmulatorAccount, openDirectory } from './directory.ts';
import { failureEnvelope, missingRight, Refusal, successEnvelope, tooManyScripted } from './envelope.ts';
import { type Answering, type Asking, type Route, readBody, sendJson } from './http.ts';
import { createAuthorizationServer } from './oauth/authorization-server.ts';
import { administrator, type Passwords, serviceUser, user } from './people.ts';
import { phoneApplication, phoneRoutes } from './phone-page.ts';
import { type Apns, createPhones } from './phones.ts';
import type { AnsweredRequest, Serving } from './server.ts';
import type { Settings } from './settings.ts';
import { aboutRoute, mobileApis, type SignInEnds, settingApis, signInApis } from './tenant-apis.ts';

/** What a tenant is, wherever it is. */
export interface TenantOptions {
  /** Signs in the administrator, or the user in `login_hint`, without a page: an authorization request gets a code at once. */
  readonly autoApprove: boolean;
  /** Registered redirect URIs, compared as strings, port included. */
  readonly redirectUris: readonly string[];
  /** Whether it has no application of mfa-cli, like a tenant that nobody has made ready. */
  readonly bare?: boolean;
  /** Lifetime of access tokens in seconds. */
  readonly accessTokenSeconds: number;
  /** For access tokens at API calls, one-time passwords, challenges and push certificates; the tokens' own claims follow the machine's clock. */
  now(): Date;
}

/** What it has from the emulator that it is in. */
interface TenantParts {
  readonly url: string;
  readonly settings: Settings;
  readonly passwords: Passwords;
  readonly assumptions: Assumptions;
  readonly apns: Apns;
  readonly signingKey: KeyObject;
}

/** Where a tenant is and who can sign in to it. */
export interface TenantAddress {
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
}

/** A tenant that answers requests. */
export interface Tenant extends TenantAddress, SignInEnds {
  /** Its OAuth applications; one put here works at once. */
  readonly applications: Applications;
  /** What goes wrong with calls of its APIs. */
  readonly faults: Faults;
  /** The latest requests, oldest first, at most 1000, without their content. */
  readonly requests: readonly AnsweredRequest[];
  readonly serving: Serving;
  /** An address that opens its console in a browser without a sign-in: once, and within a minute. */
  consoleAddress(): string;
}

const requestsKept = 1000;

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

/** A tenant with everything of its own but the stand-in for APNs. @throws {CliError} file-unreadable */
export function createTenant(options: TenantOptions, parts: TenantParts): Tenant {
  const { accessTokenSeconds, now } = options;
  const { url, settings, passwords, assumptions, apns, signingKey } = parts;
  const directory = openDirectory(settings, assumptions, passwords);
  const applications = createApplications(assumptions, [
    builtInApplication(accessTokenSeconds, assumptions),
    phoneApplication(url, accessTokenSeconds),
  ]);
  const first = options.bare === true ? null : firstApplication(options);
  const store = openApplicationStore(settings, directory, applications, first);
  const noted = (): void => emulatorConsole.noted();
  const phones = createPhones(settings, directory, apns, assumptions, { now, noted });
  const certificates = openSetCertificates(settings, apns.environment, now);
  const accessTokens = createAccessTokens(now);
  // The user in the hint, or the administrator without one; if there is no such user, the page has to ask.
  const approve = (loginHint: string | null): string | null =>
    directory.findPerson(loginHint ?? administrator.user)?.user ?? null;
  const authorizationServer = createAuthorizationServer(
    { url, applications, directory, accessTokens, assumptions, now },
    { autoApprove: options.autoApprove ? approve : null, accessTokenSeconds, signingKey },
  );
  const authentication = createAuthentication({
    ...options,
    url,
    directory,
    accessTokens,
    assumptions,
    signingKey,
  });
  const ends: SignInEnds = {
    expireAccessTokens: () => accessTokens.forgetAll(),
    revokeSessions() {
      accessTokens.forgetAll();
      authentication.forgetSessions();
      authorizationServer.forgetGrants();
    },
  };
  const faults = createFaults();
  const apis = [
    faultApi(faults),
    ...authentication.apis,
    ...administrationApis({ settings, directory, store, assumptions }),
    ...mobileApis(settings, assumptions, certificates.noteSet),
    ...settingApis(settings, assumptions),
    ...phones.apis,
    ...signInApis(accessTokens, ends),
  ];
  const requests: Watched['requests'] = createJournal(requestsKept, noted);
  const answered = (request: AnsweredRequest): void => requests.add({ ...request, at: now() });
  const emulatorConsole = createConsole({
    ...{ url, settings, directory, certificates, phones, requests, apns, accessTokens, assumptions, apis },
    ...{ run: randomUUID(), autoApprove: options.autoApprove, answered, now },
  });
  return {
    ...addressOf(url, passwords),
    applications,
    faults,
    requests: requests.entries,
    serving: {
      routes: [
        ...emulatorConsole.routes,
        ...authorizationServer.routes,
        ...authentication.routes,
        aboutRoute,
        ...phones.routes,
        ...phoneRoutes(settings),
        ...apis.map((api) => withFaults(apiRoute(api, accessTokens, directory, assumptions), faults)),
      ],
      answered,
    },
    consoleAddress: emulatorConsole.address,
    ...ends,
  };
}

/** What can go wrong with a call. */
const faultKinds = [
  /** Refused for want of a right. */
  'forbidden',
  /** Refused for another reason. */
  'refused',
  /** Answered with success, and not done. */
  'ignored',
  /** The connection ends, and nothing was done. */
  'lost',
  /** It is done, and the connection ends before the answer. */
  'unanswered',
  /** Nothing was done, and no answer ever comes. */
  'silent',
] as const;
type FaultKind = (typeof faultKinds)[number];

/** How many can wait. */
const mostScripted = 1000;

/** Faults of the tenant's calls, for what no client can provoke by itself. */
export interface Faults {
  /**
   * The next calls of a path go wrong, or with `times` 0 no more.
   * @param path in any letter case
   * @returns whether there was room for them
   */
  add(path: string, kind: FaultKind, times?: number): boolean;
  /** From the call on that is the n-th from now, all go wrong: as if the client were gone. */
  addFrom(nth: number, kind: 'lost' | 'unanswered'): void;
  /** From then on nothing goes wrong. */
  clear(): void;
  /** The fault of a call that is made now, or null. */
  next(path: string): FaultKind | null;
}

export function createFaults(): Faults {
  let scripted: { readonly path: string; readonly kind: FaultKind }[] = [];
  let ending: { left: number; readonly kind: 'lost' | 'unanswered' } | null = null;
  return {
    add(path, kind, times = 1) {
      const name = path.toLowerCase();
      if (times === 0) scripted = scripted.filter((fault) => fault.path !== name);
      if (scripted.length + times > mostScripted) return false;
      scripted.push(...Array.from({ length: times }, () => ({ path: name, kind })));
      return true;
    },
    addFrom(nth, kind) {
      ending = { left: nth, kind };
    },
    clear() {
      scripted = [];
      ending = null;
    },
    next(path) {
      if (ending !== null && --ending.left <= 0) {
        // Only the first of them may still have been done.
        return ending.left === 0 ? ending.kind : 'lost';
      }
      const at = scripted.findIndex((fault) => fault.path === path.toLowerCase());
      return at === -1 ? null : (scripted.splice(at, 1)[0]?.kind ?? null);
    },
  };
}

/** No path of a call is longer. */
const longestPath = 300;

/** `/emulator/fault`: lets the next calls of a path go wrong. */
function faultApi(faults: Faults): Api {
  return api('/emulator/fault', 'manage-tenant', (call) => {
    const given = call.text('Fault');
    const kind = faultKinds.find((known) => known === given);
    if (kind === undefined)
      throw new Refusal('System.ArgumentException', `Fault must be one of ${faultKinds.join(', ')}.`);
    const times = call.integer('Times', { least: 0, most: mostScripted, otherwise: 1 });
    if (!faults.add(call.shortText('Path', longestPath), kind, times))
      throw tooManyScripted(mostScripted, 'faults');
  });
}

/** The address of an API whose calls can go wrong. */
function withFaults(route: Route, faults: Faults): Route {
  return {
    ...route,
    async answer(request, response) {
      const kind = faults.next(route.path);
      if (kind === null) return route.answer(request, response);
      if (kind === 'unanswered') {
        response.end = () => response.destroy();
        return route.answer(request, response);
      }
      await goWrong(kind, route.path, request, response);
    },
  };
}

async function goWrong(
  kind: Exclude<FaultKind, 'unanswered'>,
  path: string,
  request: Asking,
  response: Answering,
): Promise<void> {
  await readBody(request);
  switch (kind) {
    case 'lost':
      return void response.destroy();
    case 'silent':
      return;
    case 'ignored':
      return sendJson(response, 200, successEnvelope(plausible[path.toLowerCase()]?.() ?? null));
    case 'forbidden':
      return sendJson(response, 200, failureEnvelope(missingRight()));
    case 'refused':
      return sendJson(
        response,
        200,
        failureEnvelope(
          new Refusal('System.InvalidOperationException', 'The emulator was told to refuse this.'),
        ),
      );
  }
}

/** What a call would give that had been done. */
const plausible: Readonly<Record<string, () => unknown>> = {
  '/saasmanage/importappfromtemplate': () => [
    { success: true, ID: 'OAuth2ServerClient', _RowKey: randomUUID() },
  ],
  '/saasmanage/updateapplicationde': () => ({ State: 0 }),
  '/roles/storerole': () => ({ _RowKey: randomUUID().replaceAll('-', '_') }),
  '/cdirectoryservice/createuser': () => randomUUID(),
};
