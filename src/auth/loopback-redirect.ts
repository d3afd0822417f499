import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { CliError } from '../errors/cli-error.ts';
import { isTopLevelNavigation } from '../programs/one-time-address.ts';
import { markup, renderPage, rows, stylesheetSource } from '../report/document.ts';
import { answersRequest, unboundError } from './authorization-look.ts';
import type { Connection } from './connection.ts';
import { type AuthorizationError, errorWords } from './tenant-answer.ts';

/** The loopback redirect (RFC 8252 §7.3): a server on 127.0.0.1 to which the browser brings the authorization code. */
export interface LoopbackRedirect {
  /** `http://127.0.0.1:PORT/callback` */
  readonly redirectUri: string;
  /** The query of the first request with the state. Never rejects. */
  readonly answer: Promise<URLSearchParams>;
  /** The query of the next error without a state that a browser window brings; those between two calls are dropped. */
  nextUnboundError(): Promise<URLSearchParams>;
  /** Shows the browser the page of how the sign-in ended, where it came here, and waits until it has it, a second at most. */
  finish(page: string): Promise<void>;
  /** Ends all connections, those too that a browser keeps open. */
  close(): void;
}

/** Milliseconds for a browser to follow the redirect to the final page. */
const patience = 1_000;

/** Bytes for a request's line and headers: a tenant may explain itself at length, and Node.js's default is 16 KiB. */
const maxHeaderSize = 256 * 1024;

/** The redirect URI of the loopback redirect on that port. */
export function loopbackRedirectUri(port: number): string {
  return `http://127.0.0.1:${port}/callback`;
}

/**
 * Listens on 127.0.0.1 for the answer to the authorization request with that state. An error without a state is shown
 * and passed on for the sign-in to judge. Any other request is refused without effect, so that no web page can end or
 * spoil a sign-in. Port 0 picks a free one.
 * @throws {CliError} sign-in-failed if the port is taken; `facts.port` names it
 */
export async function openLoopbackRedirect(port: number, state: string): Promise<LoopbackRedirect> {
  const answer = promiseOf<URLSearchParams>();
  const outcome = promiseOf<string>();
  const shown = promiseOf<void>();
  let answered = false;
  let unbound = promiseOf<URLSearchParams>();

  const server = createServer({ maxHeaderSize }, (request, response) => {
    const { status, headers = {}, page } = reply(request);
    response.writeHead(status, { ...pageHeaders, ...headers });
    if (page !== null) response.end(page);
    else void outcome.promise.then((final) => response.end(final, shown.resolve));
  });

  function reply(request: IncomingMessage): Reply {
    const refused = (status: number, why: string) => ({ status, page: refusalPage('Not found here', why) });
    // A page whose host name was rebound to 127.0.0.1 still sends its own name.
    if (!hosts.includes(request.headers.host ?? '')) return refused(400, 'This address serves only mfa-cli.');
    if (request.method !== 'GET')
      return { ...refused(405, 'Only GET is supported.'), headers: { allow: 'GET' } };
    const [path, ...rest] = (request.url ?? '').split('?');
    if (path === '/done' && answered) return { status: 200, page: null };
    if (path !== '/callback') return refused(404, 'There is nothing at this address.');
    const query = new URLSearchParams(rest.join('?'));
    if (answersRequest(query, state)) return takeAnswer(query);
    const error = isTopLevelNavigation(request.headers) ? unboundError(query) : null;
    if (error !== null) return takeError(query, error);
    return refused(400, 'This does not answer the sign-in that mfa-cli is waiting for. It is still waiting.');
  }

  function takeAnswer(query: URLSearchParams): Reply {
    answered = true;
    answer.resolve(query);
    // Takes the code out of the address bar and the history.
    return { status: 303, headers: { location: '/done' }, page: '' };
  }

  function takeError(query: URLSearchParams, error: AuthorizationError): Reply {
    unbound.resolve(query);
    unbound = promiseOf();
    const words = `The tenant’s words: “${errorWords(error)}”. The terminal says what happens next.`;
    return { status: 200, page: refusalPage('Not signed in', words) };
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause) => {
    throw new CliError('sign-in-failed', `Port ${port} of 127.0.0.1 is not free`, {
      cause,
      facts: { port: `${port}` },
    });
  });
  const redirectUri = loopbackRedirectUri((server.address() as AddressInfo).port);
  const hosts = [new URL(redirectUri).host, new URL(redirectUri).host.replace('127.0.0.1', 'localhost')];

  return {
    redirectUri,
    answer: answer.promise,
    nextUnboundError: () => unbound.promise,
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

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** null: the final page, once the outcome is known. */
  readonly page: string | null;
}

function promiseOf<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
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
