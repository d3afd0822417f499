import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import type { TlsOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { createHttp, type NetworkSettings } from '../../src/network/client.ts';
import type { Http, HttpRequest } from '../../src/network/http.ts';
import { strictRules } from '../../src/programs/owners.ts';
import { patience } from './patience.ts';

/** A received request. */
interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestServer {
  readonly origin: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** The number of connections, including those that failed at TLS. */
  connections(): number;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Plays one answer: a value is sent, a function controls the connection. */
export type Play = Answer | ((response: ServerResponse, request: IncomingMessage) => void);

export const success: Answer = { body: '{"success":true,"Result":null}' };

/** The path of a file of `test/fixtures/tls`. */
export function tlsFixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
}

/** An HTTP server on loopback that plays the answers in turn, then repeats the last; with `certificate`, over TLS. */
export async function startServer(
  plays: readonly Play[] = [success],
  options: { certificate?: string; port?: number; tls?: TlsOptions } = {},
): Promise<TestServer> {
  const received: Received[] = [];
  const listener: RequestListener = async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    received.push({ method, path, headers, body: (await readBody(request)).toString() });
    const play = plays[Math.min(received.length, plays.length) - 1] ?? success;
    if (typeof play === 'function') return play(response, request);
    response.writeHead(play.status ?? 200, play.headers).end(play.body);
  };
  const { certificate } = options;
  const server =
    certificate === undefined
      ? createServer(listener)
      : // Newer versions of OpenSSL would not start with the weak one.
        createTlsServer(
          { ...pair(certificate), ciphers: 'DEFAULT@SECLEVEL=0', ...options.tls },
          listener,
        );
  let connections = 0;
  server.on('connection', () => connections++);
  const port = await listen(server, options.port);
  const origin = `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  return { origin, port, received, connections: () => connections };
}

/** All text of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Answers every request with this document. */
export function answerJson(status: number, document: unknown): RequestListener {
  return (_request, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(document));
  };
}

/** The origin of an HTTP server on loopback with these answers, until the test is finished. */
export async function startAnswering(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}`;
}

/** The key and the certificate of a name in `test/fixtures/tls`; those that only fail share one key. */
export function pair(name: string): { key: Buffer; cert: Buffer } {
  const own = tlsFixture(`${name}.key`);
  const key = readFileSync(existsSync(own) ? own : tlsFixture('bad.key'));
  return { key, cert: readFileSync(tlsFixture(`${name}.pem`)) };
}

/** Starts a TCP server on loopback, and returns its port. */
export function startTcpServer(onConnection: (socket: Socket) => void): Promise<number> {
  return listen(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    }),
  );
}

/** Listens on loopback until the test is finished, then drops every connection. Returns the port. */
export async function listen(server: Server, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

/** The network of a command, without proxies and further CAs unless the test sets some. */
export function createTestHttp(settings: Partial<NetworkSettings> = {}): Http {
  return createHttp({
    timeout: 10_000 * patience,
    proxies: { https: null, http: null, bypass: null },
    owners: strictRules,
    trust: { caFile: null, nodeExtraCaCerts: null, sslCertFile: null, sslCertDir: null },
    userAgent: 'mfa-cli/test',
    signal: new AbortController().signal,
    trace: () => {},
    progress: () => ({ stop() {} }),
    ...settings,
  });
}

export function post(url: string, request: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'POST', url, body: '{}', retry: false, ...request };
}

/** A request that may be repeated. */
export function get(url: string): HttpRequest {
  return { method: 'GET', url, retry: true };
}

/** The CliError of the work, as `code: message`. Any other end fails the test. */
export async function failureOf(work: () => unknown): Promise<string> {
  let value: unknown;
  try {
    value = await work();
  } catch (error) {
    if (error instanceof CliError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error(`no failure, but ${JSON.stringify(value)}`);
}

/** The milliseconds that the work takes, in success and in failure. */
export async function durationOf(work: Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work.catch(() => undefined);
  return performance.now() - started;
}
