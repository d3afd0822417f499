import { randomUUID } from 'node:crypto';
import {
  constants,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { listen, listenFrom } from '../server.ts';
import { createServerIdentity } from './authority.ts';
import type { ClientTrust } from './client-trust.ts';
import { type Judge, judgePush, type Push, type PushRequest, payloadLimits, pushIdOf } from './judge-push.ts';
import { judgedTls, listenJudged } from './judged-handshake.ts';
import { ApnsRefusal, refuse } from './reasons.ts';

export interface PushServiceOptions extends Judge {
  /** 0 picks a free one. */
  readonly port: number;
  /** Whether another one will do where that is taken. */
  readonly orNext: boolean;
  /** Who may connect at all, judged by TLS itself; null: anybody, and the answers tell. */
  readonly clientTrust: ClientTrust | null;
  /** An answer to give regardless of what the request to that path holds, or null. */
  scripted(path: string): ApnsRefusal | null;
  deliver(push: Push, apnsId: string): void;
  answered(answer: ApnsAnswer): void;
}

/** How a push ended here. */
export interface ApnsAnswer {
  /** As in the path; null: the handshake ended before there was one. */
  readonly deviceToken: string | null;
  readonly topic: string | null;
  /** HTTP status; null: an end of the connection, whose reason is that of a GOAWAY frame or the name of a TLS alert. */
  readonly status: number | null;
  /** Null: it was accepted. */
  readonly reason: string | null;
}

/** A stand-in for APNs: HTTP/2 over TLS on 127.0.0.1, for client certificates but not tokens. */
export interface PushService {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Its certificate's authority, PEM. */
  readonly ca: string;
  close(): Promise<void>;
}

/** @throws {CliError} usage: the port is busy or not allowed */
export async function startPushService(options: PushServiceOptions): Promise<PushService> {
  const { clientTrust, now, port, orNext } = options;
  const { key, cert, ca } = createServerIdentity();
  const server = createServer({
    key,
    cert,
    requestCert: true,
    rejectUnauthorized: false,
    // TLS refuses clients that offer protocols without HTTP/2; clients that offer none know what is spoken here.
    ALPNProtocols: ['h2'],
    ...(clientTrust === null ? {} : judgedTls),
  });
  server.on('secureConnection', (socket) => {
    const session = performServerHandshake(socket);
    session.on('error', () => session.destroy());
    session.on('stream', (stream, headers, _flags, raw: readonly string[] = []) => {
      void answer(stream, headers, raw, options);
    });
  });
  const listener =
    clientTrust === null
      ? server
      : listenJudged(server, (chain) => {
          const alert = clientTrust.alertFor(chain, now());
          if (alert !== null)
            options.answered({ deviceToken: null, topic: null, status: null, reason: alert });
          return alert;
        });
  const sockets = new Set<Socket>();
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const own = await (orNext ? listenFrom : listen)(listener, port, '--apns-port N');
  return {
    host: `127.0.0.1:${own}`,
    ca,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  raw: readonly string[],
  options: PushServiceOptions,
): Promise<void> {
  stream.on('error', () => stream.close());
  const id = pushIdOf(raw) ?? randomUUID().toUpperCase();
  let failure: ApnsRefusal | null;
  try {
    const body = await readBody(stream);
    failure = options.scripted(headers[':path'] ?? '');
    const socket = stream.session?.socket as TLSSocket | undefined;
    const request: PushRequest = {
      method: headers[':method'] ?? '',
      path: headers[':path'] ?? '',
      rawHeaders: raw,
      certificate: socket?.getPeerX509Certificate()?.raw ?? null,
      body,
    };
    if (failure === null) options.deliver(judgePush(request, options), id);
  } catch (error) {
    failure = error instanceof ApnsRefusal ? error : refuse('InternalServerError');
  }
  if (!stream.destroyed) respond(stream, id, failure);
  const path = headers[':path'] ?? '';
  options.answered({
    deviceToken: path.slice(path.lastIndexOf('/') + 1).toLowerCase(),
    topic: textOrNull(headers['apns-topic']),
    status: failure === null ? 200 : failure.status,
    reason: failure?.reason ?? null,
  });
}

function textOrNull(header: string | readonly string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}

function respond(stream: ServerHttp2Stream, id: string, failure: ApnsRefusal | null): void {
  if (failure === null) {
    stream.respond({ ':status': 200, 'apns-id': id }, { endStream: true });
    return;
  }
  const body = JSON.stringify(bodyOf(failure));
  const { status } = failure;
  if (status === null) {
    stream.session?.goaway(constants.NGHTTP2_NO_ERROR, 0, Buffer.from(body));
    stream.close(constants.NGHTTP2_REFUSED_STREAM);
    stream.session?.close();
    return;
  }
  stream.respond({ ':status': status, 'apns-id': id, 'content-type': 'application/json' });
  stream.end(body);
}

function bodyOf({ reason, since }: ApnsRefusal): object {
  return since === null ? { reason } : { reason, timestamp: since.getTime() };
}

/** The body, or null if it is longer than any push; the rest is discarded. */
async function readBody(stream: ServerHttp2Stream): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= payloadLimits.voip) chunks.push(chunk);
  }
  return length > payloadLimits.voip ? null : Buffer.concat(chunks);
}
