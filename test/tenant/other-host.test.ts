import { expect, test } from 'vitest';
import { judgeOtherHost, sessionHost } from '../../src/tenant/other-host.ts';

const platform = 'https://abc1234.id.cyberark.cloud';

test.each([
  [platform, 'pod7.id.cyberark.cloud', 'same https://pod7.id.cyberark.cloud'],
  [platform, 'ABC1234.ID.cyberark.cloud', 'same https://abc1234.id.cyberark.cloud'],
  [platform, 'pod7.id.cyberark.cloud:8443', 'same https://pod7.id.cyberark.cloud:8443'],
  ['https://abc1234.my.idaptive.app', 'acme.my.idaptive.app', 'same https://acme.my.idaptive.app'],
  ['https://sso.example.com', 'login.example.com', 'same https://login.example.com'],
  ['https://sso.acme.io', 'login.acme.io', 'same https://login.acme.io'],
  ['https://sso.abc.com', 'login.abc.com', 'same https://login.abc.com'],
  ['https://sso.eu.acme.co.uk', 'login.eu.acme.co.uk', 'same https://login.eu.acme.co.uk'],
  ['https://a.eu.1.example.com', 'b.eu.1.example.com', 'same https://b.eu.1.example.com'],
  ['https://sso.example.a1', 'login.example.a1', 'same https://login.example.a1'],
  ['https://sso.example.1a', 'login.example.1a', 'same https://login.example.1a'],
  ['https://x.ab.c.com', 'y.a.bc.com', 'ask https://y.a.bc.com'],
  [platform, 'sso.example.com', 'ask https://sso.example.com'],
  [platform, 'id.cyberark.cloud.evil.example', 'ask https://id.cyberark.cloud.evil.example'],
  [platform, 'abc1234.my.idaptive.app', 'ask https://abc1234.my.idaptive.app'],
  // Anybody registers below these.
  ['https://example.co.uk', 'evil.co.uk', 'ask https://evil.co.uk'],
  ['https://example.com', 'evil.com', 'ask https://evil.com'],
  ['https://example.com.au', 'evil.com.au', 'ask https://evil.com.au'],
  ['https://10.0.0.11', '10.0.0.12', 'ask https://10.0.0.12'],
  ['https://10.0.0.1', '10.0.0.2', 'ask https://10.0.0.2'],
  ['https://10.0.0.11', '11.0.0.11', 'ask https://11.0.0.11'],
  ['https://example.com.', 'evil.com.', 'ask https://evil.com.'],
  ['https://example.co.uk.', 'evil.co.uk.', 'ask https://evil.co.uk.'],
  ['https://example..uk', 'evil..uk', 'ask https://evil..uk'],
  ['https://sso.example.com.', 'login.example.com', 'same https://login.example.com'],
  ['https://example.com', 'example.com:444', 'same https://example.com:444'],
  // A stranger does not send a password to this machine, nor out of it.
  [platform, '127.0.0.1', 'refused'],
  [platform, 'localhost:8450', 'refused'],
  ['http://127.0.0.1:8450', 'sso.example.com', 'refused'],
  ['http://127.0.0.1:8450', 'localhost:8450', 'same http://localhost:8450'],
  [platform, 'user@evil.example', 'refused'],
  [platform, 'evil.example/x', 'refused'],
  [platform, 'evil.example#id.cyberark.cloud', 'refused'],
  [platform, 'http://pod7.id.cyberark.cloud', 'refused'],
  [platform, 'pod7.id.cyberark.cloud:99999', 'refused'],
  [platform, '', 'refused'],
  [platform, 'a b', 'refused'],
])('%s names %j: %s', (tenant, named, expected) => {
  const other = judgeOtherHost(tenant, named);
  expect(other.kind === 'refused' ? other.kind : `${other.kind} ${other.origin}`).toBe(expected);
});

test.each([
  [platform, null, platform],
  [platform, 'https://pod7.id.cyberark.cloud/mfa-cli/', 'https://pod7.id.cyberark.cloud'],
  [platform, 'http://pod7.id.cyberark.cloud', 'https://pod7.id.cyberark.cloud'],
  // A token goes to no host that only it vouches for.
  [platform, 'https://evil.example', platform],
  [platform, 'https://localhost', platform],
  [platform, 'urn:tenant:abc1234', platform],
])('at %s a session of %s belongs to %s', (tenant, issuer, host) => {
  expect(sessionHost(tenant, issuer)).toBe(host);
});
