import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { CliError, systemCode, unusablePort } from '../errors/cli-error.ts';
import { type OwnerRules, strictRules, watchPeers } from '../programs/owners.ts';
import { BodyTooLarge, matchPath, type Route, sendPage, type Verdict, verdictOf } from './http.ts';
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

interface Serving {
  readonly routes: readonly Route[];
  answered(request: AnsweredRequest): void;
}

interface Site {
  /** The address of a tenant, for requests to another host. */
  readonly home: string;
  /** The tenant at that `Host`, in lower case, or null. */
  at(host: string): Serving | Promise<Serving> | null;
}

/** An HTTP server on 127.0.0.1 that gets its port before its routes, whose answers contain it. @throws {CliError} usage */
export async function openServer(port: number, owners: OwnerRules = strictRules) {
  const server = createServer();
  const peerOf = watchPeers(server, owners);
  let serve: (site: Site) => void = () => {};
  // Requests wait for the routes.
  const served = new Promise<Site>((resolve) => {
    serve = resolve;
  });
  server.on('request', async (request, response) => answer(await served, request, response));
  return {
    port: await listen(server, port, '--port N'),
    serve,
    /** Looks up the owner of a connection at the first call, which takes time. */
    peerOf,
    close: closeServer(server),
  };
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

async function answer(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url: target = '' } = request;
  const began = performance.now();
  const refuse = (status: number, heading: string, lead: string): void =>
    sendPage(response, status, errorPage(heading, lead));
  try {
    // Pages of other sites whose name leads to loopback (DNS rebinding) are refused.
    const serving = await site.at(request.headers.host?.toLowerCase() ?? '');
    const { path, query } = splitTarget(target);
    const here = (serving?.routes ?? []).flatMap((route) => {
      const canonical = matchPath(route, path);
      return canonical === null ? [] : [{ route, canonical }];
    });
    // For any method: a secret address stays secret in a request with the wrong one.
    const listedAs = here[0]?.route.listedAs;
    const listed = listedAs === undefined ? path.slice(0, longestPath) : listedAs;
    if (listed !== null)
      response.once('finish', () =>
        serving?.answered({
          method,
          path: listed,
          status: response.statusCode,
          milliseconds: performance.now() - began,
          verdict: verdictOf(response),
        }),
      );
    if (serving === null)
      return refuse(400, 'Wrong host', `The local tenant answers at ${site.home}.`);
    const match = here.find(({ route }) => route.method === method);
    if (match !== undefined) {
      request.url = `${match.canonical}${query}`;
      return await match.route.answer(request, response);
    }
    sendPage(response, 404, notFoundPage());
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    response.setHeader('Connection', 'close');
    if (error instanceof BodyTooLarge)
      return refuse(413, 'The request is too large', 'A request body can have at most 2 MiB.');
    refuse(500, 'The emulator failed', 'This is a bug in the emulator.');
  }
}

/** Paths are stored; no client needs longer ones. */
const longestPath = 300;

/** Merges double slashes, which the vendor's iOS library sends. */
function splitTarget(target: string): { path: string; query: string } {
  const [path = ''] = target.split('?', 1);
  return { path: path.replace(/\/{2,}/g, '/'), query: target.slice(path.length) };
}

/** A name in the form of `Host`, which omits the default port of http (RFC 9110 §7.2). */
export function hostsOf(name: string, port: number): readonly string[] {
  return port === 80 ? [`${name}:${port}`, name] : [`${name}:${port}`];
}

/** Starts a server on 127.0.0.1, and returns its port. @param port 0 picks a free one @throws {CliError} usage */
export async function listen(server: Server, port: number, option: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  }).catch((cause: unknown) => {
    throw new CliError('usage', unusablePort(port, cause), { cause, facts: { option } });
  });
  return (server.address() as AddressInfo).port;
}

/** Starts a server on this port if it exists and is free, else on any free one. @throws {CliError} usage */
export function listenFrom(server: Server, port: number, option: string): Promise<number> {
  return listen(server, port % 65_536, option).catch((error: unknown) => {
    if (error instanceof CliError && systemCode(error.cause) === 'EADDRINUSE')
      return listen(server, 0, option);
    throw error;
  });
}
