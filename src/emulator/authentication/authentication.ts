import type { IncomingMessage } from 'node:http';
import { type Api, api, type Call } from '../api.ts';
import { sameName } from '../applications.ts';
import { type Caller, tenantId } from '../directory.ts';
import { badArgument } from '../envelope.ts';
import type { Exchange, Route } from '../http.ts';
import type { Parameters } from '../parameters.ts';
import { type Package, rehearsals, type User } from '../people.ts';
import type { World } from '../world.ts';
import {
  type FederatedSignIn,
  FederatedSignIns,
  identityProviderRoutes,
} from './federated-sign-ins.ts';
import { issueSession } from './issue-session.ts';
import {
  authenticationFailed,
  type OutOfBand,
  type ProvedUser,
  Sessions,
  type Step,
  type UserPhones,
} from './sessions.ts';

/** Signing in without an application. */
export interface Authentication {
  readonly routes: readonly Route[];
  readonly apis: readonly Api[];
  /** The sign-ins that are not finished. */
  pendingSignIns(): readonly unknown[];
}

/** The sign-ins in progress, and all that they need. */
interface SignIns {
  readonly world: World;
  readonly phones: UserPhones;
  readonly sessions: Sessions;
  readonly federated: FederatedSignIns;
}

export function openAuthentication(world: World, phones: UserPhones): Authentication {
  const sessions = new Sessions(world, phones);
  const federated = new FederatedSignIns(world.now);
  const signIns: SignIns = { world, phones, sessions, federated };
  return {
    routes: identityProviderRoutes(federated, world),
    apis: [...signInApis(signIns), ...factorApis(sessions)],
    pendingSignIns: () => sessions.items(),
  };
}

function signInApis(signIns: SignIns): readonly Api[] {
  const { sessions } = signIns;
  return [
    api('/Security/StartAuthentication', 'open', (call) => startSignIn(call, signIns)),
    api('/Security/AdvanceAuthentication', 'open', (call) => advanceSignIn(call, signIns)),
    api('/Security/OobAuthStatus', 'open', (call) => federatedStatus(call, signIns)),
    api('/Security/CleanupAuthentication', 'open', ({ parameters }) =>
      sessions.end(parameters.text('SessionId')),
    ),
  ];
}

function startSignIn({ parameters, request }: Call, signIns: SignIns): object {
  const { world, sessions, federated } = signIns;
  const name = parameters.text('User');
  if (parameters.text('Version') !== '1.0')
    throw badArgument('The version of the API is not supported.');
  const otherHost = otherHostFor(name, request);
  if (otherHost !== null) return { PodFqdn: otherHost };
  const isRenewable = parameters.value('PlatformTokenResponse') === true;
  const user = world.directory.findPerson(name);
  const rehearsal = rehearsals.find((known) => known.user === user?.user);
  if (user !== null && rehearsal?.identityProvider !== undefined) {
    const needsPin = rehearsal.identityProvider === 'pin';
    const signIn = federated.start({ user, isRenewable }, needsPin);
    return federatedAnswer(signIn, world.url, request);
  }
  const packages = rehearsal?.packages ?? packagesFor(user, signIns.phones);
  return sessions.start(user, packages, isRenewable);
}

/**
 * Users with a phone may use it instead of the password. All others, even unknown names,
 * get the password, so that names cannot be guessed.
 */
function packagesFor(user: User | null, phones: UserPhones): readonly Package[] {
  const hasPhone = user !== null && phones.isReachable(user.user);
  return [[hasPhone ? ['OTP', 'UP'] : ['UP']]];
}

/** The other host of the tenant, for users who sign in there; null: they sign in here. */
function otherHostFor(name: string, { headers }: IncomingMessage): string | null {
  const usesOtherHost = rehearsals.some(
    (rehearsal) => rehearsal.usesOtherHost && rehearsal.user === name.toLowerCase(),
  );
  const host = headers.host ?? '';
  if (!usesOtherHost || /^(localhost|pod\.)/.test(host)) return null;
  return host.startsWith('tenant-') ? `pod.${host}` : host.replace('127.0.0.1', 'localhost');
}

