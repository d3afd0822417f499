import { lookup } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import type { buildConnector, Client, Dispatcher } from 'undici';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { bunVersion, userAgent } from '../text/version.ts';
import { BrokenAnswer, NotHttp, ProxyError, ProxyRefusal } from './failure.ts';
import { loopbackAddress, portOf } from './proxy.ts';
import { strictTls } from './trust.ts';

export interface TunnelOptions {
  /** Closes the connection in any state. */
  readonly signal: AbortSignal;
  /** For a proxy over TLS; default: the runtime's own CAs. */
  readonly secureContext?: SecureContext;
}

/** The most bytes of a body to read before giving up on the answer. */
const bodyLimit = 8 * 1024 * 1024;

/** undici's limits. It has no timeout of its own, since the command has one. */
export const bounds = {
  pipelining: 1,
  maxHeaderSize: 16 * 1024,
  maxResponseSize: bodyLimit,
  headersTimeout: 0,
  bodyTimeout: 0,
};

/**
 * undici's connector under the rules of mfa-cli: no timeout, no cached TLS sessions, and
 * the host's own name.
 */
export async function createConnector(options: TunnelOptions) {
  const { buildConnector } = await loadUndici();
  const connect = buildConnector({
    ...options,
    ...strictTls,
    lookup: lookupLoopback,
    timeout: 0,
    maxCachedSessions: 0,
  });
  return async (way: buildConnector.Options): Promise<Socket> => {
    // undici reconnects after an abort, and Node.js then ignores a signal that came
    // before.
    options.signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      connect(way, (error, socket) => (error === null ? resolve(socket) : reject(error)));
    });
  };
}

/**
 * A connection to the host of `url` through a proxy with `CONNECT` (RFC 9110 §9.3.6),
 * which hides everything else from the proxy.
 * @throws {ProxyRefusal} the proxy answered and refused
 * @throws {ProxyError} the proxy cannot be reached
 */
export async function openTunnel(proxy: URL, url: URL, options: TunnelOptions): Promise<Socket> {
  const { Client } = await loadUndici();
  const connect = await createConnector(options);
  const authority = `${url.hostname}:${portOf(url)}`;
  const client = new Client(proxy.origin, {
    ...bounds,
    connect(way, done) {
      // undici would expect the name of the Host header in the proxy's certificate.
      const servername = isIP(way.hostname) === 0 ? way.hostname : '';
      connect({ ...way, servername }).then(
        (socket) => done(null, socket),
        (error: Error) => done(error, null),
      );
    },
  });
  const headers = { host: authority, 'user-agent': userAgent, ...proxyAuthorization(proxy) };
  const request = { method: 'CONNECT', path: authority, headers } as const;
  const { status, socket } = await exchangeConnect(client, request).catch((error: Error) => {
    throw new ProxyError(
      plainError(error, { origin: proxy.origin, hasHead: false, hasBegun: false }),
    );
  });
  if (status >= 200 && status <= 299) return socket;
  socket.destroy();
  throw new ProxyRefusal(status);
}

interface ProxyAnswer {
  readonly status: number;
  /** The connection behind the answer, which undici no longer reads. */
  readonly socket: Socket;
}

/**
 * Sends a CONNECT, and waits for the head of its answer. The signal closes the socket.
 */
function exchangeConnect(
  client: Client,
  request: Dispatcher.DispatchOptions,
): Promise<ProxyAnswer> {
  return new Promise((resolve, reject) => {
    client.dispatch(request, {
      // undici takes a handler without this method for one of its older kind.
      onRequestStart() {},
      onRequestUpgrade(_controller, status, _headers, socket) {
        resolve({ status, socket: socket as Socket });
      },
      onResponseError(_controller, error) {
        reject(error);
      },
    });
  });
}

/** Basic credentials (RFC 7617) from the user name and password in the proxy's URL. */
function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const credentials = Buffer.from(`${percentDecode(username)}:${percentDecode(password)}`).toString(
    'base64',
  );
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

/**
 * `localhost` and the names below it are 127.0.0.1 whatever DNS and the hosts file
 * answer.
 */
export const lookupLoopback: LookupFunction = (hostname, options, found) => {
  const address = loopbackAddress(hostname);
  if (address === null) return lookup(hostname, options, found);
  if (options.all === true) return found(null, [{ address, family: isIP(address) }]);
  found(null, address, isIP(address));
};

/** The parts of undici that a request takes. */
interface Undici {
  readonly Client: typeof Client;
  readonly buildConnector: typeof buildConnector;
}

let undici: Promise<Undici> | null = null;

/** Loads undici at the first request. */
export function loadUndici(): Promise<Undici> {
  undici ??= importUndici();
  return undici;
}

/**
 * undici compiles its parser to WebAssembly. Node.js 20.20, which Debian and Ubuntu ship,
 * waits at exit until that is optimized, some 90 ms; later versions do not.
 */
async function importUndici(): Promise<Undici> {
  if (bunVersion === null && Number.parseInt(process.versions.node, 10) < 22)
    setFlagsFromString('--liftoff-only');
  const [client, connect] = await Promise.all([
    import('undici/lib/dispatcher/client.js'),
    import('undici/lib/core/connect.js'),
  ]);
  return { Client: client.default, buildConnector: connect.default };
}

/**
 * undici's words for an invalid answer. For a connection that ended within one it uses
 * the same code with other words.
 */
const notHttpWords = ['bad response', 'bad upgrade'];

/**
 * Translates undici's error codes; `hasBegun`: part of an answer had arrived, `hasHead`:
 * all but its body.
 */
export function plainError(
  error: Error,
  { origin, hasHead, hasBegun }: { origin: string; hasHead: boolean; hasBegun: boolean },
): Error {
  if (error instanceof NotHttp) return error;
  const code = systemCode(error) ?? '';
  switch (code) {
    case 'UND_ERR_INVALID_ARG':
    case 'UND_ERR_NOT_SUPPORTED':
    case 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH':
      return new CliError('usage', `The request cannot be sent: ${error.message}`, {
        cause: error,
      });
    case 'UND_ERR_RES_EXCEEDED_MAX_SIZE':
      return new CliError('tenant-not-json', `The answer from ${origin} is larger than 8 MiB`, {
        cause: error,
      });
    case 'UND_ERR_HEADERS_OVERFLOW':
      return new NotHttp(error);
    // undici's code for two different lengths.
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return hasHead ? new BrokenAnswer(error) : new NotHttp(error);
    case 'UND_ERR_SOCKET':
      if (notHttpWords.includes(error.message)) return new NotHttp(error);
      return hasBegun ? new BrokenAnswer(error) : connectionClosed();
  }
  // Without the parser's error, which quotes a piece of the answer.
  if (error.name === 'HTTPParserError')
    return /EOF/.test(error.message) ? new BrokenAnswer() : new NotHttp();
  return hasBegun ? new BrokenAnswer(error) : error;
}

/** The system's error for a connection that ended before anything arrived. */
export function connectionClosed(): Error {
  return Object.assign(new Error('The connection was closed'), { code: 'ECONNRESET' });
}
