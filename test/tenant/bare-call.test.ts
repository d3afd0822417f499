import { expect, test } from 'vitest';
import { lacksRight, readBareAnswer, sendBareCall } from '../../src/tenant/bare-call.ts';
import { createTenantClient } from '../../src/tenant/client.ts';
import { readEnrolledDevices } from '../../src/tenant/enrolled-devices.ts';
import { logout } from '../../src/tenant/security/session.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';
import { memoryHttp } from '../support/memory-http.ts';

const tenant = 'https://a.test';
const token = new Secret('the-token');
const bearer = { accessToken: () => token, secrets: () => [token], renew: async () => {} };
const answer = (body: unknown, status = 200) => ({
  ...{ status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) },
});

testCases('tenant/bare-calls', {
  'readBareAnswer: by the body': (body: unknown) => readBareAnswer(answer(body)),
  'lacksRight: by the body and the status': (body: unknown, status?: number) =>
    lacksRight(answer(body, status)),
  'logout: by the status': (status: number) =>
    logout(createTenantClient(tenant, memoryHttp({ status }).http, bearer), false),
});

test('a bare call has no body, is sent once, and has the session alone', async () => {
  const { http, sent } = memoryHttp();
  const query = { key: 'a b', dflt: '' };
  await sendBareCall({ path: '/Core/GetTenantConfig', query }, { tenant, token }, http);
  await sendBareCall({ path: '/TenantConfig/GetAdvancedConfig' }, { tenant, token }, http);
  const common = {
    ...{ method: 'POST', retry: false },
    headers: {
      ...{ accept: 'application/json', 'x-idap-native-client': 'true' },
      authorization: 'Bearer the-token',
    },
  };
  expect(sent).toEqual([
    { ...common, url: `${tenant}/Core/GetTenantConfig?key=a+b&dflt=` },
    { ...common, url: `${tenant}/TenantConfig/GetAdvancedConfig` },
  ]);
});

test.each([true, false])(
  'a session is ended, again only if its caller says so: %s',
  async (retry) => {
    const { http, sent } = memoryHttp();
    await logout(createTenantClient(tenant, http, bearer), retry);
    const url = `${tenant}/Security/Logout`;
    expect(sent).toMatchObject([{ method: 'POST', url, body: '{}', retry }]);
  },
);

test('the table of devices is asked for once, as a whole', async () => {
  const { http, sent } = memoryHttp({ body: { success: true, Result: null } });
  const devices = await readEnrolledDevices(createTenantClient(tenant, http, bearer));
  expect(devices).toEqual({ devices: [], whole: true, tellsSeen: false });
  expect(sent).toMatchObject([{ method: 'POST', url: `${tenant}/RedRock/query`, retry: false }]);
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
    Script: 'select * from Device',
    Args: {
      ...{ PageNumber: 1, PageSize: 10_000, Limit: 10_000, SortBy: '' },
      ...{ direction: 'False', Caching: -1 },
    },
  });
});
