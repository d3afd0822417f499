import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import type { Apns, ApnsIdentity, Push, TokenKey } from '../../src/apple/apns.ts';
import { type ApnsSettings, openApns } from '../../src/apple/client.ts';
import { applePath } from './apple-fixtures.ts';
import { listen, pair, tlsFixture } from './http.ts';
import { patience } from './patience.ts';

/** The authority of the servers. */
export const serverCa = tlsFixture('ca.pem');

/** A key and certificates of test/fixtures/apple, PEM or DER. */
export function identityOf(keyPath: string, ...certificatePaths: readonly string[]): ApnsIdentity {
  return {
    key: createPrivateKey(readFileSync(keyPath)),
    certificates: certificatePaths.map((path) => new X509Certificate(readFileSync(path)).raw),
  };
}

export const identity = identityOf(
  applePath('key.pem'),
  applePath('aps.pem'),
  applePath('authority.cer'),
);

/** A received push. */
interface ReceivedPush {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** SHA-256 of the client's certificates, the leaf first. */
  readonly certificates: readonly string[];
}

export interface ApnsAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
}

/** Plays one answer: a value is sent, a function controls the stream, its session and the last connection. */
export type ApnsPlay =
  | ApnsAnswer
  | ((stream: ServerHttp2Stream, session: ServerHttp2Session, socket: Socket) => void);

interface ScriptedApns {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly port: number;
  readonly received: readonly ReceivedPush[];
  /** The number of connections, including those that failed at TLS. */
  connections(): number;
}

export const badDeviceToken: ApnsAnswer = { status: 400, body: { reason: 'BadDeviceToken' } };

/** An HTTP/2 server that asks for a client certificate and plays the answers in turn, then repeats the last. */
export async function startApns(
  plays: readonly ApnsPlay[] = [badDeviceToken],
  certificate = 'server',
): Promise<ScriptedApns> {
  const received: ReceivedPush[] = [];
  const server = createSecureServer({
    ...pair(certificate),
    requestCert: true,
    rejectUnauthorized: false,
  });
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('sessionError', () => {});
  server.on('stream', async (stream, headers) => {
    stream.on('error', () => {});
    const session = stream.session as ServerHttp2Session;
    const body = await text(stream).catch(() => null);
    // A client may break off.
    if (body === null) return;
    received.push({ headers, body, certificates: chainOf(session.socket as TLSSocket) });
    const play = plays[Math.min(received.length, plays.length) - 1] ?? badDeviceToken;
    if (typeof play === 'function') return play(stream, session, sockets.at(-1) as Socket);
    stream.respond({ ':status': play.status ?? 200, 'apns-id': 'A0B1', ...play.headers });
    stream.end(typeof play.body === 'object' ? JSON.stringify(play.body) : play.body);
  });
  const port = await listen(server);
  return { host: `127.0.0.1:${port}`, port, received, connections: () => sockets.length };
}

function chainOf(socket: TLSSocket): string[] {
  const fingerprints: string[] = [];
  let certificate = socket.getPeerX509Certificate();
  while (certificate !== undefined) {
    fingerprints.push(certificate.fingerprint256);
    certificate = certificate.issuerCertificate;
  }
  return fingerprints;
}

/** The APNs client of a command, with the lines of the trace. */
export function openTestApns(
  host: string,
  settings: Partial<ApnsSettings> = {},
  as: ApnsIdentity | TokenKey = identity,
): Apns & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const apns = openApns(as, {
    origin: new URL(`https://${host}`),
    timeout: 10_000 * patience,
    proxies: { https: null, http: null, bypass: null },
    trust: { caFile: serverCa, nodeExtraCaCerts: null, sslCertFile: null, sslCertDir: null },
    signal: new AbortController().signal,
    now: () => new Date(),
    trace: (line) => lines.push(line),
    ...settings,
  });
  return { ...apns, lines };
}

export const deviceToken = '80f3'.repeat(16);

export function pushOf(push: Partial<Push> = {}): Push {
  return {
    deviceToken,
    headers: { 'apns-topic': 'com.example.app', 'apns-push-type': 'alert' },
    payload: '{"aps":{"alert":"ü"}}',
    retry: false,
    ...push,
  };
}
