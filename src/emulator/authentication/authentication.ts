import { type Api, api, type Parameters, parseParameters, readParameters } from '../api.ts';
import { sameName } from '../applications.ts';
import { type Caller, tenantId } from '../directory.ts';
import { badArgument, failureEnvelope, Refusal, successEnvelope } from '../envelope.ts';
import { type Asking, type Exchange, type Route, readBody, sendJson } from '../http.ts';
import type { World } from '../world.ts';
import {
  createFederatedSignIns,
  type FederatedSignIns,
  identityProviderRoutes,
} from './identity-provider.ts';
import {
  createOutOfBands,
  describeMechanism,
  type OutOfBand,
  type OutOfBands,
  passwordAlone,
  passwordOrPush,
  type Ringing,
  rehearsals,
} from './mechanisms.ts';
import { issueSession } from './session-tokens.ts';
import {
  authenticationFailed,
  createSessions,
  type Progress,
  type Session,
  type Sessions,
  type Step,
} from './sessions.ts';

export function createAuthentication(world: World, phones: Ringing) {
  const outOfBands = createOutOfBands(world.autoApprove, world.now, phones);
  const sessions = createSessions(outOfBands, world.now, world.assumptions['push-denied'] === 'said');
  const federated = createFederatedSignIns(world.now);
  return {
    routes: [
      ...authenticationRoutes(world, sessions, federated, phones),
      ...identityProviderRoutes(federated, world),
    ],
    apis: factorApis(outOfBands),
    begun: sessions.items,
  };
}

/** `/emulator`: the phones and mailboxes used to sign in, for that user and for whoever manages devices. */
function factorApis(outOfBands: OutOfBands): readonly Api[] {
  const visible = ({ user, rights }: Caller): readonly OutOfBand[] =>
    outOfBands
      .waiting()
      .filter((waiting) => rights.includes('manage-apns-certificates') || waiting.user.user === user);
  /** That user's newest one, if the caller may see it. @throws {Refusal} */
  const requireWaiting = (caller: Caller, user: string): OutOfBand => {
    const found = visible(caller).findLast((waiting) => sameName(waiting.user.user, user));
    if (found === undefined) throw badArgument('Nothing is waiting for an answer from that user.');
    return found;
  };
  return [
    api('/emulator/factors', null, ({ caller }) =>
      visible(caller).map(({ user, mechanism, code, startedAt }) => ({
        User: user.user,
        Mechanism: mechanism,
        Code: code,
        StartedAt: startedAt.toISOString(),
      })),
    ),
    /** A yes on the phone, or a click on a link. If the phone shows numbers, a wrong one is a no. */
    api('/emulator/approve', null, ({ text, caller }) => {
      const { id, number, mechanism } = requireWaiting(caller, text('User'));
      if (mechanism === 'U2F') throw badArgument('Nobody can press the button of a security key here.');
      const isRight = number === null || text('Number') === number;
      outOfBands.decide(id, isRight);
      return { Verdict: isRight ? 'Approved' : 'Denied' };
    }),
    api('/emulator/deny', null, ({ text, caller }) => {
      outOfBands.decide(requireWaiting(caller, text('User')).id, false);
      return { Verdict: 'Denied' };
    }),
  ];
}

