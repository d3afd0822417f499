import { lookup } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import type { buildConnector, Dispatcher } from 'undici';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { bunVersion } from '../text/runtime.ts';
import { BrokenAnswer, NotHttp, ProxyError, ProxyRefusal } from './failure.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { portOf } from './proxy.ts';
import { strictTls } from './trust.ts';

/** Where a connection leads, and how. */
export interface ConnectionSettings {
  /** The origin, without a path. */
  readonly url: URL;
  readonly proxy: URL | null;
  /** Null: what the runtime trusts by itself. */
  readonly trust: SecureContext | null;
  /** Ends the connection in any state. */
  readonly signal: AbortSignal;
}

/** A connection to one origin, made when it is needed and again once it has ended; it takes one request after another. */
export interface Connection {
  /**
   * One request and its whole answer. It is written once at most, and only after TLS has judged the certificate.
   * Throws what the runtime does, NotHttp, BrokenAnswer, ProxyError and ProxyRefusal.
   * @throws {CliError} tenant-not-json for a body over 8 MiB, usage for a request that cannot be sent; the signal's reason
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): void;
}

export interface TunnelOptions {
  /** Ends the connection in any state. */
  readonly signal: AbortSignal;
  /** For a proxy that speaks TLS; default: what the runtime trusts by itself. */
  readonly secureContext?: SecureContext;
}

/** Bytes of a body to read before giving up on the answer. */
const bodyLimit = 8 * 1024 * 1024;

/**
 * undici's bounds. The time of a command is ours, so that it has no other; a connection that nothing uses is closed before
 * what stands between may have dropped it.
 */
const bounds = {
  pipelining: 1,
  maxHeaderSize: 16 * 1024,
  maxResponseSize: bodyLimit,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 4_000,
};

/** Informational answers (RFC 9110 §15.2) before the one that counts; more are a flood. */
const mostHints = 20;

/** @see Connection */
export async function openConnection(settings: ConnectionSettings): Promise<Connection> {
  const { url, signal } = settings;
  const { Client } = await loadUndici();
  const connect = await connectorFor(settings);
  let socket: Socket | null = null;
  /** How many bytes the connection had given when its last answer ended; null while one is expected. */
  let answered: number | null = null;

  /** What comes while nothing is asked may be a part of something: the rest of it would be taken for the next answer. */
  function watch(opened: Socket): void {
    socket = opened;
    answered = null;
    opened.on('readable', () => {
      if (opened === socket && answered !== null && opened.bytesRead !== answered) opened.destroy();
    });
  }

  const client = new Client(url.origin, {
    ...bounds,
    connect(way, done) {
      connect(way).then(
        (opened) => {
          // undici takes the error of its own for it as a reason to connect again, for ever.
          if (opened.destroyed) return done(opened.errored ?? new BrokenAnswer(), null);
          watch(opened);
          done(null, opened);
        },
        (error: Error) => done(error, null),
      );
    },
  });

  function exchange(request: HttpRequest): Promise<HttpResponse> {
    const { pathname, search } = new URL(request.url);
    return new Promise((resolve, reject) => {
      let wire: Socket | null = null;
      let before = 0;
      let hints = 0;
      let head: Pick<HttpResponse, 'status' | 'headers'> | null = null;
      const chunks: Uint8Array[] = [];
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart() {
          wire = socket;
          before = wire?.bytesRead ?? 0;
          answered = null;
        },
        onResponseStart(_controller, status, headers) {
          if (status < 100 || status > 599) throw new NotHttp();
          if (status < 200 && ++hints > mostHints) throw new NotHttp();
          if (status >= 200) head = { status, headers: joinHeaders(headers) };
        },
        onResponseData: (_controller, chunk) => void chunks.push(chunk),
        onResponseEnd() {
          // Without a length an answer ends with its connection, also with one that broke (RFC 9112 §6.3).
          if (head === null || wire?.errored) return reject(new BrokenAnswer(wire?.errored));
          answered = wire?.bytesRead ?? null;
          const bytes = Buffer.concat(chunks);
          // UTF-8, without the byte order mark that .NET may put first.
          resolve({ ...head, body: new TextDecoder().decode(bytes), bytes });
        },
        onResponseError(_controller, error) {
          const hasBegun = wire !== null && wire.bytesRead > before;
          reject(plainError(error, { origin: url.origin, hasHead: head !== null, hasBegun }));
        },
      };
      client.dispatch(
        {
          path: `${pathname}${search}`,
          method: request.method,
          headers: { ...request.headers },
          body: request.body ?? null,
          // Nothing that comes after the answer to a change can be taken for another answer, nor the reverse.
          reset: request.method !== 'GET' || !request.retry,
        },
        handler,
      );
    });
  }

  return {
    async send(request) {
      signal.throwIfAborted();
      const response = await exchange(request);
      signal.throwIfAborted();
      return response;
    },
    close: () => void client.destroy().catch(() => undefined),
  };
}

/** Makes the connections of an origin, directly or through a proxy, once TLS is established and its certificate is judged. */
async function connectorFor({ url, proxy, trust, signal }: ConnectionSettings) {
  const secure = trust === null ? {} : { secureContext: trust };
  const connect = await createConnector({ signal, ...secure });
  return async (way: buildConnector.Options): Promise<Socket> => {
    signal.throwIfAborted();
    if (proxy === null) return connect(way);
    const tunnel = await openTunnel(proxy, url, { signal, ...secure });
    // An attempt's own timer keeps the process alive as long as that lasts; Bun does not let go of it with the socket above.
    tunnel.unref();
    return url.protocol === 'https:' ? connect({ ...way, httpSocket: tunnel }) : tunnel;
  };
}

