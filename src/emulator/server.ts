import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { CliError, systemCode, unusablePort } from '../errors/cli-error.ts';
import { type OwnerRules, type Peer, strictRules, watchPeers } from '../programs/owners.ts';
import {
  BodyTooLarge,
  type Exchange,
  isUnlisted,
  matchPath,
  type Route,
  sendPage,
  type Verdict,
  verdictOf,
} from './http.ts';
import { errorPage, notFoundPage } from './pages.ts';

/** An answered request, without its query and the bodies. */
export interface AnsweredRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  /** Null: it has no outcome. */
  readonly verdict: Verdict | null;
}

/** A request, as the tenant lists it. */
export interface ListedRequest extends AnsweredRequest {
  readonly at: Date;
}

/** How the requests to one tenant are answered. */
export interface Routing {
  readonly routes: readonly Route[];
  noteAnswered(request: AnsweredRequest): void;
}

/** The tenants of a server, by host. */
interface Site {
  /** The address of a tenant, for requests to another host. */
  readonly home: string;
  /** The tenant at that `Host`, in lower case, or null. */
  at(host: string): Routing | null;
}

/** Looks up the owner of a connection at the first call, which takes time. */
export type PeerOf = (socket: Socket) => Peer;

/** A server that is listening, and answers once it has a site. */
export interface OpenedServer {
  readonly port: number;
  readonly peerOf: PeerOf;
  /** Answers all requests from now on, and those that have been waiting. */
  answerFor(site: Site): void;
  close(): Promise<void>;
}

/**
 * Opens an HTTP server on 127.0.0.1, which gets its port before its site: the answers
 * contain the port.
 * @throws {CliError} usage
 */
export async function openServer(
  port: number,
  owners: OwnerRules = strictRules,
): Promise<OpenedServer> {
  const server = createServer();
  const peerOf = watchPeers(server, owners);
  let answerFor!: (site: Site) => void;
  const site = new Promise<Site>((resolve) => {
    answerFor = resolve;
  });
  server.on('request', async (request, response) => {
    const tenants = await site;
    await answer(tenants, { request, response, startedAt: performance.now() });
  });
  const close = closeServer(server);
  return { port: await listen(server, port, '--port N'), peerOf, answerFor, close };
}

/** Returns a function that ends a server with all open connections. */
export function closeServer(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
}

interface TimedExchange extends Exchange {
  readonly startedAt: number;
}

async function answer(site: Site, exchange: TimedExchange): Promise<void> {
  const { request, response } = exchange;
  try {
    // Pages of other sites whose name leads to loopback (DNS rebinding) are refused.
    const routing = site.at(request.headers.host?.toLowerCase() ?? '');
    if (routing === null) {
      const lead = `The local tenant answers at ${site.home}.`;
      return sendPage(response, 400, errorPage('Wrong host', lead));
    }
    await answerAt(routing, exchange);
  } catch (error) {
    answerAfterFailure(error, response);
  }
}

/** Answers by the route of a tenant. */
async function answerAt(routing: Routing, exchange: TimedExchange): Promise<void> {
  const { request, response } = exchange;
  const { path, query } = splitTarget(request.url ?? '');
  const matches = routing.routes.flatMap((route) => {
    const canonical = matchPath(route, path);
    return canonical === null ? [] : [{ route, canonical }];
  });
  const listed = listedPath(matches[0]?.route, path);
  if (listed !== null) reportAnswer(routing, listed, exchange);
  const match = matches.find(({ route }) => route.method === request.method);
  if (match === undefined) return sendPage(response, 404, notFoundPage());
  // The route reads the path in the vendor's spelling.
  request.url = `${match.canonical}${query}`;
  await match.route.answer(request, response);
}

/** Paths are stored; no client needs longer ones. */
const maxPathLength = 300;

/**
 * The path of a request in the list of requests, or null. The method does not matter: a
 * secret address stays secret in a request with the wrong one.
 */
function listedPath(route: Route | undefined, path: string): string | null {
  return route?.listedAs === undefined ? path.slice(0, maxPathLength) : route.listedAs;
}

function reportAnswer(
  routing: Routing,
  path: string,
  { request, response, startedAt }: TimedExchange,
): void {
  response.once('finish', () => {
    if (isUnlisted(response)) return;
    routing.noteAnswered({
      method: request.method ?? '',
      path,
      status: response.statusCode,
      milliseconds: performance.now() - startedAt,
      verdict: verdictOf(response),
    });
  });
}

function answerAfterFailure(error: unknown, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader('Connection', 'close');
  const page =
    error instanceof BodyTooLarge
      ? errorPage('The request is too large', 'A request body can have at most 2 MiB.')
      : errorPage('The emulator failed', 'This is a bug in the emulator.');
  sendPage(response, error instanceof BodyTooLarge ? 413 : 500, page);
}

interface RequestTarget {
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
}

/** Merges double slashes, which the vendor's iOS library sends. */
function splitTarget(target: string): RequestTarget {
  const [path = ''] = target.split('?', 1);
  return { path: path.replace(/\/{2,}/g, '/'), query: target.slice(path.length) };
}

/** A name in the form of `Host`, which omits the default port of http (RFC 9110 §7.2). */
export function hostsOf(name: string, port: number): readonly string[] {
  return port === 80 ? [`${name}:${port}`, name] : [`${name}:${port}`];
}

/**
 * Starts a server on 127.0.0.1, and returns its port. @param port 0 picks a free one
 * @throws {CliError} usage
 */
export async function listen(server: Server, port: number, option: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  }).catch((cause: unknown) => {
    throw new CliError('usage', unusablePort(port, cause), { cause, facts: { option } });
  });
  return (server.address() as AddressInfo).port;
}

const portCount = 65_536;

/**
 * Starts a server on this port if it exists and is free, else on any free one.
 * @throws {CliError} usage
 */
export function listenFrom(server: Server, port: number, option: string): Promise<number> {
  return listen(server, port % portCount, option).catch((error: unknown) => {
    if (error instanceof CliError && systemCode(error.cause) === 'EADDRINUSE')
      return listen(server, 0, option);
    throw error;
  });
}
