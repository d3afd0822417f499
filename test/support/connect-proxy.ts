import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { listen, pair } from './http.ts';

export interface ConnectProxy {
  readonly port: number;
  /** The requested hosts and ports. */
  readonly targets: readonly string[];
  readonly headers: readonly IncomingHttpHeaders[];
}

/**
 * A proxy for `CONNECT` (RFC 9110 §9.3.6) that takes every host to 127.0.0.1. With `status` it refuses, with
 * `credentials` (`user:password`) it asks for them, with `certificate` it speaks TLS itself.
 */
export async function startProxy(
  options: { status?: number; credentials?: string; certificate?: string } = {},
): Promise<ConnectProxy> {
  const targets: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const required =
    options.credentials === undefined
      ? null
      : `Basic ${Buffer.from(options.credentials).toString('base64')}`;
  const { certificate } = options;
  const server = certificate === undefined ? createServer() : createTlsServer(pair(certificate));
  server.on('connect', (request, socket: Socket) => {
    socket.on('error', () => {});
    targets.push(request.url ?? '');
    headers.push(request.headers);
    const accepted = required === null || request.headers['proxy-authorization'] === required;
    const status = options.status ?? (accepted ? 200 : 407);
    socket.write(`HTTP/1.1 ${status} As asked\r\n\r\n`);
    if (status !== 200) return;
    const port = Number(request.url?.replace(/^.*:/, ''));
    const upstream = connect(port, '127.0.0.1').on('error', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
    socket.once('close', () => upstream.destroy());
  });
  return { port: await listen(server), targets, headers };
}
