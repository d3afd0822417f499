import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { CliError, hasCode } from '../../src/errors/cli-error.ts';
import type { NetworkSettings } from '../../src/network/client.ts';
import { plainJudge } from '../../src/tenant/plain-change.ts';
import {
  createTestHttp,
  failureOf,
  get,
  listen,
  type Play,
  post,
  startServer,
  startTcpServer,
  success,
} from '../support/http.ts';
import { eventually, withTimeEnough } from '../support/patience.ts';

// What a server answers, and what a request comes to then, is in wire.test.ts.

const silence: Play = () => {};
const dropping: Play = ({ socket }) => socket?.destroy();
const headersOnly: Play = (response) => response.writeHead(200).flushHeaders();
const trickle: Play = (response) => {
  const drops = setInterval(() => response.write(' '), 50);
  response.once('close', () => clearInterval(drops));
};
/** Without a length: only the end of the connection ends the body (RFC 9112 §6.3). */
const trickleWithoutLength: Play = ({ socket }) => {
  socket?.write('HTTP/1.1 200 OK\r\n\r\n');
  const drops = setInterval(() => socket?.write(' '), 50);
  socket?.once('close', () => clearInterval(drops));
};
const limited = (retryAfter: string): Play => ({
  status: 429,
  headers: { 'retry-after': retryAfter },
});
/** The origin of a server over TLS that says nothing. */
const mute = async () => `https://127.0.0.1:${await startTcpServer(() => {})}`;
const unheard = async () => `http://127.0.0.1:${await freePort()}`;

