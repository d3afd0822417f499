import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { CliError } from '../errors/cli-error.ts';
import {
  createOneTimeAddress,
  isBeforehand,
  isTopLevelNavigation,
  type OneTimeAddress,
  type Peer,
  watchPeers,
} from '../programs/one-time-address.ts';
import { markup, renderPage, rows, stylesheetSource } from '../report/document.ts';
import { answersRequest, unboundError } from './authorization-look.ts';
import type { Connection } from './connection.ts';
import type { AuthorizationError } from './tenant-answer.ts';

/** The loopback redirect (RFC 8252 §7.3): a server on 127.0.0.1 to which the browser brings the authorization code. */
export interface LoopbackRedirect {
  /** `http://127.0.0.1:PORT/callback` */
  readonly redirectUri: string;
  /**
   * The query of the first request with the state.
   * @throws {CliError} sign-in-failed: a one-time address was used twice, and the system does not tell by whom
   */
  readonly answer: Promise<URLSearchParams>;
  /** Makes a one-time address that leads the browser to the authorization URL. */
  leadTo(authorizationUrl: string): string;
  /** The first error without a state of which the browser shows that no page of a stranger led it here. Never rejects. */
  readonly refusal: Promise<AuthorizationError>;
  /** The next other one that a browser window brings, which anybody may have forged; those between two calls are dropped. */
  nextUnboundError(): Promise<AuthorizationError>;
  /** Shows the browser the page of how the sign-in ended, where it came here, and waits until it has it, five seconds at most. */
  finish(page: string): Promise<void>;
  close(): void;
}

/** Milliseconds for a browser to follow the redirect to the final page. */
const patience = 5_000;
/** Bytes for a request's line and headers: a tenant may explain itself at length, and Node.js's default is 16 KiB. */
const maxHeaderSize = 256 * 1024;

export function loopbackRedirectUri(port: number): string {
  return `http://127.0.0.1:${port}/callback`;
}

/**
 * Listens on 127.0.0.1 for the answer to the authorization request with that state, of the tenant at that origin. Another
 * user of the machine is refused whatever they ask; any other request is refused without effect, so that no web page can end
 * or spoil a sign-in. Port 0 picks a free one.
 * @throws {CliError} sign-in-failed if the port is taken; `facts.port` names it
 */
export async function openLoopbackRedirect(
  port: number,
  state: string,
  tenant: string,
): Promise<LoopbackRedirect> {
  const answer = promiseOf<URLSearchParams>();
  const outcome = promiseOf<string>();
  const shown = promiseOf<void>();
  let answered = false;
  const refusal = promiseOf<AuthorizationError>();
  const unbound = channelOf<AuthorizationError>();
  let oneTime: OneTimeAddress | null = null;
  // Whoever waits learns of it; before that nobody is led anywhere.
  answer.promise.catch(() => undefined);

  const server = createServer({ maxHeaderSize }, (request, response) => {
    const { status, headers = {}, page } = reply(request);
    response.writeHead(status, { ...pageHeaders, ...headers });
    if (page !== null) response.end(page);
    else void outcome.promise.then((final) => response.end(final, shown.resolve));
  });
  const peerOf = watchPeers(server);

  function reply(request: IncomingMessage): Reply {
    const { headers, method, socket, url = '' } = request;
    const peer = peerOf(socket);
    if (peer === 'other') return refused(403, 'This address serves only the user who runs mfa-cli.');
    // A page whose host name was rebound to 127.0.0.1 still sends its own name.
    if (!hosts.includes(headers.host ?? '')) return refused(400, 'This address serves only mfa-cli.');
    if (method !== 'GET') return { ...refused(405, 'Only GET is supported.'), headers: { allow: 'GET' } };
    const [path, ...rest] = url.split('?');
    if (path === '/done' && answered) return { status: 200, page: null };
    if (oneTime !== null && path === oneTime.path && !answered && !isBeforehand(headers))
      return lead(oneTime, peer);
    if (path !== '/callback') return refused(404, 'There is nothing at this address.');
    const query = new URLSearchParams(rest.join('?'));
    if (answersRequest(query, state)) {
      answered = true;
      answer.resolve(query);
      // Takes the code out of the address bar and the history.
      return { status: 303, headers: { location: '/done' }, page: '' };
    }
    const error = isTopLevelNavigation(headers) ? unboundError(query) : null;
    if (error !== null) (isOwnNavigation(headers, tenant) ? refusal.resolve : unbound.tell)(error);
    return { status: 400, page: noAnswer };
  }

  function lead(address: OneTimeAddress, peer: Peer): Reply {
    const headers = address.visit(peer);
    if (headers !== null) return { status: 302, headers, page: '' };
    const words =
      'The address that the browser was started with was used twice, and this system does not tell whether both times by you';
    answer.reject(new CliError('sign-in-failed', words, { facts: { cause: 'address' } }));
    return refused(410, 'This address can be used once.');
  }

  const redirectUri = await listen(server, port);
  const { origin, host } = new URL(redirectUri);
  const hosts = [host, host.replace('127.0.0.1', 'localhost')];

  return {
    redirectUri,
    answer: answer.promise,
    leadTo(authorizationUrl) {
      oneTime = createOneTimeAddress(authorizationUrl);
      return `${origin}${oneTime.path}`;
    },
    refusal: refusal.promise,
    nextUnboundError: unbound.next,
    async finish(page) {
      if (!answered) return;
      outcome.resolve(page);
      await Promise.race([shown.promise, setTimeout(patience, undefined, { ref: false })]);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause) => {
    const facts = { port: `${port}` };
    throw new CliError('sign-in-failed', `Port ${port} of 127.0.0.1 is not free`, { cause, facts });
  });
  return loopbackRedirectUri((server.address() as AddressInfo).port);
}

