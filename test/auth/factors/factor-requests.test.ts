import { expect, test } from 'vitest';
import {
  type Advance,
  advanceAuthentication,
  identityProviderStatus,
  startAuthentication,
} from '../../../src/auth/factors/meet-challenge.ts';
import { Secret } from '../../../src/text/secret.ts';
import { memoryTenant } from './memory-tenant.ts';

const tenant = 'https://abc1234.id.cyberark.cloud';
const typed = () => [new Secret('hunter2')];
const bySession = { TenantId: 'ABC1234', SessionId: 's1', MechanismId: 'm1' };

function advance(step: Advance, tenantId: string | null = 'ABC1234', secrets = typed()) {
  return (http: Parameters<typeof startAuthentication>[2]) =>
    advanceAuthentication({ tenant, sessionId: 's1', tenantId, typed: secrets }, 'm1', step, http);
}

test.each<[string, ReturnType<typeof advance>, string, object]>([
  [
    'a start',
    (http) => startAuthentication({ tenant, typed: typed() }, 'ada@example.com', http),
    'StartAuthentication',
    {
      User: 'ada@example.com',
      Version: '1.0',
      PlatformTokenResponse: true,
      AssociatedEntityType: 'API',
      MfaRequestor: 'DeviceAgent',
    },
  ],
  [
    'an answer',
    advance({ action: 'Answer', answer: new Secret('123456') }),
    'AdvanceAuthentication',
    { ...bySession, Action: 'Answer', Answer: '123456' },
  ],
  [
    'answers to several questions',
    advance({ action: 'Answer', answer: { u1: new Secret('Tom'), u2: new Secret('Rex') } }),
    'AdvanceAuthentication',
    { ...bySession, Action: 'Answer', Answer: { u1: 'Tom', u2: 'Rex' } },
  ],
  ['a push', advance({ action: 'StartOOB' }), 'AdvanceAuthentication', { ...bySession, Action: 'StartOOB' }],
  [
    'a poll for a tenant that names no ID of its own',
    advance({ action: 'Poll' }, null),
    'AdvanceAuthentication',
    { SessionId: 's1', MechanismId: 'm1', Action: 'Poll' },
  ],
  [
    'a look whether the browser is done',
    (http) => identityProviderStatus({ tenant, sessionId: 's1', tenantId: 'ABC1234', typed: typed() }, http),
    'OobAuthStatus',
    { SessionId: 's1' },
  ],
])('%s is sent as the vendor’s client does, and never twice', async (_name, send, path, body) => {
  const { http, requests } = memoryTenant({ Result: { Summary: 'you typed hunter2' } });
  expect(await send(http)).toEqual({ kind: 'unknown', summary: 'you typed [secret]' });
  const [{ body: sent = '', ...request } = {}, ...more] = requests;
  expect(request).toEqual({
    method: 'POST',
    url: `${tenant}/Security/${path}`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-idap-native-client': 'true',
      oobidpauth: 'true',
    },
    retry: false,
  });
  expect(JSON.parse(sent)).toEqual(body);
  expect(more).toEqual([]);
});

test.each<[string, Advance, string[]]>([
  ['an answer', { action: 'Answer', answer: new Secret('123456') }, ['hunter2', '123456']],
  [
    'each of several answers',
    { action: 'Answer', answer: { u1: new Secret('Tom'), u2: new Secret('Rex') } },
    ['hunter2', 'Tom', 'Rex'],
  ],
  ['nothing of a poll', { action: 'Poll' }, ['hunter2']],
])('%s is remembered, so that no words of the tenant reveal it', async (_name, step, remembered) => {
  const secrets = typed();
  await advance(step, null, secrets)(memoryTenant({}).http);
  expect(secrets.map((secret) => secret.reveal())).toEqual(remembered);
});
