import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isBeforehand } from '../../programs/one-time-address.ts';
import { isRefusedPeer } from '../../programs/owners.ts';
import { isObject } from '../../text/json.ts';
import { signedIn } from '../access-tokens.ts';
import { type Api, answerCall, parseParameters, requireRight } from '../api.ts';
import { resourceRoute, sendApp } from '../app-page.ts';
import { script } from '../browser/console/console.ts?browser';
import type { ConsoleState } from '../browser/console/state.ts';
import type { Caller } from '../directory.ts';
import { badArgument, failureEnvelope, Refusal } from '../envelope.ts';
import {
  isOwnChange,
  isOwnPage,
  type Route,
  readBody,
  readVerdict,
  route,
  sendJson,
  sendMoved,
  sendPage,
} from '../http.ts';
import { errorPage, openingPage, otherPersonPage, usedCodePage } from '../pages.ts';
import { type JsonObject, Parameters } from '../parameters.ts';
import type { AnsweredRequest } from '../server.ts';
import type { World } from '../world.ts';
import { ConsoleAccess } from './access.ts';
import { describeTenant, readState, type Watched } from './state.ts';
import { StateEvents } from './state-events.ts';
import { consoleStyles } from './styles.ts';

interface ConsoleParts extends Watched {
  readonly apis: readonly Api[];
  noteAnswered(request: AnsweredRequest): void;
}

/** The parts that the routes of the console share. */
interface ConsoleSite {
  readonly parts: ConsoleParts;
  readonly access: ConsoleAccess;
  readonly events: StateEvents;
  read(): Promise<ConsoleState>;
}

export interface EmulatorConsole {
  readonly routes: readonly Route[];
  /** An address that opens the console without a sign-in, once within a minute. */
  makeAddress(): string;
  /** Shows a change in every open page. */
  notifyChanged(): void;
}

const openPath = '/emulator/open';
const callPath = '/emulator/console/call';
const stylesPath = '/emulator/console.css';
const scriptPath = '/emulator/console.js';

export function openConsole(parts: ConsoleParts): EmulatorConsole {
  const run = randomUUID();
  const read = (): Promise<ConsoleState> => readState(parts, run);
  const access = new ConsoleAccess(parts);
  const events = new StateEvents(read);
  return {
    routes: routesOf({ parts, access, events, read }),
    makeAddress: () => `${parts.url}${openPath}/${access.makeCode()}`,
    notifyChanged: () => events.notifyChanged(),
  };
}

function routesOf(site: ConsoleSite): readonly Route[] {
  const ownRoutes = [
    unlisted('GET', '/', (request, response) => answerPage(request, response, site)),
    unlisted('GET', `${openPath}/*`, (request, response) => redeemCode(request, response, site)),
    ...pageRoutes(site),
  ];
  return [
    resourceRoute(scriptPath, 'text/javascript', script),
    resourceRoute(stylesPath, 'text/css', consoleStyles),
    ...ownRoutes.map((one) => forThisUser(one, site.parts)),
  ];
}

/**
 * The route, which other users of the machine do not get: they can see the address of
 * `--open` in the list of processes, and what a port serves.
 */
function forThisUser(
  route: Route,
  { peerOf, refusedAtConsole }: Pick<World, 'peerOf' | 'refusedAtConsole'>,
): Route {
  return {
    ...route,
    answer(request, response) {
      const peer = peerOf(request.socket);
      if (!isRefusedPeer(peer)) return route.answer(request, response);
      refusedAtConsole?.(peer);
      sendPage(response, 403, refusedAddressPage());
    },
  };
}

function refusedAddressPage(): string {
  return errorPage(
    'This address does not open the console',
    'It opens the console only for the user who started the emulator.',
  );
}

function unlisted(method: Route['method'], path: string, answer: Route['answer']): Route {
  return { ...route(method, path, answer), listedAs: null };
}

function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  site: ConsoleSite,
): Promise<void> | void {
  const { access, parts } = site;
  if (access.userOf(request) !== null) return showConsole(response, site);
  const caller = signedIn(request, parts.accessTokens);
  // Tokens with fewer rights, such as a phone's, do not open the console.
  if (caller === null || !caller.apis.some((api) => api.test(callPath)))
    return sendMoved(response, '/login?cloudRedirect=%2F');
  if (!access.isAllowed(caller.user)) return sendPage(response, 403, otherPersonPage(caller.user));
  access.startSession(caller.user, response);
  return showConsole(response, site);
}

