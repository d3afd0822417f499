import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { CliError, unusablePort } from '../errors/cli-error.ts';
import {
  createOneTimeAddress,
  isBeforehand,
  isOwnNavigation,
  isTopLevelNavigation,
  type OneTimeAddress,
} from '../programs/one-time-address.ts';
import {
  type AcceptedPeer,
  isRefusedPeer,
  type OwnerRules,
  type Peer,
  strictRules,
  watchPeers,
} from '../programs/owners.ts';
import { strictPolicy, stylesheetSource } from '../report/html.ts';
import { errorOf } from '../tenant/oauth/authorization.ts';
import type { AuthorizationError } from '../tenant/oauth/refusal.ts';
import { channelOf, promiseOf } from './arrivals.ts';
import { answersRequest, unboundError } from './authorization-response.ts';
import { type FirstRefused, limitRefused } from './refused-connections.ts';
import { failurePage, tenantErrorPage } from './sign-in-pages.ts';

/**
 * The loopback redirect (RFC 8252 §7.3): a server on 127.0.0.1 that receives the
 * authorization code from the browser.
 */
export interface LoopbackRedirect {
  /** `http://127.0.0.1:PORT/callback` */
  readonly redirectUri: string;
  /**
   * The query of the first request with the state.
   * @throws {CliError} sign-in-failed: a one-time address was used twice, and the
   *   system does not tell by whom
   */
  readonly answer: Promise<URLSearchParams>;
  /**
   * The first error without a state that only this user's browser or the tenant can
   * have caused. Never rejects.
   */
  readonly tenantError: Promise<AuthorizationError>;
  /** The first connection that was refused because of its owner. Never rejects. */
  readonly firstRefused: FirstRefused;
  /** Creates a one-time address that redirects the browser to the authorization URL. */
  leadTo(authorizationUrl: string): string;
  /** The next error that may be forged. Errors between two calls are dropped. */
  nextDoubtedError(): Promise<DoubtedError>;
  /**
   * Shows the final page in a browser that came here, and waits for its delivery, five
   * seconds at most.
   */
  finish(page: string): Promise<void>;
  close(): void;
}

/** Milliseconds for a browser to fetch the final page. */
const patience = 5_000;
/**
 * Bytes for a request's line and headers. Error descriptions of a tenant can be long;
 * Node.js's default is 16 KiB.
 */
const maxHeaderSize = 256 * 1024;

export function loopbackRedirectUri(port: number): string {
  return `http://127.0.0.1:${port}/callback`;
}

/** An error that does not end the sign-in of itself. */
export interface DoubtedError {
  readonly error: AuthorizationError;
  /** Whether this user's browser brought it, perhaps for a page of another site. */
  readonly isThisUser: boolean;
}

/**
 * Listens on 127.0.0.1 for the tenant's answer to the authorization request with that
 * state. It refuses connections of other users and of unknown ones, and ignores any other
 * request, so that no web page can end or spoil a sign-in. Port 0 picks a free one.
 * @throws {CliError} sign-in-failed if the port is taken; `facts.port` names it
 */
export async function openLoopbackRedirect(
  port: number,
  state: string,
  tenant: string,
  owners: OwnerRules = strictRules,
): Promise<LoopbackRedirect> {
  const redirect = new RedirectServer(state, tenant, owners);
  await redirect.listen(port);
  return redirect;
}

class RedirectServer implements LoopbackRedirect {
  readonly #state: string;
  readonly #tenant: string;
  readonly #server = createServer({ maxHeaderSize });
  readonly #peerOf: (socket: Socket) => Peer;
  readonly #answer = promiseOf<URLSearchParams>();
  readonly #tenantError = promiseOf<AuthorizationError>();
  readonly #doubted = channelOf<DoubtedError>();
  readonly #finalPage = promiseOf<string>();
  readonly #shown = promiseOf<void>();
  #redirectUri = loopbackRedirectUri(0);
  #oneTime: OneTimeAddress | null = null;
  #isAnswered = false;

  readonly answer = this.#answer.promise;
  readonly tenantError = this.#tenantError.promise;
  readonly firstRefused: FirstRefused;

