import { randomUUID } from 'node:crypto';
import {
  constants as http2,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { ApnsEnvironment } from '../../pkcs12/model.ts';
import { readAtMost } from '../http.ts';
import { closeServer, listen, listenFrom } from '../server.ts';
import { createServerIdentity, type ServerIdentity } from './authority.ts';
import {
  ApnsRefusal,
  judgePush,
  type KnownToken,
  type Push,
  type PushRequest,
  payloadLimits,
  pushIdOf,
  refuse,
} from './judge-push.ts';
import { ProviderKeys, type RegisteredKey } from './provider-tokens.ts';

export interface ApnsOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Whether another port may be used if it is taken. */
  readonly orAnyFree: boolean;
  readonly environment: ApnsEnvironment;
}

/** The outcome of a push. */
export interface ApnsAnswer {
  readonly deviceToken: string;
  readonly topic: string | null;
  /** HTTP status; null: the connection ended, with a GOAWAY frame as the reason. */
  readonly status: number | null;
  /** Null: accepted. */
  readonly reason: string | null;
}

/** The phones of one tenant, from the view of APNs. */
export interface TokenHolder {
  findToken(token: string): KnownToken | null;
  /** An answer to give regardless of a push's content, or null. */
  nextScripted(): ApnsRefusal | null;
  deliver(push: Push, apnsId: string): void;
  noteAnswer(answer: ApnsAnswer): void;
}

/** The stand-in for APNs, for the phones of every tenant that registers. */
export interface Apns {
  readonly host: string;
  /** The certificate of its authority, in PEM. */
  readonly ca: string;
  readonly environment: ApnsEnvironment;
  /** Adds the phones of a tenant. */
  add(phones: TokenHolder): void;
  /** Adds a key for provider tokens. */
  addKey(key: RegisteredKey): void;
  close(): Promise<void>;
}

const defaultOptions: ApnsOptions = { port: 0, orAnyFree: false, environment: 'production' };

/** Starts a stand-in for APNs: HTTP/2 over TLS. @throws {CliError} usage (the port) */
export async function startApns(options: Partial<ApnsOptions>, now: () => Date): Promise<Apns> {
  const { port, orAnyFree, environment } = { ...defaultOptions, ...options };
  const keys = new ProviderKeys();
  const service = new PushService(environment, keys, now);
  const identity = createServerIdentity();
  const server = openTlsServer(identity, service);
  const close = closeServer(server);
  const startListening = orAnyFree ? listenFrom : listen;
  const ownPort = await startListening(server, port, '--apns-port N');
  return {
    host: `127.0.0.1:${ownPort}`,
    ca: identity.ca,
    environment,
    add: (phones) => service.add(phones),
    addKey: (key) => keys.add(key),
    close,
  };
}

function openTlsServer({ key, cert }: ServerIdentity, service: PushService): Server {
  const server = createServer({
    key,
    cert,
    requestCert: true,
    rejectUnauthorized: false,
    // TLS refuses clients that offer other protocols without HTTP/2; clients that offer
    // none must use HTTP/2.
    ALPNProtocols: ['h2'],
  });
  server.on('secureConnection', (socket) => {
    const session = performServerHandshake(socket);
    session.on('error', () => session.destroy());
    session.on('stream', (stream, headers, _flags, rawHeaders: readonly string[] = []) => {
      void answer(stream, headers, rawHeaders, service);
    });
  });
  return server;
}

/** Judges pushes, and delivers them to the phones. */
class PushService {
  readonly #environment: ApnsEnvironment;
  readonly #keys: ProviderKeys;
  readonly #now: () => Date;
  readonly #holders: TokenHolder[] = [];

  constructor(environment: ApnsEnvironment, keys: ProviderKeys, now: () => Date) {
    this.#environment = environment;
    this.#keys = keys;
    this.#now = now;
  }

  add(holder: TokenHolder): void {
    this.#holders.push(holder);
  }

  /** Answers a push; null: it was delivered. */
  push(request: PushRequest, deviceToken: string, id: string): ApnsRefusal | null {
    for (const holder of this.#holdersOf(deviceToken)) {
      const scripted = holder.nextScripted();
      if (scripted !== null) return scripted;
    }
    try {
      const accepted = judgePush(request, {
        environment: this.#environment,
        now: this.#now,
        findToken: (token) => this.#findToken(token),
        topicsFor: (authorization, now) => this.#keys.topicsFor(authorization, now),
      });
      this.#holdersOf(accepted.deviceToken)[0]?.deliver(accepted, id);
      return null;
    } catch (error) {
      return error instanceof ApnsRefusal ? error : refuse('InternalServerError');
    }
  }

  report(answer: ApnsAnswer): void {
    for (const holder of this.#holdersOf(answer.deviceToken)) holder.noteAnswer(answer);
  }

  #findToken(deviceToken: string): KnownToken | null {
    const [holder] = this.#holdersOf(deviceToken);
    return holder?.findToken(deviceToken) ?? null;
  }

  /** The tenant with that token; all tenants for an unknown one. */
  #holdersOf(deviceToken: string): readonly TokenHolder[] {
    const holder = this.#holders.find((one) => one.findToken(deviceToken) !== null);
    return holder === undefined ? this.#holders : [holder];
  }
}

async function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
  service: PushService,
): Promise<void> {
  stream.on('error', () => stream.close());
  const id = pushIdOf(rawHeaders) ?? randomUUID().toUpperCase();
  const { ':path': path = '', ':method': method = '', authorization = null } = headers;
  const deviceToken = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const body = await readAtMost(payloadLimits.voip, stream).catch(() => undefined);
  const certificate = clientCertificateOf(stream);
  const refusal =
    body === undefined
      ? refuse('InternalServerError')
      : service.push(
          { method, path, rawHeaders, certificate, authorization, body },
          deviceToken,
          id,
        );
  if (!stream.destroyed) respond(stream, id, refusal);
  const topic = headers['apns-topic'];
  service.report({
    deviceToken,
    topic: typeof topic === 'string' ? topic : null,
    status: refusal === null ? 200 : refusal.status,
    reason: refusal?.reason ?? null,
  });
}

/** DER; null: the connection has none. */
function clientCertificateOf(stream: ServerHttp2Stream): Uint8Array | null {
  const socket = stream.session?.socket as TLSSocket | undefined;
  return socket?.getPeerX509Certificate()?.raw ?? null;
}

function respond(stream: ServerHttp2Stream, id: string, refusal: ApnsRefusal | null): void {
  if (refusal === null) {
    stream.respond({ ':status': 200, 'apns-id': id }, { endStream: true });
    return;
  }
  const { status, reason, since } = refusal;
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
