import { expect, test } from 'vitest';
import { isLoopback } from '../../src/network/proxy.ts';
import { parseTenantAddress } from '../../src/tenant/address.ts';
import { discoverIdentityHost, portalOf, probeTenant } from '../../src/tenant/discovery.ts';
import { judgeOtherHost, sessionHost } from '../../src/tenant/other-host.ts';
import { testCases } from '../support/cases.ts';
import { memoryHttp, type Reply } from '../support/memory-http.ts';

const acme = { name: 'acme', domain: 'cyberarkgov.cloud' };

testCases('tenant/addresses', {
  'parseTenantAddress: from what a person enters': parseTenantAddress,
  isLoopback,
  portalOf,
  'discoverIdentityHost: by the answer of the discovery': (body: unknown, status = 200) =>
    discoverIdentityHost(acme, memoryHttp({ body, status }).http),
  'probeTenant: by the answers of OpenID discovery and of the version': async (
    ...answers: Reply[]
  ) => {
    const { http, sent } = memoryHttp(...answers);
    return { ...(await probeTenant('https://a.test', 'my/app', http)), asked: sent.length };
  },
  'judgeOtherHost: that a tenant names for the sign-in': judgeOtherHost,
  'sessionHost: of a tenant, for the issuer of a session': sessionHost,
});

test('the 50,000th of a fleet may have an international name', () => {
  const origins = Array.from({ length: 50_000 }, () =>
    parseTenantAddress('https://bücher.example'),
  );
  expect(new Set(origins)).toEqual(new Set(['https://xn--bcher-kva.example']));
});

test('the discovery of the vendor and a tenant are asked without a session', async () => {
  const { http, sent } = memoryHttp();
  await discoverIdentityHost(acme, http);
  await probeTenant('https://a.test', 'my/app', http);
  const json = { accept: 'application/json' };
  const native = { ...json, 'x-idap-native-client': 'true' };
  const url = 'https://platform-discovery.cyberarkgov.cloud/api/identity-endpoint/acme';
  const document = 'https://a.test/my%2Fapp/.well-known/openid-configuration';
  const withBody = { headers: { ...native, 'content-type': 'application/json' }, body: '{}' };
  expect(sent).toEqual([
    { method: 'GET', url, headers: json, retry: false },
    { method: 'GET', url: document, headers: native, retry: true },
    { method: 'POST', url: 'https://a.test/SysInfo/About', ...withBody, retry: true },
  ]);
});