describe('an answer', () => {
  test('is status, headers and body', async () => {
    const body = 'Grüß ';
    const own = { 'X-One': 'a', 'Set-Cookie': ['b', 'c'], Date: 'now', 'Content-Length': 7 };
    const { origin } = await startServer([(response) => response.writeHead(418, own).end(body)]);
    const headers = { 'x-one': 'a', 'set-cookie': 'b, c', date: 'now', connection: 'close' };
    const answer = { status: 418, headers: { ...headers, 'content-length': '7' }, body };
    expect(await createTestHttp().send(post(origin))).toEqual({
      ...answer,
      bytes: Buffer.from(body),
    });
  });

  test('over eight megabytes is not read to its end', async () => {
    let sent = 0;
    const flood: Play = (response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    };
    const { origin } = await startServer([flood]);
    expect(await failureOf(() => createTestHttp().send(post(origin)))).toMatch(
      /is larger than 8 MiB$/,
    );
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  test('that is a redirect reaches no other server', async () => {
    const other = await startServer();
    const location = `${other.origin}/login?token=hunter22`;
    const { origin } = await startServer([{ status: 307, headers: { location } }]);
    expect(await failureOf(() => createTestHttp().send(post(origin, { retry: true })))).toBe(
      `tenant-redirected: ${origin} answered with a redirect to ${other.origin}/login`,
    );
    expect(other.received).toEqual([]);
  });
});

describe('the time for a command, or an interrupt, ends', () => {
  // Loading what sends a request is no part of it here.
  beforeAll(
    async () =>
      void (await createTestHttp()
        .send(post(await unheard()))
        .catch(() => {})),
  );

  const interrupted = new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGINT' } });
  /** A server, and whether a request to it has come as far as the test is about. */
  interface Opened {
    readonly url: string;
    readonly begun: () => boolean;
  }

  const both = ['time', 'interrupt'] as const;

  /** What a request ends with once it has begun and its time is over, or an interrupt comes. */
  async function endOf(
    by: (typeof both)[number],
    open: () => Promise<Opened>,
  ): Promise<Opened & { readonly end: unknown }> {
    if (by === 'time')
      return withTimeEnough(async (timeout) => {
        const opened = await open();
        const sent = createTestHttp({ timeout }).send(post(opened.url, { retry: true }));
        const end = await sent.catch((error: CliError) => error.message);
        return opened.begun() ? { ...opened, end } : null;
      });
    const opened = await open();
    const interrupt = new AbortController();
    void vi.waitUntil(opened.begun, eventually).then(() => interrupt.abort(interrupted));
    const { signal } = interrupt;
    const sent = createTestHttp({ signal }).send(post(opened.url, { retry: true }));
    const end = await sent.catch((error: CliError) =>
      error === interrupted ? 'interrupted' : error.message,
    );
    return { ...opened, end };
  }

  const expected = (by: string, origin: string): string =>
    by === 'time' ? `${origin} did not answer in time` : 'interrupted';

  test.each<[string, Play]>([
    ['the wait for an answer', silence],
    ['the wait for a body', headersOnly],
    ['a body that trickles', trickle],
    ['a body of no stated length that trickles', trickleWithoutLength],
  ])('%s, on a second attempt', async (_case, play) => {
    for (const by of both) {
      const { url, end, begun } = await endOf(by, async () => {
        const { origin, received } = await startServer([limited('0'), play]);
        return { url: `${origin}/a?secret=b`, begun: () => received.length === 2 };
      });
      expect(end).toBe(expected(by, new URL(url).origin));
      expect(begun()).toBe(true);
    }
  });

  test('a TLS connection that does not come about', async () => {
    for (const by of both) {
      const open = async () => ({ url: await mute(), begun: () => true });
      const { url, end } = await endOf(by, open);
      expect(end).toBe(expected(by, url));
    }
  });

  test('a pause, and what has not begun', async () => {
    const { origin, received } = await startServer([limited('5')]);
    const open = async () => ({ url: origin, begun: () => received.length === 1 });
    expect((await endOf('interrupt', open)).end).toBe('interrupted');
    const late = createTestHttp({ signal: AbortSignal.abort(interrupted) }).send(post(origin));
    await expect(late).rejects.toBe(interrupted);
    expect(received).toHaveLength(1);
  });

  test('all requests that share it, and no pause that is longer begins', async () => {
    const { origin, received } = await startServer([silence, limited('10')]);
    const http = createTestHttp({ timeout: 200 });
    const late = `tenant-timeout: ${origin} did not answer in time`;
    for (const _request of [1, 2])
      expect(await failureOf(() => http.send(post(origin)))).toBe(late);
    const answer = await createTestHttp({ timeout: 9000 }).send(post(origin, { retry: true }));
    expect([answer.status, received.length]).toEqual([429, 2]);
  });
});

describe('a tenant that cannot be reached', () => {
  test('has a name that nobody knows, or listens on no port', async () => {
    expect(
      await failureOf(() => createTestHttp().send(post('https://tenant.invalid/a?secret=b'))),
    ).toMatch(
      /^tenant-unreachable: https:\/\/tenant\.invalid could not be reached: the host name (is unknown|could not be looked up)$/,
    );
    const origin = await unheard();
    expect(await failureOf(() => createTestHttp().send(post(`${origin}/a?secret=b`)))).toBe(
      `tenant-unreachable: ${origin} could not be reached: the connection was refused`,
    );
  });

  const change = plainJudge({ mayHave: 'set the certificate', idempotent: true });
  const endOf = (origin: string, settings: Partial<NetworkSettings> = {}) =>
    createTestHttp({ pause: async () => {}, ...settings })
      .send(post(origin, { retry: true, changeJudge: change }))
      .catch((error: CliError) => {
        if (error.code === 'outcome-unknown') return [error.code, error.facts.tries];
        return [error.code];
      });

  test.each<[string, () => Promise<string>, readonly unknown[]]>([
    ['a port without a listener', unheard, ['tenant-unreachable']],
    ['a name that nobody knows', async () => 'https://tenant.invalid', ['tenant-unreachable']],
    [
      'a server without TLS',
      async () => `https://127.0.0.1:${await startTcpServer((socket) => socket.end('no TLS'))}`,
      ['tenant-tls'],
    ],
    [
      'an unknown certificate',
      async () => (await startServer([success], { certificate: 'server' })).origin,
      ['tenant-tls'],
    ],
    [
      'a server that goes once it was written to, of which nobody knows what it took',
      async () => {
        const leaving = createServer((socket) => {
          leaving.close();
          socket.on('error', () => {}).once('data', () => socket.destroy());
        });
        return `http://127.0.0.1:${await listen(leaving)}`;
      },
      ['outcome-unknown', 1],
    ],
  ])('got nothing of a change, unless it was written: %s', async (_case, open, end) => {
    expect(await endOf(await open())).toEqual(end);
  });

  test('got nothing of a change before an interrupt in the handshake, and may have made it before any other', async () => {
    const reason = new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGTERM' } });
    const ending = async (begin: (interrupt: () => void) => Promise<string>, paused = false) => {
      const controller = new AbortController();
      const { signal } = controller;
      const interrupt = () => controller.abort(reason);
      const origin = await begin(interrupt);
      const pause = async (wait: () => Promise<void>) => {
        if (paused) interrupt();
        await wait();
      };
      const sent = createTestHttp({ signal, pause }).send(
        post(origin, { retry: true, changeJudge: change }),
      );
      return sent.catch((error: CliError) => {
        if (error.code === 'outcome-unknown')
          return [error.code, error.facts.tries, error.facts.signal];
        return [error.code, undefined, hasCode(error, 'interrupted') ? error.facts.signal : null];
      });
    };
    const handshake = async (interrupt: () => void) =>
      `https://127.0.0.1:${await startTcpServer(() => void sleep(50).then(interrupt))}`;
    expect(await ending(handshake)).toEqual(['interrupted', undefined, 'SIGTERM']);
    const unknown = ['outcome-unknown', 1, 'SIGTERM'];
    expect(await ending(async (interrupt) => (await startServer([interrupt])).origin)).toEqual(
      unknown,
    );
    expect(await ending(async () => (await startServer([dropping])).origin, true)).toEqual(unknown);
  });

  test('is reached once it comes up between the attempts', async () => {
    const port = await freePort();
    const answer = createTestHttp().send(post(`http://127.0.0.1:${port}/`, { retry: true }));
    await sleep(100);
    await startServer([success], { port });
    expect((await answer).status).toBe(200);
  });
});

const answer = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test.each([
  ['two answers at once', answer('surplus')],
  ['another kind of answer after the first', 'HTTP/1.1 500 No\r\n'],
  ['garbage behind the answer', 'surplus'],
])('no request takes what belongs to another: %s', async (_case, afterwards) => {
  let [connections, requests] = [0, 0];
  const port = await startTcpServer((socket) => {
    connections++;
    socket.on('data', () =>
      socket.write(++requests === 1 ? answer('first') + afterwards : answer('next')),
    );
  });
  const http = createTestHttp();
  for (const body of ['first', 'next'])
    expect((await http.send(get(`http://127.0.0.1:${port}`))).body).toBe(body);
  expect([connections, requests]).toEqual([2, 2]);
});

test.each(['GET', 'POST'])(
  'nothing of a %s is written after an answer that comes before it',
  async (method) => {
    const heard: string[] = [];
    const proxy = await startTcpServer((socket) =>
      // In one piece, so that it is there before anything can be asked.
      socket.on('data', (data) => {
        if (heard.push(String(data)) === 1)
          socket.write(`HTTP/1.1 200 OK\r\n\r\n${answer('early')}`);
      }),
    );
    const request = { method, url: 'http://tenant.example.test', retry: true };
    const proxies = { https: null, http: `http://127.0.0.1:${proxy}`, bypass: null };
    expect(await failureOf(() => createTestHttp({ proxies }).send(request))).toBe(
      `tenant-not-json: ${request.url} does not speak HTTP`,
    );
    expect(heard).toEqual([expect.stringMatching(/^CONNECT tenant.example.test:80 /)]);
  },
);

test('what fails once the answer has come is no transport error', async () => {
  const { origin, received } = await startServer();
  const bug = new TypeError('of ours');
  const trace = (): never => {
    throw bug;
  };
  await expect(createTestHttp({ trace }).send(post(origin, { retry: true }))).rejects.toBe(bug);
  expect(received).toHaveLength(1);
});

test('a request that cannot be sent is said to be so, without its secrets, and is not tried again', async () => {
  const { origin, received } = await startServer();
  const headers = { authorization: 'Bearer hunter22\n' };
  expect(await failureOf(() => createTestHttp().send(post(origin, { headers, retry: true })))).toBe(
    'usage: The request cannot be sent: invalid authorization header',
  );
  expect(received).toEqual([]);
});

test('the trace has a line for each attempt, without a secret', async () => {
  const { origin } = await startServer([{ status: 503 }, dropping, success]);
  const lines: string[] = [];
  const http = createTestHttp({ trace: (line) => lines.push(line), pause: async () => {} });
  const request = { headers: { authorization: 'Bearer hunter22' }, body: 'hunter22', retry: true };
  const started = performance.now();
  await http.send(post(`${origin}/a/b?token=hunter22`, request));
  const took = performance.now() - started;
  expect(lines.map((line) => line.replace(/\d+ ms/, 'N ms'))).toEqual([
    `POST ${origin}/a/b → 503 in N ms`,
    `POST ${origin}/a/b failed in N ms`,
    `POST ${origin}/a/b → 200 in N ms`,
  ]);
  const times = lines.map((line) => Number(/(\d+) ms/.exec(line)?.[1]));
  expect(Math.max(...times)).toBeLessThanOrEqual(Math.ceil(took));
});

test('a GET without a body is one', async () => {
  const { origin, port, received } = await startServer([success]);
  await createTestHttp().send({
    ...get(`${origin}/a?b=c`),
    headers: { accept: 'x' },
    retry: false,
  });
  const host = `127.0.0.1:${port}`;
  const headers = { host, connection: 'close', 'user-agent': 'mfa-cli/test', accept: 'x' };
  expect(received).toEqual([{ method: 'GET', path: '/a?b=c', headers, body: '' }]);
});

test('a person sees what is waited for, until there is an answer or none', async () => {
  const shown: string[] = [];
  const progress = (text: string) => {
    shown.push(text);
    return { stop: () => void shown.push('stopped') };
  };
  const origins = [(await startServer()).origin, await unheard()];
  for (const origin of origins)
    await createTestHttp({ progress })
      .send(post(origin))
      .catch(() => undefined);
  expect(shown).toEqual(origins.flatMap((at) => [`Waiting for ${new URL(at).host}`, 'stopped']));
});
