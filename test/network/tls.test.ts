import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createTlsServer, type DetailedPeerCertificate } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { TrustSettings } from '../../src/network/http.ts';
import { strictTls } from '../../src/network/trust.ts';
import { lookupLoopback } from '../../src/network/tunnel.ts';
import { testCases } from '../support/cases.ts';
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

const [ca, anotherCa, nowhere] = ['ca.pem', 'other-host.pem', 'nowhere.pem'].map(tlsFixture) as [
  string,
  string,
  string,
];
/** No system bundle, wherever the tests run. */
const nobody: TrustSettings = {
  ...{ caFile: null, nodeExtraCaCerts: null, sslCertFile: nowhere, sslCertDir: null },
};
const httpThatTrusts = (trust: Partial<TrustSettings>) =>
  createTestHttp({ trust: { ...nobody, ...trust }, pause: async () => {} });
const startTlsServer = (certificate = 'server') => startServer(undefined, { certificate });
/** What two requests end with, and the requests and connections they take. */
async function twice(certificate: string, trust: Partial<TrustSettings>) {
  const { origin, received, connections } = await startTlsServer(certificate);
  const http = httpThatTrusts(trust);
  const ends: string[] = [];
  for (const _request of [1, 2])
    ends.push(
      await http.send(post(origin, { retry: true })).then(
        ({ status }) => String(status),
        ({ code, message }) => `${code}: ${message.replace(origin, 'T')}`,
      ),
    );
  expect(ends[1]).toBe(ends[0]);
  return [ends[0], received.length, connections()];
}

const failed = (why: string) => `tenant-tls: The TLS connection to T failed: ${why}`;
const unknown = failed(
  'its certificate comes from an unknown authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
);
const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const file = (text: string): string => {
  const path = `${temporaryDirectory()}/ca.pem`;
  writeFileSync(path, text);
  return path;
};

test.each<[string, string, () => Partial<TrustSettings>, string, number]>([
  ['the CA file', 'server', () => ({ caFile: ca }), '200', 2],
  ['NODE_EXTRA_CA_CERTS', 'server', () => ({ caFile: anotherCa, nodeExtraCaCerts: ca }), '200', 2],
  ['the system’s bundle, on a second connection', 'server', () => ({ sslCertFile: ca }), '200', 3],
  [
    'the system’s bundle, on a third',
    'server',
    () => ({ caFile: anotherCa, sslCertFile: ca }),
    '200',
    4,
  ],
  ['its directory', 'server', () => ({ sslCertFile: null, sslCertDir: tlsFixture('') }), '200', 3],
  [
    'the CA file, without the other',
    'server',
    () => ({ caFile: ca, nodeExtraCaCerts: nowhere }),
    '200',
    2,
  ],
  ['no CA', 'server', () => ({}), unknown, 2],
  [
    'another CA, which is not asked again once the system was',
    'server',
    () => ({ caFile: anotherCa, nodeExtraCaCerts: anotherCa, sslCertFile: anotherCa }),
    unknown,
    3,
  ],
  ['the system’s other CA', 'server', () => ({ sslCertFile: anotherCa }), unknown, 3],
  ['a broken file of the system', 'server', () => ({ sslCertFile: file(broken) }), unknown, 3],
  [
    'a broken NODE_EXTRA_CA_CERTS',
    'server',
    () => ({ nodeExtraCaCerts: file(broken) }),
    unknown,
    2,
  ],
  [
    'its CA',
    'other-host',
    () => ({ caFile: ca }),
    failed('its certificate is for another host'),
    2,
  ],
  // With more CAs than the user's there might be another chain.
  ['its CA', 'expired', () => ({ caFile: ca }), failed('its certificate has expired'), 3],
])('by %s the server %s is trusted or not', async (_case, certificate, trust, end, connections) => {
  expect(await twice(certificate, trust())).toEqual([end, end === '200' ? 2 : 0, connections]);
});

