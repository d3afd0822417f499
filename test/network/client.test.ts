import { beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { CliError } from '../../src/errors/cli-error.ts';
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
import { patience } from '../support/patience.ts';

const silence: Play = () => {};
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

/** A server that answers a request, each as it comes, with these bytes. */
async function startTalking(bytes: (turn: number) => string | Uint8Array, ends = false) {
  const seen = { connections: 0, requests: 0 };
  const port = await startTcpServer((socket) => {
    seen.connections++;
    socket.on('data', () => {
      const said = bytes(++seen.requests);
      if (ends) socket.end(said);
      else socket.write(said);
    });
  });
  return { origin: `http://127.0.0.1:${port}`, seen };
}

describe('an answer', () => {
  test('is status, headers and body', async () => {
    const { origin } = await startServer([
      (response) =>
        response
          .writeHead(418, { 'X-One': 'a', 'Set-Cookie': ['b', 'c'], Date: 'now', 'Content-Length': 7 })
          .end('Grüß'.padEnd(5)),
    ]);
    const own = { 'x-one': 'a', 'set-cookie': 'b, c', date: 'now' };
    const headers = { ...own, connection: 'close', 'content-length': '7' };
    const body = 'Grüß ';
    const answer = { status: 418, headers, body, bytes: Buffer.from(body) };
    expect(await createTestHttp().send(post(origin))).toEqual(answer);
  });

  test('is read without the byte order mark that .NET may put before it', async () => {
    const { origin } = await startServer([{ body: '\ufeff{}' }]);
    expect((await createTestHttp().send(post(origin))).body).toBe('{}');
  });

  test('may have eight megabytes', async () => {
    const { origin } = await startServer([{ body: 'x'.repeat(8 * 1024 * 1024) }]);
    expect((await createTestHttp().send(post(origin))).body).toHaveLength(8 * 1024 * 1024);
  });

  test('is given up beyond that, and the rest of it is not read', async () => {
    const sent = { bytes: 0 };
    const flood: Play = (response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent.bytes += chunk.length;
      };
      response.on('drain', more);
      more();
    };
    const { origin } = await startServer([flood]);
    expect(await failureOf(() => createTestHttp().send(post(origin, { retry: true })))).toBe(
      `tenant-not-json: The answer from ${origin} is larger than 8 MiB`,
    );
    expect(sent.bytes).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('the time for a command', () => {
  // Loading what sends a request is no part of it here.
  beforeAll(
    async () =>
      void (await createTestHttp()
        .send(post(`http://127.0.0.1:${await freePort()}`))
        .catch(() => {})),
  );

  test.each<[string, Play]>([
    ['the wait for an answer', silence],
    ['the wait for a body', headersOnly],
    ['a body that trickles', trickle],
    ['a body of no stated length that trickles', trickleWithoutLength],
  ])('ends %s, on a second attempt too', async (_case, play) => {
    const { origin, received } = await startServer([{ status: 429, headers: { 'retry-after': '0' } }, play]);
    const http = createTestHttp({ timeout: 300 });
    const started = performance.now();
    expect(await failureOf(() => http.send(post(`${origin}/a?secret=b`, { retry: true })))).toBe(
      `tenant-timeout: ${origin} did not answer in time`,
    );
    expect(performance.now() - started).toBeLessThan(20_000 * patience);
    expect(received).toHaveLength(2);
  });

  test('ends a TLS connection that does not come about', async () => {
    const port = await startTcpServer(() => {});
    const origin = `https://127.0.0.1:${port}`;
    const started = performance.now();
    expect(await failureOf(() => createTestHttp({ timeout: 300 }).send(post(origin)))).toBe(
      `tenant-timeout: ${origin} did not answer in time`,
    );
    expect(performance.now() - started).toBeLessThan(20_000 * patience);
  });

  test('is shared by its requests', async () => {
    const { origin, received } = await startServer([silence]);
    const http = createTestHttp({ timeout: 200 });
    const late = `tenant-timeout: ${origin} did not answer in time`;
    for (const _request of [1, 2]) expect(await failureOf(() => http.send(post(origin)))).toBe(late);
    expect(received).toHaveLength(1);
  });
});

describe('an interrupt', () => {
  const interrupted = new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGINT' } });

  /** @param begun when to count from: a busy machine takes its time until a request has arrived */
  async function interruptedAfter(
    milliseconds: number,
    url: string,
    begun: () => boolean = () => true,
  ): Promise<unknown> {
    const interrupt = new AbortController();
    if (milliseconds === 0) interrupt.abort(interrupted);
    else
      void vi
        .waitUntil(begun, { timeout: 20_000 })
        .finally(() => setTimeout(() => interrupt.abort(interrupted), milliseconds));
    const started = performance.now();
    const error = await createTestHttp({ signal: interrupt.signal })
      .send(post(url, { retry: true }))
      .catch((reason: unknown) => reason);
    expect(performance.now() - started).toBeLessThan(20_000 * patience);
    return error;
  }

  test.each<[string, Play]>([
    ['the wait for an answer', silence],
    ['a body', trickle],
    ['a body of no stated length', trickleWithoutLength],
    ['a pause', { status: 429, headers: { 'retry-after': '5' } }],
  ])('ends %s', async (_case, play) => {
    const { origin, received } = await startServer([play]);
    expect(await interruptedAfter(150, origin, () => received.length === 1)).toBe(interrupted);
    expect(received).toHaveLength(1);
  });

  test('ends a TLS connection that does not come about', async () => {
    const port = await startTcpServer(() => {});
    expect(await interruptedAfter(150, `https://127.0.0.1:${port}`)).toBe(interrupted);
  });

  test('before a request sends nothing', async () => {
    const { origin, received } = await startServer();
    expect(await interruptedAfter(0, origin)).toBe(interrupted);
    expect(received).toEqual([]);
  });
});

describe('a tenant that cannot be reached', () => {
  test('has a name that nobody knows', async () => {
    expect(await failureOf(() => createTestHttp().send(post('https://tenant.invalid/a?secret=b')))).toMatch(
      /^tenant-unreachable: https:\/\/tenant\.invalid could not be reached: the host name (is unknown|could not be looked up)$/,
    );
  });

  test('listens on no port', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    expect(await failureOf(() => createTestHttp().send(post(`${origin}/a?secret=b`)))).toBe(
      `tenant-unreachable: ${origin} could not be reached: the connection was refused`,
    );
  });

  test('and was never connected to, in any of the attempts, says so', async () => {
    const known = async (origin: string): Promise<unknown> =>
      createTestHttp()
        .send(post(origin))
        .catch(({ facts }: CliError) => facts);
    expect(await known(`http://127.0.0.1:${await freePort()}`)).toEqual({ connected: 'never' });
    const dropping: Play = (response) => response.socket?.destroy();
    expect(await known((await startServer([dropping, dropping, dropping])).origin)).toEqual({});
    // What it took before it went down nobody knows.
    const { createServer } = await import('node:net');
    const leaving = createServer((socket) => {
      leaving.close();
      socket.on('error', () => {}).once('data', () => socket.destroy());
    });
    expect(await known(`http://127.0.0.1:${await listen(leaving)}`)).toEqual({});
  });

  const closed = 'the connection was closed before the answer';
  const resetWithin: Play = (answer) =>
    answer.writeHead(200, { 'content-length': '99' }).write('{', () => answer.socket?.resetAndDestroy());
  const closeWithin: Play = (answer) => answer.writeHead(200).write('{', () => answer.socket?.destroy());
  test.each<[string, Play]>([
    ['a reset', (response) => response.socket?.resetAndDestroy()],
    ['a close', (response) => response.socket?.destroy()],
    ['a reset within the body', resetWithin],
    ['a close within a body without a length', closeWithin],
  ])('answers with %s', async (_case, play) => {
    const { origin } = await startServer([play]);
    expect(await failureOf(() => createTestHttp().send(post(origin)))).toBe(
      `tenant-unreachable: ${origin} could not be reached: ${closed}`,
    );
  });
});

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n';
test.each([
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['binary bytes', Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46])],
  ['a header that is none', 'HTTP/1.1 200 OK\r\nno header\r\n\r\n'],
  ['headers without end', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(10_000)}`],
  ['a header over the limit', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`],
  ['trailers over the limit', `${chunked}\r\n0\r\n${'X: y\r\n'.repeat(20_000)}`],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['a length and chunks', `${chunked}Content-Length: 3\r\n\r\n0\r\n\r\n`],
  ['a chunk that is none', `${chunked}\r\nno\r\n`],
  ['a body in more pieces than anybody sends', `${chunked}\r\n${'1\r\n1\r\n'.repeat(500_001)}0\r\n\r\n`],
  ['a flood of hints', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)],
  ...['000', '001', '099', '600', '601', '999'].map((status): [string, string] => [
    `a status ${status}`,
    `HTTP/1.1 ${status} OK\r\nContent-Length: 16\r\n\r\n{"success":true}`,
  ]),
  ['a protocol that nobody asked for', 'HTTP/1.1 101 x\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
  ['a request to go on that nobody waits for', 'HTTP/1.1 100 x\r\n\r\n'],
])('what is no HTTP is said to be none at once, and asked once: %s', async (_case, bytes) => {
  const { origin, seen } = await startTalking(() => bytes);
  expect(await failureOf(() => createTestHttp().send(post(origin, { retry: true })))).toBe(
    `tenant-not-json: ${origin} does not speak HTTP`,
  );
  expect(seen).toEqual({ connections: 1, requests: 1 });
});

