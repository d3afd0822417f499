import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { CliError } from '../../src/errors/cli-error.ts';
import { waitBeforeRetry } from '../../src/network/tries.ts';
import { createTestHttp, failureOf, type Play, post, startServer, success } from '../support/http.ts';

const reset: Play = (response) => response.socket?.resetAndDestroy();
const close: Play = (response) => response.socket?.destroy();
const half: Play = (response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{"success"', () => response.socket?.destroy());
};
/** Only the end of the connection ends the body (RFC 9112 §6.3), and a reset is none. */
const halfWithoutLength: Play = ({ socket }) => {
  socket?.write('HTTP/1.1 200 OK\r\n\r\n{"success"', () => setTimeout(() => socket.resetAndDestroy(), 50));
};
const status = (code: number, headers: Record<string, string> = {}): Play => ({ status: code, headers });
const limited = (retryAfter: string): Play => status(429, { 'retry-after': retryAfter });

function lost(options: ConstructorParameters<typeof CliError<'tenant-unreachable'>>[2]): CliError {
  return new CliError('tenant-unreachable', 'lost', options);
}

/** Without pauses. */
const quick = () => createTestHttp({ aside: async () => {} });

describe('a request that may be sent again', () => {
  test.each<[string, readonly Play[], number]>([
    ['after a reset', [reset, success], 2],
    ['after a connection that was closed', [close, success], 2],
    ['after 503 and 504', [status(503), status(504), success], 3],
    ['after 429', [limited('0'), success], 2],
    ['not after a success', [success], 1],
    ['not after a refusal', [{ body: '{"success":false}' }, success], 1],
    ['not after 400', [status(400), success], 1],
    ['not a fourth time', [status(503), status(503), status(503), success], 3],
  ])('%s', async (_case, plays, requests) => {
    const { origin, received } = await startServer(plays);
    await quick().send(post(`${origin}/a?b`, { body: '{"c":1}', retry: true }));
    expect(received.map(({ method, path, body }) => [method, path, body])).toEqual(
      Array.from({ length: requests }, () => ['POST', '/a?b', '{"c":1}']),
    );
  });

  test.each<[string, Play]>([
    ['a body that broke off', half],
    ['a body of no length that was reset', halfWithoutLength],
    ['headers that broke off', ({ socket }) => socket?.end('HTTP/1.1 200 OK\r\nContent-')],
    ['a hint', ({ socket }) => socket?.end('HTTP/1.1 103 Early Hints\r\n\r\n')],
  ])('is not once anything of an answer has come: %s', async (_case, play) => {
    const { origin, received } = await startServer([play, success]);
    expect(await failureOf(() => createTestHttp().send(post(origin, { retry: true })))).toBe(
      `tenant-unreachable: ${origin} could not be reached: the connection was closed before the answer`,
    );
    expect(received).toHaveLength(1);
  });

  test('gives the last answer', async () => {
    const { origin } = await startServer([status(503), status(502), { status: 504, body: 'late' }]);
    const { status: last, body } = await quick().send(post(origin, { retry: true }));
    expect([last, body]).toEqual([504, 'late']);
  });

  test('reaches a server that comes up between the attempts', async () => {
    const port = await freePort();
    const answer = createTestHttp().send(post(`http://127.0.0.1:${port}/`, { retry: true }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await startServer([success], { port });
    expect((await answer).status).toBe(200);
  });
});

test.each<[string, Play]>([
  ['a reset', reset],
  ['429', limited('0')],
  ['503', status(503)],
])('a request that may not be sent again is not, after %s', async (_case, play) => {
  const { origin, received } = await startServer([play, success]);
  await createTestHttp()
    .send(post(origin, { retry: false }))
    .catch(() => undefined);
  expect(received).toHaveLength(1);
});

test.each<[string, CliError, number | null]>([
  ['a connection', lost({ cause: Object.assign(new Error(), { code: 'ECONNRESET' }) }), 250],
  ['a look-up of a name', lost({ cause: Object.assign(new Error(), { code: 'EAI_AGAIN' }) }), 250],
  ['a name that nobody knows', lost({ cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) }), null],
  ['a proxy that refuses', lost({ facts: { proxyStatus: '407' } }), null],
  ['TLS', new CliError('tenant-tls', ''), null],
  ['time', new CliError('tenant-timeout', ''), null],
  ['the protocol', new CliError('tenant-not-json', ''), null],
  ['a redirect', new CliError('tenant-redirected', ''), null],
])('the wait after the failure of %s', (_case, error, wait) => {
  expect([1, 2, 3].map((attempts) => waitBeforeRetry(error, attempts))).toEqual(
    wait === null ? [null, null, null] : [wait, wait * 4, null],
  );
});

test.each<[number, number | null]>([
  [429, 250],
  [500, null],
  [501, null],
  [502, 250],
  [504, 250],
  [505, null],
])('the wait after %i', (code, wait) => {
  const waits = [1, 2, 3, 4].map((attempts) =>
    waitBeforeRetry({ status: code, headers: {}, body: '' }, attempts),
  );
  expect(waits).toEqual(wait === null ? [null, null, null, null] : [wait, wait * 4, null, null]);
});

test('an error of another kind is not waited for', () => {
  expect(waitBeforeRetry(Object.assign(new Error(), { code: 'tenant-unreachable', facts: {} }), 1)).toBe(
    null,
  );
});

describe('the pause after 429', () => {
  const day = 'Tue, 01 Jan 2030';
  const at = (time: string): string => `${day} ${time} GMT`;

  test.each<[string, Record<string, string>, number]>([
    ['in seconds', { 'retry-after': '3' }, 3000],
    ['none', { 'retry-after': '0' }, 0],
    ['as a date, by the clock of the tenant', { 'retry-after': at('08:00:04'), date: at('08:00:00') }, 4000],
    ['as a date that is over', { 'retry-after': at('08:00:00'), date: at('08:00:04') }, 0],
    ['as a date, without a clock', { 'retry-after': at('08:00:00') }, 250],
    ['not said', {}, 250],
    ['not understood', { 'retry-after': 'soon' }, 250],
    ['not understood at its end', { 'retry-after': '3 s' }, 250],
    ['not understood at its beginning', { 'retry-after': 'x 3' }, 250],
    ['ten seconds', { 'retry-after': '10' }, 10_000],
    ['negative', { 'retry-after': '-5' }, 250],
    ['an hour', { 'retry-after': '3600' }, 10_000],
    ['longer than a number can say', { 'retry-after': '9'.repeat(400) }, 10_000],
    ['a thousand years', { 'retry-after': 'Tue, 01 Jan 3030 08:00:00 GMT', date: at('08:00:00') }, 10_000],
  ])('%s', (_case, headers, wait) => {
    expect(waitBeforeRetry({ status: 429, headers, body: '' }, 1)).toBe(wait);
  });

  test('is not made where the time does not suffice: the tenant has answered', async () => {
    const { origin, received } = await startServer([limited('10'), success]);
    const answer = await createTestHttp({ timeout: 9000 }).send(post(origin, { retry: true }));
    expect(answer.status).toBe(429);
    expect(received).toHaveLength(1);
  });
});