  constructor(state: string, tenant: string, owners: OwnerRules) {
    this.#state = state;
    this.#tenant = tenant;
    this.#server.on('request', (request, response) => this.#respond(request, response));
    this.#peerOf = watchPeers(this.#server, owners);
    this.firstRefused = limitRefused(this.#server, this.#peerOf);
    // Callers that wait get the rejection.
    this.answer.catch(() => undefined);
  }

  async listen(port: number): Promise<void> {
    this.#redirectUri = await listen(this.#server, port);
  }

  get redirectUri(): string {
    return this.#redirectUri;
  }

  leadTo(authorizationUrl: string): string {
    this.#oneTime = createOneTimeAddress(authorizationUrl);
    return `${new URL(this.#redirectUri).origin}${this.#oneTime.path}`;
  }

  nextDoubtedError(): Promise<DoubtedError> {
    return this.#doubted.next();
  }

  async finish(page: string): Promise<void> {
    if (!this.#isAnswered) return;
    this.#finalPage.resolve(page);
    await Promise.race([this.#shown.promise, setTimeout(patience, undefined, { ref: false })]);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    const { status, headers = {}, page } = this.#reply(request);
    response.writeHead(status, { ...pageHeaders, ...headers });
    if (page !== null) response.end(page);
    else void this.#finalPage.promise.then((final) => response.end(final, this.#shown.resolve));
  }

  #reply(request: IncomingMessage): Reply {
    const peer = this.#peerOf(request.socket);
    if (isRefusedPeer(peer)) return errorReply(403, notForThem);
    const { host } = new URL(this.#redirectUri);
    const hosts = [host, host.replace('127.0.0.1', 'localhost')];
    const errorAnswer = errorReplyTo(request, hosts);
    if (errorAnswer !== null) return errorAnswer;
    const [path, ...rest] = (request.url ?? '').split('?');
    if (path === '/done' && this.#isAnswered) return { status: 200, page: null };
    if (this.#oneTime !== null && path === this.#oneTime.path && !this.#isAnswered)
      return lead(this.#oneTime, peer, this.#answer.reject);
    if (path !== '/callback') return errorReply(404, notHere);
    return this.#takeAnswer(new URLSearchParams(rest.join('?')), peer, request.headers);
  }

  #takeAnswer(query: URLSearchParams, peer: AcceptedPeer, headers: IncomingHttpHeaders): Reply {
    const isAnswer = answersRequest(query, this.#state);
    const isThisUser = peer === 'own';
    // A sender who may be another user may bring a code with the state. They must not end
    // the sign-in by an error, even with the state.
    if (isAnswer && (isThisUser || errorOf(query) === null)) {
      this.#isAnswered = true;
      this.#answer.resolve(query);
      // Removes the code from the address bar and the history.
      return { status: 303, headers: { location: '/done' }, page: '' };
    }
    const error = isAnswer ? errorOf(query) : unboundError(query);
    if (error === null || !isTopLevelNavigation(headers)) return { status: 400, page: noAnswer };
    const isCertain = isThisUser && isOwnNavigation(headers, this.#tenant);
    if (isCertain) this.#tenantError.resolve(error);
    else this.#doubted.tell({ error, isThisUser });
    return { status: 400, page: tenantErrorPage(error, isCertain) };
  }
}

/** The error for a request that no browser of a sign-in sends; null: it is none. */
function errorReplyTo(
  { headers, method }: IncomingMessage,
  hosts: readonly string[],
): Reply | null {
  // A page after DNS rebinding still sends its own host name.
  if (!hosts.includes(headers.host ?? ''))
    return errorReply(400, 'This address serves only mfa-cli.');
  if (method !== 'GET')
    return { ...errorReply(405, 'Only GET is supported.'), headers: { allow: 'GET' } };
  // No person has seen the page yet.
  return isBeforehand(headers) ? errorReply(404, notHere) : null;
}

/** Leads the browser on; a second visit that may be another user's ends the sign-in. */
function lead(address: OneTimeAddress, peer: AcceptedPeer, end: (reason: CliError) => void): Reply {
  const headers = address.visit(peer);
  if (headers !== null) return { status: 302, headers, page: '' };
  const words =
    'The one-time address of the browser was used twice, ' +
    'and this system does not tell whether both visits were yours';
  end(new CliError('sign-in-failed', words, { facts: { cause: 'address' } }));
  return errorReply(410, 'This address can be used once.');
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
  /** Null: the final page, once it is known. */
  readonly page: string | null;
}

const notHere = 'This address does not exist.';
const notForThem =
  'This address serves only the user who runs mfa-cli. If that is you, the terminal shows how to go on.';

/** The page for requests without the right state. */
const noAnswer = failurePage(
  'Not signed in',
  'This does not answer the sign-in that mfa-cli is waiting for. The terminal shows what happens next.',
);

function errorReply(status: number, why: string): Reply {
  return { status, page: failurePage('Not found here', why) };
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
