import { describe, expect, test } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import {
  BrokenAnswer,
  isTlsCode,
  isUntrusted,
  NotHttp,
  ProxyError,
  ProxyRefusal,
  reasonOf,
  transportError,
} from '../../src/network/failure.ts';
import { createTestHttp, failureOf, post, startServer } from '../support/http.ts';

const coded = (code: string) => Object.assign(new Error('a text with hunter22'), { code });

test.each([
  ['CERT_HAS_EXPIRED', true],
  ['UNABLE_TO_GET_CRL', true],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', true],
  ['SELF_SIGNED_CERT_IN_CHAIN', true],
  ['ERR_TLS_CERT_ALTNAME_INVALID', true],
  ['ERR_SSL_WRONG_VERSION_NUMBER', true],
  ['HOSTNAME_MISMATCH', true],
  ['INVALID_CA', true],
  ['EPROTO', true],
  ['UNSPECIFIED', true],
  ['ECONNRESET', false],
  ['ERR_INVALID_CERT_', false],
  ['', false],
])('whether TLS failed with "%s": %s', (code, expected) => {
  expect(isTlsCode(code)).toBe(expected);
});

test.each([
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', true],
  ['UNABLE_TO_GET_ISSUER_CERT', true],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', true],
  ['SELF_SIGNED_CERT_IN_CHAIN', true],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', true],
  ['CERT_HAS_EXPIRED', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', false],
  ['ERR_TLS_WEAK_SERVER_KEY', false],
  ['', false],
])('more CAs may help after "%s": %s', (code, expected) => {
  expect([coded(code), new ProxyError(coded(code)), code].map(isUntrusted)).toEqual([
    expected,
    expected,
    false,
  ]);
  expect(reasonOf(code).startsWith('its certificate comes from an unknown authority')).toBe(expected);
});

test.each([
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'its certificate comes from an unknown authority (SELF_SIGNED_CERT_IN_CHAIN)',
  ],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not yet valid'],
  ['ERR_TLS_WEAK_SERVER_KEY', 'its RSA key has fewer than 2048 bits'],
  ['ERR_TLS_WEAK_SERVER_SIGNATURE', 'its certificate has a weak signature (SHA-1 or older)'],
  ['UNSPECIFIED', 'its certificate has a weak key (RSA of fewer than 2048 bits) or a weak signature'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'the server does not speak TLS on this port'],
  ['CERT_REVOKED', 'CERT_REVOKED'],
  ['ENOTFOUND', 'the host name is unknown'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was closed before the answer'],
  ['EPIPE', 'the connection was closed before the answer'],
  ['ENETUNREACH', 'there is no route to the host'],
  ['EHOSTUNREACH', 'there is no route to the host'],
  ['constructor', 'constructor'],
  ['', 'the request failed'],
])('why "%s" failed', (code, expected) => {
  expect(reasonOf(code)).toBe(expected);
});

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    const other = await startServer();
    const location = `${other.origin}/login?token=hunter22`;
    const { origin, received } = await startServer([{ status, headers: { location } }]);
    const request = post(`${origin}/a?secret=hunter22`, { retry: true });
    expect(await failureOf(() => createTestHttp().send(request))).toBe(
      `tenant-redirected: ${origin} answered with a redirect to ${other.origin}`,
    );
    expect(received).toHaveLength(1);
    expect(other.received).toEqual([]);
  });

  test.each<[string, Record<string, string>, (origin: string) => string]>([
    ['to a path', { location: '/login?token=hunter22' }, (origin) => origin],
    ['to a host with a password', { location: 'https://jo:hunter22@other.test' }, () => 'https://other.test'],
    ['to nowhere', {}, () => 'another address'],
    ['to what is no URL', { location: 'https://' }, () => 'another address'],
    ['to another scheme', { location: 'myapp:hunter22' }, () => 'another address'],
  ])('%s', async (_case, headers, target) => {
    const { origin } = await startServer([{ status: 302, headers }]);
    expect(await failureOf(() => createTestHttp().send(post(origin)))).toBe(
      `tenant-redirected: ${origin} answered with a redirect to ${target(origin)}`,
    );
  });
});

const origin = 'https://acme.example.com';
const unreachable = `tenant-unreachable: ${origin} could not be reached: `;
const throughProxy = `tenant-unreachable: ${origin} could not be reached through the proxy: `;

test.each<[string, unknown, string]>([
  ['a code that nobody knows', coded('EWHATEVER'), `${unreachable}EWHATEVER`],
  ['no code', new Error('a text with hunter22'), `${unreachable}the request failed`],
  ['no error', 'hunter22', `${unreachable}the request failed`],
  ['EPIPE', coded('EPIPE'), `${unreachable}the connection was closed before the answer`],
  ['ETIMEDOUT', coded('ETIMEDOUT'), `tenant-timeout: Connecting to ${origin} took too long`],
  ['no answer', new NotHttp(), `tenant-not-json: ${origin} does not speak HTTP`],
  ['half an answer', new BrokenAnswer(), `${unreachable}the connection was closed before the answer`],
  ['no answer of a proxy', new ProxyError(new NotHttp()), `${throughProxy}it does not speak HTTP`],
  [
    'no route to a proxy',
    new ProxyError(coded('EHOSTUNREACH')),
    `${throughProxy}there is no route to the host`,
  ],
  ['an error of ours', new CliError('rate-limited', 'As it was'), 'rate-limited: As it was'],
  ['TLS', coded('CERT_REVOKED'), `tenant-tls: The TLS connection to ${origin} failed: CERT_REVOKED`],
  [
    'an expired certificate of a proxy',
    new ProxyError(coded('CERT_HAS_EXPIRED')),
    'tenant-tls: The TLS connection to the proxy failed: its certificate has expired',
  ],
])('what a transport error says: %s', (_case, error, expected) => {
  const { code, message } = transportError(error, origin);
  expect(`${code}: ${message}`).toBe(expected);
});

test('the refusal of a proxy is told from a tenant that is not there', () => {
  const { code, message, facts } = transportError(new ProxyRefusal(407), origin);
  expect(code).toBe('tenant-unreachable');
  expect(message).toBe(`${origin} could not be reached: the proxy refused the connection (HTTP 407)`);
  expect(facts).toEqual({ proxyStatus: '407' });
});

test.each(['EPIPE', 'CERT_REVOKED', 'ETIMEDOUT', 'ECONNRESET'])(
  'the cause is kept, that of a proxy’s error in its place: %s',
  (code) => {
    const cause = coded(code);
    expect(transportError(cause, origin).cause).toBe(cause);
    expect(transportError(new ProxyError(cause), origin).cause).toBe(cause);
  },
);

test('what is no HTTP, or half an answer, keeps its cause', () => {
  const cause = coded('HPE_INVALID_CONSTANT');
  const broken = [new NotHttp(cause), new BrokenAnswer(cause)];
  expect(broken.map((error) => error.cause)).toEqual([cause, cause]);
  expect(broken.map((error) => transportError(error, origin).cause)).toEqual(broken);
});
