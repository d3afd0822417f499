import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { buildConnector, Client, Dispatcher } from 'undici';
import { BrokenAnswer, NotHttp } from './failure.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { type ProxySettings, proxyFor } from './proxy.ts';
import type { Trust } from './trust.ts';
import { bounds, connectionClosed, createConnector, loadUndici, openTunnel, plainError } from './tunnel.ts';

/** Informational answers (RFC 9110 §15.2) before the one that counts; more are a flood. */
const mostHints = 20;
/** Pieces in which a body may come, each of which is work: one of 8 MiB in chunks of 17 bytes. */
const mostPieces = 500_000;

/** What every request of a command shares. */
export interface Network {
  readonly proxies: ProxySettings;
  readonly trust: Trust;
  /** Ends every connection, in any state. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request over a connection of its own, so that nothing that comes after an answer can be taken for another one, and
 * reads the whole answer. It is written once at most, and only after TLS has judged the certificate.
 * Throws what the runtime does, NotHttp, BrokenAnswer, ProxyError and ProxyRefusal.
 * @param reach up to which CAs are trusted
 * @param onWritten called before the first byte of the request is
 * @throws {CliError} tenant-not-json for a body over 8 MiB, usage for a request that cannot be sent; the signal's reason
 */
export async function sendOnce(
  request: HttpRequest,
  reach: number,
  network: Network,
  onWritten: () => void,
): Promise<HttpResponse> {
  const { signal } = network;
  const { origin } = new URL(request.url);
  const { Client } = await loadUndici();
  const connect = await connectorFor(new URL(request.url), reach, network);
  let socket: Socket | null = null;
  const client = new Client(origin, {
    ...bounds,
    connect(way, done) {
      connect(way).then(
        async (connected) => {
          // What came with the connection, before anything was asked, would be taken for the answer.
          await setImmediate();
          if (connected.readableLength > 0) connected.destroy(new NotHttp());
          // undici takes the error of its own for it as a reason to connect again, for ever.
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
    const response = await exchange(client, request, () => {
      onWritten();
      return socket;
    });
    signal.throwIfAborted();
    return response;
  } finally {
    void client.destroy().catch(() => undefined);
  }
}

/** @param start called before the first byte of the request is written; gives the socket */
function exchange(client: Client, request: HttpRequest, start: () => Socket | null): Promise<HttpResponse> {
  const { origin, pathname, search } = new URL(request.url);
  return new Promise((resolve, reject) => {
    let socket: Socket | null = null;
    let [before, hints, pieces] = [0, 0, 0];
    let head: Pick<HttpResponse, 'status' | 'headers'> | null = null;
    const gathered = gatherBytes();
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {
        socket = start();
        before = socket?.bytesRead ?? 0;
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
        const bytes = gathered.all();
        // UTF-8, without the byte order mark that .NET may put first.
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

/** Makes connections to an origin, directly or through a proxy, once TLS is established and its certificate is judged. */
async function connectorFor(url: URL, reach: number, { proxies, trust, signal }: Network) {
  const isSecure = url.protocol === 'https:';
  // Null: what the runtime trusts by itself.
  const secureContext = isSecure ? await trust.context(reach) : null;
  const proxy = proxyFor(url, proxies);
  const options = { signal, ...(secureContext && { secureContext }) };
  const connect = await createConnector(options);
  return async (way: buildConnector.Options): Promise<Socket> => {
    signal.throwIfAborted();
    if (proxy === null) return connect(way);
    const tunnel = await openTunnel(proxy, url, options);
    // An attempt's own timer keeps the process alive as long as that lasts; Bun does not let go of it with the socket above.
    tunnel.unref();
    return isSecure ? connect({ ...way, httpSocket: tunnel }) : tunnel;
  };
}

/** One text a name; undici has a list where a header came several times. */
function joinHeaders(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const joined = Object.entries(headers).map(([name, value = '']) => [name, [value].flat().join(', ')]);
  return Object.fromEntries(joined) as Record<string, string>;
}
