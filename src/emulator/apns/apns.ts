import { randomUUID } from 'node:crypto';
import {
  constants as http2,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer, type TLSSocket } from 'node:tls';
import type { ApnsEnvironment } from '../../pkcs12/model.ts';
import { readAtMost } from '../http.ts';
import { closeServer, listen, listenFrom } from '../server.ts';
import { createServerIdentity } from './authority.ts';
import {
  ApnsRefusal,
  type Judge,
  judgePush,
  type Push,
  type PushRequest,
  payloadLimits,
  pushIdOf,
  refuse,
} from './judge-push.ts';
import { createTokenJudge } from './provider-tokens.ts';

export interface ApnsOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Whether another port may be used if it is taken. */
  readonly orNext: boolean;
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
interface TokenHolder {
  readonly findToken: Judge['findToken'];
  /** An answer to give regardless of a push's content, or null. */
  readonly scripted: () => ApnsRefusal | null;
  deliver(push: Push, apnsId: string): void;
  answered(answer: ApnsAnswer): void;
}

const usual: ApnsOptions = { port: 0, orNext: false, environment: 'production' };

/** The stand-in for APNs, for the phones of every tenant that registers. */
export type Apns = Awaited<ReturnType<typeof startApns>>;

/** Starts a stand-in for APNs: HTTP/2 over TLS on 127.0.0.1. @throws {CliError} usage (the port) */
export async function startApns(options: Partial<ApnsOptions>, now: () => Date) {
  const { port, orNext, environment } = { ...usual, ...options };
  const holders: TokenHolder[] = [];
  const holdersOf = (token: string): readonly TokenHolder[] => {
    const holder = holders.find(({ findToken }) => findToken(token) !== null);
    return holder === undefined ? holders : [holder];
  };
  const tokens = createTokenJudge();
  const findToken: Judge['findToken'] = (token) => {
    const [holder] = holdersOf(token);
    return holder?.findToken(token) ?? null;
  };
  const judge: Judge = { environment, now, topicsFor: tokens.topicsFor, findToken };
  const push = (request: PushRequest, token: string, id: string): ApnsRefusal | null => {
    for (const { scripted } of holdersOf(token)) {
      const answer = scripted();
      if (answer !== null) return answer;
    }
    try {
      const accepted = judgePush(request, judge);
      holdersOf(accepted.deviceToken)[0]?.deliver(accepted, id);
      return null;
    } catch (error) {
      return error instanceof ApnsRefusal ? error : refuse('InternalServerError');
    }
  };
  const answer = async (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    rawHeaders: readonly string[],
  ): Promise<void> => {
    stream.on('error', () => stream.close());
    const id = pushIdOf(rawHeaders) ?? randomUUID().toUpperCase();
    const { ':path': path = '', ':method': method = '', authorization = null } = headers;
    const deviceToken = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    const body = await readAtMost(payloadLimits.voip, stream).catch(() => undefined);
    const socket = stream.session?.socket as TLSSocket | undefined;
    const certificate = socket?.getPeerX509Certificate()?.raw ?? null;
    const failure =
      body === undefined
        ? refuse('InternalServerError')
        : push({ method, path, rawHeaders, certificate, authorization, body }, deviceToken, id);
    if (!stream.destroyed) respond(stream, id, failure);
    const asked = headers['apns-topic'];
    const topic = typeof asked === 'string' ? asked : null;
    const { status, reason } = failure ?? { status: 200, reason: null };
    for (const holder of holdersOf(deviceToken))
      holder.answered({ deviceToken, topic, status, reason });
  };
  const { key, cert, ca } = createServerIdentity();
  const server = createServer({
    ...{ key, cert, requestCert: true, rejectUnauthorized: false },
    // TLS refuses clients that offer other protocols without HTTP/2; clients that offer none must use HTTP/2.
    ALPNProtocols: ['h2'],
  });
  server.on('secureConnection', (socket) => {
    const session = performServerHandshake(socket);
    session.on('error', () => session.destroy());
    session.on('stream', (stream, headers, _flags, raw: readonly string[] = []) => {
      void answer(stream, headers, raw);
    });
  });
  const close = closeServer(server);
  const own = await (orNext ? listenFrom : listen)(server, port, '--apns-port N');
  return {
    host: `127.0.0.1:${own}`,
    ca,
    environment,
    close,
    add: (phones: TokenHolder): void => void holders.push(phones),
    addKey: tokens.add,
  };
}

function respond(stream: ServerHttp2Stream, id: string, failure: ApnsRefusal | null): void {
  if (failure === null)
    return void stream.respond({ ':status': 200, 'apns-id': id }, { endStream: true });
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
