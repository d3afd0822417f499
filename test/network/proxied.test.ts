import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { NetworkSettings } from '../../src/network/client.ts';
import { ProxyError } from '../../src/network/failure.ts';
import type { ProxySettings } from '../../src/network/proxy.ts';
import { trustingContext } from '../../src/network/trust.ts';
import { openTunnel } from '../../src/network/tunnel.ts';
import { userAgent } from '../../src/text/version.ts';
import { startProxy } from '../support/connect-proxy.ts';
import {
  createTestHttp,
  failureOf,
  get,
  listen,
  pair,
  post,
  startServer,
  startTcpServer,
  tlsFixture,
} from '../support/http.ts';
import { withTimeEnough } from '../support/patience.ts';

// What a proxy answers to CONNECT, and what comes of it, is in wire.test.ts.

const ca = tlsFixture('ca.pem');
const trust = { caFile: ca, nodeExtraCaCerts: null, sslCertFile: null, sslCertDir: null };

function httpThrough(proxies: Partial<ProxySettings>, settings: Partial<NetworkSettings> = {}) {
  const given = { https: null, http: null, bypass: null, ...proxies };
  return createTestHttp({ trust, proxies: given, pause: async () => {}, ...settings });
}

/** A tenant that only a proxy finds. */
async function startTenant(certificate?: string) {
  const server = await startServer(undefined, certificate === undefined ? {} : { certificate });
  const host = `tenant.example.test:${server.port}`;
  return { origin: `${certificate === undefined ? 'http' : 'https'}://${host}`, host, server };
}

describe('a tenant behind a proxy', () => {
  test.each<[string, (port: number) => string, string | null]>([
    ['by a URL', (port) => `http://127.0.0.1:${port}`, null],
    ['by host and port', (port) => `127.0.0.1:${port}`, null],
    ['with a user, without a scheme', (port) => `jo:a%40b%3A%C3%BC@127.0.0.1:${port}`, 'jo:a@b:ü'],
  ])(
    'is reached where the proxy is named %s, which sees nothing of the request',
    async (_case, address, credentials) => {
      const { origin, host, server } = await startTenant('server');
      const proxy = await startProxy(credentials === null ? {} : { credentials });
      const headers = { authorization: 'Bearer hunter22' };
      await httpThrough({ https: address(proxy.port) }).send({ ...get(`${origin}/a?b`), headers });
      expect(server.received.map(({ path, headers: { host } }) => `${host}${path}`)).toEqual([
        `${host}/a?b`,
      ]);
      expect(server.received[0]?.headers).not.toHaveProperty('proxy-authorization');
      expect(proxy.targets).toEqual([host]);
      const basic = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
      const own = { connection: 'close', host, 'user-agent': userAgent };
      expect(proxy.headers).toEqual([{ ...own, ...(basic && { 'proxy-authorization': basic }) }]);
    },
  );

  test.each([
    ['localhost', 'https', trust],
    ['127.0.0.1', 'http', { ...trust, caFile: null, sslCertFile: ca }],
    ['127.0.0.1', 'https', { ...trust, caFile: null, sslCertFile: ca }],
  ])('is reached through %s on %s by the CAs of %j', async (name, scheme, trust) => {
    const { origin, host } = await startTenant('server');
    const proxy = await startProxy(scheme === 'http' ? {} : { certificate: 'server' });
    const http = httpThrough({ https: `${scheme}://${name}:${proxy.port}` }, { trust });
    expect((await http.send(post(origin))).status).toBe(200);
    expect(proxy.targets.at(-1)).toBe(host);
  });

  test('on http is reached through the proxy for http', async () => {
    const { origin, host, server } = await startTenant();
    const proxy = await startProxy();
    const http = httpThrough({
      http: `http://127.0.0.1:${proxy.port}`,
      https: 'http://127.0.0.1:1',
    });
    expect((await http.send(post(`${origin}/a`))).status).toBe(200);
    expect([server.received.map(({ path }) => path), proxy.targets]).toEqual([['/a'], [host]]);
  });

  test.each([
    ['other-host', 'its certificate is for another host'],
    ['expired', 'its certificate has expired'],
  ])('is refused for its certificate: %s', async (certificate, reason) => {
    const { origin } = await startTenant(certificate);
    const { port } = await startProxy();
    const http = httpThrough({ https: `http://127.0.0.1:${port}` });
    expect(await failureOf(() => http.send(post(origin, { retry: true })))).toBe(
      `tenant-tls: The TLS connection to ${origin} failed: ${reason}`,
    );
  });

  test.each(['http', 'https'] as const)(
    'ends in time where it does not answer, on %s',
    async (scheme) => {
      const tls = scheme === 'https' ? { certificate: 'server' } : {};
      const { port } = await startProxy();
      const proxies = { [scheme]: `http://127.0.0.1:${port}` };
      const { origin, end, requests } = await withTimeEnough(async (timeout) => {
        const silent = await startServer([() => {}], tls);
        const url = `${scheme}://tenant.example.test:${silent.port}`;
        const sent = httpThrough(proxies, { timeout }).send(post(url));
        const told = await failureOf(() => sent);
        const requests = silent.received.length;
        return requests === 0 ? null : { origin: url, end: told, requests };
      });
      expect(end).toBe(`tenant-timeout: ${origin} did not answer in time`);
      expect(requests).toBe(1);
    },
  );
});

