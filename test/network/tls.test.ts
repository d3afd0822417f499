import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createTlsServer, type DetailedPeerCertificate } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { TrustSettings } from '../../src/network/stores.ts';
import { strictTls } from '../../src/network/trust.ts';
import { lookupLoopback } from '../../src/network/tunnel.ts';
import {
  createTestHttp,
  failureOf,
  get,
  listen,
  pair,
  post,
  startServer,
  startTcpServer,
  tlsFixture,
} from '../support/http.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ca = tlsFixture('ca.pem');
const anotherCa = tlsFixture('other-host.pem');
const nowhere = tlsFixture('nowhere.pem');
/** No system bundle, wherever the tests run. */
const nobody: TrustSettings = {
  caFile: null,
  nodeExtraCaCerts: null,
  sslCertFile: nowhere,
  sslCertDir: null,
};

function httpThatTrusts(trust: Partial<TrustSettings>): ReturnType<typeof createTestHttp> {
  return createTestHttp({ trust: { ...nobody, ...trust } });
}

describe('a tenant whose certificate comes from a CA of its own', () => {
  test.each<[string, Partial<TrustSettings>, number]>([
    ['the CA file', { caFile: ca }, 2],
    ['NODE_EXTRA_CA_CERTS beside a CA file', { caFile: anotherCa, nodeExtraCaCerts: ca }, 2],
    ['the system bundle, on a second connection', { sslCertFile: ca }, 3],
    ['the system bundle beside a CA file, on a third', { caFile: anotherCa, sslCertFile: ca }, 4],
    ['a directory of the system', { sslCertFile: null, sslCertDir: tlsFixture('') }, 3],
    ['the CA file, without the file of NODE_EXTRA_CA_CERTS', { caFile: ca, nodeExtraCaCerts: nowhere }, 2],
  ])('is trusted through %s', async (_case, trust, connections) => {
    const server = await startServer(undefined, { certificate: 'server' });
    const http = httpThatTrusts(trust);
    expect((await http.send(get(server.origin))).status).toBe(200);
    expect((await http.send(get(server.origin))).status).toBe(200);
    expect(server.received).toHaveLength(2);
    expect(server.connections()).toBe(connections);
  });

  test('is trusted by two requests at once', async () => {
    const { origin } = await startServer(undefined, { certificate: 'server' });
    const http = httpThatTrusts({ sslCertFile: ca });
    const answers = await Promise.all([http.send(post(origin)), http.send(post(origin))]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  test.each<[string, Partial<TrustSettings>]>([
    ['no CA', {}],
    ['another CA', { caFile: anotherCa, nodeExtraCaCerts: anotherCa, sslCertFile: anotherCa }],
  ])('is not trusted through %s', async (_case, trust) => {
    const { origin, received } = await startServer(undefined, { certificate: 'server' });
    expect(await failureOf(() => httpThatTrusts(trust).send(post(origin, { retry: true })))).toBe(
      `tenant-tls: The TLS connection to ${origin} failed: its certificate comes from an unknown authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
    );
    expect(received).toEqual([]);
  });
});

test.each<[string, string]>([
  ['nobody vouches for', 'server'],
  ['is another host', 'other-host'],
])('not one byte is written to a server that %s', async (_case, certificate) => {
  const bytes: Buffer[] = [];
  const ended: Promise<unknown>[] = [];
  const server = createTlsServer(pair(certificate), (socket) => {
    socket.on('error', () => {}).on('data', (data) => bytes.push(data));
  });
  server.on('connection', (socket) => void ended.push(once(socket, 'close')));
  const origin = `https://127.0.0.1:${await listen(server)}`;
  const http = httpThatTrusts(certificate === 'server' ? { sslCertFile: anotherCa } : { caFile: ca });
  expect(await failureOf(() => http.send(post(origin, { body: 'hunter22' })))).toMatch(/^tenant-tls: /);
  await Promise.all(ended);
  expect([bytes, ended.length]).toEqual([[], certificate === 'server' ? 2 : 1]);
});

test.each<[string, string, number]>([
  ['nobody else is asked again once the system was', anotherCa, 3],
  ['a system without CAs is not asked', nowhere, 2],
])('%s', async (_case, sslCertFile, expected) => {
  const { origin, connections } = await startServer(undefined, { certificate: 'server' });
  const http = httpThatTrusts({ sslCertFile });
  for (const _request of [1, 2])
    expect(await failureOf(() => http.send(post(origin)))).toMatch(/^tenant-tls: /);
  expect(connections()).toBe(expected);
});

test.each([
  ['other-host', 'its certificate is for another host', 1],
  // With more CAs than the user's there might be another chain.
  ['expired', 'its certificate has expired', 2],
])('a certificate is refused: %s', async (certificate, reason, expected) => {
  const { origin, received, connections } = await startServer(undefined, { certificate });
  expect(await failureOf(() => httpThatTrusts({ caFile: ca }).send(post(origin, { retry: true })))).toBe(
    `tenant-tls: The TLS connection to ${origin} failed: ${reason}`,
  );
  expect(received).toEqual([]);
  expect(connections()).toBe(expected);
});

test('TLS spoken to a port without TLS is said', async () => {
  const { port } = await startServer();
  const origin = `https://127.0.0.1:${port}`;
  expect(await failureOf(() => httpThatTrusts({}).send(post(origin, { retry: true })))).toBe(
    `tenant-tls: The TLS connection to ${origin} failed: the server does not speak TLS on this port`,
  );
});

test('a connection that is closed within the handshake is tried again', async () => {
  let connections = 0;
  const port = await startTcpServer((socket) => {
    connections++;
    socket.once('data', () => socket.destroy());
  });
  const origin = `https://127.0.0.1:${port}`;
  const http = createTestHttp({ trust: nobody, aside: async () => {} });
  expect(await failureOf(() => http.send(post(origin, { retry: true })))).toBe(
    `tenant-unreachable: ${origin} could not be reached: the connection was closed before the answer`,
  );
  expect(connections).toBe(3);
});

describe('a CA file', () => {
  const file = (text: string): string => {
    const path = `${temporaryDirectory()}/ca.pem`;
    writeFileSync(path, text);
    return path;
  };
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

  test.each([
    ['that is not there', () => nowhere, 'file-not-found', 'does not exist'],
    ['that holds a key', () => tlsFixture('server.key'), 'file-unreadable', 'contains no PEM certificate'],
    ['with a broken certificate', () => file(broken), 'file-unreadable', 'contains no PEM certificate'],
  ])('%s', async (_case, make, code, words) => {
    const caFile = make();
    const { origin, connections } = await startServer(undefined, { certificate: 'server' });
    expect(await failureOf(() => httpThatTrusts({ caFile }).send(post(origin, { retry: true })))).toBe(
      `${code}: The CA file ${caFile} ${words}`,
    );
    expect(connections()).toBe(0);
  });

  test.each<[string, Partial<TrustSettings>]>([
    ['of the system', { sslCertFile: '' }],
    ['of NODE_EXTRA_CA_CERTS', { nodeExtraCaCerts: '' }],
  ])('%s that is broken does not hide what is wrong', async (_case, trust) => {
    const { origin } = await startServer(undefined, { certificate: 'server' });
    const broke = Object.fromEntries(Object.keys(trust).map((key) => [key, file(broken)]));
    expect(await failureOf(() => httpThatTrusts(broke).send(post(origin)))).toMatch(
      /^tenant-tls: .* comes from an unknown authority/,
    );
  });

  test('is not read for a tenant on http', async () => {
    const { origin } = await startServer();
    expect((await httpThatTrusts({ caFile: nowhere }).send(post(origin))).status).toBe(200);
  });
});

test('a server with an RSA key of 1024 bits gets nothing', async () => {
  const { origin, received } = await startServer(undefined, { certificate: 'weak' });
  const http = httpThatTrusts({ caFile: tlsFixture('weak.pem') });
  // From Node.js 24 on OpenSSL itself refuses it, without saying why.
  expect(await failureOf(() => http.send(post(origin)))).toMatch(
    /^tenant-tls: The TLS connection to .* failed: its (RSA key has|certificate has a weak key \(RSA of) fewer than 2048 bits/,
  );
  expect(received).toEqual([]);
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not let a client trust anybody', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { origin, received } = await startServer(undefined, { certificate: 'server' });
  expect(await failureOf(() => httpThatTrusts({}).send(post(origin)))).toMatch(/^tenant-tls: /);
  expect(received).toEqual([]);
  expect(strictTls.rejectUnauthorized).toBe(true);
});

const certificate = (key: object) =>
  ({ subject: { CN: 'a.test' }, subjectaltname: 'DNS:a.test', ...key }) as unknown as DetailedPeerCertificate;
const judged = (host: string, judge: object) =>
  (strictTls.checkServerIdentity(host, certificate(judge)) as NodeJS.ErrnoException | undefined)?.code;

/** As little of a certificate as has a signature of that kind, its lengths in the short form or the long one. */
function signedWith(oid: string, tbs = '3000'): Buffer {
  const element = (tag: string, content: string) => {
    const length = content.length / 2;
    const long = length.toString(16).padStart(4, '0');
    return `${tag}${length < 0x80 ? long.slice(2) : `82${long}`}${content}`;
  };
  return Buffer.from(element('30', `${tbs}${element('30', `${element('06', oid)}0500`)}030100`), 'hex');
}
const root = { fingerprint256: 'root', raw: signedWith('2a864886f70d010105') };
const rooted = { ...root, issuerCertificate: root };
const under = (oid: string, issuer: { fingerprint256: string } = rooted) => ({
  fingerprint256: `under ${issuer.fingerprint256}`,
  raw: signedWith(oid),
  issuerCertificate: issuer,
});
const [sha1, sha256] = ['2a864886f70d010105', '2a864886f70d01010b'];
const [weakKey, weakSignature] = ['ERR_TLS_WEAK_SERVER_KEY', 'ERR_TLS_WEAK_SERVER_SIGNATURE'];
const short = { modulus: 'AB', bits: 1024 };
const lengthened = (tbs: string) => ({ ...under(sha1), raw: signedWith(sha1, tbs) });

test.each<[string, object, string | undefined]>([
  ['an RSA key of 2048 bits', { modulus: 'AB', bits: 2048 }, undefined],
  ['an RSA key of 2047 bits', { modulus: 'AB', bits: 2047 }, weakKey],
  ['an RSA key whose bits nobody says', { modulus: 'AB' }, undefined],
  ['an elliptic curve', { bits: 256 }, undefined],
  ['RSA and SHA-256', under(sha256), undefined],
  ['a short key and SHA-256', { ...under(sha256), ...short }, weakKey],
  ['RSA and SHA-1', under(sha1), weakSignature],
  ['RSA and MD2', under('2a864886f70d010102'), weakSignature],
  ['RSA-PSS', under('2a864886f70d01010a'), undefined],
  ['an elliptic curve and SHA-1', under('2a8648ce3d0401'), weakSignature],
  ['an elliptic curve and SHA-256', under('2a8648ce3d040302'), undefined],
  ['DSA and SHA-1', under('2a8648ce380403'), weakSignature],
  ['SHA-1 in the way of OIW', under('2b0e03021d'), weakSignature],
  ['a longer name than that of SHA-1', under(`${sha1}01`), undefined],
  ['a name that ends like it', under(`01${sha1}`), undefined],
  ['an issuer that is signed with SHA-1', under(sha256, under(sha1)), weakSignature],
  ['an issuer with a short key', under(sha256, { ...under(sha256), ...short }), weakKey],
  ['a root with a short key', under(sha256, { ...rooted, ...short }), undefined],
  ['an issuer that the runtime does not have', under(sha256, { fingerprint256: 'x' }), undefined],
  ['long lengths', lengthened(`30820100${'00'.repeat(256)}`), weakSignature],
  ['a length of a byte', lengthened(`3081c8${'00'.repeat(200)}`), weakSignature],
])('a server’s certificate with %s', (_case, judge, code) => {
  expect(judged('a.test', judge)).toBe(code);
  expect(judged('b.test', judge)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

/** What a connection is given for a host name. */
function addressesOf(hostname: string, all: boolean): Promise<unknown> {
  return new Promise((resolve) => lookupLoopback(hostname, { all }, (...found) => resolve(found)));
}

test('a name below localhost is this machine, and the system tells what any other name is', async () => {
  expect(await addressesOf('tenant-1.localhost', false)).toEqual([null, '127.0.0.1', 4]);
  const all = [{ address: '127.0.0.1', family: 4 }];
  expect(await addressesOf('tenant-1.localhost', true)).toEqual([null, all]);
  expect(await addressesOf('127.0.0.2', false)).toEqual([null, '127.0.0.2', 4]);
});