/** `/Security`: a session without an application. */
function authenticationRoutes(
  world: World,
  sessions: Sessions,
  federated: FederatedSignIns,
  phones: Ringing,
): readonly Route[] {
  const describe = (progress: Progress, call: Exchange): object => {
    switch (progress.kind) {
      case 'signed-in':
        return { Summary: 'LoginSuccess', ...issueSession(progress, call, world) };
      case 'next-challenge':
        return { Summary: 'StartNextChallenge' };
      case 'new-package':
        return packageAnswer(progress.session);
      case 'pending': {
        const { number } = progress.outOfBand;
        return { Summary: 'OobPending', ...(number === null ? {} : { GeneratedAuthValue: number }) };
      }
    }
  };

  const answerPin = (sessionId: string, answer: string, call: Exchange): object => {
    const signIn = federated.findBySession(sessionId);
    if (signIn === null) throw authenticationFailed();
    federated.end(signIn);
    if (signIn.pin === null || answer.trim() !== signIn.pin) throw authenticationFailed();
    return { Summary: 'LoginSuccess', ...issueSession(signIn, call, world) };
  };

  return [
    openRoute('/Security/StartAuthentication', ({ text, value, request }) => {
      const name = text('User');
      if (text('Version') !== '1.0') throw badArgument('The version of the API is not supported.');
      const pod = otherPod(name, request);
      if (pod !== null) return { PodFqdn: pod };
      const isRenewable = value('PlatformTokenResponse') === true;
      const user = world.directory.findPerson(name);
      const kind = rehearsals.find((rehearsal) => rehearsal.user === user?.user);
      if (user !== null && kind !== undefined && 'identityProvider' in kind) {
        const wantsPin = kind.identityProvider === 'pin';
        return federatedAnswer(federated.start(user, { wantsPin, isRenewable }), world.url, request);
      }
      const hasPhone = user !== null && phones.isReachable(user.user);
      const usual = hasPhone ? passwordOrPush : passwordAlone;
      const packages = kind !== undefined && 'packages' in kind ? kind.packages : usual;
      return packageAnswer(sessions.start(user, packages, isRenewable));
    }),
    openRoute('/Security/AdvanceAuthentication', (call) => {
      const sessionId = call.text('SessionId');
      const step = readStep(call);
      return step.mechanismId === 'OOBAUTHPIN'
        ? answerPin(sessionId, step.answer, call)
        : describe(sessions.advance(sessionId, step), call);
    }),
    openRoute('/Security/OobAuthStatus', (call) => {
      const signIn = federated.findBySession(call.text('SessionId'));
      if (signIn === null) throw authenticationFailed();
      if (!signIn.signedIn || signIn.wantsPin) return { State: 'Pending' };
      federated.end(signIn);
      return { State: 'Success', ...issueSession(signIn, call, world) };
    }),
    openRoute('/Security/CleanupAuthentication', ({ text }) => sessions.end(text('SessionId'))),
  ];
}

/** Where somebody signs in with their company's identity provider. */
function federatedAnswer(
  { shortId, sessionId, wantsPin }: ReturnType<FederatedSignIns['start']>,
  url: string,
  { headers }: Asking,
): object {
  const address = `${url}/emulator/idp/${shortId}`;
  const plain = { IdpRedirectUrl: address, TenantId: tenantId };
  // A client that does not say that it can wait for a browser cannot.
  if (String(headers.oobidpauth).toLowerCase() !== 'true') return plain;
  return {
    ...plain,
    IdpRedirectShortUrl: address,
    IdpShortUrlId: shortId,
    IdpLoginSessionId: sessionId,
    IdpOobAuthPinRequired: wantsPin,
  };
}

/** The host to which the tenant sends somebody who used another of its names, or null. */
function otherPod(name: string, { headers }: Asking): string | null {
  const isElsewhere = rehearsals.some(
    ({ user, elsewhere }) => elsewhere === true && user === name.toLowerCase(),
  );
  const host = headers.host ?? '';
  if (!isElsewhere || /^(localhost|pod\.)/.test(host)) return null;
  return host.startsWith('tenant-') ? `pod.${host}` : host.replace('127.0.0.1', 'localhost');
}

function readStep({ text, value }: Parameters): Step {
  const given = text('Action').toLowerCase();
  // Starting again is starting.
  const name = given === 'retryoob' ? 'startoob' : given;
  const action = (['Answer', 'StartOOB', 'Poll'] as const).find((known) => known.toLowerCase() === name);
  if (action === undefined) throw authenticationFailed();
  const answer = value('Answer');
  return { action, mechanismId: text('MechanismId'), answer: typeof answer === 'string' ? answer : '' };
}

/** The address of an API that anybody may call, in the envelope. @param call gives `Result` @throws {Refusal} */
function openRoute(path: string, call: (call: Parameters & Exchange) => unknown): Route {
  return {
    method: 'POST',
    path,
    async answer(request, response) {
      const body = await readBody(request);
      try {
        const result = await call({ ...readParameters(parseParameters(body)), request, response });
        sendJson(response, 200, successEnvelope(result ?? null));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        sendJson(response, error.status, failureEnvelope(error));
      }
    },
  };
}

/** The members of `Result` that say what is to be proved. */
function packageAnswer({ id, user, challenges }: Session): object {
  return {
    Summary: 'NewPackage',
    Version: '1.0',
    SessionId: id,
    TenantId: tenantId,
    EventDescription: null,
    RetryWaitingTime: 0,
    SecurityImageName: null,
    AllowLoginMfaCache: false,
    ClientHints: {
      PersistDefault: false,
      AllowPersist: false,
      AllowForgotPassword: false,
      EndpointAuthenticationEnabled: false,
    },
    Challenges: challenges.map((offered) => ({
      Mechanisms: offered.map((mechanism) => describeMechanism(mechanism.name, mechanism.id, user)),
    })),
  };
}