const origin = 'https://tenant.example.test';
const through = (why: string) =>
  `tenant-unreachable: ${origin} could not be reached through the proxy: ${why}`;
const closed = 'the connection was closed before the answer';
const dropping = (socket: Socket) => void socket.destroy();
const opening = (socket: Socket) =>
  void socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n'));

test.each<[string, () => Promise<string>, string]>([
  ['is down', async () => `127.0.0.1:${await freePort()}`, through('the connection was refused')],
  [
    'closes before CONNECT',
    async () => `127.0.0.1:${await startTcpServer(dropping)}`,
    through(closed),
  ],
  [
    'closes right after its answer',
    async () => `127.0.0.1:${await startTcpServer(opening)}`,
    `tenant-unreachable: ${origin} could not be reached: ${closed}`,
  ],
  [
    'says nothing',
    async () => `127.0.0.1:${await startTcpServer(() => {})}`,
    `tenant-timeout: ${origin} did not answer in time`,
  ],
  [
    'has a certificate of another host',
    async () =>
      `https://jo:hunter22@127.0.0.1:${(await startProxy({ certificate: 'other-host' })).port}`,
    'tenant-tls: The TLS connection to the proxy failed: its certificate is for another host',
  ],
  [
    'has no address',
    async () => 'http://jo:hunter 22@pro xy.test',
    'usage: HTTPS_PROXY must be the URL of an HTTP proxy',
  ],
])('a proxy that %s', async (_case, start, words) => {
  const http = httpThrough(
    { https: await start() },
    words.includes('in time') ? { timeout: 300 } : {},
  );
  expect(await failureOf(() => http.send(post(origin, { retry: true })))).toBe(words);
});

test('a proxy is passed by for a host that NO_PROXY names', async () => {
  const proxy = await startProxy();
  const http = httpThrough({ https: `http://127.0.0.1:${proxy.port}`, bypass: 'example.test' });
  expect(await failureOf(() => http.send(post(origin)))).toMatch(
    /could not be reached: the host name /,
  );
  expect(proxy.targets).toEqual([]);
});

test.each([
  ['localhost', 'localhost'],
  ['127.0.0.1', false],
])('TLS asks a proxy for its own name, and for none at an address: %s', async (host, expected) => {
  const names: unknown[] = [];
  const server = createTlsServer(pair('server'), (socket) => {
    names.push(socket.servername);
    socket.on('error', () => {}).once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
  });
  const proxy = new URL(`https://${host}:${await listen(server)}`);
  const secureContext = await trustingContext([readFileSync(ca, 'utf8')]);
  const { signal } = new AbortController();
  (await openTunnel(proxy, new URL(origin), { signal, secureContext })).destroy();
  expect(names).toEqual([expected]);
});

test('a tunnel passes bytes on in both directions, and an interrupt ends it before it is open', async () => {
  const sockets: Socket[] = [];
  const port = await startTcpServer((socket) => {
    sockets.push(socket);
    socket.once('data', () => sockets.length === 1 && socket.write('HTTP/1.1 200 x\r\n\r\nearly'));
  });
  const interrupt = new AbortController();
  const open = () =>
    openTunnel(new URL(`http://127.0.0.1:${port}`), new URL(origin), { signal: interrupt.signal });
  const tunnel = await open();
  expect(String((await once(tunnel, 'data'))[0])).toBe('early');
  tunnel.write('late');
  expect(String((await once(sockets[0] as Socket, 'data'))[0])).toBe('late');
  tunnel.destroy();
  const second = open();
  setTimeout(() => interrupt.abort(), 50);
  await expect(second).rejects.toBeInstanceOf(ProxyError);
});
