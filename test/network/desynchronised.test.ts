import { expect, test } from 'vitest';
import { createTestHttp, failureOf, get, post, startTcpServer } from '../support/http.ts';

const answer = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A server that answers its requests in turn, and says something more after the first answer. */
async function startLoose({ answers = ['first', 'second'], afterwards = '' }) {
  const seen = { connections: 0, requests: 0 };
  const port = await startTcpServer((socket) => {
    seen.connections++;
    socket.on('data', () => {
      const next = answers[seen.requests++] ?? 'last';
      socket.write(answer(next) + (seen.requests === 1 ? afterwards : ''));
    });
  });
  return { port, seen };
}

test.each([
  ['two answers at once', answer('surplus')],
  ['another kind of answer after the first', 'HTTP/1.1 500 No\r\n'],
  ['garbage behind the answer', 'surplus'],
])('no request takes what belongs to another: %s', async (_case, afterwards) => {
  const { port, seen } = await startLoose({ afterwards });
  const http = createTestHttp();
  expect((await http.send(get(`http://127.0.0.1:${port}`))).body).toBe('first');
  await pause(50);
  expect((await http.send(get(`http://127.0.0.1:${port}`))).body).toBe('second');
  expect(seen).toEqual({ connections: 2, requests: 2 });
});

test.each([
  ['a GET', { method: 'GET', retry: true }],
  ['a change', { method: 'POST', body: '{}', retry: true }],
])(
  'an answer before its request ends the connection, and the request is not written: %s',
  async (_case, request) => {
    const heard: string[] = [];
    const proxy = await startTcpServer((socket) =>
      // In one piece, so that it is there before anything can be asked.
      socket.on('data', (data) => {
        if (heard.push(String(data)) === 1) socket.write(`HTTP/1.1 200 OK\r\n\r\n${answer('early')}`);
      }),
    );
    const url = 'http://tenant.example.test';
    const http = createTestHttp({
      proxies: { https: null, http: `http://127.0.0.1:${proxy}`, bypass: null },
    });
    expect(await failureOf(() => http.send({ url, ...request }))).toBe(
      `tenant-not-json: ${url} does not speak HTTP`,
    );
    expect(heard).toEqual([expect.stringMatching(/^CONNECT tenant.example.test:80 /)]);
  },
);

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n';

test.each([
  ['a flood of hints', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)],
  ['a header over the limit', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`],
  ['trailers over the limit', `${chunked}\r\n0\r\n${'X: y\r\n'.repeat(20_000)}`],
  ['a body in more pieces than anybody sends', `${chunked}\r\n${'1\r\n1\r\n'.repeat(500_001)}0\r\n\r\n`],
  ['a chunk that is none', `${chunked}\r\nno\r\n`],
  ['a length and chunks', `${chunked}Content-Length: 3\r\n\r\n0\r\n\r\n`],
])('what is no HTTP is asked once: %s', async (_case, bytes) => {
  const seen = { connections: 0, requests: 0 };
  const port = await startTcpServer((socket) => {
    seen.connections++;
    socket.on('data', () => {
      seen.requests++;
      socket.write(bytes);
    });
  });
  const origin = `http://127.0.0.1:${port}`;
  expect(await failureOf(() => createTestHttp().send(post(origin, { retry: true })))).toBe(
    `tenant-not-json: ${origin} does not speak HTTP`,
  );
  await pause(50);
  expect(seen).toEqual({ connections: 1, requests: 1 });
});

test('twenty hints are none', async () => {
  const hints = 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(20);
  const port = await startTcpServer((socket) =>
    socket.once('data', () => socket.write(hints + answer('{}'))),
  );
  expect((await createTestHttp().send(post(`http://127.0.0.1:${port}`))).body).toBe('{}');
});

test('a body in small pieces is whole', async () => {
  const pieces = '1\r\n1\r\n'.repeat(400_000);
  const port = await startTcpServer((socket) =>
    socket.once('data', () =>
      socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${pieces}0\r\n\r\n`),
    ),
  );
  const { body } = await createTestHttp().send(post(`http://127.0.0.1:${port}`));
  expect(body === '1'.repeat(400_000)).toBe(true);
});

test('a body of no length that ends with its connection is whole', async () => {
  const port = await startTcpServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n{"success":true}')),
  );
  expect((await createTestHttp().send(post(`http://127.0.0.1:${port}`))).body).toBe('{"success":true}');
});

test('an answer with more secrets than a call has arguments is one, and asked for once', async () => {
  const body = JSON.stringify(Array.from({ length: 150_000 }, (_, index) => ({ token: `t${index}` })));
  let requests = 0;
  const port = await startTcpServer((socket) =>
    socket.on('data', () => {
      requests++;
      socket.write(answer(body));
    }),
  );
  const { status } = await createTestHttp().send(post(`http://127.0.0.1:${port}`, { retry: true }));
  expect([status, requests]).toEqual([200, 1]);
});

test('what fails once the answer has come is no transport error', async () => {
  let requests = 0;
  const port = await startTcpServer((socket) =>
    socket.on('data', () => {
      requests++;
      socket.write(answer('{}'));
    }),
  );
  const bug = new TypeError('of ours');
  const trace = (): never => {
    throw bug;
  };
  const sent = createTestHttp({ trace }).send(post(`http://127.0.0.1:${port}`, { retry: true }));
  await expect(sent).rejects.toBe(bug);
  expect(requests).toBe(1);
});
