import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { expect, test } from 'vitest';
import { startProxy } from '../support/connect-proxy.ts';
import { createMachine } from '../support/context.ts';
import { startServer, startTcpServer, tlsFixture } from '../support/http.ts';
import { isThorough } from '../support/patience.ts';
import { cleanEnvironment, programCommand, runProgram } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const ca = tlsFixture('ca.pem');
const request = ['api', 'POST', '/x', '--data', '{}'];

type Env = Readonly<Record<string, string>>;
const givenTo = (origin: string) => ({
  MFA_CLI_TENANT: origin,
  MFA_CLI_TOKEN: 'a-token-of-somebody',
});

/** The built program sends one request to a tenant that only it, or a proxy, finds. */
const send = (origin: string, env: Env, ...words: readonly string[]) =>
  runProgram([...request, ...words], cleanEnvironment({ ...givenTo(origin), ...env }));

/** The same in this process, which is the program's runtime, too, unless an executable is tested. */
const sendHere: typeof send =
  isThorough || programCommand.length === 1
    ? send
    : (origin, env, ...words) =>
        createMachine().run([...request, ...words], {
          env: { ...givenTo(origin), ...env },
          aside: async () => {},
        });

test.each<[string, Record<string, string>, string[]]>([
  ['--ca-file', {}, ['--ca-file', ca]],
  ['NODE_EXTRA_CA_CERTS', { NODE_EXTRA_CA_CERTS: ca }, []],
  ['SSL_CERT_FILE', { SSL_CERT_FILE: ca }, []],
])('TLS by the authority of %s', async (_case, env, words) => {
  const { origin, received } = await startServer(undefined, { certificate: 'server' });
  expect(await send(origin, env, ...words)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(received.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer a-token-of-somebody',
  ]);
});

const bad = tlsFixture('bad-ca.pem');
const old = { minVersion: 'TLSv1' } as const;
const unencrypted = { ciphers: 'NULL:@SECLEVEL=0', maxVersion: 'TLSv1.2' } as const;

// On every runtime the same: a row is refused by OpenSSL, by BoringSSL, or by us where one of them would not.
test.each<[string, string, string[], RegExp, TlsOptions?]>([
  ['of nobody we know', 'server', [], /comes from an unknown authority/],
  ['that vouches for itself', 'self-signed', ['--ca-file', bad], /comes from an unknown authority/],
  ['of another host', 'other-host', ['--ca-file', ca], /is for another host/],
  ['that has expired', 'expired', ['--ca-file', ca], /has expired/],
  ['of the future', 'not-yet', ['--ca-file', bad], /is not yet valid/],
  ['of a client', 'client', ['--ca-file', bad], /INVALID_PURPOSE/],
  ['of an issuer that is no CA', 'under-no-ca', ['--ca-file', bad], /INVALID_(CA|PURPOSE)/],
  [
    'with a key that is too short',
    'weak',
    ['--ca-file', tlsFixture('weak.pem')],
    /fewer than 2048 bits/,
  ],
  ['under a key that is too short', 'under-short', ['--ca-file', bad], /fewer than 2048 bits/],
  ['that is signed with SHA-1', 'sha1', ['--ca-file', bad], /weak signature/],
  ['of a CA that is signed with SHA-1', 'under-sha1', ['--ca-file', bad], /weak signature/],
  ['on TLS 1.0', 'server', ['--ca-file', ca], /VERSION|PROTOCOL/, { ...old, maxVersion: 'TLSv1' }],
  [
    'on TLS 1.1',
    'server',
    ['--ca-file', ca],
    /VERSION|PROTOCOL/,
    { ...old, maxVersion: 'TLSv1.1' },
  ],
  ['without encryption', 'server', ['--ca-file', ca], /CIPHER|HANDSHAKE/, unencrypted],
])(
  'a certificate %s is refused, and nothing is sent',
  async (_case, certificate, words, told, tls = {}) => {
    const { origin, received, connections } = await startServer(undefined, { certificate, tls });
    const by = told.source.includes('authority') ? send : sendHere;
    const { exitCode, stderr } = await by(origin, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, ...words);
    expect(exitCode).toBe(7);
    expect(stderr).toContain(`The TLS connection to ${origin} failed: `);
    expect(stderr).toMatch(told);
    const ignored =
      'mfa-cli: warning: mfa-cli ignores NODE_TLS_REJECT_UNAUTHORIZED=0. Give the CA of the server with --ca-file PEM';
    if (by === send) expect(stderr).toContain(ignored);
    expect(stderr).not.toContain('(node:');
    expect([received, connections() > 0]).toEqual([[], true]);
  },
);

