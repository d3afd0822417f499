import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { ProxyError, ProxyRefusal } from '../../src/network/failure.ts';
import { trustingContext } from '../../src/network/trust.ts';
import { openTunnel } from '../../src/network/tunnel.ts';
import { userAgent } from '../../src/text/version.ts';
import { listen, pair, startTcpServer, tlsFixture } from '../support/http.ts';

const { signal } = new AbortController();

/** A proxy that answers the first bytes of a connection with these, and keeps what it was asked. */
async function startProxy(answer: string | ((socket: Socket) => void)) {
  const asked: string[] = [];
  const sockets: Socket[] = [];
  const port = await startTcpServer((socket) => {
    sockets.push(socket);
    socket.once('data', (data) => {
      asked.push(String(data));
      if (typeof answer === 'string') socket.write(answer);
      else answer(socket);
    });
  });
  return { port, asked, sockets };
}

const open = (proxy: string, url = 'https://tenant.test/a?b') =>
  openTunnel(new URL(proxy), new URL(url), { signal });

test.each<[string, string, string, string | undefined]>([
  ['', 'https://tenant.test/a?b', 'tenant.test:443', undefined],
  ['', 'https://tenant.test:8443', 'tenant.test:8443', undefined],
  ['', 'http://tenant.test', 'tenant.test:80', undefined],
  ['', 'https://[2001:db8::1]', '[2001:db8::1]:443', undefined],
  ['jo:pa%20ss@', 'https://tenant.test', 'tenant.test:443', 'jo:pa ss'],
  ['jo@', 'https://tenant.test', 'tenant.test:443', 'jo:'],
  ['50%:a%zz@', 'https://tenant.test', 'tenant.test:443', '50%:a%zz'],
  [':pass@', 'https://tenant.test', 'tenant.test:443', undefined],
])('what a proxy is asked: %s%s', async (user, url, authority, credentials) => {
  const { port, asked } = await startProxy('HTTP/1.1 200 OK\r\n\r\n');
  (await open(`http://${user}127.0.0.1:${port}`, url)).destroy();
  const authorization =
    credentials === undefined
      ? ''
      : `proxy-authorization: Basic ${Buffer.from(credentials).toString('base64')}\r\n`;
  expect(asked).toEqual([
    `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\nconnection: close\r\nuser-agent: ${userAgent}\r\n${authorization}\r\n`,
  ]);
});

test.each([
  ['localhost', 'localhost'],
  ['127.0.0.1', false],
])('TLS asks a proxy for its own name, and for none at an address: %s', async (host, expected) => {
  const names: (string | false | null)[] = [];
  const server = createTlsServer(pair('server'), (socket: TLSSocket) => {
    names.push(socket.servername);
    socket.on('error', () => {}).once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
  });
  const port = await listen(server);
  const secureContext = await trustingContext([readFileSync(tlsFixture('ca.pem'), 'utf8')]);
  const proxy = new URL(`https://${host}:${port}`);
  (await openTunnel(proxy, new URL('https://tenant.test'), { signal, secureContext })).destroy();
  expect(names).toEqual([expected]);
});

describe('its answer', () => {
  test.each([200, 201, 299])('%i opens the tunnel', async (status) => {
    const { port, sockets } = await startProxy(`HTTP/1.1 ${status} x\r\n\r\nearly`);
    const tunnel = await open(`http://127.0.0.1:${port}`);
    const [early] = await once(tunnel, 'data');
    expect(String(early)).toBe('early');
    tunnel.write('late');
    expect(String((await once(sockets[0] as Socket, 'data'))[0])).toBe('late');
    tunnel.destroy();
  });

  test.each([199, 300, 407, 600])('%i refuses it, and the connection ends', async (status) => {
    const { port, sockets } = await startProxy(`HTTP/1.1 ${status} x\r\nContent-Length: 0\r\n\r\n`);
    const error = await open(`http://127.0.0.1:${port}`).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProxyRefusal);
    expect((error as ProxyRefusal).status).toBe(status);
    const [socket] = sockets;
    if (socket?.destroyed === false) await once(socket, 'close');
  });

  test.each<[string, string | ((socket: Socket) => void)]>([
    ['a close', (socket) => socket.destroy()],
    ['a reset', (socket) => socket.resetAndDestroy()],
    ['a half answer', (socket) => socket.end('HTTP/1.1 20')],
    ['another protocol', 'SSH-2.0\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(10_000)}`],
    ['a hint to go on', 'HTTP/1.1 100 x\r\n\r\n'],
  ])('that is none is a failure, and asked for once: %s', async (_case, answer) => {
    const { port, asked } = await startProxy(answer);
    const error = await open(`http://127.0.0.1:${port}`).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).not.toHaveProperty('code');
    expect(asked).toHaveLength(1);
  });
});

test('an interrupt ends it in any state', async () => {
  const { port } = await startProxy(() => {});
  const interrupt = new AbortController();
  const tunnel = openTunnel(new URL(`http://127.0.0.1:${port}`), new URL('https://tenant.test'), {
    signal: interrupt.signal,
  });
  setTimeout(() => interrupt.abort(), 50);
  await expect(tunnel).rejects.toBeInstanceOf(ProxyError);
});
