import { describe, expect, test } from 'vitest';
import {
  isTlsCode,
  isUntrusted,
  networkReason,
  ProxyError,
  tlsReason,
  unwrapProxyError,
} from '../../src/network/failure.ts';
import type { HttpResponse } from '../../src/network/http.ts';
import { answerIds } from '../../src/network/redaction.ts';
import { Secret } from '../../src/text/secret.ts';
import { createTestHttp, failureOf, post, startServer } from '../support/http.ts';

const coded = (code: string) => Object.assign(new Error(), { code });

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
  expect(tlsReason(code).startsWith('its certificate comes from an unknown authority')).toBe(expected);
});

test.each([
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'its certificate comes from an unknown authority (SELF_SIGNED_CERT_IN_CHAIN)',
  ],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not yet valid'],
  ['ERR_TLS_WEAK_SERVER_KEY', 'its RSA key has fewer than 2048 bits'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'the server does not speak TLS on this port'],
  ['CERT_REVOKED', 'CERT_REVOKED'],
])('why TLS failed: %s', (code, expected) => {
  expect(tlsReason(code)).toBe(expected);
});

test.each([
  ['ENOTFOUND', 'the host name is not known'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was closed before the answer'],
  ['EPIPE', 'the connection was closed before the answer'],
  ['ENETUNREACH', 'there is no route to the host'],
  ['EHOSTUNREACH', 'there is no route to the host'],
  ['', 'the request failed'],
])('why there is no connection: "%s"', (code, expected) => {
  expect(networkReason(code)).toBe(expected);
});

test('what failed behind a proxy’s error is its cause, and any other error is itself', () => {
  const cause = coded('EPIPE');
  expect([new ProxyError(cause), cause, 'text'].map(unwrapProxyError)).toEqual([cause, cause, 'text']);
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

describe('the identifiers of an answer', () => {
  const ids = (
    answer: Partial<HttpResponse>,
    sent: { url?: string; body?: string; headers?: Record<string, string> } = {},
  ) =>
    answerIds(
      { method: 'POST', url: 'https://a.test', retry: false, ...sent },
      { status: 200, headers: {}, body: '', ...answer },
      [new Secret('hunter22')],
    );
  const named = (name: string, id = 'r-1') => ({ headers: { [name]: id } });
  const error = (ErrorID: unknown) => ({ body: JSON.stringify({ ErrorID }) });

  test.each(['x-request-id', 'request-id', 'x-correlation-id', 'x-ms-request-id', 'x-trace-id'])(
    '%s',
    (name) => {
      expect(ids(named(name))).toBe(', request id r-1');
    },
  );

  test.each<[string, Partial<HttpResponse>, Parameters<typeof ids>[1], string]>([
    [
      'the first of several',
      { headers: { 'x-trace-id': 'two', 'x-request-id': 'one' } },
      {},
      ', request id one',
    ],
    ['a hundred characters', named('x-request-id', 'a'.repeat(100)), {}, `, request id ${'a'.repeat(100)}`],
    ['more', named('x-request-id', 'a'.repeat(101)), {}, ''],
    ['none', named('x-request-id', ''), {}, ''],
    ['a sentence', named('x-request-id', 'a b'), {}, ''],
    ['what the address held', named('x-request-id'), { url: 'https://a.test/r-1' }, ''],
    ['what the body held', named('x-request-id'), { body: 'r-1' }, ''],
    ['what a header held', named('x-request-id'), { headers: { a: 'b', c: 'r-1' } }, ''],
    ['what a form held', named('x-request-id'), { body: 'a=b&c=%72-1' }, ''],
    ['what a query held', named('x-request-id'), { url: 'https://a.test/?a=%72-1' }, ''],
    ['what a name in a query held', named('x-request-id'), { url: 'https://a.test/?%72-1' }, ''],
    [
      'what stands over a name and its value',
      named('x-request-id', 'r-1'),
      { body: 'r=-1' },
      ', request id r-1',
    ],
    [
      'what stands over two of them',
      named('x-request-id', 'bc'),
      { headers: { a: 'b', c: 'c' } },
      ', request id bc',
    ],
    ['what contains a secret', named('x-request-id', 'r-hunter22'), {}, ''],
    ['an ErrorID', error('e:1.2-3_4'), {}, ', ErrorID e:1.2-3_4'],
    ['both', { ...named('x-request-id'), ...error('e-1') }, {}, ', request id r-1, ErrorID e-1'],
    ['no ErrorID', error(''), {}, ''],
    ['an ErrorID that is no text', error(7), {}, ''],
    ['a list that speaks of one', { body: '["ErrorID"]' }, {}, ''],
    ['a text that speaks of one', { body: '"\\"ErrorID\\""' }, {}, ''],
    ['what is no JSON', { body: '{"ErrorID":"e"' }, {}, ''],
  ])('%s', (_case, answer, sent, expected) => {
    expect(ids(answer, sent)).toBe(expected);
  });
});
