import { randomBytes, randomUUID } from 'node:crypto';
import { isBeforehand, type Peer } from '../../programs/one-time-address.ts';
import { isObject } from '../../text/json.ts';
import { signedIn } from '../access-tokens.ts';
import { type Api, answerCall, parseParameters, readParameters, requireRight } from '../api.ts';
import { createShelf } from '../bounded.ts';
import { script } from '../browser/console/console.ts?browser';
import type { ConsoleState, FirstState } from '../browser/console/state.ts';
import type { Caller } from '../directory.ts';
import { badArgument, failureEnvelope, Refusal } from '../envelope.ts';
import {
  type Answering,
  type Asking,
  cookie,
  isOwnChange,
  isOwnPage,
  type Route,
  readBody,
  readCookies,
  readVerdict,
  route,
  sendJson,
  sendMoved,
  sendPage,
} from '../http.ts';
import { errorPage, openingPage, otherPersonPage, resourceRoute, sendApp, usedCodePage } from '../pages.ts';
import { administrator } from '../people.ts';
import type { AnsweredRequest } from '../server.ts';
import type { World } from '../world.ts';
import { createEvents, describeTenant, readState, type Watched } from './state.ts';
import { consoleStyles } from './styles.ts';

type ConsoleParts = Watched & { readonly apis: readonly Api[]; answered(request: AnsweredRequest): void };

const openPath = '/emulator/open';
const notForThem = 'It opens the console only for the user who started the emulator.';
const callPath = '/emulator/console/call';

export function createConsole(parts: ConsoleParts) {
  const { url, directory, accessTokens, watchPeers } = parts;
  let peerOf: (socket: Asking['socket']) => Peer = () => 'unknown';
  const door = createDoor(parts);
  const run = randomUUID();
  const read = (): Promise<ConsoleState> => readState(parts, run);
  const events = createEvents(read);
  const [styles, scriptPath] = ['/emulator/console.css', '/emulator/console.js'];
  const show = async (response: Answering): Promise<void> => {
    const state: FirstState = { tenant: describeTenant(parts), state: await read() };
    sendApp(response, { title: 'mfa-cli emulator', styles, script: scriptPath }, state);
  };
  const routes: readonly Route[] = [
    unlisted('GET', '/', (request, response) => {
      if (door.admitted(request) !== null) return show(response);
      const who = signedIn(request, accessTokens);
      // A token of a phone, say, does not open all that the console does.
      if (who === null || !who.apis.some((api) => api.test(callPath)))
        return sendMoved(response, '/login?cloudRedirect=%2F');
      if (!door.mayEnter(who.user)) return sendPage(response, 403, otherPersonPage(who.user));
      door.letIn(who.user, response);
      return show(response);
    }),
    unlisted('GET', `${openPath}/*`, (request, response) => {
      // The list of processes shows the address to all users of the machine.
      if (peerOf(request.socket) === 'other' || isBeforehand(request.headers))
        return sendPage(response, 403, errorPage('This address opens nothing here', notForThem));
      const code = request.url?.slice(openPath.length + 1) ?? '';
      if (!door.redeem(code, response)) return sendPage(response, 403, usedCodePage());
      // The next request comes from this page: one from outside, whose cookie it is, would not bring it.
      response.setHeader('Refresh', '0;url=/');
      sendPage(response, 200, openingPage());
    }),
    resourceRoute(scriptPath, 'text/javascript', script),
    resourceRoute(styles, 'text/css', consoleStyles),
    forThePage(door, 'GET', '/emulator/console/state', async (_user, _request, response) =>
      sendJson(response, 200, await read()),
    ),
    forThePage(door, 'GET', '/emulator/console/events', (_user, request, response) => {
      if (!events.follow(response, () => door.admitted(request) !== null))
        sendJson(response, 503, { error: 'too_many' });
    }),
    forThePage(door, 'POST', callPath, async (user, request, response) => {
      const caller = directory.findCaller(user);
      if (caller !== null) await answerConsoleCall(caller, request, response, parts);
    }),
  ];
  return {
    routes,
    /** An address that opens it without a sign-in: once, and within a minute. */
    address(): string {
      peerOf = watchPeers();
      return `${url}${openPath}/${door.makeCode()}`;
    },
    noted: events.noted,
  };
}

/** Not among the tenant's requests. */
const unlisted: typeof route = (...parts) => ({ ...route(...parts), listedAs: null });

/** Only for a page of this very tenant, of somebody who may. */
function forThePage(
  door: ReturnType<typeof createDoor>,
  method: Route['method'],
  path: string,
  answer: (user: string, request: Asking, response: Answering) => Promise<void> | void,
): Route {
  return unlisted(method, path, (request, response) => {
    const isOwn = method === 'GET' ? isOwnPage(request) : isOwnChange(request);
    if (!isOwn) return sendJson(response, 403, { error: 'another_origin' });
    const user = door.admitted(request);
    if (user === null) return sendJson(response, 401, { error: 'signed_out' });
    return answer(user, request, response);
  });
}

