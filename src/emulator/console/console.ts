import { randomUUID } from 'node:crypto';
import { isObject } from '../../text/json.ts';
import { type Api, answerCall, parseParameters, readParameters, requireRight } from '../api.ts';
import { script } from '../browser/console/console.ts?browser';
import type { ConsoleState, FirstState } from '../browser/console/state.ts';
import type { Caller } from '../directory.ts';
import { badArgument, failureEnvelope, Refusal } from '../envelope.ts';
import {
  type Answering,
  type Asking,
  isOwnChange,
  isOwnPage,
  type Route,
  readBody,
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
import type { AnsweredRequest } from '../server.ts';
import { createDoor } from './door.ts';
import { createEvents, describeTenant, readState, type Watched } from './state.ts';
import { consoleStyles } from './styles.ts';

interface ConsoleParts extends Watched {
  readonly apis: readonly Api[];
  /** Notes a call that the console made. */
  answered(request: AnsweredRequest): void;
}

const openPath = '/emulator/open';
const callPath = '/emulator/console/call';

/** What an administrator sees of the tenant in a browser, and does there. */
export function createConsole(parts: ConsoleParts) {
  const { url, directory, accessTokens } = parts;
  const door = createDoor(parts);
  const tenant = describeTenant(parts);
  const run = randomUUID();
  const read = (): Promise<ConsoleState> => readState(parts, run);
  const events = createEvents(read);
  const [styles, scriptPath] = ['/emulator/console.css', '/emulator/console.js'];

  const show = async (response: Answering): Promise<void> => {
    const state: FirstState = { tenant, state: await read() };
    sendApp(response, renderApp({ title: 'mfa-cli emulator', banner, styles, script: scriptPath, state }));
  };

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
    resourceRoute(scriptPath, 'text/javascript', script),
    resourceRoute(styles, 'text/css', consoleStyles),
    forThePage('GET', '/emulator/console/state', async (_user, _request, response) =>
      sendJson(response, 200, await read()),
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
  return {
    routes,
    /** An address that opens it without a sign-in: once, and within a minute. */
    address: (): string => `${url}${openPath}/${door.makeCode()}`,
    noted: events.noted,
  };
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
  { apis, assumptions, answered }: ConsoleParts,
): Promise<void> {
  const began = performance.now();
  const { text, value } = readParameters(parseParameters(await readBody(request)));
  const path = text('Api');
  const api = apis.find((known) => known.path === path && callable.test(path));
  if (api === undefined) throw badArgument('The console cannot call this.');
  const parameters = value('Parameters') ?? {};
  if (!isObject(parameters)) throw badArgument('Parameters must be an object.');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { status, answer } = await answerCall(api, assumptions, () => {
    if (api.right !== null) requireRight(caller, api.right);
    const rest = { token: '', query: new URLSearchParams(), signal: gone.signal };
    return { ...readParameters(parameters), caller, ...rest };
  });
  const milliseconds = performance.now() - began;
  answered({ method: 'POST', path, status, milliseconds, verdict: readVerdict(answer) });
  sendJson(response, status, answer);
}
