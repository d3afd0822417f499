import { describe, expect, test } from 'vitest';
import { usualAssumptions } from '../../src/emulator/assumptions.ts';
import { successLocation } from '../../src/emulator/oauth/authorization-endpoint.ts';
import { isRegistered } from '../../src/emulator/oauth/authorization-request.ts';
import { createBounces } from '../../src/emulator/oauth/remembered.ts';
import { callApi } from '../support/emulator.ts';
import {
  authorizationCode,
  authorize,
  exchangeCode,
  postForm,
  redirectUri,
  signInAsAdministrator,
  startTenant,
  verifier,
  whoAmIStatus,
} from './local-tenant.ts';

test('of the requests that wait for a person the oldest make room, and a very long one does not wait', async () => {
  const bounces = createBounces(() => new Date(0));
  const [oldest = '', second = ''] = Array.from({ length: 1001 }, () =>
    bounces.keep('app', new URLSearchParams()),
  );
  expect([bounces.find(oldest), bounces.find(second)?.appId]).toEqual([null, 'app']);
  const { url } = await startTenant({ autoApprove: false });
  const ask = (length: number) => {
    const body = new URLSearchParams({
      ...{ response_type: 'code', client_id: 'mfa-cli', redirect_uri: redirectUri, scope: 'all' },
      state: 's'.repeat(length),
    });
    return fetch(`${url}/OAuth2/Authorize/mfa-cli`, { method: 'POST', body, redirect: 'manual' });
  };
  const long = await ask(16 * 1024);
  expect([(await ask(8 * 1024)).status, long.status, await long.json()]).toEqual([
    302,
    400,
    { error: 'invalid_request', error_description: 'the request is too long' },
  ]);
});

describe('a registered redirect', () => {
  const known = ['http://127.0.0.1:8400/callback', 'https://app.example/cb', 'http://localhost/x'];
  const anyPort = { 'redirect-any-port': 'yes' } as const;
  const localhost = { 'redirect-localhost': 'yes' } as const;
  test.each([
    ['http://127.0.0.1:8400/callback', {}, true],
    ['http://127.0.0.1:8401/callback', {}, false],
    ['http://127.0.0.1:8400/Callback', {}, false],
    ['http://localhost:8400/callback', {}, false],
    ['http://127.0.0.1:8401/callback', anyPort, true],
    ['http://127.0.0.1/callback', anyPort, true],
    ['http://127.0.0.1:8401/other', anyPort, false],
    ['http://localhost:8401/callback', anyPort, false],
    ['https://app.example:444/cb', anyPort, false],
    ['http://127.0.0.1.evil.example:1/callback', anyPort, false],
    ['http://127.0.0.1:1@evil.example/callback', anyPort, false],
    ['http://localhost:8400/callback', localhost, true],
    ['http://127.0.0.1/x', localhost, true],
    ['http://localhost:8401/callback', localhost, false],
    ['http://[::1]:8400/callback', localhost, false],
    ['http://localhost:9/callback', { ...anyPort, ...localhost }, true],
  ])('%s %j: %s', (uri, assumptions, expected) => {
    expect(isRegistered(uri, known, { ...usualAssumptions, ...assumptions })).toBe(expected);
  });
});

test.each([
  ['https://a.example/cb', ['code'], { code: 'c' }, '?state=s%20t&responseType=code&code=c'],
  ['https://a.example/cb?x=1', ['code'], { code: 'c' }, '?x=1&state=s%20t&responseType=code&code=c'],
  ['https://a.example/cb', ['id_token'], { id_token: 'i' }, '#state=s%20t&id_token=i'],
] as const)('%s gets %j', (uri, responseType, issued, expected) => {
  const request = { redirectUri: uri, responseType, state: 's t' };
  expect(successLocation(request, issued, null)).toBe(`https://a.example/cb${expected}`);
});

describe('what the vendor does not document', () => {
  test('the issuer stands in every answer, or in none', async () => {
    const emulator = await startTenant({ assumptions: { 'authorization-iss': 'present' } });
    const issuer = `${emulator.url}/mfa-cli/`;
    expect((await authorize(emulator)).searchParams.get('iss')).toBe(issuer);
    expect((await authorize(emulator, { scope: 'more' })).searchParams.get('iss')).toBe(issuer);
    expect((await authorize(await startTenant())).searchParams.has('iss')).toBe(false);
  });

  test.each([
    ['another verifier', { code_verifier: `${verifier}x` }],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:8401/callback' }],
    ['another client', { client_id: 'nobody' }],
    ['another grant type', { grant_type: 'code' }],
  ])('a code outlives %s where a failed exchange keeps it', async (_name, changes) => {
    const emulator = await startTenant({ assumptions: { 'failed-exchange': 'kept' } });
    const code = await authorizationCode(emulator);
    expect((await exchangeCode(emulator, code, changes)).status).toBe(400);
    expect((await exchangeCode(emulator, code)).status).toBe(200);
    expect((await exchangeCode(emulator, code)).status).toBe(400);
  });

  test('an opaque access token says nothing, and is good all the same', async () => {
    const emulator = await startTenant({ assumptions: { 'access-token': 'opaque' } });
    const { accessToken } = await signInAsAdministrator(emulator);
    expect(accessToken).toMatch(/^[\w-]+$/);
    expect((await callApi(emulator, '/Security/WhoAmI', accessToken)).body.Result).toMatchObject({
      User: 'admin@example.com',
    });
    const introspect = `${emulator.url}/OAuth2/Introspect/mfa-cli`;
    const bearer = { authorization: `Bearer ${accessToken}` };
    expect((await postForm(introspect, { token: accessToken }, bearer)).body.active).toBe(true);
  });

  test.each([
    ['accepted', 200, 401],
    ['refused', 400, 200],
  ] as const)('a client without a secret that revokes is %s', async (value, status, afterwards) => {
    const emulator = await startTenant({ assumptions: { 'revoke-public-client': value } });
    const { accessToken } = await signInAsAdministrator(emulator);
    const response = await fetch(`${emulator.url}/OAuth2/Revoke/mfa-cli`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'mfa-cli', token: accessToken }),
    });
    expect(response.status).toBe(status);
    expect(await whoAmIStatus(emulator, accessToken)).toBe(afterwards);
  });

  test.each([
    ['raw', 'ci@example.com', 200],
    ['raw', 'ci%40example.com', 400],
    ['decoded', 'ci%40example.com', 200],
    ['decoded', 'ci@example.com', 200],
    ['decoded', 'ci%ZZ', 400],
  ] as const)('Basic, %s: %s', async (encoding, user, status) => {
    const emulator = await startTenant({ assumptions: { 'basic-credentials': encoding } });
    const headers = { authorization: `Basic ${btoa(`${user}:ci-client-secret`)}` };
    const form = { grant_type: 'client_credentials', scope: 'all' };
    expect((await postForm(`${emulator.url}/OAuth2/Token/mfa-cli`, form, headers)).status).toBe(status);
  });
});

test('a code is good at one redirect URI, though another is registered', async () => {
  const other = 'http://127.0.0.1:8401/callback';
  const emulator = await startTenant({ redirectUris: [redirectUri, other] });
  const mismatched = { error: 'invalid_request', error_description: 'mismatched redirect' };
  const code = await authorizationCode(emulator);
  expect((await exchangeCode(emulator, code, { redirect_uri: other })).body).toEqual(mismatched);
});