function federatedAnswer(
  { shortId, sessionId, pin }: FederatedSignIn,
  url: string,
  { headers }: IncomingMessage,
): object {
  const address = `${url}/emulator/idp/${shortId}`;
  const answer = { IdpRedirectUrl: address, TenantId: tenantId };
  // Only clients that say so can wait for a browser.
  if (String(headers.oobidpauth).toLowerCase() !== 'true') return answer;
  return {
    ...answer,
    IdpRedirectShortUrl: address,
    IdpShortUrlId: shortId,
    IdpLoginSessionId: sessionId,
    IdpOobAuthPinRequired: pin !== null,
  };
}

function advanceSignIn(call: Call, signIns: SignIns): object {
  const { world, sessions } = signIns;
  const sessionId = call.parameters.text('SessionId');
  const step = readStep(call.parameters);
  if (step.mechanismId === 'OOBAUTHPIN')
    return success(proveByPin(sessionId, step.answer, signIns), call, world);
  const progress = sessions.advance(sessionId, step);
  return 'result' in progress ? progress.result : success(progress, call, world);
}

function success(proved: ProvedUser, exchange: Exchange, world: World): object {
  return { Summary: 'LoginSuccess', ...issueSession(proved, exchange, world) };
}

const actions = ['Answer', 'StartOOB', 'Poll'] as const;

function readStep(parameters: Parameters): Step {
  const given = parameters.text('Action').toLowerCase();
  // A retry is a new start.
  const name = given === 'retryoob' ? 'startoob' : given;
  const action = actions.find((known) => known.toLowerCase() === name);
  if (action === undefined) throw authenticationFailed();
  const answer = parameters.value('Answer');
  return {
    action,
    mechanismId: parameters.text('MechanismId'),
    answer: typeof answer === 'string' ? answer : '',
  };
}

/** Ends the sign-in of a browser by its PIN, which is valid once. @throws {Refusal} */
function proveByPin(sessionId: string, pin: string, { federated }: SignIns): ProvedUser {
  const signIn = requireFederated(sessionId, federated);
  federated.end(signIn);
  if (!signIn.isSignedIn || pin.trim() !== signIn.pin) throw authenticationFailed();
  return signIn;
}

/** Whether the browser has signed in; a sign-in with a PIN ends by the PIN. */
function federatedStatus(call: Call, { federated, world }: SignIns): object {
  const signIn = requireFederated(call.parameters.text('SessionId'), federated);
  if (!signIn.isSignedIn || signIn.pin !== null) return { State: 'Pending' };
  federated.end(signIn);
  return { State: 'Success', ...issueSession(signIn, call, world) };
}

function requireFederated(sessionId: string, federated: FederatedSignIns): FederatedSignIn {
  const signIn = federated.findBySession(sessionId);
  if (signIn === null) throw authenticationFailed();
  return signIn;
}

/** `/emulator`: the phones and mailboxes for signing in. */
function factorApis(sessions: Sessions): readonly Api[] {
  return [
    api('/emulator/factors', 'signed-in', ({ caller }) =>
      visibleTo(caller, sessions).map(({ user, mechanism, code }) => ({
        User: user.user,
        Mechanism: mechanism,
        Code: code,
      })),
    ),
    api('/emulator/approve', 'signed-in', (call) => approve(call, sessions)),
  ];
}

/** The requests of the user; device managers see those of all users. */
function visibleTo({ user, rights }: Caller, sessions: Sessions): readonly OutOfBand[] {
  const isManager = rights.includes('manage-apns-certificates');
  return sessions.waiting().filter((request) => isManager || request.user.user === user);
}

/**
 * Approves on the phone, or clicks a link. If the phone asks for a number, a wrong one
 * denies.
 */
function approve({ parameters, caller }: Call, sessions: Sessions): object {
  const name = parameters.text('User');
  // The newest one that the caller may see.
  const newest = visibleTo(caller, sessions).findLast(({ user }) => sameName(user.user, name));
  if (newest === undefined)
    throw badArgument('No request is waiting for an answer from that user.');
  const isApproved = newest.number === null || parameters.text('Number') === newest.number;
  newest.verdict = isApproved ? 'approved' : 'denied';
  return { Verdict: isApproved ? 'Approved' : 'Denied' };
}