/** The console may call the emulator's own APIs, and delete a certificate. */
const callable = /^\/emulator\/|^\/Mobile\/DeleteApnsCertForClientApp$/;

/**
 * Makes a call that a button stands for, as whoever is signed in to the console: `{"Api": "/emulator/apns", "Parameters": {…}}`.
 * It is among the tenant's requests, as if it had come with a token.
 */
async function answerConsoleCall(
  caller: Caller,
  request: Asking,
  response: Answering,
  { apis, assumptions, answered }: ConsoleParts,
): Promise<void> {
  const began = performance.now();
  try {
    const { text, value } = readParameters(parseParameters(await readBody(request)));
    const path = text('Api');
    const api = apis.find((known) => known.path === path && callable.test(path));
    if (api === undefined) throw badArgument('The console cannot call this.');
    const parameters = value('Parameters') ?? {};
    if (!isObject(parameters)) throw badArgument('Parameters must be an object.');
    const { status, answer } = await answerCall(api, assumptions, () => {
      requireRight(caller, api.right);
      return { ...readParameters(parameters), caller, request, response };
    });
    const milliseconds = performance.now() - began;
    answered({ method: 'POST', path, status, milliseconds, verdict: readVerdict(answer) });
    sendJson(response, status, answer);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    sendJson(response, 400, failureEnvelope(error));
  }
}

/** Milliseconds. */
const sessionLifetime = 24 * 60 * 60 * 1000;
const codeLifetime = 60 * 1000;
/** Of more, the oldest ends. */
const sessionsKept = 100;

/** Decides who may see the console. */
function createDoor({ url, directory, autoApprove, now }: World) {
  const sessions = createConsoleSessions(now);
  // Browsers give the cookies of one port of a host to all others, where another emulator may be.
  const cookieName = `mfa-cli-console-${new URL(url).port}`;
  const setCookie = (response: Answering, token: string): void =>
    void response.setHeader('Set-Cookie', cookie(cookieName, token));
  const mayEnter = (user: string): boolean =>
    directory.findCaller(user)?.rights.includes('manage-tenant') === true;
  return {
    mayEnter,
    /** The user of the browser's session; null: it has none, or the user is no administrator any more. */
    admitted(request: Asking): string | null {
      const user = sessions.find(readCookies(request).get(cookieName) ?? '');
      // Whoever asks is the administrator; that also goes for a page that was open before the emulator was restarted.
      if (user === null && autoApprove) return administrator.user;
      return user !== null && mayEnter(user) ? user : null;
    },
    letIn: (user: string, response: Answering): void => setCookie(response, sessions.begin(user)),
    /** For an address that lets the administrator in without a sign-in. */
    makeCode: (): string => sessions.makeCode(administrator.user),
    /** Begins a session for a code. @returns whether the code was good */
    redeem(code: string, response: Answering): boolean {
      const token = sessions.redeem(code);
      if (token !== null) setCookie(response, token);
      return token !== null;
    },
  };
}

/** The browsers that watch the tenant. They are beside the tenant's own sessions, which the console can end. */
export function createConsoleSessions(now: () => Date) {
  /** `expiresAt` in milliseconds since 1970. */
  const sessions = createShelf<{ readonly user: string; readonly expiresAt: number }>(now, sessionsKept);
  /** Each with the session that it began; null: not yet used. */
  const codes = new Map<string, { user: string; expiresAt: number; session: string | null }>();
  const random = (): string => randomBytes(32).toString('base64url');
  const begin = (user: string): string => {
    const token = random();
    sessions.put(token, { user, expiresAt: now().getTime() + sessionLifetime });
    return token;
  };
  return {
    begin,
    /** The user of a session; null: there is none, or it has ended. */
    find: (token: string): string | null => sessions.find(token)?.user ?? null,
    /** For an address that opens the console once, without a sign-in. */
    makeCode(user: string): string {
      const code = random();
      codes.set(code, { user, expiresAt: now().getTime() + codeLifetime, session: null });
      return code;
    },
    /** A session for a code; null: unknown, too old, or used before, which also ends the session that it began. */
    redeem(code: string): string | null {
      const known = codes.get(code);
      if (known === undefined) return null;
      // Somebody else has seen the address: as with a code of OAuth (RFC 6749 §4.1.2), their session ends.
      if (known.session !== null) sessions.remove(known.session);
      if (known.session !== null || known.expiresAt <= now().getTime()) return null;
      known.session = begin(known.user);
      return known.session;
    },
  };
}
