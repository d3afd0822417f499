import { randomBytes, randomUUID } from 'node:crypto';
import { isBeforehand } from '../../programs/one-time-address.ts';
import { isRefused } from '../../programs/owners.ts';
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
import {
  errorPage,
  openingPage,
  otherPersonPage,
  resourceRoute,
  sendApp,
  usedCodePage,
} from '../pages.ts';
import { administrator } from '../people.ts';
import type { AnsweredRequest } from '../server.ts';
import type { World } from '../world.ts';
import { createEvents, describeTenant, readState, type Watched } from './state.ts';
import { consoleStyles } from './styles.ts';

type ConsoleParts = Watched & {
  readonly apis: readonly Api[];
  answered(request: AnsweredRequest): void;
};

const openPath = '/emulator/open';
const notForThem = 'It opens the console only for the user who started the emulator.';
const notOpenPage = (): string => errorPage('This address does not open the console', notForThem);
const callPath = '/emulator/console/call';

export function createConsole(parts: ConsoleParts) {
  const { url, directory, accessTokens } = parts;
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
    resourceRoute(scriptPath, 'text/javascript', script),
    resourceRoute(styles, 'text/css', consoleStyles),
    ...forThisUser(parts, [
      unlisted('GET', '/', (request, response) => {
        if (door.admitted(request) !== null) return show(response);
        const who = signedIn(request, accessTokens);
        // Tokens with fewer rights, such as a phone's, do not open the console.
        if (who === null || !who.apis.some((api) => api.test(callPath)))
          return sendMoved(response, '/login?cloudRedirect=%2F');
        if (!door.mayEnter(who.user)) return sendPage(response, 403, otherPersonPage(who.user));
        door.letIn(who.user, response);
        return show(response);
      }),
      unlisted('GET', `${openPath}/*`, (request, response) => {
        // No person has seen the page yet.
        if (isBeforehand(request.headers)) return sendPage(response, 403, notOpenPage());
        const code = request.url?.slice(openPath.length + 1) ?? '';
        if (!door.redeem(code, response)) return sendPage(response, 403, usedCodePage());
        // Browsers send the strict cookie only after a page of this site, so this page leads to the console.
        response.setHeader('Refresh', '0;url=/');
        sendPage(response, 200, openingPage());
      }),
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
    ]),
  ];
  return {
    routes,
    /** An address that opens the console without a sign-in, once within a minute. */
    address: (): string => `${url}${openPath}/${door.makeCode()}`,
    noted: events.noted,
  };
}

/**
 * The routes, which other users of the machine do not get: they can see the address of `--open` in the list of processes, and
 * what a port serves.
 */
function forThisUser(
  { peerOf, refusedAtConsole }: Pick<World, 'peerOf' | 'refusedAtConsole'>,
  routes: readonly Route[],
): readonly Route[] {
  return routes.map((one) => ({
    ...one,
    answer(request, response) {
      const peer = peerOf(request.socket);
      if (!isRefused(peer)) return one.answer(request, response);
      refusedAtConsole?.(peer);
      sendPage(response, 403, notOpenPage());
    },
  }));
}

const unlisted: typeof route = (...parts) => ({ ...route(...parts), listedAs: null });

/** A route only for pages of this tenant, with an authorized user. */
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

/** The calls that the console may make: the emulator's own APIs, and deleting a certificate. */
const callable = /^\/emulator\/|^\/Mobile\/DeleteApnsCertForClientApp$/;

/** Makes the call of a button, `{"Api": …, "Parameters": {…}}`, which is listed like one with a token. */
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
    if (api === undefined) throw badArgument('The console cannot call this API.');
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
/** Maximum sessions; the oldest ends. */
const sessionsKept = 100;

/** The part of an answer that gets a session. */
type Opened = Readonly<{ setHeader(name: string, value: string): unknown }>;

/** Decides who may see the console. Its sessions are separate from the tenant's own, which the console can end. */
export function createDoor({
  url,
  directory,
  autoApprove,
  now,
}: Pick<World, 'url' | 'autoApprove' | 'now'> & {
  readonly directory: Pick<World['directory'], 'findCaller'>;
}) {
  const sessions = createShelf<{ readonly user: string; readonly expiresAt: number }>(
    now,
    sessionsKept,
  );
  /** Codes with the sessions that they started; null: not used yet. */
  const codes = new Map<string, { readonly expiresAt: number; session: string | null }>();
  const random = (): string => randomBytes(32).toString('base64url');
  // Browsers share cookies between ports of a host, where another emulator may run.
  const cookieName = `mfa-cli-console-${new URL(url).port}`;
  const mayEnter = (user: string): boolean =>
    directory.findCaller(user)?.rights.includes('manage-tenant') === true;
  const letIn = (user: string, response: Opened): string => {
    const token = random();
    sessions.put(token, { user, expiresAt: now().getTime() + sessionLifetime });
    response.setHeader('Set-Cookie', cookie(cookieName, token));
    return token;
  };
  return {
    mayEnter,
    letIn,
    /** The user of the browser's session; null: no session, or no longer an administrator. */
    admitted(request: Pick<Asking, 'headers'>): string | null {
      const user = sessions.find(readCookies(request).get(cookieName) ?? '')?.user ?? null;
      // Every user is the administrator then, also on a page from before a restart.
      if (user === null && autoApprove) return administrator.user;
      return user !== null && mayEnter(user) ? user : null;
    },
    /** A code for an address that signs the administrator in once. */
    makeCode(): string {
      const code = random();
      codes.set(code, { expiresAt: now().getTime() + codeLifetime, session: null });
      return code;
    },
    /** Starts a session for a code. @returns false if it is unknown, expired, or used before, which also ends the session that it started */
    redeem(code: string, response: Opened): boolean {
      const known = codes.get(code);
      if (known === undefined) return false;
      // A second use means that the address leaked: the first session ends, as with OAuth codes (RFC 6749 §4.1.2).
      if (known.session !== null) sessions.remove(known.session);
      if (known.session !== null || known.expiresAt <= now().getTime()) return false;
      known.session = letIn(administrator.user, response);
      return true;
    },
  };
}
