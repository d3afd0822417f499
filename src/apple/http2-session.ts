import { hash } from 'node:crypto';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  type IncomingHttpHeaders,
  sensitiveHeaders,
} from 'node:http2';
import { isIP, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import {
  connect as connectTls,
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  type TLSSocket,
} from 'node:tls';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { type ProxySettings, proxyFor } from '../network/proxy.ts';
import { strictTls, trustingContext } from '../network/trust.ts';
import { orderChain } from '../pkcs12/certificate-file.ts';
import { encodePemBlock } from '../pkcs12/pem.ts';
import { membersOf, parseJson } from '../text/json.ts';
import { userAgent } from '../text/version.ts';
import type { ApnsIdentity, Push, PushAnswer } from './apns.ts';

export interface Http2SessionSettings {
  readonly origin: URL;
  readonly proxies: ProxySettings;
  /** PEM; null: Node.js's own. */
  readonly authorities: readonly string[] | null;
  /** Ends the connection in any state. */
  readonly signal: AbortSignal;
}

/**
 * How long to wait for the server's verdict on the client's certificate before sending,
 * in milliseconds.
 */
const judgment = 300;

export class NotHttp2 extends Error {}

/**
 * HTTP/2 over TLS 1.2 or later with the client's certificate, if it has one, directly or
 * through a proxy. Throws what Node.js does, NotHttp2, Unanswered, ProxyError and
 * ProxyRefusal.
 * @throws {CliError} usage (the address of the proxy), pkcs12-unsupported (a certificate
 * that TLS cannot use)
 */
export async function openHttp2Session(
  identity: ApnsIdentity | null,
  settings: Http2SessionSettings,
): Promise<ClientHttp2Session> {
  const socket = await openTls(identity, settings);
  if (socket.alpnProtocol !== 'h2') {
    socket.destroy();
    throw new NotHttp2();
  }
  await certificateVerdict(socket);
  // A session does not notice that its socket has ended.
  if (socket.destroyed || socket.readableEnded) throw socket.errored ?? new Unanswered();
  // A server may keep the connection open after GOAWAY; the process does not wait for its
  // end.
  socket.unref();
  return connectHttp2(settings.origin, { createConnection: () => socket });
}

async function openTls(
  identity: ApnsIdentity | null,
  settings: Http2SessionSettings,
): Promise<TLSSocket> {
  const { origin, signal } = settings;
  const host = origin.hostname.replace(/^\[(.*)\]$/, '$1');
  const secureContext = await contextOf(identity, settings.authorities);
  const tunnel = await openTunnelTo(settings);
  signal.throwIfAborted();
  const socket = connectTls({
    ...(tunnel === null ? { port: Number(origin.port || '443') } : { socket: tunnel }),
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    secureContext,
    ...strictTls,
    ALPNProtocols: ['h2'],
  });
  addAbortSignal(signal, socket);
  await once(socket, 'secureConnect');
  return socket;
}

async function openTunnelTo({
  origin,
  proxies,
  authorities,
  signal,
}: Http2SessionSettings): Promise<Socket | null> {
  const proxy = proxyFor(origin, proxies);
  if (proxy === null) return null;
  const { openTunnel } = await import('../network/tunnel.ts');
  const trust = authorities === null ? {} : { secureContext: await trustingContext(authorities) };
  return openTunnel(proxy, origin, { signal, ...trust });
}

/**
 * PEM rather than PFX: whether Node.js accepts that depends on the age of its OpenSSL.
 */
async function contextOf(
  identity: ApnsIdentity | null,
  authorities: readonly string[] | null,
): Promise<SecureContext> {
  const presented =
    identity === null
      ? {}
      : {
          key: identity.key.export({ type: 'pkcs8', format: 'pem' }),
          cert: chainOf(identity.certificates),
        };
  const options: SecureContextOptions = { ...presented, minVersion: 'TLSv1.2' };
  try {
    return authorities === null
      ? createSecureContext(options)
      : await trustingContext(authorities, options);
  } catch (cause) {
    const code = systemCode(cause) ?? 'no reason is known';
    throw new CliError(
      'pkcs12-unsupported',
      `TLS cannot use the key and its certificate: ${code}`,
      {
        cause,
      },
    );
  }
}

function chainOf(certificates: ApnsIdentity['certificates']): string {
  const [leaf, ...others] = certificates.map((der) => ({ der, fingerprint: hash('sha256', der) }));
  const chain = leaf === undefined ? [] : [leaf, ...orderChain(leaf, others)];
  return chain.map(({ der }) => encodePemBlock('CERTIFICATE', der)).join('');
}

/**
 * With TLS 1.3 a server judges the client's certificate after the client has connected
 * (RFC 8446 §2), and confirms it with a session ticket. A write before that may lose the
 * alert to the reset that follows it.
 */
async function certificateVerdict(socket: TLSSocket): Promise<void> {
  if (socket.getProtocol() !== 'TLSv1.3') return;
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    await Promise.race([
      once(socket, 'session', { signal }),
      sleep(judgment, undefined, { signal }),
    ]);
  } finally {
    waiting.abort();
  }
  // The ticket event fires in the middle of a read: writing there damages TLS records.
  await nextTurn();
}

