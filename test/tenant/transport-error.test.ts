import { expect, test } from 'vitest';
import { ProxyError } from '../../src/network/proxy-error.ts';
import { transportError } from '../../src/tenant/transport-error.ts';

const origin = 'https://acme.example.com';
const unreachable = `tenant-unreachable: ${origin} could not be reached: `;

function coded(code: string): Error {
  return Object.assign(new Error('a text with hunter22'), { code });
}

test.each<[string, unknown, string]>([
  ['EAI_AGAIN', coded('EAI_AGAIN'), `${unreachable}the host name could not be looked up`],
  ['ENETUNREACH', coded('ENETUNREACH'), `${unreachable}there is no route to the host`],
  ['EHOSTUNREACH', coded('EHOSTUNREACH'), `${unreachable}there is no route to the host`],
  ['EPIPE', coded('EPIPE'), `${unreachable}the connection was closed before the answer`],
  ['a code that nobody knows', coded('EWHATEVER'), `${unreachable}EWHATEVER`],
  ['no code', new Error('a text with hunter22'), `${unreachable}the request failed`],
  ['no error', 'hunter22', `${unreachable}the request failed`],
  ['ETIMEDOUT', coded('ETIMEDOUT'), `tenant-timeout: ${origin} could not be connected to in time`],
  [
    'CERT_NOT_YET_VALID',
    coded('CERT_NOT_YET_VALID'),
    `tenant-tls: The TLS connection to ${origin} failed: its certificate is not yet valid`,
  ],
  [
    'another TLS code',
    coded('CERT_REVOKED'),
    `tenant-tls: The TLS connection to ${origin} failed: CERT_REVOKED`,
  ],
  [
    'no route to a proxy',
    new ProxyError(coded('EHOSTUNREACH')),
    `tenant-unreachable: ${origin} could not be reached through the proxy: there is no route to the host`,
  ],
  [
    'an expired certificate of a proxy',
    new ProxyError(coded('CERT_HAS_EXPIRED')),
    'tenant-tls: The TLS connection to the proxy failed: its certificate has expired',
  ],
])('what a transport error says: %s', (_case, error, expected) => {
  const { code, message } = transportError(error, origin);
  expect(`${code}: ${message}`).toBe(expected);
});
