import { type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { type Api, api, type Parameters } from '../api.ts';
import { sameName, sessionApis } from '../applications.ts';
import { createShelf } from '../bounded.ts';
import type { Ring } from '../challenges.ts';
import { type Caller, tenantId } from '../directory.ts';
import { badArgument } from '../envelope.ts';
import {
  type Asking,
  cookie,
  type Exchange,
  type Route,
  readBody,
  sendPage,
  sessionCookie,
} from '../http.ts';
import { errorPage, identityProviderPage, signedInPage } from '../pages.ts';
import { rehearsals } from '../people.ts';
import type { World } from '../world.ts';
import {
  authenticationFailed,
  createSessions,
  digits,
  type OutOfBand,
  type Proved,
  type Step,
} from './sessions.ts';

/** Signing in without an application. */
export function createAuthentication(world: World, phones: Omit<Ring, 'ask'>) {
  const sessions = createSessions(world, phones);
  const federated = createFederatedSignIns(world.now);
  const success = (proved: Proved, exchange: Exchange): object => ({
    ...{ Summary: 'LoginSuccess', ...issueSession(proved, exchange, world) },
  });
  const requireFederated = (sessionId: string) => {
    const signIn = federated.findBySession(sessionId);
    if (signIn === null) throw authenticationFailed();
    return signIn;
  };
  const answerPin = (sessionId: string, answer: string, exchange: Exchange): object => {
    const signIn = requireFederated(sessionId);
    federated.end(signIn);
    if (!signIn.signedIn || answer.trim() !== signIn.pin) throw authenticationFailed();
    return success(signIn, exchange);
  };
  const apis = [
    api('/Security/StartAuthentication', 'open', ({ text, value, request }) => {
      const name = text('User');
      if (text('Version') !== '1.0') throw badArgument('The version of the API is not supported.');
      const pod = otherPod(name, request);
      if (pod !== null) return { PodFqdn: pod };
      const isRenewable = value('PlatformTokenResponse') === true;
      const user = world.directory.findPerson(name);
      const kind = rehearsals.find((rehearsal) => rehearsal.user === user?.user);
      if (user !== null && kind?.identityProvider !== undefined) {
        const signIn = federated.start({ user, isRenewable }, kind.identityProvider === 'pin');
        return federatedAnswer(signIn, world.url, request);
      }
      // Users with a phone may use it instead of the password. All others, even unknown names, get the password, so that
      // names cannot be guessed.
      const hasPhone = user !== null && phones.isReachable(user.user);
      const packages = kind?.packages ?? [[hasPhone ? ['OTP', 'UP'] : ['UP']]];
      return sessions.start(user, packages, isRenewable);
    }),
    api('/Security/AdvanceAuthentication', 'open', (call) => {
      const sessionId = call.text('SessionId');
      const step = readStep(call);
      if (step.mechanismId === 'OOBAUTHPIN') return answerPin(sessionId, step.answer, call);
      const progress = sessions.advance(sessionId, step);
      return 'result' in progress ? progress.result : success(progress, call);
    }),
    api('/Security/OobAuthStatus', 'open', (call) => {
      const signIn = requireFederated(call.text('SessionId'));
      if (!signIn.signedIn || signIn.pin !== null) return { State: 'Pending' };
      federated.end(signIn);
      return { State: 'Success', ...issueSession(signIn, call, world) };
    }),
    api('/Security/CleanupAuthentication', 'open', ({ text }) => sessions.end(text('SessionId'))),
    ...factorApis(sessions.waiting),
  ];
  return { routes: identityProviderRoutes(federated, world), apis, begun: sessions.items };
}

/** `/emulator`: the phones and mailboxes for signing in, visible to their user and to device managers. */
function factorApis(all: () => readonly OutOfBand[]): readonly Api[] {
  const visible = ({ user, rights }: Caller): readonly OutOfBand[] =>
    all().filter(
      (waiting) => rights.includes('manage-apns-certificates') || waiting.user.user === user,
    );
  return [
    api('/emulator/factors', null, ({ caller }) =>
      visible(caller).map(({ user, mechanism, code }) => ({
        ...{ User: user.user, Mechanism: mechanism, Code: code },
      })),
    ),
    /** Approves on the phone, or clicks a link. If the phone asks for a number, a wrong one denies. */
    api('/emulator/approve', null, ({ text, caller }) => {
      const name = text('User');
      // The newest one that the caller may see.
      const waiting = visible(caller).findLast(({ user }) => sameName(user.user, name));
      if (waiting === undefined)
        throw badArgument('No request is waiting for an answer from that user.');
      const isRight = waiting.number === null || text('Number') === waiting.number;
      waiting.verdict = isRight ? 'approved' : 'denied';
      return { Verdict: isRight ? 'Approved' : 'Denied' };
    }),
  ];
}

function federatedAnswer(
  { shortId, sessionId, pin }: ReturnType<FederatedSignIns['start']>,
  url: string,
  { headers }: Asking,
): object {
  const address = `${url}/emulator/idp/${shortId}`;
  const plain = { IdpRedirectUrl: address, TenantId: tenantId };
  // Only clients that say so can wait for a browser.
  if (String(headers.oobidpauth).toLowerCase() !== 'true') return plain;
  const ids = {
    IdpRedirectShortUrl: address,
    IdpShortUrlId: shortId,
    IdpLoginSessionId: sessionId,
  };
  return { ...plain, ...ids, IdpOobAuthPinRequired: pin !== null };
}

function otherPod(name: string, { headers }: Asking): string | null {
  const isElsewhere = rehearsals.some(
    ({ user, elsewhere }) => elsewhere && user === name.toLowerCase(),
  );
  const host = headers.host ?? '';
  if (!isElsewhere || /^(localhost|pod\.)/.test(host)) return null;
  return host.startsWith('tenant-') ? `pod.${host}` : host.replace('127.0.0.1', 'localhost');
}

function readStep({ text, value }: Parameters): Step {
  const given = text('Action').toLowerCase();
  // A retry is a new start.
  const name = given === 'retryoob' ? 'startoob' : given;
  const action = (['Answer', 'StartOOB', 'Poll'] as const).find(
    (known) => known.toLowerCase() === name,
  );
  if (action === undefined) throw authenticationFailed();
  const answer = value('Answer');
  return {
    action,
    mechanismId: text('MechanismId'),
    answer: typeof answer === 'string' ? answer : '',
  };
}

/** The members of `Result` for a user who has signed in. The session, a JWT, is also set as a cookie. */
function issueSession(
  { user, isRenewable }: Proved,
  { request, response }: Exchange,
  { url, accessTokens, accessTokenSeconds, assumptions, signingKey, now }: World,
): object {
  const iat = Math.floor(now().getTime() / 1000);
  const who = {
    iss: url,
    aud: tenantId,
    sub: user.uuid,
    unique_name: user.user,
    tenant_id: tenantId,
  };
  const token = signJwt(
    { ...who, iat, exp: iat + accessTokenSeconds, jti: randomUUID() },
    signingKey(),
  );
  const access = { user: user.user, apis: sessionApis(assumptions), grantId: null };
  accessTokens.remember(token, access, accessTokenSeconds);
  response.setHeader('Set-Cookie', cookie(sessionCookie, token));
  const inBody = assumptions['session-bearer'] === 'token';
  return {
    DisplayName: user.displayName,
    ...(inBody ? { Auth: token, Token: token, TokenLifetime: accessTokenSeconds } : {}),
    ...(inBody && isRenewable ? { RefreshToken: randomBytes(32).toString('base64url') } : {}),
    UserId: user.uuid,
    PodFqdn: request.headers.host,
    User: user.user,
    CustomerID: tenantId,
  };
}

function signJwt(claims: object, key: KeyObject): string {
  const content = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

interface FederatedSignIn extends Proved {
  /** The client's key for the sign-in. */
  readonly sessionId: string;
  /** The last segment of the address in the browser. */
  readonly shortId: string;
  readonly signedIn: boolean;
  /** The PIN that the browser shows after the sign-in, for the user to enter in the client; null: none. */
  readonly pin: string | null;
  readonly expiresAt: Date;
}

const federatedLifetime = 10 * 60 * 1000;

type FederatedSignIns = ReturnType<typeof createFederatedSignIns>;

export function createFederatedSignIns(now: () => Date) {
  const all = createShelf<FederatedSignIn>(now);
  const keep = (signIn: FederatedSignIn): FederatedSignIn => {
    all.put(signIn.sessionId, signIn);
    return signIn;
  };
  return {
    start: (who: Proved, wantsPin: boolean): FederatedSignIn =>
      keep({
        ...who,
        sessionId: randomBytes(24).toString('base64url'),
        shortId: randomBytes(12).toString('base64url'),
        signedIn: false,
        pin: wantsPin ? digits(6) : null,
        expiresAt: new Date(now().getTime() + federatedLifetime),
      }),
    findBySession: all.find,
    findByShortId: (id: string): FederatedSignIn | null =>
      all.items().find(({ shortId }) => shortId === id) ?? null,
    noteSignedIn: (signIn: FederatedSignIn): FederatedSignIn => keep({ ...signIn, signedIn: true }),
    end: ({ sessionId }: FederatedSignIn): void => void all.remove(sessionId),
  };
}

const federatedPath = '/emulator/idp/*';

function identityProviderRoutes(
  federated: FederatedSignIns,
  { directory, autoApprove }: World,
): readonly Route[] {
  const answer: Route['answer'] = async (request, response) => {
    const body = await readBody(request);
    const show = (status: number, page: string): void => sendPage(response, status, page);
    const signIn = federated.findByShortId(/^[^?]*\/([^/?]*)/.exec(request.url ?? '')?.[1] ?? '');
    if (signIn === null)
      return show(
        404,
        errorPage('This sign-in has expired', 'Start again where you started signing in.'),
      );
    const name = signIn.user.user;
    const isForm = request.method === 'POST';
    const password = new URLSearchParams(body).get('password') ?? '';
    const isProved = isForm
      ? directory.signIn(name, password) !== null
      : autoApprove || signIn.signedIn;
    if (isProved) return show(200, signedInPage(federated.noteSignedIn(signIn).pin));
    show(200, identityProviderPage(name, isForm ? 'The password is not correct.' : null));
  };
  return (['GET', 'POST'] as const).map((method) => ({
    ...{ method, path: federatedPath, listedAs: federatedPath, answer },
  }));
}
