import { expect, test } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import {
  BrokenAnswer,
  NotHttp,
  ProxyError,
  ProxyRefusal,
  transportError,
} from '../../src/network/failure.ts';

const origin = 'https://acme.example.com';
const unreachable = `tenant-unreachable: ${origin} could not be reached: `;
const throughProxy = `tenant-unreachable: ${origin} could not be reached through the proxy: `;

function coded(code: string): Error {
  return Object.assign(new Error('a text with hunter22'), { code });
}

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