const answer = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test.each([
  ['two answers at once', answer('surplus')],
  ['another kind of answer after the first', 'HTTP/1.1 500 No\r\n'],
  ['garbage behind the answer', 'surplus'],
])('no request takes what belongs to another: %s', async (_case, afterwards) => {
  const { origin, seen } = await startTalking((turn) =>
    turn === 1 ? answer('first') + afterwards : answer('next'),
  );
  const http = createTestHttp();
  for (const body of ['first', 'next']) expect((await http.send(get(origin))).body).toBe(body);
  expect(seen).toEqual({ connections: 2, requests: 2 });
});

test.each([
  ['a GET', { method: 'GET', retry: true }],
  ['a change', { method: 'POST', body: '{}', retry: true }],
])('an answer before its request ends the connection, and nothing is written: %s', async (_case, request) => {
  const heard: string[] = [];
  const proxy = await startTcpServer((socket) =>
    // In one piece, so that it is there before anything can be asked.
    socket.on('data', (data) => {
      if (heard.push(String(data)) === 1) socket.write(`HTTP/1.1 200 OK\r\n\r\n${answer('early')}`);
    }),
  );
  const url = 'http://tenant.example.test';
  const proxies = { https: null, http: `http://127.0.0.1:${proxy}`, bypass: null };
  expect(await failureOf(() => createTestHttp({ proxies }).send({ url, ...request }))).toBe(
    `tenant-not-json: ${url} does not speak HTTP`,
  );
  expect(heard).toEqual([expect.stringMatching(/^CONNECT tenant.example.test:80 /)]);
});

