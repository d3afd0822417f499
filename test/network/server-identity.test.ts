import type { PeerCertificate } from 'node:tls';
import { expect, test } from 'vitest';
import { strictTls } from '../../src/network/trust.ts';

const certificate = (key: object) =>
  ({ subject: { CN: 'a.test' }, subjectaltname: 'DNS:a.test', ...key }) as unknown as PeerCertificate;

test.each<[string, string, object, string | undefined]>([
  ['an RSA key of 2048 bits', 'a.test', { modulus: 'AB', bits: 2048 }, undefined],
  ['an RSA key of 2047 bits', 'a.test', { modulus: 'AB', bits: 2047 }, 'ERR_TLS_WEAK_SERVER_KEY'],
  ['an RSA key whose bits nobody says', 'a.test', { modulus: 'AB' }, undefined],
  ['an elliptic curve', 'a.test', { bits: 256 }, undefined],
  ['another host', 'b.test', { modulus: 'AB', bits: 2048 }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['another host and a weak key', 'b.test', { modulus: 'AB', bits: 1 }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
])('a server with %s', (_case, host, key, code) => {
  const error = strictTls.checkServerIdentity(host, certificate(key)) as
    | (Error & { code: string })
    | undefined;
  expect(error?.code).toBe(code);
});

test('trust is asked for, whatever the environment says', () => {
  expect(strictTls.rejectUnauthorized).toBe(true);
});
