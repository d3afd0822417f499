import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { buildConnector, Client, Dispatcher } from 'undici';
import { CliError } from '../errors/cli-error.ts';
import { isRefusedPeer, lookAtListener, type OwnerRules } from '../programs/owners.ts';
import { BrokenAnswer, NotHttp } from './failure.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { loopbackAddress, type ProxySettings, portOf, proxyFor } from './proxy.ts';
import type { Trust } from './trust.ts';
import {
  bounds,
  connectionClosed,
  createConnector,
  loadUndici,
  openTunnel,
  plainError,
} from './tunnel.ts';

/**
 * The most informational answers (RFC 9110 §15.2) before the final one; more are a flood.
 */
const maxHints = 20;
/** The most pieces of a body, each of which costs time and memory. */
const maxPieces = 100_000;

/** Shared by all requests of a command. */
export interface Network {
  readonly proxies: ProxySettings;
  readonly trust: Trust;
  /** Whose listener at a loopback address may get a request without TLS. */
  readonly owners: OwnerRules;
  /** Closes every connection, in any state. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request over its own connection, so that bytes after an answer cannot pass for
 * the next answer, and reads the whole answer. The request is written once at most, after
 * TLS has accepted the certificate. Throws what the runtime does, NotHttp, BrokenAnswer,
 * ProxyError and ProxyRefusal.
 * @param lastGroup the last group of CAs to trust
 * @param onWritten called before the first byte of the request is written
 * @throws {CliError} tenant-not-json for a body over 8 MiB, usage for a request that
 * cannot be sent; the signal's reason
 */
export async function sendOnce(
  request: HttpRequest,
  lastGroup: number,
  network: Network,
  onWritten: () => void,
): Promise<HttpResponse> {
  const { signal } = network;
  const { origin } = new URL(request.url);
  const { Client } = await loadUndici();
  const connectTo = await connectorFor(new URL(request.url), lastGroup, network);
  let socket: Socket | null = null;
  const client = new Client(origin, {
    ...bounds,
    connect(way, done) {
      connectTo(way).then(
        async (connected) => {
          // Bytes that arrive before the request would pass for the answer.
          await setImmediate();
          if (connected.readableLength > 0) connected.destroy(new NotHttp());
          // undici reconnects forever on its own error.
          if (connected.destroyed) return done(connected.errored ?? connectionClosed(), null);
          socket = connected;
          done(null, connected);
        },
        (error: Error) => done(error, null),
      );
    },
  });
  try {
    signal.throwIfAborted();
    const response = await exchange(client, request, { onWritten, socketInUse: () => socket });
    signal.throwIfAborted();
    return response;
  } finally {
    void client.destroy().catch(() => undefined);
  }
}

/** The connection of an exchange, which undici makes after the exchange has begun. */
interface ExchangeConnection {
  /** Called before the first byte of the request is written. */
  onWritten(): void;
  /** Null before that. */
  socketInUse(): Socket | null;
}

function exchange(
  client: Client,
  request: HttpRequest,
  { onWritten, socketInUse }: ExchangeConnection,
): Promise<HttpResponse> {
  const { origin, pathname, search } = new URL(request.url);
  return new Promise((resolve, reject) => {
    let socket: Socket | null = null;
    let before = 0;
    let hints = 0;
    let head: Pick<HttpResponse, 'status' | 'headers'> | null = null;
    const pieces: Buffer[] = [];
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {
        onWritten();
        socket = socketInUse();
        before = socket?.bytesRead ?? 0;
      },
      onResponseStart(_controller, status, headers) {
        // undici reconnects if a handler throws.
        if (status < 100 || status > 599 || (status < 200 && ++hints > maxHints))
          socket?.destroy(new NotHttp());
        if (status >= 200) head = { status, headers: joinHeaders(headers) };
      },
      onResponseData(_controller, chunk) {
        if (pieces.push(chunk) > maxPieces) socket?.destroy(new NotHttp());
      },
      onResponseEnd() {
        // Without a length the answer ends with its connection, even a broken one (RFC
        // 9112 §6.3).
        if (head === null || socket?.errored) return reject(new BrokenAnswer(socket?.errored));
        const bytes = Buffer.concat(pieces);
        // UTF-8, without a byte order mark, which .NET may add.
        resolve({ ...head, body: new TextDecoder().decode(bytes), bytes });
      },
      onResponseError(_controller, error) {
        const hasBegun = socket !== null && socket.bytesRead > before;
        reject(plainError(error, { origin, hasHead: head !== null, hasBegun }));
      },
    };
    const { method, headers, body = null } = request;
    const path = `${pathname}${search}`;
    client.dispatch({ path, method, headers: { ...headers }, body, reset: true }, handler);
  });
}

/**
 * Opens connections to an origin, directly or through a proxy, once TLS has accepted the
 * certificate, or without TLS once the listener is known.
 */
async function connectorFor(
  url: URL,
  lastGroup: number,
  { proxies, trust, signal, owners }: Network,
) {
  const isSecure = url.protocol === 'https:';
  // Null: the runtime's own CAs.
  const secureContext = isSecure ? await trust.context(lastGroup) : null;
  const proxy = proxyFor(url, proxies);
  const options = { signal, ...(secureContext && { secureContext }) };
  const connect = await createConnector(options);
  return async (way: buildConnector.Options): Promise<Socket> => {
    signal.throwIfAborted();
    if (proxy === null)
      return isSecure ? connect(way) : connectToOwn(url, owners, () => connect(way));
    const tunnel = await openTunnel(proxy, url, options);
    // The timer of the attempt keeps the process alive; in Bun the socket would do so
    // even longer.
    tunnel.unref();
    return isSecure ? connect({ ...way, httpSocket: tunnel }) : tunnel;
  };
}

/**
 * A loopback address proves nothing about who listens there.
 * @throws {CliError} listener-not-yours
 */
async function connectToOwn(
  url: URL,
  owners: OwnerRules,
  connect: () => Promise<Socket>,
): Promise<Socket> {
  const address = loopbackAddress(url.hostname);
  if (address === null) return connect();
  const look = lookAtListener({ address, port: Number(portOf(url)) }, owners);
  const socket = await connect();
  const listener = look.judge(socket);
  if (listener !== null && !isRefusedPeer(listener)) return socket;
  socket.destroy();
  if (listener === null) throw connectionClosed();
  const words =
    listener === 'other'
      ? `Another user of this machine listens at ${url.origin}`
      : `The system does not tell which user of this machine listens at ${url.origin}`;
  throw new CliError('listener-not-yours', words, { facts: { listener } });
}

/** One text for each name; undici has a list for repeated headers. */
function joinHeaders(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const joined = Object.entries(headers).map(([name, value = '']) => [
    name,
    [value].flat().join(', '),
  ]);
  return Object.fromEntries(joined) as Record<string, string>;
}