test.each(['http', 'https'])('a tenant on %s through a proxy, by CONNECT', async (scheme) => {
  const server = await startServer(undefined, scheme === 'https' ? { certificate: 'server' } : {});
  const proxy = await startProxy({ credentials: 'jo:hunter22' });
  const origin = `${scheme}://tenant.example.test:${server.port}`;
  const env = { [`${scheme.toUpperCase()}_PROXY`]: `http://jo:hunter22@127.0.0.1:${proxy.port}` };
  const { exitCode, stderr } = await send(origin, env, '--ca-file', ca);
  // A token goes to nobody but loopback without TLS.
  if (scheme === 'http') return expect([exitCode, proxy.targets]).toEqual([2, []]);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(server.received).toHaveLength(1);
  expect(proxy.targets).toEqual([`tenant.example.test:${server.port}`]);
});

test('a proxy that speaks TLS', async () => {
  const server = await startServer(undefined, { certificate: 'server' });
  const proxy = await startProxy({ certificate: 'server' });
  const env = { HTTPS_PROXY: `https://localhost:${proxy.port}` };
  const origin = `https://tenant.example.test:${server.port}`;
  expect(await sendHere(origin, env, '--ca-file', ca)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(proxy.targets).toHaveLength(1);
});

const pem = readFileSync(ca, 'utf8');
test.skipIf(isMissing('openssl')).each([
  ['with a byte order mark', () => `\uFEFF${pem}`],
  ['with the line ends of Windows', () => pem.replaceAll('\n', '\r\n')],
  ['with a text above', () => `The CA of the proxy\n\n${pem}`],
  [
    "of OpenSSL's own kind",
    () => execFileSync('openssl', ['x509', '-in', ca, '-trustout'], { encoding: 'utf8' }),
  ],
])('a CA file %s is one', async (_form, text) => {
  const { origin } = await startServer(undefined, { certificate: 'server' });
  const file = join(temporaryDirectory(), 'ca.pem');
  writeFileSync(file, text());
  expect(await sendHere(origin, {}, '--ca-file', file)).toMatchObject({ exitCode: 0, stderr: '' });
});

test('a tenant that says nothing is given up in time', async () => {
  const { origin, received } = await startServer([() => {}]);
  const { exitCode, stderr } = await sendHere(origin, {}, '--timeout', '0.5');
  expect([exitCode, stderr]).toEqual([7, expect.stringContaining('did not answer in time')]);
  expect(received).toHaveLength(1);
});

const noHttp = expect.stringContaining('does not speak HTTP');
const closed = expect.stringContaining('closed before the answer');
const cut = expect.stringContaining('closed within the answer');

test.each<[string, string, number, number, unknown]>([
  ['a status beyond HTTP', 'HTTP/1.1 600 No\r\n\r\n', 7, 1, noHttp],
  ['a status below HTTP', 'HTTP/1.1 099 No\r\n\r\n', 7, 1, noHttp],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 7, 1, noHttp],
  ['a flood of hints', 'HTTP/1.1 103 x\r\n\r\n'.repeat(100), 7, 1, noHttp],
  ['headers without end', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(20_000)}`, 7, 1, noHttp],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{', 7, 1, cut],
  ['no answer', '', 7, 1, closed],
  ['two answers', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'.repeat(2), 0, 1, ''],
  ['a body of no length', 'HTTP/1.1 200 OK\r\n\r\n{}', 0, 1, ''],
])('a server that answers with %s', async (_case, bytes, exitCode, requests, stderr) => {
  let asked = 0;
  const port = await startTcpServer((socket) =>
    socket.once('data', () => {
      asked++;
      socket.end(bytes);
    }),
  );
  const end = await sendHere(`http://127.0.0.1:${port}`, {});
  expect([end.exitCode, end.stderr, asked]).toEqual([exitCode, stderr, requests]);
});
