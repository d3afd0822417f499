import { randomBytes } from 'node:crypto';
import { isObject } from '../../text/json.ts';
import { type Api, answerCall, parseParameters, readParameters, requireRight } from '../api.ts';
import type { Assumptions } from '../assumptions.ts';
import type { AccessTokens } from '../authentication/session-tokens.ts';
import { createShelf } from '../bounded.ts';
import { script } from '../browser/console/console.ts?browser';
import type { FirstState } from '../browser/console/state.ts';
import type { Caller, Directory } from '../directory.ts';
import { failureEnvelope, Refusal } from '../envelope.ts';
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
  sendJson,
  sendMoved,
  sendPage,
} from '../http.ts';
import { signedIn } from '../oauth/remembered.ts';
import {
  banner,
  openingPage,
  otherPersonPage,
  renderApp,
  resourceRoute,
  sendApp,
  usedCodePage,
} from '../pages.ts';
import { administrator } from '../people.ts';
import type { Apns } from '../phones.ts';
import type { AnsweredRequest } from '../server.ts';
import { createEvents, describeTenant, readState, type Watched } from './state.ts';
import { consoleStyles } from './styles.ts';

interface ConsoleParts extends Watched {
  readonly url: string;
  readonly apns: Apns;
  readonly accessTokens: AccessTokens;
  readonly assumptions: Assumptions;
  readonly apis: readonly Api[];
  /** Whether whoever asks is the administrator. */
  readonly autoApprove: boolean;
  /** Notes a call that the console made. */
  answered(request: AnsweredRequest): void;
}

/** What an administrator sees of the tenant in a browser, and does there. */
interface Console {
  readonly routes: readonly Route[];
  /** An address that opens it without a sign-in: once, and within a minute. */
  address(): string;
  /** Something may have changed. */
  noted(): void;
}

const openPath = '/emulator/open';
const callPath = '/emulator/console/call';

export function createConsole(parts: ConsoleParts): Console {
  const { url, directory, accessTokens, assumptions, apns } = parts;
  const door = createDoor(parts);
  const tenant = describeTenant(url, apns, assumptions);
  const events = createEvents(() => readState(parts));

  const show = async (response: Answering): Promise<void> =>
    sendApp(response, pageOf({ tenant, state: await readState(parts) }));

  const listedAs = null;
  const forThePage = (
    method: Route['method'],
    path: string,
    answer: (user: string, request: Asking, response: Answering) => Promise<void> | void,
  ): Route => ({
    method,
    path,
    listedAs,
    answer(request, response) {
      const isOwn = method === 'GET' ? isOwnPage(request) : isOwnChange(request);
      if (!isOwn) return sendJson(response, 403, { error: 'another_origin' });
      const user = door.admitted(request);
      if (user === null) return sendJson(response, 401, { error: 'signed_out' });
      return answer(user, request, response);
    },
  });

  const routes: readonly Route[] = [
    {
      method: 'GET',
      path: '/',
      listedAs,
      answer(request, response) {
        if (door.admitted(request) !== null) return show(response);
        const who = signedIn(request, accessTokens);
        // What may act as a phone, say, does not get to do all that the console does.
        if (who === null || !who.apis.some((api) => api.test(callPath)))
          return sendMoved(response, '/login?cloudRedirect=%2F');
        if (!door.mayEnter(who.user)) return sendPage(response, 403, otherPersonPage(who.user));
        door.letIn(who.user, response);
        return show(response);
      },
    },
    {
      method: 'GET',
      path: `${openPath}/*`,
      listedAs,
      answer(request, response) {
        const code = request.url?.slice(openPath.length + 1) ?? '';
        if (!door.redeem(code, response)) return sendPage(response, 403, usedCodePage());
        // The next request comes from this page: one from outside, whose cookie it is, would not bring it.
        response.setHeader('Refresh', '0;url=/');
        sendPage(response, 200, openingPage());
      },
    },
    resourceRoute('/emulator/console.js', 'text/javascript', script),
    resourceRoute('/emulator/console.css', 'text/css', consoleStyles),
    forThePage('GET', '/emulator/console/state', async (_user, _request, response) =>
      sendJson(response, 200, await readState(parts)),
    ),
    forThePage('GET', '/emulator/console/events', (_user, request, response) => {
      if (!events.follow(response, () => door.admitted(request) !== null))
        sendJson(response, 503, { error: 'too_many' });
    }),
    forThePage('POST', callPath, async (user, request, response) => {
      const caller = directory.findCaller(user);
      try {
        if (caller !== null) await answerConsoleCall(caller, request, response, parts);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        sendJson(response, 400, failureEnvelope(error));
      }
    }),
  ];
  return { routes, address: () => `${url}${openPath}/${door.makeCode()}`, noted: events.noted };
}

function pageOf(state: FirstState): string {
  const [styles, script] = ['/emulator/console.css', '/emulator/console.js'];
  return renderApp({ title: 'mfa-cli emulator', banner, styles, script, state });
}

interface CallParts {
  readonly apis: readonly Api[];
  readonly assumptions: Assumptions;
  answered(request: AnsweredRequest): void;
}

