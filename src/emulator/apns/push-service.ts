import { constants, randomUUID } from 'node:crypto';
import {
  constants as http2,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { listen, listenFrom } from '../server.ts';
import { type Alert, alerts, type ClientTrust, createServerIdentity } from './authority.ts';
import {
  ApnsRefusal,
  type Judge,
  judgePush,
  type Push,
  payloadLimits,
  pushIdOf,
  refuse,
} from './judge-push.ts';

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

/**
 * A stand-in for APNs: HTTP/2 over TLS on 127.0.0.1, for client certificates and provider tokens.
 * @throws {CliError} usage: the port is busy or not allowed
 */
export async function startPushService(options: PushServiceOptions) {
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
    /** Its certificate's authority, PEM. */
    ca,
    close: (): Promise<void> =>
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
  const path = headers[':path'] ?? '';
  let failure: ApnsRefusal | null;
  try {
    const body = await readBody(stream);
    failure = options.scripted(path);
    const socket = stream.session?.socket as TLSSocket | undefined;
    const certificate = socket?.getPeerX509Certificate()?.raw ?? null;
    const { ':method': method = '', authorization = null } = headers;
    const request = { method, path, rawHeaders: raw, certificate, authorization, body };
    if (failure === null) options.deliver(judgePush(request, options), id);
  } catch (error) {
    failure = error instanceof ApnsRefusal ? error : refuse('InternalServerError');
  }
  if (!stream.destroyed) respond(stream, id, failure);
  const topic = headers['apns-topic'];
  options.answered({
    deviceToken: path.slice(path.lastIndexOf('/') + 1).toLowerCase(),
    topic: typeof topic === 'string' ? topic : null,
    status: failure === null ? 200 : failure.status,
    reason: failure?.reason ?? null,
  });
}

function respond(stream: ServerHttp2Stream, id: string, failure: ApnsRefusal | null): void {
  if (failure === null) {
    stream.respond({ ':status': 200, 'apns-id': id }, { endStream: true });
    return;
  }
  const { status, reason, since } = failure;
  const body = JSON.stringify(since === null ? { reason } : { reason, timestamp: since.getTime() });
  if (status === null) {
    stream.session?.goaway(http2.NGHTTP2_NO_ERROR, 0, Buffer.from(body));
    stream.close(http2.NGHTTP2_REFUSED_STREAM);
    stream.session?.close();
    return;
  }
  stream.respond({ ':status': status, 'apns-id': id, 'content-type': 'application/json' });
  stream.end(body);
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

/** TLS options that let handshakes be judged: unencrypted handshakes, each with a certificate. */
const judgedTls = {
  maxVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const satisfies TlsOptions;

const record = { changeCipherSpec: 20, alert: 21, handshake: 22 } as const;
const certificateMessage = 11;
const fatal = 2;

/**
 * Listens for `server`, and ends a handshake with a refused client certificate with the TLS alert that says why, as Apple
 * does. Node.js itself lets every certificate through the handshake and only then closes the connection; so the
 * Certificate message is read in transit, which TLS 1.2 sends unencrypted (RFC 5246 §7.4.6).
 */
function listenJudged(
  server: Pick<Server, 'emit'>,
  judge: (chain: readonly Uint8Array[]) => Alert | null,
): Server {
  return createTcpServer((socket) => server.emit('connection', new JudgedSocket(socket, judge)));
}

/** A TCP connection whose incoming bytes are also read here until the certificate has come. */
class JudgedSocket extends Duplex {
  readonly #socket: Socket;
  readonly #judge: (chain: readonly Uint8Array[]) => Alert | null;
  #handshake: HandshakeReader | null = new HandshakeReader();

  constructor(socket: Socket, judge: (chain: readonly Uint8Array[]) => Alert | null) {
    super();
    this.#socket = socket;
    this.#judge = judge;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
  }

  #receive(chunk: Buffer): void {
    if (this.destroyed) return;
    const chain = this.#handshake?.read(chunk) ?? null;
    const alert = chain === null ? null : this.#judge(chain);
    if (alert !== null) {
      this.#socket.write(Uint8Array.of(record.alert, 3, 3, 0, 2, fatal, alerts[alert]));
      this.destroy();
      return;
    }
    if (chain !== null || this.#handshake?.isOver === true) this.#handshake = null;
    if (!this.push(chunk)) this.#socket.pause();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // An alert just written is still sent.
    this.#socket.destroySoon();
    done(error);
  }
}

/** Reads TLS records (RFC 5246 §6.2.1) for the client's Certificate message. */
class HandshakeReader {
  #records = Buffer.alloc(0);
  #messages = Buffer.alloc(0);
  /** Whether a certificate can no longer come. */
  isOver = false;

  /** The certificates, DER, once received; else null. */
  read(chunk: Buffer): readonly Uint8Array[] | null {
    this.#records = Buffer.concat([this.#records, chunk]);
    while (this.#records.length >= 5 && !this.isOver) {
      const end = 5 + this.#records.readUInt16BE(3);
      if (this.#records.length < end) return null;
      if (this.#records[0] === record.handshake)
        this.#messages = Buffer.concat([this.#messages, this.#records.subarray(5, end)]);
      else this.isOver = this.#records[0] === record.changeCipherSpec;
      this.#records = this.#records.subarray(end);
      const chain = this.#nextChain();
      if (chain !== null) return chain;
    }
    return null;
  }

  #nextChain(): readonly Uint8Array[] | null {
    while (this.#messages.length >= 4) {
      const end = 4 + this.#messages.readUIntBE(1, 3);
      if (this.#messages.length < end) return null;
      const [type, content] = [this.#messages[0], this.#messages.subarray(4, end)];
      this.#messages = this.#messages.subarray(end);
      if (type === certificateMessage) return certificatesOf(content);
    }
    return null;
  }
}

/** The list in a Certificate message (RFC 5246 §7.4.2); a damaged one is left to TLS. */
function certificatesOf(content: Buffer): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  for (let start = 3; start + 3 <= content.length; ) {
    const end = start + 3 + content.readUIntBE(start, 3);
    certificates.push(content.subarray(start + 3, end));
    start = end;
  }
  return certificates;
}
