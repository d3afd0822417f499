import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { NetworkSettings } from '../../src/network/client.ts';
import type { Http } from '../../src/network/http.ts';
import type { ProxySettings } from '../../src/network/proxy.ts';
import { userAgent } from '../../src/text/version.ts';
import { startProxy } from '../support/connect-proxy.ts';
import {
  createTestHttp,
  failureOf,
  get,
  post,
  startServer,
  startTcpServer,
  type TestServer,
  tlsFixture,
} from '../support/http.ts';
import { patience } from '../support/patience.ts';

const trust = { caFile: tlsFixture('ca.pem'), nodeExtraCaCerts: null, sslCertFile: null, sslCertDir: null };

function httpThrough(proxies: Partial<ProxySettings>, settings: Partial<NetworkSettings> = {}): Http {
  return createTestHttp({
    trust,
    proxies: { https: null, http: null, bypass: null, ...proxies },
    ...settings,
  });
}

/** A tenant that only a proxy finds. */
async function startTenant(certificate?: string): Promise<{ origin: string; server: TestServer }> {
  const server = await startServer(undefined, certificate === undefined ? {} : { certificate });
  const scheme = certificate === undefined ? 'http' : 'https';
  return { origin: `${scheme}://tenant.example.test:${server.port}`, server };
}

describe('a tenant behind a proxy', () => {
  test('is reached by CONNECT, and the proxy sees nothing of the request', async () => {
    const { origin, server } = await startTenant('server');
    const proxy = await startProxy();
    const http = httpThrough({ https: `http://127.0.0.1:${proxy.port}` });
    await http.send({ ...get(`${origin}/a?b`), headers: { authorization: 'Bearer hunter22' } });
    const host = `tenant.example.test:${server.port}`;
    expect(server.received.map(({ path, headers }) => `${headers.host}${path}`)).toEqual([`${host}/a?b`]);
    expect(proxy.targets).toEqual([host]);
    expect(proxy.headers).toEqual([{ connection: 'close', host, 'user-agent': userAgent }]);
  });

  test.each<[string, (port: number) => string, string | undefined]>([
    ['by a URL', (port) => `http://127.0.0.1:${port}`, undefined],
    ['by host and port', (port) => `127.0.0.1:${port}`, undefined],
    ['with a user, without a scheme', (port) => `jo:a%40b%3A%C3%BC@127.0.0.1:${port}`, 'jo:a@b:ü'],
  ])('is reached where the proxy is named %s', async (_case, address, credentials) => {
    const { origin, server } = await startTenant('server');
    const proxy = await startProxy(credentials === undefined ? {} : { credentials });
    expect((await httpThrough({ https: address(proxy.port) }).send(post(origin))).status).toBe(200);
    expect(server.received.map(({ headers }) => headers['proxy-authorization'])).toEqual([undefined]);
    const sent = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    expect(proxy.headers.map((headers) => headers['proxy-authorization'])).toEqual([sent]);
    expect(proxy.headers.map((headers) => headers['user-agent'])).toEqual([userAgent]);
  });

  test('is reached where the proxy speaks TLS', async () => {
    const { origin } = await startTenant('server');
    const proxy = await startProxy({ certificate: 'server' });
    const answer = await httpThrough({ https: `https://localhost:${proxy.port}` }).send(post(origin));
    expect(answer.status).toBe(200);
    expect(proxy.targets).toHaveLength(1);
  });

  test.each(['http', 'https'])(
    'is trusted through the system bundle too, with a proxy on %s',
    async (scheme) => {
      const { origin } = await startTenant('server');
      const proxy = await startProxy(scheme === 'http' ? {} : { certificate: 'server' });
      const system = { ...trust, caFile: null, sslCertFile: tlsFixture('ca.pem') };
      const http = httpThrough({ https: `${scheme}://127.0.0.1:${proxy.port}` }, { trust: system });
      expect((await http.send(post(origin))).status).toBe(200);
      expect(proxy.targets.at(-1)).toBe(new URL(origin).host);
    },
  );

  test('on http is reached through the proxy for http', async () => {
    const { origin, server } = await startTenant();
    const proxy = await startProxy();
    const http = httpThrough({ http: `http://127.0.0.1:${proxy.port}`, https: 'http://127.0.0.1:1' });
    expect((await http.send(post(`${origin}/a`))).status).toBe(200);
    expect(server.received.map(({ path }) => path)).toEqual(['/a']);
    expect(proxy.targets).toEqual([`tenant.example.test:${server.port}`]);
  });

  test.each(['http', 'https'] as const)('ends in time where it does not answer, on %s', async (scheme) => {
    const silent = await startServer([() => {}], scheme === 'https' ? { certificate: 'server' } : {});
    const proxy = await startProxy();
    const origin = `${scheme}://tenant.example.test:${silent.port}`;
    const http = httpThrough({ [scheme]: `http://127.0.0.1:${proxy.port}` }, { timeout: 300 });
    const started = performance.now();
    expect(await failureOf(() => http.send(post(origin)))).toBe(
      `tenant-timeout: ${origin} did not answer in time`,
    );
    expect(performance.now() - started).toBeLessThan(20_000 * patience);
    expect(silent.received).toHaveLength(1);
  });

  test.each([
    ['other-host', 'its certificate is for another host'],
    ['expired', 'its certificate has expired'],
  ])('is refused for its certificate: %s', async (certificate, reason) => {
    const { origin } = await startTenant(certificate);
    const proxy = await startProxy();
    const http = httpThrough({ https: `http://127.0.0.1:${proxy.port}` });
    expect(await failureOf(() => http.send(post(origin, { retry: true })))).toBe(
      `tenant-tls: The TLS connection to ${origin} failed: ${reason}`,
    );
  });
});

