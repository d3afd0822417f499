import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerHttp2Stream } from 'node:http2';
import { connect, createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { describe, expect, test, vi } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { Push } from '../../src/apple/apns.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { pauses } from '../auth/hurried.ts';
import {
  type ApnsPlay,
  deviceToken,
  identityOf,
  openTestApns,
  pushOf,
  startApns,
} from '../support/apns.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { testCases } from '../support/cases.ts';
import { startProxy } from '../support/connect-proxy.ts';
import {
  durationOf,
  failureOf,
  listen,
  pair,
  startTcpServer,
  tlsFixture,
} from '../support/http.ts';

vi.mock('node:timers/promises', async (original) =>
  (await import('../auth/hurried.ts')).hurried(original),
);

vi.mock('node:tls', async (original) => {
  const tls = await original<typeof import('node:tls')>();
  return { ...tls, connect: vi.fn(tls.connect) };
});

const nobody = {
  ...{
    caFile: null,
    nodeExtraCaCerts: null,
    sslCertFile: tlsFixture('nowhere.pem'),
    sslCertDir: null,
  },
};
const answer = { status: 400, reason: 'BadDeviceToken', apnsId: 'A0B1', timestamp: null };
const half = '{"reason":"Bad';
const badCertificate = Buffer.from('{"reason":"BadCertificate"}');

/** What a server may do that is no answer. */
const deeds: Readonly<Record<string, ApnsPlay>> = {
  RST_STREAM: (stream) => stream.close(7),
  'RST_STREAM without an error': (stream) => stream.close(0),
  'GOAWAY without a reason': (_stream, session) => session.goaway(2),
  'GOAWAY that leaves it out': (_stream, session) =>
    session.goaway(0, 1, Buffer.from('{"reason":"Shutdown"}')),
  'GOAWAY with an error': (_stream, session) => session.goaway(2, 0, badCertificate),
  'GOAWAY, then a close': (_stream, session) => {
    session.goaway(0, 0, badCertificate);
    setTimeout(() => session.destroy(), 50);
  },
  'GOAWAY, then an answer': (stream, session) => {
    session.goaway(0, stream.id ?? 0);
    stream.respond({ ':status': 200 });
    stream.end();
  },
  'GOAWAY, then "busy"': (stream, session) => {
    session.goaway(0, stream.id ?? 0);
    stream.respond({ ':status': 503, 'retry-after': '0' });
    stream.end();
  },
  'a close': (_stream, session) => session.destroy(),
  'a reset': (_stream, _session, socket) => socket.resetAndDestroy(),
  'half an answer': (stream) => {
    stream.respond({ ':status': 400, 'apns-id': 'A0B1' });
    stream.write(half, () => setTimeout(() => stream.destroy(new Error('broken off')), 20));
  },
  'half an answer and a close': (stream, session) => {
    stream.respond({ ':status': 400, 'apns-id': 'A0B1' });
    stream.write(half, () => setTimeout(() => session.destroy(), 20));
  },
  'a whole reason and an error': (stream) => {
    stream.respond({ ':status': 400, 'apns-id': 'A0B1' });
    stream.write('{"reason":"BadTopic"}', () =>
      setTimeout(() => stream.destroy(new Error('broken off')), 20),
    );
  },
  'a whole reason and a close': (stream, session) => {
    stream.respond({ ':status': 400, 'apns-id': 'A0B1' });
    stream.write('{"reason":"BadTopic"}', () => setTimeout(() => session.destroy(), 20));
  },
  'an answer without an end': (stream) => endless(stream, 400),
  '200 without an end': (stream) => endless(stream, 200),
  '200 and an error': (stream) => {
    stream.respond({ ':status': 200, 'apns-id': 'A0B1' });
    setTimeout(() => stream.destroy(new Error('broken off')), 20);
  },
  '200 and a close': (stream, session) => {
    stream.respond({ ':status': 200, 'apns-id': 'A0B1' });
    setTimeout(() => session.destroy(), 20);
  },
  '200 and a reset': (stream, _session, socket) => {
    stream.respond({ ':status': 200, 'apns-id': 'A0B1' });
    setTimeout(() => socket.resetAndDestroy(), 20);
  },
  '200 with a reason and a close': (stream, session) => {
    stream.respond({ ':status': 200, 'apns-id': 'A0B1' });
    stream.write('{"reason":"Fine"}', () => setTimeout(() => session.destroy(), 20));
  },
};

function endless(stream: ServerHttp2Stream, status: number): void {
  stream.respond({ ':status': status });
  const more = (): void => {
    while (!stream.destroyed && stream.write('x'.repeat(16_384)));
  };
  stream.on('drain', more);
  more();
}

/** What pushes end with at an APNs that answers them in turn so, the pauses between attempts, and the requests. */
const ending =
  (push: Partial<Push>, count = 1) =>
  async (...turns: (string | object)[]) => {
    const plays = turns.map((turn) =>
      typeof turn === 'string' ? (deeds[turn] ?? expect.fail(turn)) : turn,
    );
    const { host, received, connections } = await startApns(plays);
    const apns = openTestApns(host);
    pauses.length = 0;
    let end: unknown;
    for (let sent = 0; sent < count; sent++)
      end = await apns
        .send(pushOf(push))
        .catch(({ code, message }: CliError) => `${code}: ${message}`);
    apns.close();
    const between = pauses.filter((milliseconds) => milliseconds !== 300);
    return [
      typeof end === 'string' ? end.replace(host, 'HOST') : end,
      ...between.map((milliseconds) => `${milliseconds} ms`),
      `${received.length} requests, ${connections()} connections`,
    ];
  };

testCases('apple/answers', {
  'a push that must not be repeated': ending({}),
  'a push that may be repeated': ending({ retry: true }),
  'the second of two pushes': ending({}, 2),
});

describe('a push', () => {
  test('arrives with its headers, its payload and the chain of its certificate', async () => {
    const { host, received } = await startApns();
    const apns = openTestApns(host);
    expect(await apns.send(pushOf())).toEqual(answer);
    apns.close();
    const fingerprints = ['aps.pem', 'authority.cer'].map(
      (name) => new X509Certificate(readFileSync(applePath(name))).fingerprint256,
    );
    const headers = {
      ...{
        ':method': 'POST',
        ':scheme': 'https',
        ':authority': host,
        ':path': `/3/device/${deviceToken}`,
      },
      ...{ 'apns-topic': 'com.example.app', 'apns-push-type': 'alert' },
    };
    const body = '{"aps":{"alert":"ü"}}';
    expect(received).toMatchObject([{ headers, body, certificates: fingerprints }]);
    expect(received[0]?.certificates).toHaveLength(2);
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
    expect([proxy.targets, received.length]).toEqual([[`tenant.example.test:${port}`], 1]);
  });

  test.each([
    ['the system bundle, on a second connection', null, 2],
    ['the same beside a CA file, on a third', tlsFixture('other-host.pem'), 3],
  ])('trusts through %s', async (_case, caFile, expected) => {
    const { host, connections, received } = await startApns();
    const apns = openTestApns(host, {
      trust: { ...nobody, caFile, sslCertFile: tlsFixture('ca.pem') },
    });
    expect(await apns.send(pushOf())).toEqual(answer);
    apns.close();
    expect([connections(), received.length]).toEqual([expected, 1]);
  });

  test.each([
    ['api.push.apple.com', { host: 'api.push.apple.com', port: 443 }],
    ['api.push.apple.com:2197', { host: 'api.push.apple.com', port: 2197 }],
    ['192.0.2.1:8452', { host: '192.0.2.1', port: 8452 }],
    ['[::1]', { host: '::1', port: 443 }],
    ['[2001:db8::1]:8452', { host: '2001:db8::1', port: 8452 }],
  ])('to %s goes to that address, at port 443 if it names none', async (host, address) => {
    vi.mocked(connect).mockImplementationOnce(() => {
      throw new CliError('interrupted', 'Interrupted');
    });
    const sending = () => openTestApns(host).send(pushOf());
    expect(await failureOf(sending)).toBe('interrupted: Interrupted');
    expect(vi.mocked(connect).mock.lastCall?.[0]).toMatchObject(address);
  });

  test('may be answered in the same breath as its certificate is taken', async () => {
    /** A frame of HTTP/2: a type, without flags, about the connection (RFC 9113 §4.1). */
    const frameOf = (type: number, payload: string) =>
      Buffer.from(`\0\0${String.fromCharCode(payload.length, type)}\0\0\0\0\0${payload}`, 'latin1');
    const server = createTlsServer({ ...pair('server'), ALPNProtocols: ['h2'] }, (socket) => {
      socket.on('error', () => {}).write(frameOf(4, ''));
      socket.once('data', () => socket.write(frameOf(7, `${'\0'.repeat(8)}${badCertificate}`)));
    });
    const apns = openTestApns(`127.0.0.1:${await listen(server)}`);
    expect(await apns.send(pushOf())).toMatchObject({ status: null, reason: 'BadCertificate' });
    apns.close();
  });
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
  const [refused, clear] = [
    'the connection was refused',
    'the server does not speak TLS on this port',
  ];
  const h2 = { ALPNProtocols: ['h2'] };
  const ending = () => createTlsServer({ ...pair('server'), ...h2 }, (socket) => socket.end());
  const inClear = () => startTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const portWith = async (certificate: 'other-host' | 'expired') =>
    (await startApns([], certificate)).port;
  test.each<[string, string, () => Promise<number>]>([
    ['that nobody listens', unreachable(refused), freePort],
    ['that the server does not speak TLS', failed(clear), inClear],
    [
      'that the server closes the connection at once',
      closed,
      () => startTcpServer((it) => it.destroy()),
    ],
    ['that the server closes the connection after the handshake', closed, () => listen(ending())],
    ['that the server agrees on no protocol', notHttp2, () => startTls({})],
    ['that the server breaks its word on HTTP/2', notHttp2, () => startTls(h2)],
    [
      'that it is another host',
      failed('its certificate is for another host'),
      () => portWith('other-host'),
    ],
    ['that it has expired', failed('its certificate has expired'), () => portWith('expired')],
  ])('%s', async (_case, message, start) => {
    const host = `127.0.0.1:${await start()}`;
    expect(await failureOf(() => openTestApns(host).send(pushOf()))).toBe(
      message.replace('HOST', host),
    );
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

  const atProxy = 'the proxy refused the connection';
  test.each<[string, () => Promise<string>, string]>([
    [
      'refuses',
      async () => `http://127.0.0.1:${(await startProxy({ status: 407 })).port}`,
      `: ${atProxy} (HTTP 407)`,
    ],
    ...['localhost', '127.0.0.1'].map((name): [string, () => Promise<string>, string] => [
      `over TLS at ${name} refuses`,
      async () =>
        `https://${name}:${(await startProxy({ status: 403, certificate: 'server' })).port}`,
      `: ${atProxy} (HTTP 403)`,
    ]),
    [
      'is down',
      async () => `http://127.0.0.1:${await freePort()}`,
      ' through the proxy: the connection was refused',
    ],
  ])('that a proxy %s', async (_case, start, words) => {
    const apns = openTestApns('apns.example.test', {
      proxies: { https: await start(), http: null, bypass: null },
    });
    expect(await failureOf(() => apns.send(pushOf({ retry: true })))).toBe(
      `apns-unreachable: apns.example.test could not be reached${words}`,
    );
    expect(apns.lines).toHaveLength(words.startsWith(':') ? 1 : 3);
  });

  test('that a proxy ends TLS with an alert, which says nothing of the push certificate', async () => {
    const unknownAuthority = Buffer.from('15030300020230', 'hex');
    const port = await startTcpServer((socket) => {
      socket.once('data', () => socket.end(unknownAuthority));
    });
    const proxies = { https: `https://127.0.0.1:${port}`, http: null, bypass: null };
    const apns = openTestApns('apns.example.test', { proxies });
    expect(await failureOf(() => apns.send(pushOf()))).toMatch(
      /^apns-tls: The TLS connection to the proxy failed: /,
    );
  });

  /** A server that ends each handshake with that alert. */
  const alerting = async (alert: number) => {
    const bytes = Buffer.from([0x15, 3, 3, 0, 2, 2, alert]);
    const port = await startTcpServer((socket) => {
      socket.once('data', () => socket.end(bytes));
    });
    return `127.0.0.1:${port}`;
  };

  test.each([42, 43, 44, 45, 46, 48, 49, 116])(
    'that the alert %i rejects the push certificate',
    async (alert) => {
      const apns = openTestApns(await alerting(alert));
      const error = await apns.send(pushOf()).catch((caught) => caught);
      expect(error).toMatchObject({
        name: 'CertificateRefused',
        message: expect.stringContaining(`(TLS alert ${alert})`),
      });
    },
  );

  test.each([40, 47, 70, 80])(
    'that the alert %i ends TLS, and says nothing of the push certificate',
    async (alert) => {
      const apns = openTestApns(await alerting(alert));
      const error = await apns.send(pushOf()).catch((caught) => caught);
      expect(error).toMatchObject({ name: 'CliError', code: 'apns-tls' });
    },
  );

  test('that a key does not fit its certificate', async () => {
    const { host, connections } = await startApns();
    const stranger = identityOf(applePath('other-key.pem'), applePath('aps.pem'));
    expect(await failureOf(() => openTestApns(host, {}, stranger).send(pushOf()))).toMatch(
      /^pkcs12-unsupported: TLS cannot use the key and its certificate: ERR_/,
    );
    expect(connections()).toBe(0);
  });

  test.each(['com.exämple', 'a\r\nb', '', ' a'])(
    'that a header cannot be sent: "%s"',
    async (topic) => {
      const { host } = await startApns();
      const apns = openTestApns(host);
      expect(await failureOf(() => apns.send(pushOf({ headers: { 'apns-topic': topic } })))).toBe(
        'usage: The header apns-topic cannot be sent: it must be printable ASCII',
      );
      apns.close();
    },
  );
});

describe('waiting ends', () => {
  const interrupted = new CliError('interrupted', 'Interrupted');
  const silences: readonly (readonly [string, () => Promise<string>])[] = [
    ['for an answer', async () => (await startApns([() => {}])).host],
    [
      'for the rest of an answer',
      async () => (await startApns([(stream) => void stream.respond({ ':status': 200 })])).host,
    ],
    ['for a handshake', async () => `127.0.0.1:${await startTcpServer(() => {})}`],
  ];

  test.each(silences)('in time, and with an interrupt, %s', async (_case, start) => {
    const host = await start();
    const interrupt = new AbortController();
    const sendings = [{ timeout: 500 }, { signal: interrupt.signal }].map((settings) =>
      failureOf(() => openTestApns(host, settings).send(pushOf({ retry: true }))),
    );
    setTimeout(() => interrupt.abort(interrupted), 150);
    expect(await durationOf(Promise.all(sendings))).toBeLessThan(20_000);
    const late = `apns-timeout: ${host} did not answer in time`;
    expect(await Promise.all(sendings)).toEqual([late, 'interrupted: Interrupted']);
  });

  test('in time for a proxy', async () => {
    const proxy = await startTcpServer(() => {});
    const proxies = { https: `http://127.0.0.1:${proxy}`, http: null, bypass: null };
    const apns = openTestApns('apns.example.test', { proxies, timeout: 400 });
    expect(await failureOf(() => apns.send(pushOf()))).toBe(
      'apns-timeout: apns.example.test did not answer in time',
    );
  });

  test('with an interrupt in a pause, and before it begins with one that came earlier', async () => {
    const { host, received, connections } = await startApns([
      { status: 429, headers: { 'retry-after': '9' } },
    ]);
    const interrupt = new AbortController();
    const trace = () => void setTimeout(() => interrupt.abort(interrupted), 5);
    const { signal } = interrupt;
    const sending = () => openTestApns(host, { signal, trace }).send(pushOf({ retry: true }));
    expect(await failureOf(sending)).toBe('interrupted: Interrupted');
    expect(await failureOf(sending)).toBe('interrupted: Interrupted');
    expect([received.length, connections()]).toEqual([1, 1]);
  });
});
