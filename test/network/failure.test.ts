import { expect, test } from 'vitest';
import { CliError, type ErrorFacts } from '../../src/errors/cli-error.ts';
import {
  isTlsCode,
  isUnconnected,
  isUntrusted,
  networkReason,
  ProxyError,
  tlsReason,
  unwrapProxyError,
} from '../../src/network/failure.ts';

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

test.each<[string, unknown, boolean]>([
  ['a name that nobody knows', unreachable('ENOTFOUND'), true],
  ['a name server that does not answer', unreachable('EAI_AGAIN'), true],
  ['a port that nobody listens on', unreachable('ECONNREFUSED'), true],
  ['a connection that broke', unreachable('ECONNRESET'), false],
  ['a refusal of the proxy', unreachable('ECONNRESET', { proxyStatus: '407' }), true],
  ['a failure without a cause', new CliError('tenant-timeout', 'No answer'), false],
  ['an answer', { status: 200, cause: coded('ENOTFOUND'), facts: { proxyStatus: '407' } }, false],
])('whether nothing was sent after %s: %s', (_case, outcome, expected) => {
  expect(isUnconnected(outcome)).toBe(expected);
});

function unreachable(code: string, facts: ErrorFacts = {}): CliError {
  return new CliError('tenant-unreachable', 'No connection', { cause: coded(code), facts });
}
