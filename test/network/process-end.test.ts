import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { bundlePrograms } from '../support/bundle.ts';
import { startProxy } from '../support/connect-proxy.ts';
import { startServer, startTcpServer, tlsFixture } from '../support/http.ts';
import { patience } from '../support/patience.ts';
import { type Finished, finish } from '../support/process.ts';
import { sharedDirectory } from '../support/temporary-directory.ts';
import type { Order } from './process-end/request.ts';

const directory = sharedDirectory();

beforeAll(() =>
  bundlePrograms([fileURLToPath(new URL('process-end/request.ts', import.meta.url))], directory),
);

const trust = { caFile: tlsFixture('ca.pem'), nodeExtraCaCerts: null, sslCertFile: null, sslCertDir: null };

async function run(order: Partial<Order>, env: Record<string, string>): Promise<Finished> {
  const whole = { timeout: 10_000 * patience, httpsProxy: null, interruptAfter: null, trust, ...order };
  const program = spawn(process.execPath, [join(directory, 'request.mjs'), JSON.stringify(whole)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return finish(program);
}

describe('a bundled program ends at once and quietly', () => {
  const secure = () => startServer(undefined, { certificate: 'server' });
  const silent = () => startTcpServer(() => {});
  const tenant = 'https://tenant.example.test';
  const extra = { ...trust, caFile: null, nodeExtraCaCerts: tlsFixture('ca.pem') };
  const through = async (scheme: 'http' | 'https') => {
    const { port } = await startProxy(scheme === 'https' ? { certificate: 'server' } : {});
    return { url: `${tenant}:${(await secure()).port}`, httpsProxy: `${scheme}://127.0.0.1:${port}` };
  };
  const flooded = () => startServer([{ body: 'x'.repeat(20 * 1024 * 1024) }]);
  const strange = () => startServer([(response) => void response.writeHead(600).write('x')]);

  // The program tells on stderr what would keep it alive: the server would for five seconds.
  test.each<[string, string, () => Promise<Partial<Order>>]>([
    ['an answer over http', '200', async () => ({ url: (await startServer()).origin })],
    ['an answer over https', '200', async () => ({ url: (await secure()).origin })],
    ['an answer by NODE_EXTRA_CA_CERTS', '200', async () => ({ url: (await secure()).origin, trust: extra })],
    ['an answer through a proxy', '200', () => through('http')],
    ['an answer through a proxy over TLS', '200', () => through('https')],
    [
      'a refused connection',
      'tenant-unreachable',
      async () => ({ url: `http://127.0.0.1:${await freePort()}` }),
    ],
    [
      'no answer in time',
      'tenant-timeout',
      async () => ({ url: `http://127.0.0.1:${await silent()}`, timeout: 300 }),
    ],
    ['a body that is too long', 'tenant-not-json', async () => ({ url: (await flooded()).origin })],
    ['a status that HTTP does not have', 'tenant-not-json', async () => ({ url: (await strange()).origin })],
    [
      'no TLS in time',
      'tenant-timeout',
      async () => ({ url: `https://127.0.0.1:${await silent()}`, timeout: 300 }),
    ],
    [
      'an interrupt',
      'interrupted',
      async () => ({ url: `https://127.0.0.1:${await silent()}`, interruptAfter: 300 }),
    ],
    ['a proxy that refused', 'tenant-unreachable', () => behind(startProxy({ status: 407 }))],
    [
      'a proxy that said nothing',
      'tenant-timeout',
      () =>
        behind(
          silent().then((port) => ({ port })),
          300,
        ),
    ],
  ])('after %s', async (_case, answer, order) => {
    const env = { NODE_EXTRA_CA_CERTS: tlsFixture('ca.pem') };
    expect(await run(await order(), env)).toEqual({ stdout: answer, stderr: '', exitCode: 0 });
  });

  async function behind(proxy: Promise<{ readonly port: number }>, timeout = 10_000 * patience) {
    return { url: tenant, httpsProxy: `http://127.0.0.1:${(await proxy).port}`, timeout };
  }
});