test.each([
  ['that is not there', () => nowhere, 'file-not-found', 'does not exist'],
  ['that is standard input', () => '-', 'usage', 'cannot be stdin: several connections read it'],
  [
    'that holds a key',
    () => tlsFixture('server.key'),
    'file-unreadable',
    'contains no PEM certificate',
  ],
  [
    'with a broken certificate',
    () => file(broken),
    'file-unreadable',
    'contains no PEM certificate',
  ],
])(
  'a CA file %s is said to be so, and nobody is connected to',
  async (_case, make, code, words) => {
    const caFile = make();
    expect(await twice('server', { caFile })).toEqual([
      `${code}: The CA file ${caFile} ${words}`,
      0,
      0,
    ]);
    const { origin } = await startServer();
    expect((await httpThatTrusts({ caFile }).send(post(origin))).status).toBe(200);
  },
);

test('two requests at once trust the same', async () => {
  const { origin } = await startTlsServer();
  const http = httpThatTrusts({ sslCertFile: ca });
  const answers = await Promise.all([http.send(post(origin)), http.send(get(origin))]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

test.each([
  ['server', { sslCertFile: anotherCa }, 2],
  ['other-host', { caFile: ca }, 1],
])(
  'not one byte is written to the server %s that is not trusted',
  async (certificate, trust, connections) => {
    const bytes: Buffer[] = [];
    const ended: Promise<unknown>[] = [];
    const server = createTlsServer(pair(certificate), (socket) => {
      socket.on('error', () => {}).on('data', (data) => bytes.push(data));
    });
    server.on('connection', (socket) => void ended.push(once(socket, 'close')));
    const origin = `https://127.0.0.1:${await listen(server)}`;
    const sent = () => httpThatTrusts(trust).send(post(origin, { body: 'hunter22' }));
    expect(await failureOf(sent)).toMatch(/^tenant-tls: /);
    await Promise.all(ended);
    expect([bytes, ended.length]).toEqual([[], connections]);
  },
);

test('a port without TLS is said to be one, and a connection that is closed in the handshake is tried again', async () => {
  const { port } = await startServer();
  let connections = 0;
  const closing = await startTcpServer((socket) => {
    connections++;
    socket.once('data', () => socket.destroy());
  });
  const endAt = (at: number) =>
    failureOf(() => httpThatTrusts({}).send(post(`https://127.0.0.1:${at}`, { retry: true })));
  expect(await endAt(port)).toMatch(
    /^tenant-tls: .* failed: the server does not speak TLS on this port$/,
  );
  expect(await endAt(closing)).toMatch(
    /^tenant-unreachable: .*: the connection was closed before the answer$/,
  );
  expect(connections).toBe(3);
});

describe('whatever the environment and the runtime', () => {
  test.each([
    ['an RSA key', 'weak'],
    ['a key for RSASSA-PSS', 'weak-pss'],
  ])('a server with %s of 1024 bits gets nothing', async (_kind, certificate) => {
    const { origin, received } = await startTlsServer(certificate);
    const http = httpThatTrusts({ caFile: tlsFixture(`${certificate}.pem`) });
    // From Node.js 24 on OpenSSL itself refuses it, without saying why.
    expect(await failureOf(() => http.send(post(origin)))).toMatch(
      /^tenant-tls: The TLS connection to .* failed: its (RSA key has|certificate has a weak key \(RSA of) fewer than 2048 bits/,
    );
    expect(received).toEqual([]);
  });

  test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not let a client trust anybody', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await twice('server', {})).toEqual([unknown, 0, 2]);
    expect(strictTls.rejectUnauthorized).toBe(true);
  });
});

/** A certificate of a chain: its RSA key, the OID of its signature in hexadecimal, and how many bytes it signs. */
interface Described {
  readonly modulus?: string;
  readonly bits?: number;
  readonly oid?: string;
  readonly signed?: number;
  /** The parameters of the signature in hexadecimal DER; NULL if left out. */
  readonly parameters?: string;
}

/** As little of a certificate as has a signature of that kind, its lengths in the short form or the long ones. */
function encode({
  oid = '2a864886f70d01010b',
  signed = 0,
  parameters = '0500',
}: Described): Buffer {
  const element = (tag: string, content: string) => {
    const length = content.length / 2;
    const hex = length.toString(16);
    const size = length < 0x80 ? '' : length < 0x100 ? '81' : '82';
    return `${tag}${size}${hex.padStart(size === '82' ? 4 : 2, '0')}${content}`;
  };
  const algorithm = element('30', `${element('06', oid)}${parameters}`);
  return Buffer.from(
    element('30', `${element('30', '00'.repeat(signed))}${algorithm}030100`),
    'hex',
  );
}

testCases('network/certificates', {
  'strictTls: of a chain from the server’s certificate to its root, which vouches for itself': (
    ...chain: readonly Described[]
  ) => {
    const issued = chain.reduceRight<object | undefined>((issuer, each, index) => {
      const own = { ...each, raw: encode(each), fingerprint256: String(index) };
      return { ...own, issuerCertificate: issuer ?? own };
    }, undefined);
    const judge = (host: string) => {
      const leaf = { subject: { CN: 'a.test' }, subjectaltname: 'DNS:a.test', ...issued };
      const error = strictTls.checkServerIdentity(host, leaf as never as DetailedPeerCertificate);
      return (error as NodeJS.ErrnoException | undefined)?.code ?? 'trusted';
    };
    expect(judge('b.test')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    return judge('a.test');
  },
  'lookupLoopback: one address, and all': async (host: string) => {
    const found = (all: boolean) =>
      new Promise((resolve) => lookupLoopback(host, { all }, (...given) => resolve(given)));
    return [await found(false), await found(true)];
  },
});

test('a certificate that names its host in its subject alone is not for that host', () => {
  const leaf = { subject: { CN: 'a.test' }, raw: encode({}) };
  const error = strictTls.checkServerIdentity('a.test', leaf as never as DetailedPeerCertificate);
  expect(error).toMatchObject({ code: 'ERR_TLS_CERT_NAMES_NO_HOST' });
});

test.each([
  ['SHA-256', '30 34 a0 0f 30 0d 06 09 60 86 48 01 65 03 04 02 01 05 00', undefined],
  ['SHA-384', '30 34 a0 0f 30 0d 06 09 60 86 48 01 65 03 04 02 02 05 00', undefined],
  ['SHA-512 without a NULL', '30 32 a0 0d 30 0b 06 09 60 86 48 01 65 03 04 02 03', undefined],
  ['SHA-1, named', '30 0d a0 0b 30 09 06 05 2b 0e 03 02 1a 05 00', 'ERR_TLS_WEAK_SERVER_SIGNATURE'],
  ['SHA-1, by default', '30 00', 'ERR_TLS_WEAK_SERVER_SIGNATURE'],
  ['MD5', '30 10 a0 0e 30 0c 06 08 2a 86 48 86 f7 0d 02 05 05 00', 'ERR_TLS_WEAK_SERVER_SIGNATURE'],
  ['no parameters', '', 'ERR_TLS_WEAK_SERVER_SIGNATURE'],
])('a signature of RSASSA-PSS with %s', (_hash, der, code) => {
  const raw = encode({ oid: '2a864886f70d01010a', parameters: der.replaceAll(' ', '') });
  const leaf = { subject: {}, subjectaltname: 'DNS:a.test', raw, fingerprint256: 'leaf' };
  const root = { fingerprint256: 'root', issuerCertificate: { fingerprint256: 'root' } };
  const chain = { ...leaf, issuerCertificate: root };
  const error = strictTls.checkServerIdentity('a.test', chain as never as DetailedPeerCertificate);
  expect((error as NodeJS.ErrnoException | undefined)?.code).toBe(code);
});

test('an issuer that the runtime does not have is not judged', () => {
  const leaf = { subject: { CN: 'a.test' }, subjectaltname: 'DNS:a.test', raw: encode({}) };
  const chain = { ...leaf, fingerprint256: 'leaf', issuerCertificate: { fingerprint256: 'x' } };
  const error = strictTls.checkServerIdentity('a.test', chain as never as DetailedPeerCertificate);
  expect(error).toBeUndefined();
});