describe('a proxy is passed by', () => {
  test('by a request', async () => {
    const proxy = await startProxy();
    const http = httpThrough({ https: `http://127.0.0.1:${proxy.port}`, bypass: 'example.test' });
    expect(await failureOf(() => http.send(post('https://tenant.example.test')))).toMatch(
      /^tenant-unreachable: https:\/\/tenant\.example\.test could not be reached: the host name /,
    );
    expect(proxy.targets).toEqual([]);
  });
});

describe('a proxy that fails', () => {
  const origin = 'https://tenant.example.test';
  const unreachable = `tenant-unreachable: ${origin} could not be reached through the proxy: `;
  const refused = (status: number): string =>
    `tenant-unreachable: ${origin} could not be reached: the proxy refused the connection (HTTP ${status})`;

  async function failure(address: string, settings: Partial<NetworkSettings> = {}): Promise<string> {
    return failureOf(async () => {
      try {
        await httpThrough({ https: address }, { aside: async () => {}, ...settings }).send(
          post(origin, { retry: true }),
        );
      } catch (error) {
        expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/hunter22|am86aHVudGVyMjI/);
        throw error;
      }
    });
  }

  test.each([407, 403, 502])('by a refusal, once: %i', async (status) => {
    const proxy = await startProxy({ status });
    expect(await failure(`http://jo:hunter22@127.0.0.1:${proxy.port}`)).toBe(refused(status));
    expect(proxy.targets).toEqual(['tenant.example.test:443']);
  });

  test('since it is down', async () => {
    expect(await failure(`http://jo:hunter22@127.0.0.1:${await freePort()}`)).toBe(
      `${unreachable}the connection was refused`,
    );
  });

  test.each<[string, (socket: Socket) => void]>([
    ['after CONNECT', (socket) => socket.once('data', () => socket.destroy())],
    ['before CONNECT', (socket) => socket.destroy()],
    ['within its answer', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 Conn'))],
    ['right after it', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n'))],
  ])('by a close %s, three times', async (when, close) => {
    let connections = 0;
    const port = await startTcpServer((socket) => {
      connections++;
      close(socket);
    });
    expect(await failure(`http://jo:hunter22@127.0.0.1:${port}`)).toBe(
      when === 'right after it'
        ? `tenant-unreachable: ${origin} could not be reached: the connection was closed before the answer`
        : `${unreachable}the connection was closed before the answer`,
    );
    expect(connections).toBe(3);
  });

  test('by another protocol', async () => {
    const port = await startTcpServer((socket) => socket.once('data', () => socket.end('SSH-2.0\r\n')));
    expect(await failure(`http://jo:hunter22@127.0.0.1:${port}`)).toBe(
      `${unreachable}it does not speak HTTP`,
    );
  });

  test('by silence', async () => {
    const port = await startTcpServer(() => {});
    const started = performance.now();
    expect(await failure(`http://jo:hunter22@127.0.0.1:${port}`, { timeout: 300 })).toBe(
      `tenant-timeout: ${origin} did not answer in time`,
    );
    expect(performance.now() - started).toBeLessThan(20_000 * patience);
  });

  test('by a certificate of another host', async () => {
    const proxy = await startProxy({ certificate: 'other-host' });
    expect(await failure(`https://jo:hunter22@127.0.0.1:${proxy.port}`)).toBe(
      `tenant-tls: The TLS connection to the proxy failed: its certificate is for another host`,
    );
  });

  test('by its address', async () => {
    expect(await failure('http://jo:hunter 22@pro xy.test')).toBe(
      'usage: The address of the proxy for https is not the URL of an HTTP proxy',
    );
  });
});
