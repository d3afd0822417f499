import { EventEmitter } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ProxyError, ProxyRefusal } from '../../src/network/proxy-error.ts';
import { strictTls } from '../../src/network/server-identity.ts';
import { openTunnel } from '../../src/network/tunnel.ts';

// What is asked of Node.js: a proxy on IPv6 or with any status is not to be had on every machine.
vi.mock(import('node:http'), async (original) => ({ ...(await original()), request: vi.fn() }));
vi.mock(import('node:https'), async (original) => ({ ...(await original()), request: vi.fn() }));

const request = Object.assign(new EventEmitter(), { end: vi.fn() });
const { signal } = new AbortController();
beforeEach(() => {
  request.removeAllListeners();
  for (const mock of [requestHttp, requestHttps].map((send) => vi.mocked(send)))
    mock.mockReset().mockReturnValue(request as never);
  request.end.mockReset();
});
const open = (proxy: string, url = 'https://tenant.test/a?b') =>
  openTunnel(new URL(proxy), new URL(url), { signal });

describe('what a proxy is asked', () => {
  test.each<[string, string, string, Record<string, string>]>([
    ['http://proxy.test:3128', 'tenant.test:443', 'proxy.test', {}],
    ['https://proxy.test', 'tenant.test:443', 'proxy.test', {}],
    ['https://192.0.2.1', 'tenant.test:443', '', {}],
    ['https://[2001:db8::1]:3128', 'tenant.test:443', '', {}],
    ['http://jo:pa%20ss@proxy.test', 'tenant.test:443', 'proxy.test', { credentials: 'jo:pa ss' }],
    ['http://jo@proxy.test', 'tenant.test:443', 'proxy.test', { credentials: 'jo:' }],
    ['http://50%:a%zz@proxy.test', 'tenant.test:443', 'proxy.test', { credentials: '50%:a%zz' }],
    ['http://:pass@proxy.test', 'tenant.test:443', 'proxy.test', {}],
  ])('%s', async (proxy, authority, servername, { credentials }) => {
    const tunnel = open(proxy);
    const [used, unused] = proxy.startsWith('https:')
      ? [requestHttps, requestHttp]
      : [requestHttp, requestHttps];
    expect(vi.mocked(unused)).not.toHaveBeenCalled();
    expect(vi.mocked(used).mock.calls).toEqual([
      [
        new URL(proxy),
        {
          signal,
          method: 'CONNECT',
          path: authority,
          headers: {
            host: authority,
            ...(credentials === undefined
              ? {}
              : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
          },
          auth: null,
          servername,
          ...strictTls,
          agent: false,
        },
      ],
    ]);
    expect(request.end).toHaveBeenCalledOnce();
    request.emit('error', new Error('enough'));
    await expect(tunnel).rejects.toBeInstanceOf(ProxyError);
  });
});

describe('its answer', () => {
  const answer = (statusCode: number | undefined) => {
    const socket = { destroy: vi.fn() } as unknown as Socket & { destroy: ReturnType<typeof vi.fn> };
    const tunnel = open('http://proxy.test');
    request.emit('connect', { statusCode }, socket);
    return { socket, tunnel };
  };

  test.each([200, 201, 299])('%i opens the tunnel', async (status) => {
    const { socket, tunnel } = answer(status);
    expect(await tunnel).toBe(socket);
    expect(socket.destroy).not.toHaveBeenCalled();
  });

  test.each([199, 300, 407, undefined])('%s refuses it, and the connection ends', async (status) => {
    const { socket, tunnel } = answer(status);
    const error = await tunnel.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProxyRefusal);
    expect((error as ProxyRefusal).status).toBe(status ?? 0);
    expect(socket.destroy).toHaveBeenCalledOnce();
  });

  test('that fails is the cause', async () => {
    const tunnel = open('http://proxy.test');
    const cause = new Error('closed');
    request.emit('error', cause);
    await expect(tunnel).rejects.toMatchObject({ cause });
  });
});
