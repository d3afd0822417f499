import { afterEach, beforeEach, expect, test } from 'vitest';
import { signOut } from '../../src/auth/sign-out.ts';
import { CliError } from '../../src/errors.ts';
import { fetchHttp } from '../support/fetch-http.ts';
import { sessionAt } from './examples.ts';
import { refusal, type ScriptedTenant, startScriptedTenant } from './scripted-tenant.ts';

let tenant: ScriptedTenant;
beforeEach(async () => {
  tenant = await startScriptedTenant();
});
afterEach(() => tenant.close());

test('revokes the refresh token and then the access token, at the session’s own application', async () => {
  expect(await signOut(sessionAt(tenant.url, { appId: 'my/app' }), fetchHttp())).toEqual([
    { token: 'refresh-token', outcome: 'revoked', words: null },
    { token: 'access-token', outcome: 'revoked', words: null },
  ]);
  expect(tenant.forms).toEqual([
    { path: '/OAuth2/Revoke/my%2Fapp', form: { token: 'refresh-0', client_id: 'mfa-cli' } },
    { path: '/OAuth2/Revoke/my%2Fapp', form: { token: 'access-0', client_id: 'mfa-cli' } },
  ]);
});

test('revokes what there is', async () => {
  expect(await signOut(sessionAt(tenant.url, { refreshToken: null }), fetchHttp())).toEqual([
    { token: 'access-token', outcome: 'revoked', words: null },
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
])('tells a refusal: %s', async (_, answer, words) => {
  tenant.script = () => answer;
  expect(await signOut(sessionAt(tenant.url, { refreshToken: null }), fetchHttp())).toEqual([
    { token: 'access-token', outcome: 'refused', words },
  ]);
});

test('shows no token of a form that the tenant echoes', async () => {
  tenant.script = (form) => refusal('invalid_request', `got ${form}`);
  const session = sessionAt(tenant.url, { refreshToken: 'refresh+/=', accessToken: 'access+/=' });
  const words = 'invalid_request: got token=[secret]&client_id=mfa-cli';
  expect(await signOut(session, fetchHttp())).toEqual([
    { token: 'refresh-token', outcome: 'refused', words },
    { token: 'access-token', outcome: 'refused', words },
  ]);
});

test('tells that the tenant could not be reached', async () => {
  const url = tenant.url;
  await tenant.close();
  const words = `Cannot reach ${url}`;
  expect(await signOut(sessionAt(url), fetchHttp())).toEqual([
    { token: 'refresh-token', outcome: 'unreachable', words },
    { token: 'access-token', outcome: 'unreachable', words },
  ]);
  tenant = await startScriptedTenant();
});

test('ends with Ctrl-C', async () => {
  const http = { send: () => Promise.reject(new CliError('interrupted', 'Interrupted')) };
  await expect(signOut(sessionAt(tenant.url), http)).rejects.toMatchObject({ code: 'interrupted' });
});
