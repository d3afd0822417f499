import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { bundlePrograms } from '../support/bundle.ts';
import { startProxy } from '../support/connect-proxy.ts';
import { startServer, startTcpServer, tlsFixture } from '../support/http.ts';
import { patience } from '../support/patience.ts';
import { sharedDirectory } from '../support/temporary-directory.ts';
import type { Order } from './process-end/request.ts';

const directory = sharedDirectory();

beforeAll(() =>
  bundlePrograms([fileURLToPath(new URL('process-end/request.ts', import.meta.url))], directory),
);

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

function run(order: Partial<Order>, env: Record<string, string> = {}): Promise<Run> {
  const trust = { caFile: tlsFixture('ca.pem'), nodeExtraCaCerts: null, sslCertFile: null, sslCertDir: null };
  const whole = { timeout: 10_000 * patience, httpsProxy: null, interruptAfter: null, trust, ...order };
  const program = spawn(process.execPath, [join(directory, 'request.mjs'), JSON.stringify(whole)], {
    env: { ...process.env, ...env },
  });
  const [stdout, stderr]: string[][] = [[], []];
  program.stdout.on('data', (chunk) => stdout?.push(String(chunk)));
  program.stderr.on('data', (chunk) => stderr?.push(String(chunk)));
  return new Promise((resolve) => {
    program.once('close', (exitCode) =>
      resolve({
        stdout: stdout?.join('') ?? '',
        stderr: stderr?.join('') ?? '',
        exitCode,
      }),
    );
  });
}

async function expectEnd(answer: string, order: Partial<Order>, env?: Record<string, string>): Promise<void> {
  // The program tells on stderr what would keep it alive: the server would for five seconds.
  expect(await run(order, env)).toEqual({ stdout: answer, stderr: '', exitCode: 0 });
}

describe('a bundled program ends at once and quietly', () => {
  test('after an answer over http', async () => {
    const { origin } = await startServer();
    await expectEnd('200', { url: origin });
  });

  test('after an answer over https', async () => {
    const { origin } = await startServer(undefined, { certificate: 'server' });
    await expectEnd('200', { url: origin });
  });

  test('after an answer over https that NODE_EXTRA_CA_CERTS vouches for', async () => {
    const { origin, connections } = await startServer(undefined, { certificate: 'server' });
    const trust = {
      caFile: null,
      nodeExtraCaCerts: tlsFixture('ca.pem'),
      sslCertFile: null,
      sslCertDir: null,
    };
    await expectEnd('200', { url: origin, trust }, { NODE_EXTRA_CA_CERTS: tlsFixture('ca.pem') });
    expect(connections()).toBe(1);
  });

  test.each([undefined, 'server'])(
    'after an answer through a proxy, its certificate: %s',
    async (certificate) => {
      const { port } = await startServer(undefined, { certificate: 'server' });
      const proxy = await startProxy(certificate === undefined ? {} : { certificate });
      const scheme = certificate === undefined ? 'http' : 'https';
      await expectEnd('200', {
        url: `https://tenant.example.test:${port}`,
        httpsProxy: `${scheme}://127.0.0.1:${proxy.port}`,
      });
    },
  );

  test('after a refused connection', async () => {
    await expectEnd('tenant-unreachable', { url: `http://127.0.0.1:${await freePort()}` });
  });

  test('after an answer that did not come in time', async () => {
    const { origin } = await startServer([() => {}]);
    await expectEnd('tenant-timeout', { url: origin, timeout: 300 });
  });

  test('after a body that is too long', async () => {
    const { origin } = await startServer([{ body: 'x'.repeat(20 * 1024 * 1024) }]);
    await expectEnd('tenant-not-json', { url: origin });
  });

  test('after a status that HTTP does not have, of a server that goes on', async () => {
    const { origin } = await startServer([(response) => void response.writeHead(600).write('x')]);
    await expectEnd('tenant-not-json', { url: origin });
  });

  test.each([
    ['a TLS connection that did not come about', 'tenant-timeout', { timeout: 300 }],
    ['an interrupt while it did not come about', 'interrupted', { interruptAfter: 300 }],
  ])('after %s', async (_case, code, order) => {
    const url = `https://127.0.0.1:${await startTcpServer(() => {})}`;
    await expectEnd(code, { url, ...order });
  });

  test('after a proxy that refused', async () => {
    const { port } = await startProxy({ status: 407 });
    const httpsProxy = `http://127.0.0.1:${port}`;
    await expectEnd('tenant-unreachable', { url: 'https://tenant.example.test', httpsProxy });
  });

  test('after a proxy that said nothing', async () => {
    const httpsProxy = `http://127.0.0.1:${await startTcpServer(() => {})}`;
    await expectEnd('tenant-timeout', { url: 'https://tenant.example.test', httpsProxy, timeout: 300 });
  });
});
