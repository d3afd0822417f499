import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signOut } from '../../src/auth/sign-in.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import type { HttpRequest } from '../../src/network/http.ts';
import { Secret } from '../../src/text/secret.ts';
import { fetchHttp } from '../support/fetch-http.ts';
import { sessionAt } from './examples.ts';
import { refusal, type ScriptedTenant, startScriptedTenant } from './scripted-tenant.ts';

let tenant: ScriptedTenant;
beforeEach(async () => {
  tenant = await startScriptedTenant();
});
afterEach(() => tenant.close());

test('asks to revoke the refresh token and then the access token, at the session’s own application', async () => {
  expect(await signOut(sessionAt(tenant.url, { appId: 'my/app' }), null, fetchHttp())).toEqual([
    { token: 'refresh-token', outcome: 'accepted', words: null },
    { token: 'access-token', outcome: 'accepted', words: null },
  ]);
  expect(tenant.forms).toEqual([
    { path: '/OAuth2/Revoke/my%2Fapp', form: { token: 'refresh-0', client_id: 'mfa-cli' } },
    { path: '/OAuth2/Revoke/my%2Fapp', form: { token: 'access-0', client_id: 'mfa-cli' } },
  ]);
});

test('sends a form that may be sent again', async () => {
  const sent: HttpRequest[] = [];
  await signOut(sessionAt(tenant.url, { refreshToken: null }), null, fetchHttp(sent));
  expect(sent).toEqual([
    {
      method: 'POST',
      url: `${tenant.url}/OAuth2/Revoke/mfa-cli`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: 'token=access-0&client_id=mfa-cli',
      retry: true,
    },
  ]);
});

test('asks for what there is', async () => {
  expect(await signOut(sessionAt(tenant.url, { refreshToken: null }), null, fetchHttp())).toEqual([
    { token: 'access-token', outcome: 'accepted', words: null },
  ]);
});

test.each([
  ['an OAuth error', refusal('unsupported_token_type', 'not\nhere'), 'unsupported_token_type: not here'],
  [
    'the envelope with 200',
    { status: 200, body: '{"Success":false,"Message":"no access-0"}' },
    'no [secret]',
  ],
  ['a page', { status: 404, body: '<html>' }, 'HTTP 404'],
  ['nothing said', { status: 401, body: '' }, 'HTTP 401'],
  ['a redirect', { status: 300, body: '' }, 'HTTP 300'],
])('tells a refusal: %s', async (_, answer, words) => {
  tenant.script = () => answer;
  expect(await signOut(sessionAt(tenant.url, { refreshToken: null }), null, fetchHttp())).toEqual([
    { token: 'access-token', outcome: 'refused', words },
  ]);
});

test('shows no token of a form that the tenant echoes', async () => {
  tenant.script = (form) => refusal('invalid_request', `got ${form}`);
  const session = sessionAt(tenant.url, { refreshToken: 'refresh+/=', accessToken: 'access+/=' });
  const words = 'invalid_request: got token=[secret]&client_id=mfa-cli';
  expect(await signOut(session, null, fetchHttp())).toEqual([
    { token: 'refresh-token', outcome: 'refused', words },
    { token: 'access-token', outcome: 'refused', words },
  ]);
});

test('tells that the tenant could not be reached', async () => {
  const url = tenant.url;
  await tenant.close();
  const words = `Cannot reach ${url}`;
  expect(await signOut(sessionAt(url), null, fetchHttp())).toEqual([
    { token: 'refresh-token', outcome: 'unreachable', words },
    { token: 'access-token', outcome: 'unreachable', words },
  ]);
  tenant = await startScriptedTenant();
});

test('ends with Ctrl-C', async () => {
  const http = { send: () => Promise.reject(new CliError('interrupted', 'Interrupted')) };
  await expect(signOut(sessionAt(tenant.url), null, http)).rejects.toMatchObject({ code: 'interrupted' });
});

describe('with a client secret', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const service = () => sessionAt(tenant.url, { clientId: 'ci+1@example.com', refreshToken: null });

  test('shows ID and secret as Basic, as they are, and no client ID in the form', async () => {
    const sent: HttpRequest[] = [];
    expect(await signOut(service(), new Secret('s%3Dcret'), fetchHttp(sent))).toEqual([
      { token: 'access-token', outcome: 'accepted', words: null },
    ]);
    expect(sent.map(({ headers, body }) => [headers?.authorization, body])).toEqual([
      [basic('ci+1@example.com:s%3Dcret'), 'token=access-0'],
    ]);
  });

  test('encodes them where a tenant refuses them as they are, and that makes a difference', async () => {
    tenant.script = () => refusal('access_denied', 'invalid client creds or client not allowed');
    const sent: HttpRequest[] = [];
    const words = 'access_denied: invalid client creds or client not allowed';
    const refused = [{ token: 'access-token', outcome: 'refused', words }];
    expect(await signOut(service(), new Secret('s%3Dcret'), fetchHttp(sent))).toEqual(refused);
    const plain = sessionAt(tenant.url, { clientId: 'ci', refreshToken: null });
    expect(await signOut(plain, new Secret('secret'), fetchHttp(sent))).toEqual(refused);
    expect(sent.map(({ headers }) => headers?.authorization)).toEqual([
      basic('ci+1@example.com:s%3Dcret'),
      basic('ci%2B1%40example.com:s%253Dcret'),
      basic('ci:secret'),
    ]);
  });

  test('shows neither secret nor header that the tenant echoes', async () => {
    const header = basic('ci+1@example.com:s%3Dcret');
    tenant.script = () => refusal('invalid_client', `${header} is ci, s%3Dcret`);
    const [{ words } = { words: '' }] = await signOut(service(), new Secret('s%3Dcret'), fetchHttp());
    expect(words).toBe('invalid_client: Basic [secret] is ci, [secret]');
  });
});
