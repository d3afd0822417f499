import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { CliError } from '../../src/errors/cli-error.ts';
import type { Change } from '../../src/network/http.ts';
import { judgeAnswer } from '../../src/tenant/envelope.ts';
import { createTestHttp, type Play, post, startServer, startTcpServer, success } from '../support/http.ts';

const change: Change = { done: 'set the certificate', idempotent: true, judge: judgeAnswer };
const once: Change = { done: 'deleted the certificate', idempotent: false, judge: judgeAnswer };
const interrupted = new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGTERM' } });

/** What a change ends with, and how often the server was asked. */
async function outcomeOf(plays: readonly Play[], of: Change, settings = {}) {
  const { origin, received } = await startServer(plays);
  const sent = createTestHttp({ aside: async () => {}, ...settings }).send(
    post(origin, { retry: true, change: of }),
  );
  const outcome = await sent.then(
    ({ status }) => String(status),
    (error) => error,
  );
  const { code = outcome, message = '', facts = {} } = outcome as Partial<CliError>;
  expect(facts.reason ?? '').not.toContain('could not be reached');
  return {
    end: code,
    message,
    tries: facts.tries ?? null,
    signal: facts.signal ?? null,
    asked: received.length,
  };
}

const cut: Play = (response) => response.socket?.destroy();
const silence: Play = () => {};
const head: Play = (response) => response.writeHead(200, { 'content-length': '99' }).flushHeaders();
const halfBody: Play = (response) =>
  response.writeHead(200, { 'content-length': '99' }).write('{"succ', () => response.socket?.destroy());
const halfChunk: Play = ({ socket }) =>
  socket?.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{"succ');
/** Nothing but the end of the connection ends it. */
const halfUnframed: Play = ({ socket }) => socket?.end('HTTP/1.1 200 OK\r\n\r\n{"succ');
const headUnframed: Play = ({ socket }) => socket?.end('HTTP/1.1 200 OK\r\n\r\n');
const halfHead: Play = ({ socket }) => socket?.end('HTTP/1.1 200 OK\r\nContent-Ty');
const garbage: Play = ({ socket }) => socket?.end('SSH-2.0-OpenSSH_9.2\r\n');
const proxys: Play = { status: 502, body: '<html>Bad gateway</html>' };
const gateways: Play = { status: 504, body: '{"message":"Endpoint request timed out"}' };
const busy: Play = { status: 429, headers: { 'retry-after': '0' } };
const refusal: Play = { body: '{"success":false,"Message":"No."}' };
const tenants503: Play = { status: 503, body: '{"success":false,"Message":"Maintenance."}' };

describe('a change whose answer does not come whole', () => {
  test.each<[string, readonly Play[], Change, string, number | null, number]>([
    ['is cut each time', [cut], change, 'outcome-unknown', 3, 3],
    ['is cut, and may not be sent twice', [cut], once, 'outcome-unknown', 1, 1],
    ['breaks off within the body', [halfBody], change, 'outcome-unknown', 1, 1],
    ['breaks off within a chunk', [halfChunk], once, 'outcome-unknown', 1, 1],
    ['breaks off without a length', [halfUnframed], once, 'outcome-unknown', 1, 1],
    ['ends behind the head', [headUnframed], change, 'outcome-unknown', 1, 1],
    ['breaks off within the head', [halfHead], once, 'outcome-unknown', 1, 1],
    ['is longer than what is read', [{ body: ' '.repeat(9 << 20) }], once, 'outcome-unknown', 1, 1],
    ['is no HTTP', [garbage], once, 'tenant-not-json', null, 1],
    ['is cut, and then no HTTP', [cut, garbage], change, 'outcome-unknown', 2, 2],
    ['is a proxy’s', [proxys], change, 'outcome-unknown', 3, 3],
    ['is a gateway’s, in JSON', [gateways], once, 'outcome-unknown', 1, 1],
    ['is cut, and then refused', [cut, refusal], change, 'outcome-unknown', 2, 2],
    ['is cut, and then there are too many', [cut, busy], change, 'outcome-unknown', 3, 3],
    ['is cut, and then redirected', [cut, { status: 302 }], change, 'outcome-unknown', 2, 2],
    ['is cut, and then done', [cut, success], change, '200', null, 2],
    ['is a proxy’s, and then done', [proxys, success], change, '200', null, 2],
    ['comes after a refusal that did nothing', [busy, success], once, '200', null, 2],
    ['is cut after such a refusal', [busy, cut], once, 'outcome-unknown', 2, 2],
    ['is the tenant’s refusal', [refusal], once, '200', null, 1],
    ['is the tenant’s 503', [tenants503, refusal], change, '200', null, 2],
    ['is a page of 200', [{ body: '<html>Portal</html>' }], change, '200', null, 1],
  ])('%s', async (_case, plays, of, end, tries, asked) => {
    const outcome = await outcomeOf(plays, of);
    expect(outcome).toMatchObject({ end, tries, asked });
    if (tries !== null)
      expect(outcome.message).toBe(
        `The tenant did not answer: it may have ${of.done}${tries > 1 ? ` (sent ${tries} times)` : ''}`,
      );
  });

  test.each<[string, Play]>([
    ['silence', silence],
    ['a head and silence', head],
  ])('%s until time is up', async (_case, play) => {
    expect(await outcomeOf([play], change, { timeout: 300 })).toMatchObject({
      end: 'outcome-unknown',
      tries: 1,
      signal: null,
    });
  });

  test('an interrupt during the wait, by its signal', async () => {
    const interrupt = new AbortController();
    const play: Play = () => interrupt.abort(interrupted);
    const outcome = await outcomeOf([play], once, { signal: interrupt.signal });
    expect(outcome).toMatchObject({ end: 'outcome-unknown', tries: 1, signal: 'SIGTERM' });
  });

  test('an interrupt in the pause after an answer that is missing', async () => {
    const interrupt = new AbortController();
    const aside = async (wait: () => Promise<void>): Promise<void> => {
      interrupt.abort(interrupted);
      await wait();
    };
    const outcome = await outcomeOf([cut], change, { signal: interrupt.signal, aside });
    expect(outcome).toMatchObject({ end: 'outcome-unknown', tries: 1, signal: 'SIGTERM' });
  });
});

describe('a change of which nothing was written', () => {
  const endOf = (origin: string, settings = {}) =>
    createTestHttp({ aside: async () => {}, ...settings })
      .send(post(origin, { retry: true, change }))
      .catch(({ code, facts }: CliError) => ({ code, connected: facts.connected }));

  test.each<[string, () => Promise<string>, string]>([
    ['a port without a listener', async () => `http://127.0.0.1:${await freePort()}`, 'tenant-unreachable'],
    ['a name that nobody knows', async () => 'https://tenant.invalid', 'tenant-unreachable'],
    [
      'a server without TLS',
      async () => `https://127.0.0.1:${await startTcpServer((socket) => socket.end('no TLS'))}`,
      'tenant-tls',
    ],
    [
      'an unknown certificate',
      async () => (await startServer([success], { certificate: 'server' })).origin,
      'tenant-tls',
    ],
  ])('%s', async (_case, open, code) => {
    expect(await endOf(await open())).toEqual({ code, connected: 'never' });
  });

  test('an interrupt before TLS has come about', async () => {
    const interrupt = new AbortController();
    const port = await startTcpServer(async () => {
      await sleep(50);
      interrupt.abort(interrupted);
    });
    expect(await endOf(`https://127.0.0.1:${port}`, { signal: interrupt.signal })).toEqual({
      code: 'interrupted',
    });
  });
});