/** What the console may call: what is the emulator's own, and the deletion of a certificate. */
const callable = /^\/emulator\/|^\/Mobile\/DeleteApnsCertForClientApp$/;

/**
 * Makes a call that a button stands for, as whoever is signed in to the console: `{"Api": "/emulator/apns", "Parameters": {…}}`.
 * It is among the tenant's requests, as if it had come with a token.
 */
async function answerConsoleCall(
  caller: Caller,
  request: Asking,
  response: Answering,
  { apis, assumptions, answered }: CallParts,
): Promise<void> {
  const began = performance.now();
  const { text, value } = readParameters(parseParameters(await readBody(request)));
  const path = text('Api');
  const api = apis.find((known) => known.path === path && callable.test(path));
  if (api === undefined) throw new Refusal('System.ArgumentException', 'The console cannot call this.');
  const parameters = value('Parameters') ?? {};
  if (!isObject(parameters)) throw new Refusal('System.ArgumentException', 'Parameters must be an object.');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { status, answer } = await answerCall(api, assumptions, () => {
    if (api.right !== null) requireRight(caller, api.right);
    return {
      ...readParameters(parameters),
      caller,
      token: '',
      query: new URLSearchParams(),
      signal: gone.signal,
    };
  });
  const milliseconds = performance.now() - began;
  answered({ method: 'POST', path, status, milliseconds, verdict: readVerdict(answer) });
  sendJson(response, status, answer);
}

/** Who may see the console. */
interface Door {
  /** The user of the browser's session; null: it has none, or the user is no administrator any more. */
  admitted(request: Asking): string | null;
  mayEnter(user: string): boolean;
  /** Begins a session, whose cookie goes with the response. */
  letIn(user: string, response: Answering): void;
  /** For an address that lets the administrator in without a sign-in. */
  makeCode(): string;
  /** Begins a session for a code. @returns whether the code was good */
  redeem(code: string, response: Answering): boolean;
}

function createDoor({
  url,
  directory,
  autoApprove,
  now,
}: {
  readonly url: string;
  readonly directory: Directory;
  readonly autoApprove: boolean;
  now(): Date;
}): Door {
  const sessions = createConsoleSessions(now);
  // Browsers give the cookies of one port of a host to all others, where another emulator may be.
  const cookieName = `mfa-cli-console-${new URL(url).port}`;
  const setCookie = (response: Answering, token: string): void =>
    void response.setHeader('Set-Cookie', cookie(cookieName, token));
  const mayEnter = (user: string): boolean =>
    directory.findCaller(user)?.rights.includes('manage-tenant') === true;
  return {
    mayEnter,
    admitted(request) {
      const user = sessions.find(readCookies(request).get(cookieName) ?? '');
      // Whoever asks is the administrator; that goes for a page, too, that was open before the emulator was restarted.
      if (user === null && autoApprove) return administrator.user;
      return user !== null && mayEnter(user) ? user : null;
    },
    letIn: (user, response) => setCookie(response, sessions.begin(user)),
    makeCode: () => sessions.makeCode(administrator.user),
    redeem(code, response) {
      const token = sessions.redeem(code);
      if (token !== null) setCookie(response, token);
      return token !== null;
    },
  };
}

/** Who watches the tenant in a browser. They are beside the tenant's own sessions, which the console can end. */
interface ConsoleSessions {
  /** Gives the value of its cookie. */
  begin(user: string): string;
  /** The user of a session; null: there is none, or it has ended. */
  find(token: string): string | null;
  /** For an address that opens the console once, without a sign-in. */
  makeCode(user: string): string;
  /** A session for a code; null: unknown, too old, or used before, which also ends the session that it began. */
  redeem(code: string): string | null;
}

/** Milliseconds. */
const sessionLifetime = 24 * 60 * 60 * 1000;
const codeLifetime = 60 * 1000;
/** Of more, the oldest ends. */
const sessionsKept = 100;

interface Session {
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

interface Code extends Session {
  /** The session that it began; null: not yet used. */
  readonly session: string | null;
}

export function createConsoleSessions(now: () => Date): ConsoleSessions {
  const sessions = createShelf<Session>(now, sessionsKept);
  const codes = new Map<string, Code>();
  const begin = (user: string): string => {
    const token = randomBytes(32).toString('base64url');
    sessions.put(token, { user, expiresAt: now().getTime() + sessionLifetime });
    return token;
  };
  return {
    begin,
    find: (token) => sessions.find(token)?.user ?? null,
    makeCode(user) {
      const code = randomBytes(32).toString('base64url');
      codes.set(code, { user, expiresAt: now().getTime() + codeLifetime, session: null });
      return code;
    },
    redeem(code) {
      const known = codes.get(code);
      if (known === undefined) return null;
      // Somebody else has seen the address: as with a code of OAuth (RFC 6749 §4.1.2), what they got with it ends.
      if (known.session !== null) sessions.remove(known.session);
      if (known.session !== null || known.expiresAt <= now().getTime()) return null;
      const session = begin(known.user);
      codes.set(code, { ...known, session });
      return session;
    },
  };
}