/** undici's connector under our rules: without time-out and cached TLS sessions, to the host's own name. */
async function createConnector(options: TunnelOptions) {
  const { buildConnector } = await loadUndici();
  const connect = buildConnector({
    ...options,
    ...strictTls,
    lookup: lookupLoopback,
    timeout: 0,
    maxCachedSessions: 0,
  });
  return (way: buildConnector.Options): Promise<Socket> =>
    new Promise((resolve, reject) => {
      connect(way, (error, socket) => (error === null ? resolve(socket) : reject(error)));
    });
}

/**
 * A connection to the host of `url` through a proxy: `CONNECT` (RFC 9110 §9.3.6), so that the proxy sees nothing else.
 * @throws {ProxyRefusal} if the proxy answers and refuses
 * @throws {ProxyError} if it cannot be reached
 */
export async function openTunnel(proxy: URL, url: URL, options: TunnelOptions): Promise<Socket> {
  const { Client } = await loadUndici();
  const { default: connectThrough } = await import('undici/lib/api/api-connect.js');
  const connect = await createConnector(options);
  const authority = `${url.hostname}:${portOf(url)}`;
  const client = new Client(proxy.origin, {
    ...bounds,
    connect(way, done) {
      // undici would take the name from the Host header, and look for it in the proxy's certificate.
      const servername = isIP(way.hostname) === 0 ? way.hostname : '';
      connect({ ...way, servername }).then(
        (socket) => done(null, socket),
        (error: Error) => done(error, null),
      );
    },
  });
  const headers = { host: authority, ...proxyAuthorization(proxy) };
  const { statusCode, socket } = await connectThrough
    .call(client, { path: authority, headers, signal: options.signal })
    .catch((error: Error) => {
      throw new ProxyError(plainError(error, { origin: proxy.origin, hasHead: false, hasBegun: false }));
    });
  if (statusCode >= 200 && statusCode <= 299) return socket as Socket;
  socket.destroy();
  throw new ProxyRefusal(statusCode);
}

/** Basic credentials (RFC 7617) from the user name and password in the proxy's URL. */
function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const credentials = Buffer.from(`${percentDecode(username)}:${percentDecode(password)}`).toString('base64');
  return { 'proxy-authorization': `Basic ${credentials}` };
}

/** A percent sign that encodes nothing stays as it is. */
function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Names below `localhost` are this machine whatever DNS says, and most systems do not know them. */
export const lookupLoopback: LookupFunction = (hostname, options, found) => {
  if (!hostname.endsWith('.localhost')) return lookup(hostname, options, found);
  if (options.all === true) return found(null, [{ address: '127.0.0.1', family: 4 }]);
  found(null, '127.0.0.1', 4);
};

/**
 * undici compiles its parser to WebAssembly, and Node.js 20 waits at its end until that is optimized, some 90 ms for nothing.
 * Later versions do not wait.
 */
async function loadUndici() {
  if (bunVersion === null && Number.parseInt(process.versions.node, 10) < 22)
    setFlagsFromString('--liftoff-only');
  const [{ default: Client }, { default: buildConnector }] = await Promise.all([
    import('undici/lib/dispatcher/client.js'),
    import('undici/lib/core/connect.js'),
  ]);
  return { Client, buildConnector };
}

/** What undici says of an answer that is not one; of a connection that ended it says the same code in other words. */
const notHttpWords = ['bad response', 'bad upgrade'];

/** The error without undici's own codes; `hasBegun`: something of an answer had come, `hasHead`: all but its body. */
function plainError(
  error: Error,
  { origin, hasHead, hasBegun }: { origin: string; hasHead: boolean; hasBegun: boolean },
): Error {
  if (error instanceof NotHttp) return error;
  const code = systemCode(error) ?? '';
  switch (code) {
    case 'UND_ERR_INVALID_ARG':
    case 'UND_ERR_NOT_SUPPORTED':
    case 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH':
      return new CliError('usage', `The request cannot be sent: ${error.message}`, { cause: error });
    case 'UND_ERR_RES_EXCEEDED_MAX_SIZE':
      return new CliError('tenant-not-json', `The answer from ${origin} is larger than 8 MiB`, {
        cause: error,
      });
    case 'UND_ERR_HEADERS_OVERFLOW':
      return new NotHttp(error);
    // Of two lengths that differ undici says that the body does not have them.
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return hasHead ? new BrokenAnswer(error) : new NotHttp(error);
    case 'UND_ERR_SOCKET':
      if (notHttpWords.includes(error.message)) return new NotHttp(error);
      return hasBegun ? new BrokenAnswer(error) : Object.assign(new Error('closed'), { code: 'ECONNRESET' });
  }
  // The parser tells what it met in words, and keeps a piece of the answer, which is nobody's to see.
  if (error.name === 'HTTPParserError') return /EOF/.test(error.message) ? new BrokenAnswer() : new NotHttp();
  return hasBegun ? new BrokenAnswer(error) : error;
}

/** One text a name; undici has a list where a header came several times. */
function joinHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}
