import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { bundlePrograms } from '../support/bundle.ts';
import { startProxy } from '../support/connect-proxy.ts';
import { startServer, startTcpServer, tlsFixture } from '../support/http.ts';
import { patience } from '../support/patience.ts';
import { finish } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import type { Order } from './process-end/request.ts';

const directory = temporaryDirectory();

beforeAll(() =>
  bundlePrograms([fileURLToPath(new URL('process-end/request.ts', import.meta.url))], directory),
);

const trust = {
  caFile: tlsFixture('ca.pem'),
  nodeExtraCaCerts: null,
  sslCertFile: null,
  sslCertDir: null,
};

type Ends = readonly (readonly [end: string, order: Partial<Order>])[];

test('a bundled program ends at once and quietly, however its requests end', async () => {
  const secure = await startServer(undefined, { certificate: 'server' });
  const [plain, flooded, strange] = [
    await startServer(),
    await startServer([{ body: 'x'.repeat(20 * 1024 * 1024) }]),
    await startServer([(response) => void response.writeHead(600).write('x')]),
  ];
  const silent = await startTcpServer(() => {});
  const tenant = 'https://tenant.example.test';
  const through = async (scheme: 'http' | 'https') => {
    const { port } = await startProxy(scheme === 'https' ? { certificate: 'server' } : {});
    return { url: `${tenant}:${secure.port}`, httpsProxy: `${scheme}://127.0.0.1:${port}` };
  };
  const refusing = await startProxy({ status: 407 });
  const extra = { ...trust, caFile: null, nodeExtraCaCerts: tlsFixture('ca.pem') };
  const behind = (port: number) => ({ url: tenant, httpsProxy: `http://127.0.0.1:${port}` });
  const ends: Ends = [
    ['200', { url: plain.origin }],
    ['200', { url: secure.origin }],
    ['200', { url: secure.origin, trust: extra }],
    ['200', await through('http')],
    ['200', await through('https')],
    ['tenant-unreachable', { url: `http://127.0.0.1:${await freePort()}` }],
    ['tenant-timeout', { url: `http://127.0.0.1:${silent}`, timeout: 300 }],
    ['tenant-not-json', { url: flooded.origin }],
    ['tenant-not-json', { url: strange.origin }],
    ['tenant-timeout', { url: `https://127.0.0.1:${silent}`, timeout: 300 }],
    ['interrupted', { url: `https://127.0.0.1:${silent}`, interruptAfter: 300 }],
    ['tenant-unreachable', behind(refusing.port)],
    ['tenant-timeout', { ...behind(silent), timeout: 300 }],
  ];
  const common = { timeout: 10_000 * patience, httpsProxy: null, interruptAfter: null, trust };
  const orders = JSON.stringify(ends.map(([, order]) => ({ ...common, ...order })));
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: tlsFixture('ca.pem') };
  const program = spawn(process.execPath, [join(directory, 'request.mjs'), orders], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = ends.map(([end]) => `${end}\n`).join('');
  expect(await finish(program)).toEqual({ stdout, stderr: '', exitCode: 0 });
});