const pieces = `${'1\r\n1\r\n'.repeat(400_000)}0\r\n\r\n`;
const secrets = JSON.stringify(Array.from({ length: 150_000 }, (_, index) => ({ token: `t${index}` })));
test.each([
  ['twenty hints before it', `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(20)}${answer('{}')}`, '{}'],
  ['a header with a hint', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${answer('{}')}`, '{}'],
  ['a body in small pieces', `${chunked}\r\n${pieces}`, '1'.repeat(400_000)],
  ['a body of no length', 'HTTP/1.1 200 OK\r\n\r\n{"success":true}', '{"success":true}'],
  ['more secrets than a call has arguments', answer(secrets), secrets],
])('an answer with %s is whole, and asked for once', async (_case, bytes, expected) => {
  const { origin, seen } = await startTalking(() => bytes, expected.startsWith('{"s'));
  const { body } = await createTestHttp().send(post(origin, { retry: true }));
  expect([body === expected, seen.requests]).toEqual([true, 1]);
});

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

test('the trace has a line for each attempt, without query, header and body', async () => {
  const reset: Play = (response) => response.socket?.destroy();
  const body = 'hunter22';
  const { origin } = await startServer([{ status: 503 }, reset, { headers: { 'x-a': body }, body }]);
  const lines: string[] = [];
  const began = performance.now();
  const headers = { authorization: `Bearer ${body}` };
  const request = post(`${origin}/a/b?token=${body}`, { headers, body, retry: true });
  await createTestHttp({ trace: (line) => lines.push(line), aside: async () => {} }).send(request);
  expect(lines.map((line) => line.replace(/\d+ ms$/, 'N ms'))).toEqual([
    `POST ${origin}/a/b → 503 in N ms`,
    `POST ${origin}/a/b failed in N ms`,
    `POST ${origin}/a/b → 200 in N ms`,
  ]);
  const took = lines.map((line) => Number(/(\d+) ms$/.exec(line)?.[1]));
  expect(Math.max(...took)).toBeLessThanOrEqual(Math.ceil(performance.now() - began));
});

test.each([
  ['r-42', '9e3f77bc-1:68f2', ', request id r-42, ErrorID 9e3f77bc-1:68f2'],
  ['r-hunter22', 'e:hunter22', ''],
])('the trace names what support asks for, and no secret: %s, %s', async (id, ErrorID, ids) => {
  const body = JSON.stringify({ success: false, Message: 'No.', ErrorID });
  const { origin } = await startServer([{ headers: { 'x-request-id': id }, body }]);
  const lines: string[] = [];
  const http = createTestHttp({ trace: (line) => lines.push(line) });
  await http.send(post(origin, { headers: { authorization: 'Bearer hunter22' } }));
  expect(lines.map((line) => line.replace(/\d+ ms/, 'N ms'))).toEqual([
    `POST ${origin}/ → 200 in N ms${ids}`,
  ]);
});

test('the trace names no token of an earlier answer', async () => {
  const { origin } = await startServer([
    { headers: { 'x-request-id': 'r-1' }, body: '{"access_token":"opaque-1","refresh_token":"opaque-2"}' },
    { headers: { 'x-request-id': 'opaque-2' }, body: '{"success":false,"ErrorID":"opaque-1:x"}' },
  ]);
  const lines: string[] = [];
  const http = createTestHttp({ trace: (line) => lines.push(line) });
  await http.send(post(origin));
  await http.send(post(origin));
  expect(lines.map((line) => line.replace(/\d+ ms/, 'N ms'))).toEqual([
    `POST ${origin}/ → 200 in N ms, request id r-1`,
    `POST ${origin}/ → 200 in N ms`,
  ]);
});

test('a GET without a body is one', async () => {
  const { origin, port, received } = await startServer([success]);
  await createTestHttp().send({ ...get(`${origin}/a?b=c`), headers: { accept: 'x' }, retry: false });
  const host = `127.0.0.1:${port}`;
  const headers = { host, connection: 'close', 'user-agent': 'mfa-cli/test', accept: 'x' };
  expect(received).toEqual([{ method: 'GET', path: '/a?b=c', headers, body: '' }]);
});

test('a person sees what is waited for, until there is an answer or none', async () => {
  const { origin, port } = await startServer();
  const shown: string[] = [];
  const progress = (text: string) => {
    shown.push(text);
    return { stop: () => void shown.push('stopped') };
  };
  await createTestHttp({ progress }).send(post(origin));
  const unheard = await freePort();
  await expect(createTestHttp({ progress }).send(post(`http://127.0.0.1:${unheard}`))).rejects.toThrow();
  const waits = [port, unheard].flatMap((at) => [`Waiting for 127.0.0.1:${at}`, 'stopped']);
  expect(shown).toEqual(waits);
});

test.each([299, 400, 599])('%i is no redirect', async (status) => {
  const { origin } = await startServer([{ status, headers: { location: '/a' } }]);
  expect((await createTestHttp().send(post(origin))).status).toBe(status);
});

test.each([300, 399])('%i is one, unless it answers the request', async (status) => {
  const { origin } = await startServer([{ status, headers: { location: '/a' } }]);
  expect(await failureOf(() => createTestHttp().send(post(origin)))).toMatch(/^tenant-redirected: /);
  expect((await createTestHttp().send(post(origin, { answersRedirect: true }))).status).toBe(status);
});
