import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
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
import type { ApnsIdentity } from './apns.ts';
import { Unanswered } from './post-push.ts';

export interface Http2SessionSettings {
  readonly origin: URL;
  readonly proxies: ProxySettings;
  /** PEM, instead of Node's own; null for those. */
  readonly authorities: readonly string[] | null;
  /** Ends the connection in any state. */
  readonly signal: AbortSignal;
}

/** How long a server may take to judge the client's certificate before we send anything, in milliseconds. */
const judgement = 300;

/** The server does not agree on HTTP/2. */
export class NotHttp2 extends Error {}

/**
 * HTTP/2 over TLS 1.2 or later with the client's certificate, directly or through a proxy.
 * Throws what Node.js does, NotHttp2, Unanswered, ProxyError and ProxyRefusal.
 * @throws {CliError} usage (the address of the proxy), pkcs12-unsupported (a certificate that TLS cannot use)
 */
export async function openHttp2Session(
  identity: ApnsIdentity,
  settings: Http2SessionSettings,
): Promise<ClientHttp2Session> {
  const socket = await openTls(identity, settings);
  if (socket.alpnProtocol !== 'h2') {
    socket.destroy();
    throw new NotHttp2();
  }
  await whenJudged(socket);
  // A session over a socket that has ended never notices.
  if (socket.destroyed || socket.readableEnded) throw socket.errored ?? new Unanswered();
  // A server may leave the connection open after GOAWAY: do not wait for its end.
  socket.unref();
  return connectHttp2(settings.origin, { createConnection: () => socket });
}

async function openTls(identity: ApnsIdentity, settings: Http2SessionSettings): Promise<TLSSocket> {
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
  const { openTunnel } = await import('../network/connection.ts');
  const trust = authorities === null ? {} : { secureContext: await trustingContext(authorities) };
  return openTunnel(proxy, origin, { signal, ...trust });
}

/** PEM rather than PFX: whether Node.js accepts that depends on the age of its OpenSSL. */
async function contextOf(
  { key, certificates }: ApnsIdentity,
  authorities: readonly string[] | null,
): Promise<SecureContext> {
  const options: SecureContextOptions = {
    key: key.export({ type: 'pkcs8', format: 'pem' }),
    cert: certificates.map(pemOf).join(''),
    minVersion: 'TLSv1.2',
  };
  try {
    return authorities === null ? createSecureContext(options) : await trustingContext(authorities, options);
  } catch (cause) {
    const code = systemCode(cause) ?? 'no reason is known';
    throw new CliError('pkcs12-unsupported', `TLS cannot use the key and its certificate: ${code}`, {
      cause,
    });
  }
}

function pemOf(der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/**
 * With TLS 1.3 a server judges the client's certificate after the client has connected (RFC 8446 §2), and confirms it
 * with a session ticket. If we write before that, we may lose the alert to the reset that follows it.
 */
async function whenJudged(socket: TLSSocket): Promise<void> {
  if (socket.getProtocol() !== 'TLSv1.3') return;
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    await Promise.race([once(socket, 'session', { signal }), sleep(judgement, undefined, { signal })]);
  } finally {
    waiting.abort();
  }
  // The ticket event fires in the middle of a read: writing there damages TLS records.
  await nextTurn();
}