interface Reply {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  /** null: the final page, once the outcome is known. */
  readonly page: string | null;
}

/** The page for a person whose sign-in the tenant ended, and for whoever else comes without the right state. */
const noAnswer = refusalPage(
  'Not signed in',
  'This does not answer the sign-in that mfa-cli is waiting for. The terminal says what happens next.',
);

function refused(status: number, why: string): Reply {
  return { status, page: refusalPage('Not found here', why) };
}

function promiseOf<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}

/** What is told goes to whoever waits for the next one by then. */
function channelOf<T>() {
  let next = promiseOf<T>();
  return {
    next: () => next.promise,
    tell(value: T) {
      next.resolve(value);
      next = promiseOf();
    },
  };
}

/**
 * Whether the browser shows that no page of a stranger began this navigation: it began it itself, or a page of the tenant did. A
 * tenant's page over https is named by few browsers, as this address has no TLS.
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function isOwnNavigation(headers: IncomingHttpHeaders, tenant: string): boolean {
  const { 'sec-fetch-site': site, referer = '' } = headers;
  return site === 'none' || (URL.canParse(referer) && new URL(referer).origin === tenant);
}

/** What a browser may do with a page of ours: nothing but show it, and keep and pass on nothing. */
export const pageHeaders: OutgoingHttpHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src ${stylesheetSource}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};

/** A page for a request that is no answer to the sign-in, or for a sign-in that failed; both words are plain text. */
export function refusalPage(heading: string, lead: string): string {
  return renderPage({ heading, mark: 'bad', lead, brand: 'mfa-cli' });
}

/** The page at the end of a sign-in. `user` is null where the tenant did not name the person. */
export function signedInPage({ tenant, profile }: Connection, user: string | null): string {
  const { host } = new URL(tenant);
  return renderPage({
    heading: `Signed in to ${nameOf(host)}${user === null ? '' : ` as ${user}`}`,
    mark: 'ok',
    lead: 'You can close this tab and return to the terminal.',
    body: rows([
      ['Tenant', markup`<code>${host}</code>`],
      ['Profile', markup`${profile}`],
    ]),
    brand: 'mfa-cli',
  });
}

/** `acme` of `acme.id.cyberark.cloud`; of an address that is not the vendor's, all of it. */
function nameOf(host: string): string {
  return /^([^.]+)\.(?:id\.cyberark\.cloud|my\.idaptive\.app)$/.exec(host)?.[1] ?? host;
}
