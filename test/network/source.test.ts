import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { createHttpSource } from '../../src/network/client.ts';
import type { OpenHttp } from '../../src/network/http.ts';
import { strictRules } from '../../src/programs/owners.ts';
import {
  createTestHttp,
  failureOf,
  post,
  startServer,
  success,
  tlsFixture,
} from '../support/http.ts';
import { eventually, patience } from '../support/patience.ts';

function sourceFor(signal = new AbortController().signal, caFile: string | null = null) {
  return createHttpSource({
    timeout: 10_000 * patience,
    proxies: { https: null, http: null, bypass: null },
    owners: strictRules,
    trust: {
      caFile,
      nodeExtraCaCerts: null,
      sslCertFile: tlsFixture('nowhere.pem'),
      sslCertDir: null,
    },
    userAgent: 'mfa-cli/test',
    signal,
    trace: () => {},
    progress: () => ({ stop() {} }),
  });
}

test('many at once leave one listener, no warning, and no connection behind', async () => {
  const one = new AbortController();
  const single = createTestHttp({ signal: one.signal }) as OpenHttp;
  expect(getEventListeners(one.signal, 'abort')).toHaveLength(1);
  single.close();
  expect(getEventListeners(one.signal, 'abort')).toHaveLength(0);
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const interrupt = new AbortController();
  const source = sourceFor(interrupt.signal);
  const server = await startServer();
  const sockets = () =>
    process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const before = sockets();
  await Promise.all(
    Array.from({ length: 40 }, async () => {
      const http = source.open(10_000);
      const answers = await Promise.all([
        http.send(post(server.origin)),
        http.send(post(server.origin)),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      http.close();
    }),
  );
  const http = source.open(10_000);
  await Promise.all(Array.from({ length: 16 }, () => http.send(post(server.origin))));
  http.close();
  expect(server.connections()).toBe(40 * 2 + 16);
  expect(getEventListeners(interrupt.signal, 'abort')).toHaveLength(1);
  expect(warn).not.toHaveBeenCalled();
  await vi.waitUntil(() => sockets() <= before, eventually);
  warn.mockRestore();
});

test('an interrupt ends each that is open, and each that is opened later', async () => {
  const interrupt = new AbortController();
  const source = sourceFor(interrupt.signal);
  const server = await startServer([() => {}]);
  const open = [source.open(10_000), source.open(10_000)];
  const failures = open.map((http) => failureOf(() => http.send(post(server.origin))));
  await vi.waitUntil(() => server.received.length === 2, eventually);
  interrupt.abort(new CliError('interrupted', 'Interrupted'));
  expect(await Promise.all(failures)).toEqual([
    'interrupted: Interrupted',
    'interrupted: Interrupted',
  ]);
  expect(await failureOf(() => source.open(10_000).send(post(server.origin)))).toBe(
    'interrupted: Interrupted',
  );
});

test('a source that is opened after an interrupt sends nothing', async () => {
  const server = await startServer();
  const source = sourceFor(AbortSignal.abort(new CliError('interrupted', 'Interrupted')));
  expect(await failureOf(() => source.open(10_000).send(post(server.origin)))).toBe(
    'interrupted: Interrupted',
  );
  expect(server.received).toEqual([]);
});

test('each has its own time', async () => {
  const source = sourceFor();
  // Two servers: in so little time the first request may never arrive.
  const [silent, server] = [await startServer([() => {}]), await startServer()];
  expect(await failureOf(() => source.open(50).send(post(silent.origin)))).toMatch(
    /^tenant-timeout: /,
  );
  expect((await source.open(10_000).send(post(server.origin))).status).toBe(200);
});

test('the CA file is read once, and what the system vouches for is asked at once from then on', async () => {
  const server = await startServer(undefined, { certificate: 'server' });
  const source = sourceFor(undefined, tlsFixture('ca.pem'));
  for (let round = 0; round < 3; round++)
    expect((await source.open(10_000).send(post(server.origin))).status).toBe(200);
  expect(server.connections()).toBe(3);
  const strange = sourceFor(undefined, tlsFixture('other-host.pem'));
  for (let round = 0; round < 3; round++)
    expect(await failureOf(() => strange.open(10_000).send(post(server.origin)))).toMatch(
      /^tenant-tls: /,
    );
  // The first one twice, with the user's CAs and with those of Node.js.
  expect(server.connections()).toBe(3 + 4);
});

test('each makes its own pauses, as whoever opened it wants them', async () => {
  const server = await startServer([
    { status: 429, headers: { 'retry-after': '1' } },
    { status: 429, headers: { 'retry-after': '1' } },
    success,
  ]);
  const pauses: string[] = [];
  const http = sourceFor().open(10_000, async () => void pauses.push('paused'));
  expect((await http.send(post(server.origin, { retry: true }))).status).toBe(200);
  expect(pauses).toEqual(['paused', 'paused']);
});
