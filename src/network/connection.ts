import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import type { buildConnector, Client, Dispatcher } from 'undici';
import { BrokenAnswer, NotHttp } from './failure.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { type ProxySettings, proxyFor } from './proxy.ts';
import type { Trust } from './trust.ts';
import { bounds, connectionClosed, createConnector, loadUndici, openTunnel, plainError } from './tunnel.ts';

/** A connection to one origin, made when it is needed and again once it has ended; it takes one request after another. */
interface Connection {
  /**
   * One request and its whole answer. It is written once at most, and only after TLS has judged the certificate.
   * Throws what the runtime does, NotHttp, BrokenAnswer, ProxyError and ProxyRefusal.
   * @param onWritten called before the first byte of the request is
   * @throws {CliError} tenant-not-json for a body over 8 MiB, usage for a request that cannot be sent; the signal's reason
   */
  send(request: HttpRequest, onWritten: () => void): Promise<HttpResponse>;
  close(): void;
}

/** Informational answers (RFC 9110 §15.2) before the one that counts; more are a flood. */
const mostHints = 20;

/** Pieces in which a body may come, each of which is work: one of 8 MiB in chunks of 17 bytes. */
const mostPieces = 500_000;

/** What is known of the socket that a client of undici has. */
interface Wire {
  socket: Socket | null;
  /** How many bytes it had given when its last answer ended; null while one is expected. */
  answered: number | null;
}

/** Connections to any number of origins. @param signal ends them all, in any state */
export function createConnections(proxies: ProxySettings, trust: Trust, signal: AbortSignal) {
  const connections = new Map<string, Promise<Connection>>();
  async function open(url: URL, reach: number): Promise<Connection> {
    const context = url.protocol === 'https:' ? await trust.context(reach) : null;
    const connect = await connectorFor(url, proxyFor(url, proxies), context, signal);
    return openConnection(url.origin, connect, signal);
  }
  return {
    /** That of an origin which trusts the CAs up to `reach`: one is opened where there is none. */
    to(url: URL, reach: number): Promise<Connection> {
      const key = `${url.origin} ${reach}`;
      const connection = connections.get(key) ?? open(url, reach);
      connections.set(key, connection);
      return connection;
    },
    close(): void {
      for (const connection of connections.values())
        connection.then((opened) => opened.close()).catch(() => undefined);
      connections.clear();
    },
  };
}

async function openConnection(origin: string, connect: Connector, signal: AbortSignal): Promise<Connection> {
  const { Client } = await loadUndici();
  const wire: Wire = { socket: null, answered: null };
  const client = new Client(origin, {
    ...bounds,
    connect(way, done) {
      connect(way).then(
        async (socket) => {
          // What came with the connection, before anything was asked, would be taken for the answer.
          await setImmediate();
          if (socket.readableLength > 0) socket.destroy(new NotHttp());
          // undici takes the error of its own for it as a reason to connect again, for ever.
          if (socket.destroyed) return done(socket.errored ?? connectionClosed(), null);
          watch(wire, socket);
          done(null, socket);
        },
        (error: Error) => done(error, null),
      );
    },
  });
  return {
    async send(request, onWritten) {
      signal.throwIfAborted();
      const response = await exchange(client, wire, request, onWritten);
      signal.throwIfAborted();
      return response;
    },
    close: () => void client.destroy().catch(() => undefined),
  };
}

/** What comes while nothing is asked may be a part of something: the rest of it would be taken for the next answer. */
function watch(wire: Wire, socket: Socket): void {
  wire.socket = socket;
  wire.answered = null;
  socket.on('readable', () => {
    if (socket === wire.socket && wire.answered !== null && socket.bytesRead !== wire.answered)
      socket.destroy();
  });
}

/** @see Connection.send */
function exchange(
  client: Client,
  wire: Wire,
  request: HttpRequest,
  onWritten: () => void,
): Promise<HttpResponse> {
  const { origin, pathname, search } = new URL(request.url);
  return new Promise((resolve, reject) => {
    let socket: Socket | null = null;
    let before = 0;
    let hints = 0;
    let head: Pick<HttpResponse, 'status' | 'headers'> | null = null;
    let pieces = 0;
    const gathered = gatherBytes();
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {
        onWritten();
        socket = wire.socket;
        before = socket?.bytesRead ?? 0;
        wire.answered = null;
      },
      onResponseStart(_controller, status, headers) {
        // For what a handler throws undici connects once more.
        if (status < 100 || status > 599 || (status < 200 && ++hints > mostHints))
          socket?.destroy(new NotHttp());
        if (status >= 200) head = { status, headers: joinHeaders(headers) };
      },
      onResponseData(_controller, chunk) {
        if (++pieces > mostPieces) socket?.destroy(new NotHttp());
        else gathered.add(chunk);
      },
      onResponseEnd() {
        // Without a length an answer ends with its connection, also with one that broke (RFC 9112 §6.3).
        if (head === null || socket?.errored) return reject(new BrokenAnswer(socket?.errored));
        wire.answered = socket?.bytesRead ?? null;
        const bytes = gathered.all();
        // UTF-8, without the byte order mark that .NET may put first.
        resolve({ ...head, body: new TextDecoder().decode(bytes), bytes });
      },
      onResponseError(_controller, error) {
        const hasBegun = socket !== null && socket.bytesRead > before;
        reject(plainError(error, { origin, hasHead: head !== null, hasBegun }));
      },
    };
    const { method, headers, body = null, retry } = request;
    // Nothing that comes after the answer to a change can be taken for another answer, nor the reverse.
    const reset = method !== 'GET' || !retry;
    client.dispatch({ path: `${pathname}${search}`, method, headers: { ...headers }, body, reset }, handler);
  });
}

/** Gathers bytes in one place: small pieces that are kept take a hundred times what is in them. */
function gatherBytes() {
  let place = Buffer.alloc(0);
  let length = 0;
  return {
    add(piece: Buffer): void {
      if (length + piece.length > place.length) {
        const larger = Buffer.alloc(Math.max(2 * place.length, length + piece.length));
        place.copy(larger);
        place = larger;
      }
      length += piece.copy(place, length);
    },
    all: () => place.subarray(0, length),
  };
}

type Connector = (way: buildConnector.Options) => Promise<Socket>;

/**
 * Makes the connections of an origin, directly or through a proxy, once TLS is established and its certificate is judged.
 * @param context null: what the runtime trusts by itself
 */
async function connectorFor(
  url: URL,
  proxy: URL | null,
  context: SecureContext | null,
  signal: AbortSignal,
): Promise<Connector> {
  const options = { signal, ...(context && { secureContext: context }) };
  const connect = await createConnector(options);
  return async (way) => {
    signal.throwIfAborted();
    if (proxy === null) return connect(way);
    const tunnel = await openTunnel(proxy, url, options);
    // An attempt's own timer keeps the process alive as long as that lasts; Bun does not let go of it with the socket above.
    tunnel.unref();
    return url.protocol === 'https:' ? connect({ ...way, httpSocket: tunnel }) : tunnel;
  };
}

/** One text a name; undici has a list where a header came several times. */
function joinHeaders(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const joined = Object.entries(headers).map(([name, value = '']) => [name, [value].flat().join(', ')]);
  return Object.fromEntries(joined) as Record<string, string>;
}