/** How many bytes of an answer to read; a reason has less than a hundred. */
const bodyLimit = 64 * 1024;
/** No identifier or reason from APNs is longer; longer ones come from another server. */
const wordLimit = 100;

export interface AnsweredPush {
  readonly answer: PushAnswer;
  readonly retryAfter: number | null;
}

/** The connection or the stream ended, and nothing was answered. */
export class Unanswered extends Error {}

/**
 * One push and its whole answer, wherever the reason comes: in the body, or in a GOAWAY.
 * Throws what ended the connection, or Unanswered.
 * @throws {CliError} usage, for a header that cannot be sent
 */
export async function postPush(
  session: ClientHttp2Session,
  push: Push,
  signal: AbortSignal,
): Promise<AnsweredPush> {
  requireSendable(push.headers);
  return new Promise((resolve, reject) => {
    let answered: IncomingHttpHeaders | undefined;
    let farewell: Reason | null = null;
    let failure: unknown;
    const chunks: Buffer[] = [];
    let length = 0;
    let hasEnded = false;
    let isTooLong = false;
    const fail = (error: unknown): void => {
      failure ??= error;
    };
    // The runtime closes the streams that the server will not answer (RFC 9113 §6.8).
    const onGoaway = (_code: number, _last: number, reason?: NodeJS.ArrayBufferView): void => {
      if (reason !== undefined) farewell = readReason(textOf(reason));
    };
    // An aborted stream ends as well, but its code says so.
    const isWhole = (): boolean => hasEnded && !isTooLong && stream.rstCode === 0;
    // That a push was taken is believed of a whole answer alone.
    const isRefusal = (): boolean => Number(answered?.[':status']) !== 200;
    const finish = (): void => {
      session.off('goaway', onGoaway).off('error', fail);
      const body = readReason(Buffer.concat(chunks).toString('utf8'));
      if (signal.aborted) reject(signal.reason);
      else if (answered && (isWhole() || (isRefusal() && (isTooLong || body !== null))))
        resolve(answeredPush(answered, body));
      else if (farewell !== null)
        resolve({ answer: { status: null, apnsId: null, ...farewell }, retryAfter: null });
      else reject(failure ?? new Unanswered());
    };
    const stream = session.request(
      {
        ':method': 'POST',
        ':path': `/3/device/${push.deviceToken}`,
        'user-agent': userAgent,
        ...push.headers,
        [sensitiveHeaders]: ['authorization'],
      },
      { signal },
    );
    session.on('goaway', onGoaway).on('error', fail);
    stream
      .on('response', (headers) => {
        answered = headers;
      })
      .on('data', (chunk: Buffer) => {
        length += chunk.length;
        isTooLong = length > bodyLimit;
        if (isTooLong) stream.close();
        else chunks.push(chunk);
      })
      .once('end', () => {
        hasEnded = true;
      })
      .on('error', fail)
      .once('close', finish)
      .end(push.payload);
  });
}

/** @throws {CliError} usage */
function requireSendable(headers: Push['headers']): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value))
      throw new CliError('usage', `The header ${name} cannot be sent: it must be printable ASCII`);
  }
}

function answeredPush(headers: IncomingHttpHeaders, body: Reason | null): AnsweredPush {
  const id = headers['apns-id'];
  const retryAfter = headers['retry-after'];
  return {
    answer: {
      status: Number(headers[':status']),
      reason: body?.reason ?? null,
      apnsId: typeof id === 'string' && id !== '' && id.length <= wordLimit ? id : null,
      timestamp: body?.timestamp ?? null,
    },
    retryAfter:
      retryAfter !== undefined && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : null,
  };
}

type Reason = Pick<PushAnswer, 'reason' | 'timestamp'>;

/** `{"reason":"Unregistered","timestamp":1761000000000}`, or null for anything else. */
export function readReason(text: string): Reason | null {
  const { reason, timestamp } = membersOf(parseJson(text)) ?? {};
  if (typeof reason !== 'string' || reason.length > wordLimit) return null;
  const date = typeof timestamp === 'number' ? new Date(timestamp) : null;
  return {
    reason,
    timestamp: date === null || Number.isNaN(date.getTime()) ? null : date.toISOString(),
  };
}

function textOf(view: NodeJS.ArrayBufferView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('utf8');
}
