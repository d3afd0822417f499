import { describe, expect, test } from 'vitest';
import { isLoopback } from '../../src/network/proxy.ts';
import { parseTenantAddress } from '../../src/tenant/address.ts';
import { failureOf } from '../support/http.ts';

const notATenant = (text: string): string => `"${text}" is not a tenant URL`;
const userName = 'A tenant URL must not contain a user name or password';
const insecure = (origin: string): string =>
  `The tenant URL ${origin} must use https: http is for loopback hosts only`;

describe('a tenant address', () => {
  test.each([
    ['a host', 'abc1234.id.cyberark.cloud', 'https://abc1234.id.cyberark.cloud'],
    ['a URL', 'https://abc1234.my.idaptive.app', 'https://abc1234.my.idaptive.app'],
    ['a trailing slash', 'https://acme.my.idaptive.app/', 'https://acme.my.idaptive.app'],
    ['path, query and fragment', 'https://acme.my.idaptive.app/my?a=b@c#d', 'https://acme.my.idaptive.app'],
    ['a path without a scheme', 'acme.my.idaptive.app/manage', 'https://acme.my.idaptive.app'],
    ['another URL behind it', 'acme.my.idaptive.app/?u=https://b.example', 'https://acme.my.idaptive.app'],
    ['upper case', 'HTTPS://ABC1234.My.Idaptive.App', 'https://abc1234.my.idaptive.app'],
    ['a port', 'sso.example.com:8443', 'https://sso.example.com:8443'],
    ['the port that https has anyway', 'https://sso.example.com:443', 'https://sso.example.com'],
    ['blanks around it', '  acme.my.idaptive.app\n', 'https://acme.my.idaptive.app'],
    ['one slash too few', 'https:/acme.my.idaptive.app', 'https://acme.my.idaptive.app'],
    ['an international name', 'https://bücher.example', 'https://xn--bcher-kva.example'],
    ['an IPv6 address', 'https://[2001:db8::1]/', 'https://[2001:db8::1]'],
    ['http for 127.0.0.1', 'http://127.0.0.1:8444/', 'http://127.0.0.1:8444'],
    ['http for 127.1.2.3', 'http://127.1.2.3', 'http://127.1.2.3'],
    ['http for localhost', 'http://LOCALHOST:8444', 'http://localhost:8444'],
    ['http for a name below localhost', 'http://a.Localhost:8444', 'http://a.localhost:8444'],
    ['http for [::1]', 'http://[::1]:8444', 'http://[::1]:8444'],
    ['a loopback host without a scheme', 'localhost:8444', 'https://localhost:8444'],
  ])('may be %s', (_case, text, origin) => {
    expect(parseTenantAddress(text)).toBe(origin);
  });

  test.each([
    ['http elsewhere', 'http://acme.my.idaptive.app/x?y', insecure('http://acme.my.idaptive.app')],
    ['http for what begins like loopback', 'http://127.example.com', insecure('http://127.example.com')],
    [
      'http for a host that begins with localhost',
      'http://localhost.example.com',
      insecure('http://localhost.example.com'),
    ],
    ['http for every interface', 'http://0.0.0.0', insecure('http://0.0.0.0')],
    ['ftp', 'ftp://acme.my.idaptive.app', 'The tenant URL must use https, not ftp'],
    ['a file', 'file:///etc/hosts', notATenant('file:///etc/hosts')],
    ['nothing', '', notATenant('')],
    ['blanks', ' \t', notATenant('')],
    ['a scheme alone', 'https://', notATenant('https://')],
    ['a blank in the host', 'acme .my.idaptive.app', notATenant('acme .my.idaptive.app')],
    ['a port that is none', 'acme.example.com:99999', notATenant('acme.example.com:99999')],
    ['a user and a password', 'https://jo:hunter22@acme.example.com', userName],
    ['a password alone', 'https://:hunter22@acme.example.com', userName],
    ['a user', 'jo@acme.example.com', userName],
    ['a user and a password, no scheme', 'jo:hunter22@acme.example.com', userName],
    ['a user and a password, http', 'http://jo:hunter22@acme.example.com', userName],
    ['a password with a blank', 'https://jo:hunter 22@ac me.example.com', userName],
    ['a password with a slash', 'https://jo:hunter/22@acme.example.com', userName],
    ['a password and no host', 'https://jo:hunter22@', userName],
    ['a secret in the query of a bad host', 'https://ac me/?token=hunter22', notATenant('https://ac me/')],
  ])('may not be %s', async (_case, text, message) => {
    expect(await failureOf(() => parseTenantAddress(text))).toBe(`usage: ${message}`);
  });
});

test('the 50,000th of a fleet may have an international name, too', () => {
  const origins = Array.from({ length: 50_000 }, () => parseTenantAddress('https://bücher.example'));
  expect(new Set(origins)).toEqual(new Set(['https://xn--bcher-kva.example']));
});

test.each([
  ['localhost', true],
  ['tenant-1.localhost', true],
  ['notlocalhost', false],
  ['evil-localhost', false],
  ['127.0.0.1', true],
  ['127.255.0.3', true],
  ['[::1]', true],
  ['127.example.com', false],
  ['localhost.example.com', false],
  ['tenant.example.test', false],
  ['128.0.0.1', false],
  ['127.0.0', false],
  ['127.0.0.1.example.com', false],
  ['x127.0.0.1', false],
])('whether %s is loopback: %s', (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected);
});
