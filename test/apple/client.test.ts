import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { CliError } from '../../src/errors/cli-error.ts';
import {
  type ApnsAnswer,
  type ApnsPlay,
  badDeviceToken,
  deviceToken,
  identityOf,
  openTestApns,
  pushOf,
  startApns,
} from '../support/apns.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { startProxy } from '../support/connect-proxy.ts';
import { durationOf, failureOf, listen, pair, startTcpServer, tlsFixture } from '../support/http.ts';
import { isThorough } from '../support/patience.ts';

const nobody = {
  caFile: null,
  nodeExtraCaCerts: null,
  sslCertFile: tlsFixture('nowhere.pem'),
  sslCertDir: null,
};
const accepted: ApnsAnswer = { status: 200 };
const answered = (status: number | null, reason: string | null = null, apnsId: string | null = 'A0B1') => ({
  ...{ status, reason, apnsId, timestamp: null as string | null },
});
const answer = answered(400, 'BadDeviceToken');

describe('a push', () => {
  test('arrives with its headers, its payload and the chain of its certificate', async () => {
    const { host, received } = await startApns();
    const apns = openTestApns(host);
    expect(await apns.send(pushOf())).toEqual(answer);
    apns.close();
    const fingerprints = ['aps.pem', 'authority.cer'].map(
      (name) => new X509Certificate(readFileSync(applePath(name))).fingerprint256,
    );
    expect(received).toEqual([
      {
        headers: expect.objectContaining({
          ':method': 'POST',
          ':scheme': 'https',
          ':authority': host,
          ':path': `/3/device/${deviceToken}`,
          'apns-topic': 'com.example.app',
          'apns-push-type': 'alert',
        }),
        body: '{"aps":{"alert":"ü"}}',
        certificates: fingerprints,
      },
    ]);
  });

  test('takes the connection of the one before', async () => {
    const { host, connections } = await startApns();
    const apns = openTestApns(host);
    await apns.send(pushOf());
    await apns.send(pushOf());
    apns.close();
    expect(connections()).toBe(1);
  });

  test('leaves one line in the trace, with the beginning of the device token', async () => {
    const { host } = await startApns([
      { status: 400, headers: { 'apns-id': 'A-1' }, body: { reason: 'Bad\u001b[31mTopic' } },
    ]);
    const { lines, send, close } = openTestApns(host);
    await send(pushOf());
    close();
    expect(lines).toEqual([
      expect.stringMatching(
        /^POST https:\/\/127\.0\.0\.1:\d+\/3\/device\/80f380f3… → 400 Bad\\u001b\[31mTopic in \d+ ms, apns-id A-1$/,
      ),
    ]);
  });

  test('goes through a proxy, which sees nothing of it', async () => {
    const { port, received } = await startApns();
    const proxy = await startProxy();
    const apns = openTestApns(`tenant.example.test:${port}`, {
      proxies: { https: `http://127.0.0.1:${proxy.port}`, http: null, bypass: null },
    });
    expect(await apns.send(pushOf())).toEqual(answer);
    apns.close();
    expect(proxy.targets).toEqual([`tenant.example.test:${port}`]);
    expect(received).toHaveLength(1);
  });

  test.each([
    ['the system bundle, on a second connection', null, 2],
    ['the same beside a CA file, on a third', tlsFixture('other-host.pem'), 3],
  ])('trusts through %s', async (_case, caFile, expected) => {
    const { host, connections, received } = await startApns();
    const trust = { ...nobody, caFile, sslCertFile: tlsFixture('ca.pem') };
    const apns = openTestApns(host, { trust });
    expect(await apns.send(pushOf())).toEqual(answer);
    apns.close();
    expect([connections(), received.length]).toEqual([expected, 1]);
  });
});

const gone = { status: 410, body: { reason: 'Unregistered', timestamp: 1_761_000_000_000 } };
const timeless = { reason: 'Unregistered', timestamp: 1e300 };

describe('an answer', () => {
  test.each<[string, ApnsPlay, object]>([
    ['of success', accepted, answered(200)],
    ['with a date', gone, { ...answered(410, 'Unregistered'), timestamp: '2025-10-20T22:40:00.000Z' }],
    ['with a date that is none', { status: 410, body: timeless }, answered(410, 'Unregistered')],
    ['that is new', { status: 418, body: { reason: 'Teapot' } }, answered(418, 'Teapot')],
    ['that is a page', { status: 404, body: '<html>' }, answered(404)],
    ['that is JSON of another shape', { status: 400, body: '[null]' }, answered(400)],
    ['that is null', { status: 400, body: 'null' }, answered(400)],
    [
      'that never ends',
      (stream) => {
        stream.respond({ ':status': 400 });
        const more = (): void => {
          while (!stream.destroyed && stream.write('x'.repeat(16_384)));
        };
        stream.on('drain', more);
        more();
      },
      answered(400, null, null),
    ],
    [
      'that comes with the end of the connection',
      (_stream, session) => {
        session.goaway(0, 0, Buffer.from('{"reason":"BadCertificate"}'));
        setTimeout(() => session.destroy(), 50);
      },
      answered(null, 'BadCertificate', null),
    ],
    [
      'that comes with an error of the connection',
      (_stream, session) => session.goaway(2, 0, Buffer.from('{"reason":"BadCertificate"}')),
      answered(null, 'BadCertificate', null),
    ],
    [
      'before the end of the connection',
      (stream, session) => {
        session.goaway(0, stream.id ?? 0);
        stream.respond({ ':status': 200 });
        stream.end();
      },
      answered(200, null, null),
    ],
  ])('%s', async (_case, play, expected) => {
    const { host, received } = await startApns([play]);
    const apns = openTestApns(host);
    expect(await apns.send(pushOf())).toEqual(expected);
    apns.close();
    expect(received).toHaveLength(1);
  });
});

test('a farewell that leaves a push out is waited for no longer', async () => {
  const farewell = Buffer.from('{"reason":"Shutdown"}');
  const leave: ApnsPlay = (_stream, session) => session.goaway(0, 1, farewell);
  const { host, received } = await startApns([accepted, leave]);
  const apns = openTestApns(host);
  await apns.send(pushOf());
  expect(await apns.send(pushOf())).toEqual(answered(null, 'Shutdown', null));
  expect(received).toHaveLength(2);
});

/** Frames of HTTP/2 as they are sent: a type, without flags, about the connection (RFC 9113 §4.1). */
function frameOf(type: number, payload: string): Buffer {
  return Buffer.from(`\0\0${String.fromCharCode(payload.length, type)}\0\0\0\0\0${payload}`, 'latin1');
}

test('a server may speak in the same breath as it takes the certificate', async () => {
  const server = createTlsServer({ ...pair('server'), ALPNProtocols: ['h2'] }, (socket) => {
    socket.on('error', () => {}).write(frameOf(4, ''));
    socket.once('data', () => socket.write(frameOf(7, `${'\0'.repeat(8)}{"reason":"BadCertificate"}`)));
  });
  const apns = openTestApns(`127.0.0.1:${await listen(server)}`);
  expect(await apns.send(pushOf())).toMatchObject({ status: null, reason: 'BadCertificate' });
  apns.close();
});

const resets: readonly (readonly [string, ApnsPlay])[] = [
  ['RST_STREAM', (stream) => stream.close(7)],
  ['RST_STREAM without an error', (stream) => stream.close(0)],
  ['GOAWAY without a reason', (_stream, session) => session.goaway(2)],
  ['a close', (_stream, session) => session.destroy()],
  ['a reset', (_stream, _session, socket) => socket.resetAndDestroy()],
  [
    'half an answer',
    (stream) => {
      stream.respond({ ':status': 400, 'apns-id': 'A0B1' });
      stream.write('{"reason":"Bad', () => setTimeout(() => stream.destroy(new Error('broken off')), 20));
    },
  ],
  [
    'half an answer and a close',
    (stream, session) => {
      stream.respond({ ':status': 400, 'apns-id': 'A0B1' });
      stream.write('{"reason":"Bad', () => setTimeout(() => session.destroy(), 20));
    },
  ],
];

describe('no answer but', () => {
  // Each waits half a second before it tries again.
  const telling = isThorough ? resets : [2, 3, 5].flatMap((index) => resets.slice(index, index + 1));
  test.each(telling)('%s is tried again on a fresh connection', async (_case, play) => {
    const { host, received, connections } = await startApns([play, badDeviceToken]);
    const apns = openTestApns(host);
    expect(await apns.send(pushOf())).toEqual(answer);
    apns.close();
    expect([received.length, connections()]).toEqual([2, 2]);
  });

  test.each(resets.slice(-2))('%s twice is no connection', async (_case, play) => {
    const { host, received } = await startApns([play]);
    const apns = openTestApns(host);
    expect(await failureOf(() => apns.send(pushOf()))).toBe(
      `apns-unreachable: ${host} could not be reached: the connection was closed before the answer`,
    );
    expect(received).toHaveLength(2);
  });
});

describe('a push that may be repeated', () => {
  const busy = { 'retry-after': '0' };
  test.each<[string, readonly ApnsPlay[], number | null, number]>([
    [
      'after 429, 500 and success',
      [{ status: 429, headers: busy }, { status: 500, headers: busy }, accepted],
      200,
      3,
    ],
    ['after 503 with Retry-After', [{ status: 503, headers: busy }, accepted], 200, 2],
    ['at most three times', [{ status: 429, headers: busy }], 429, 3],
    [
      'not where the pause is longer than the time-out',
      [{ status: 429, headers: { 'retry-after': '60' } }],
      429,
      1,
    ],
    ['not after 503 alone, for 15 minutes', [{ status: 503, body: { reason: 'Shutdown' } }], 503, 1],
    ['not after a refusal', [gone], 410, 1],
    ['not after success', [accepted], 200, 1],
  ])('is sent %s', async (_case, plays, status, sent) => {
    const { host, received } = await startApns(plays);
    const apns = openTestApns(host);
    expect(await apns.send(pushOf({ retry: true }))).toMatchObject({ status });
    apns.close();
    expect(received).toHaveLength(sent);
  });

  test('pauses longer each time', async () => {
    const { host, received } = await startApns([{ status: 500 }]);
    const apns = openTestApns(host);
    const duration = await durationOf(apns.send(pushOf({ retry: true })));
    apns.close();
    expect(received).toHaveLength(3);
    expect(duration).toBeGreaterThan(2400);
  });
});

test.each([429, 500, 503])('a push that must not be repeated is not, after %i', async (status) => {
  const { host, received } = await startApns([{ status, headers: { 'retry-after': '0' } }]);
  const apns = openTestApns(host);
  expect(await apns.send(pushOf())).toMatchObject({ status });
  apns.close();
  expect(received).toHaveLength(1);
});

/** Answers in the words of HTTP/1. */
const startTls = (options: TlsOptions): Promise<number> =>
  listen(
    createTlsServer({ ...pair('server'), ...options }, (socket) => {
      socket.on('error', () => {}).write('HTTP/1.1 400 Bad Request\r\n\r\n');
    }),
  );

describe('it is said', () => {
  const unreachable = (why: string) => `apns-unreachable: HOST could not be reached: ${why}`;
  const failed = (why: string) => `apns-tls: The TLS connection to HOST failed: ${why}`;
  const closed = unreachable('the connection was closed before the answer');
  const notHttp2 = 'apns-not-http2: HOST does not speak HTTP/2';
  const [refused, clear] = ['the connection was refused', 'the server does not speak TLS on this port'];
  const h2 = { ALPNProtocols: ['h2'] };
  const ending = () => createTlsServer({ ...pair('server'), ...h2 }, (socket) => socket.end());
  const inClear = () => startTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const portWith = async (certificate: 'other-host' | 'expired') => (await startApns([], certificate)).port;
  test.each<[string, string, () => Promise<number>]>([
    ['that nobody listens', unreachable(refused), freePort],
    ['that the server does not speak TLS', failed(clear), inClear],
    ['that the server closes the connection at once', closed, () => startTcpServer((it) => it.destroy())],
    ['that the server closes the connection after the handshake', closed, () => listen(ending())],
    ['that the server agrees on no protocol', notHttp2, () => startTls({})],
    ['that the server breaks its word on HTTP/2', notHttp2, () => startTls(h2)],
    ['that it is another host', failed('its certificate is for another host'), () => portWith('other-host')],
    ['that it has expired', failed('its certificate has expired'), () => portWith('expired')],
  ])('%s', async (_case, message, start) => {
    const host = `127.0.0.1:${await start()}`;
    expect(await failureOf(() => openTestApns(host).send(pushOf()))).toBe(message.replace('HOST', host));
  });

  test('that nobody vouches for the server, to which nothing is sent', async () => {
    const { host, received } = await startApns();
    expect(await failureOf(() => openTestApns(host, { trust: nobody }).send(pushOf()))).toBe(
      `apns-tls: The TLS connection to ${host} failed: its certificate comes from an unknown authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
    );
    expect(received).toEqual([]);
  });

  test('that nobody knows the name', async () => {
    expect(await failureOf(() => openTestApns('apns.invalid').send(pushOf()))).toMatch(
      /^apns-unreachable: apns\.invalid could not be reached: the host name /,
    );
  });

  test('that the proxy refuses, once', async () => {
    const proxy = await startProxy({ status: 407 });
    const proxies = { https: `http://127.0.0.1:${proxy.port}`, http: null, bypass: null };
    const apns = openTestApns('apns.example.test', { proxies });
    expect(await failureOf(() => apns.send(pushOf({ retry: true })))).toBe(
      'apns-unreachable: apns.example.test could not be reached: the proxy refused the connection (HTTP 407)',
    );
    expect(proxy.targets).toEqual(['apns.example.test:443']);
  });

  test.each(['localhost', '127.0.0.1'])('that a proxy over TLS at %s refuses', async (name) => {
    const proxy = await startProxy({ status: 403, certificate: 'server' });
    const proxies = { https: `https://${name}:${proxy.port}`, http: null, bypass: null };
    expect(await failureOf(() => openTestApns('apns.example.test', { proxies }).send(pushOf()))).toBe(
      'apns-unreachable: apns.example.test could not be reached: the proxy refused the connection (HTTP 403)',
    );
  });

  test('that the proxy is down', async () => {
    const proxies = { https: `http://127.0.0.1:${await freePort()}`, http: null, bypass: null };
    expect(await failureOf(() => openTestApns('apns.example.test', { proxies }).send(pushOf()))).toBe(
      'apns-unreachable: apns.example.test could not be reached through the proxy: the connection was refused',
    );
  });

  test('that a key does not fit its certificate', async () => {
    const { host, connections } = await startApns();
    const stranger = identityOf(applePath('other-key.pem'), applePath('aps.pem'));
    expect(await failureOf(() => openTestApns(host, {}, stranger).send(pushOf()))).toMatch(
      /^pkcs12-unsupported: TLS cannot use the key and its certificate: ERR_/,
    );
    expect(connections()).toBe(0);
  });

  test.each(['com.exämple', 'a\r\nb', '', ' a'])('that a header cannot be sent: "%s"', async (topic) => {
    const { host } = await startApns();
    const apns = openTestApns(host);
    expect(await failureOf(() => apns.send(pushOf({ headers: { 'apns-topic': topic } })))).toBe(
      'usage: The header apns-topic cannot be sent: it must be printable ASCII',
    );
    apns.close();
  });
});

describe('waiting ends', () => {
  const silences: readonly (readonly [string, () => Promise<string>])[] = [
    ['for an answer', async () => (await startApns([() => {}])).host],
    [
      'for the rest of an answer',
      async () => (await startApns([(stream) => void stream.respond({ ':status': 200 })])).host,
    ],
    ['for a handshake', async () => `127.0.0.1:${await startTcpServer(() => {})}`],
    ['for a pause', async () => (await startApns([{ status: 429, headers: { 'retry-after': '9' } }])).host],
  ];

  test.each(silences.slice(0, 3))('in time %s', async (_case, start) => {
    const host = await start();
    const apns = openTestApns(host, { timeout: 500 });
    const sending = failureOf(() => apns.send(pushOf({ retry: true })));
    expect(await durationOf(sending)).toBeLessThan(20_000);
    expect(await sending).toBe(`apns-timeout: ${host} did not answer in time`);
  });

  test('in time for a proxy', async () => {
    const proxy = await startTcpServer(() => {});
    const proxies = { https: `http://127.0.0.1:${proxy}`, http: null, bypass: null };
    const apns = openTestApns('apns.example.test', { proxies, timeout: 400 });
    expect(await failureOf(() => apns.send(pushOf()))).toBe(
      'apns-timeout: apns.example.test did not answer in time',
    );
  });

  test.each(silences)('with an interrupt %s', async (_case, start) => {
    const host = await start();
    const interrupt = new AbortController();
    const apns = openTestApns(host, { signal: interrupt.signal });
    setTimeout(() => interrupt.abort(new CliError('interrupted', 'Interrupted')), 150);
    const sending = failureOf(() => apns.send(pushOf({ retry: true })));
    expect(await durationOf(sending)).toBeLessThan(20_000);
    expect(await sending).toBe('interrupted: Interrupted');
  });

  test('before it begins with an interrupt that came earlier', async () => {
    const { host, connections } = await startApns();
    const signal = AbortSignal.abort(new CliError('interrupted', 'Interrupted'));
    expect(await failureOf(() => openTestApns(host, { signal }).send(pushOf()))).toBe(
      'interrupted: Interrupted',
    );
    expect(connections()).toBe(0);
  });
});