async function showConsole(response: ServerResponse, { parts, read }: ConsoleSite): Promise<void> {
  const app = { title: 'mfa-cli emulator', styles: stylesPath, script: scriptPath };
  sendApp(response, app, { tenant: describeTenant(parts), state: await read() });
}

function redeemCode(
  request: IncomingMessage,
  response: ServerResponse,
  { access }: ConsoleSite,
): void {
  // No person has seen the page yet.
  if (isBeforehand(request.headers)) {
    sendPage(response, 403, refusedAddressPage());
    return;
  }
  const code = request.url?.slice(openPath.length + 1) ?? '';
  if (!access.redeem(code, response)) {
    sendPage(response, 403, usedCodePage());
    return;
  }
  // Browsers send the strict cookie only after a page of this site, so this page leads to
  // the console.
  response.setHeader('Refresh', '0;url=/');
  sendPage(response, 200, openingPage());
}

/** The requests of the page's script. */
function pageRoutes(site: ConsoleSite): readonly Route[] {
  const { access, events, parts, read } = site;
  return [
    forThePage('GET', '/emulator/console/state', access, async (_user, _request, response) =>
      sendJson(response, 200, await read()),
    ),
    forThePage('GET', '/emulator/console/events', access, (_user, request, response) => {
      if (!events.follow(response, () => access.userOf(request) !== null))
        sendJson(response, 503, { error: 'too_many' });
    }),
    forThePage('POST', callPath, access, async (user, request, response) => {
      const caller = parts.directory.findCaller(user);
      if (caller !== null) await answerConsoleCall(caller, request, response, parts);
    }),
  ];
}

type UserAnswer = (
  user: string,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void> | void;

/** A route only for pages of this tenant, with an authorized user. */
function forThePage(
  method: Route['method'],
  path: string,
  access: ConsoleAccess,
  answer: UserAnswer,
): Route {
  return unlisted(method, path, (request, response) => {
    const isOwn = method === 'GET' ? isOwnPage(request) : isOwnChange(request);
    if (!isOwn) return sendJson(response, 403, { error: 'another_origin' });
    const user = access.userOf(request);
    if (user === null) return sendJson(response, 401, { error: 'signed_out' });
    return answer(user, request, response);
  });
}

/** The emulator's own APIs, and deleting a certificate. */
const callableApis = /^\/emulator\/|^\/Mobile\/DeleteApnsCertForClientApp$/;

interface ConsoleCall {
  readonly api: Api;
  readonly parameters: JsonObject;
}

/** Makes the call of a button, which is listed like one with a token. */
async function answerConsoleCall(
  caller: Caller,
  request: IncomingMessage,
  response: ServerResponse,
  { apis, assumptions, noteAnswered }: ConsoleParts,
): Promise<void> {
  const startedAt = performance.now();
  try {
    const { api, parameters } = readConsoleCall(await readBody(request), apis);
    const { status, answer } = await answerCall(api, assumptions, () => {
      requireRight(caller, api.right);
      return { parameters: new Parameters(parameters), caller, request, response };
    });
    noteAnswered({
      method: 'POST',
      path: api.path,
      status,
      milliseconds: performance.now() - startedAt,
      verdict: readVerdict(answer),
    });
    sendJson(response, status, answer);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    sendJson(response, 400, failureEnvelope(error));
  }
}

/** Reads `{"Api": …, "Parameters": {…}}`. @throws {Refusal} */
function readConsoleCall(body: string, apis: readonly Api[]): ConsoleCall {
  const call = new Parameters(parseParameters(body));
  const path = call.text('Api');
  const api = apis.find((known) => known.path === path && callableApis.test(path));
  if (api === undefined) throw badArgument('The console cannot call this API.');
  const parameters = call.value('Parameters') ?? {};
  if (!isObject(parameters)) throw badArgument('Parameters must be an object.');
  return { api, parameters };
}
