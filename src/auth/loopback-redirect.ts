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
import { CliError, unusablePort } from '../errors/cli-error.ts';
import {
  createOneTimeAddress,
  isBeforehand,
  isTopLevelNavigation,
  type OneTimeAddress,
  type Peer,
  watchPeers,
} from '../programs/one-time-address.ts';
import { markup, renderPage, rows, strictPolicy, stylesheetSource } from '../report/html.ts';
import type { AuthorizationError } from '../tenant/oauth/refusal.ts';
import { answersRequest, unboundError } from './authorization-response.ts';
import type { Connection } from './connection.ts';

/** The loopback redirect (RFC 8252 §7.3): a server on 127.0.0.1 that receives the authorization code from the browser. */
export type LoopbackRedirect = Awaited<ReturnType<typeof openLoopbackRedirect>>;

/** Milliseconds for a browser to fetch the final page. */
const patience = 5_000;
/** Bytes for a request's line and headers. Error descriptions of a tenant can be long; Node.js's default is 16 KiB. */
const maxHeaderSize = 256 * 1024;

export function loopbackRedirectUri(port: number): string {
  return `http://127.0.0.1:${port}/callback`;
}

/**
 * Listens on 127.0.0.1 for the tenant's answer to the authorization request with that state. It refuses other users of the
 * machine, and ignores any other request, so that no web page can end or spoil a sign-in. Port 0 picks a free one.
 * @throws {CliError} sign-in-failed if the port is taken; `facts.port` names it
 */
export async function openLoopbackRedirect(port: number, state: string, tenant: string) {
  const answer = promiseOf<URLSearchParams>();
  const outcome = promiseOf<string>();
  const shown = promiseOf<void>();
  let answered = false;
  const refusal = promiseOf<AuthorizationError>();
  const unbound = channelOf<AuthorizationError>();
  let oneTime: OneTimeAddress | null = null;
  // Callers that wait get the rejection.
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
    if (peer === 'other')
      return refused(403, 'This address serves only the user who runs mfa-cli.');
    // A page after DNS rebinding still sends its own host name.
    if (!hosts.includes(headers.host ?? ''))
      return refused(400, 'This address serves only mfa-cli.');
    if (method !== 'GET')
      return { ...refused(405, 'Only GET is supported.'), headers: { allow: 'GET' } };
    const [path, ...rest] = url.split('?');
    if (path === '/done' && answered) return { status: 200, page: null };
    if (oneTime !== null && path === oneTime.path && !answered && !isBeforehand(headers))
      return lead(oneTime, peer, answer.reject);
    if (path !== '/callback') return refused(404, 'This address does not exist.');
    const query = new URLSearchParams(rest.join('?'));
    if (answersRequest(query, state)) {
      answered = true;
      answer.resolve(query);
      // Removes the code from the address bar and the history.
      return { status: 303, headers: { location: '/done' }, page: '' };
    }
    const error = isTopLevelNavigation(headers) ? unboundError(query) : null;
    if (error !== null) (isOwnNavigation(headers, tenant) ? refusal.resolve : unbound.tell)(error);
    return { status: 400, page: error === null ? noAnswer : refusedSignIn };
  }

  const redirectUri = await listen(server, port);
  const { origin, host } = new URL(redirectUri);
  const hosts = [host, host.replace('127.0.0.1', 'localhost')];

  return {
    /** `http://127.0.0.1:PORT/callback` */
    redirectUri,
    /**
     * The query of the first request with the state.
     * @throws {CliError} sign-in-failed: a one-time address was used twice, and the system does not tell by whom
     */
    answer: answer.promise,
    /** Creates a one-time address that redirects the browser to the authorization URL. */
    leadTo(authorizationUrl: string): string {
      oneTime = createOneTimeAddress(authorizationUrl);
      return `${origin}${oneTime.path}`;
    },
    /** The first error without a state that no other site can have caused, by the browser's headers. Never rejects. */
    refusal: refusal.promise,
    /** The next error without a state that may be forged. Errors between two calls are dropped. */
    nextUnboundError: unbound.next,
    /** Shows the final page in a browser that came here, and waits for its delivery, five seconds at most. */
    async finish(page: string): Promise<void> {
      if (!answered) return;
      outcome.resolve(page);
      await Promise.race([shown.promise, setTimeout(patience, undefined, { ref: false })]);
    },
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Leads the browser on; a second visit that may be another user's ends the sign-in. */
function lead(address: OneTimeAddress, peer: Peer, end: (reason: CliError) => void): Reply {
  const headers = address.visit(peer);
  if (headers !== null) return { status: 302, headers, page: '' };
  const words =
    'The one-time address of the browser was used twice, and this system does not tell whether both visits were yours';
  end(new CliError('sign-in-failed', words, { facts: { cause: 'address' } }));
  return refused(410, 'This address can be used once.');
}

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause) => {
    throw new CliError('sign-in-failed', unusablePort(port, cause), { cause, facts: { port } });
  });
  return loopbackRedirectUri((server.address() as AddressInfo).port);
}

interface Reply {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  /** Null: the final page, after the outcome is known. */
  readonly page: string | null;
}

/** The page for an error that names no sign-in: most tenants send theirs without a state. */
const refusedSignIn = refusalPage(
  'Not signed in',
  'The sign-in was cancelled or refused. The terminal shows what happens next.',
);

/** The page for requests without the right state. */
const noAnswer = refusalPage(
  'Not signed in',
  'This does not answer the sign-in that mfa-cli is waiting for. The terminal shows what happens next.',
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

/** Delivers each value to the caller that waits for the next one. */
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
 * Whether the browser's headers show that no other site started this navigation, but the browser itself or a page of the
 * tenant. Few browsers name a tenant's https page here, since this address has no TLS.
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function isOwnNavigation(headers: IncomingHttpHeaders, tenant: string): boolean {
  const { 'sec-fetch-site': site, referer = '' } = headers;
  return site === 'none' || (URL.canParse(referer) && new URL(referer).origin === tenant);
}

/** The browser may only show these pages, and must neither store nor forward anything. */
export const pageHeaders: OutgoingHttpHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `${strictPolicy}; style-src ${stylesheetSource}; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};

/** The page for a request that does not answer the sign-in, or for a failed sign-in. Both texts are plain. */
export function refusalPage(heading: string, lead: string): string {
  return renderPage({ heading, mark: 'bad', lead, brand: 'mfa-cli' });
}

/** The page at the end of a sign-in. `user` is null if the tenant did not name the person. */
export function signedInPage({ tenant, profile }: Connection, user: string | null): string {
  const { host } = new URL(tenant);
  return renderPage({
    heading: `Signed in to ${nameOf(host)}`,
    mark: 'ok',
    lead: 'You can close this tab and return to the terminal.',
    body: rows([
      ...(user === null ? [] : [['User', markup`${user}`] as const]),
      ['Tenant', markup`<code>${host}</code>`],
      ['Profile', markup`${profile}`],
    ]),
    brand: 'mfa-cli',
  });
}

/** `acme` for `acme.id.cyberark.cloud`; other addresses stay whole. */
function nameOf(host: string): string {
  return /^([^.]+)\.(?:id\.cyberark\.cloud|my\.idaptive\.app)$/.exec(host)?.[1] ?? host;
}
