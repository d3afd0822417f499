import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signOut } from '../../src/auth/sign-in.ts';
import type { StoredSession } from '../../src/auth/stored-schemas.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import type { HttpRequest } from '../../src/network/http.ts';
import { Secret } from '../../src/text/secret.ts';
import { fetchHttp } from '../support/fetch-http.ts';
import { sessionAt } from './examples.ts';
import { refusal, type ScriptedTenant, startScriptedTenant } from './scripted-tenant.ts';

let tenant: ScriptedTenant;
let sent: HttpRequest[];
beforeEach(async () => {
  tenant = await startScriptedTenant();
  sent = [];
});
afterEach(() => tenant.close());

/** Of a session without a refresh token, unless the change gives one. */
const leave = (change: Partial<StoredSession> = {}, secret: string | null = null) =>
  signOut(
    sessionAt(tenant.url, { refreshToken: null, ...change }),
    secret === null ? null : new Secret(secret),
    fetchHttp(sent),
  );
const both = (outcome: string, words: string | null) => [
  { token: 'refresh-token', outcome, words },
  { token: 'access-token', outcome, words },
];

test('asks to revoke the refresh token and then the access token, at the session’s own application', async () => {
  expect(await leave({ appId: 'my/app', refreshToken: 'refresh-0' })).toEqual(both('accepted', null));
  expect(tenant.forms).toEqual([
    { path: '/OAuth2/Revoke/my%2Fapp', form: { token: 'refresh-0', client_id: 'mfa-cli' } },
    { path: '/OAuth2/Revoke/my%2Fapp', form: { token: 'access-0', client_id: 'mfa-cli' } },
  ]);
});

test('asks for what there is, with a form that may be sent again', async () => {
  expect(await leave()).toEqual(both('accepted', null).slice(1));
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

test.each([
  ['an OAuth error', refusal('unsupported_token_type', 'not\nhere'), 'unsupported_token_type: not here'],
  ['the envelope', { status: 200, body: '{"Success":false,"Message":"no access-0"}' }, 'no [secret]'],
  ['a page', { status: 404, body: '<html>' }, 'HTTP 404'],
  ['nothing said', { status: 401, body: '' }, 'HTTP 401'],
  ['a redirect', { status: 300, body: '' }, 'HTTP 300'],
])('tells a refusal: %s', async (_, answer, words) => {
  tenant.script = () => answer;
  expect(await leave()).toEqual(both('refused', words).slice(1));
});

test('shows no token of a form that the tenant echoes', async () => {
  tenant.script = (form) => refusal('invalid_request', `got ${form}`);
  const words = 'invalid_request: got token=[secret]&client_id=mfa-cli';
  expect(await leave({ refreshToken: 'refresh+/=', accessToken: 'access+/=' })).toEqual(
    both('refused', words),
  );
});

test('tells that the tenant could not be reached, and ends with Ctrl-C', async () => {
  await tenant.close();
  const words = `Cannot reach ${tenant.url}`;
  expect(await leave({ refreshToken: 'refresh-0' })).toEqual(both('unreachable', words));
  tenant = await startScriptedTenant();
  const http = { send: () => Promise.reject(new CliError('interrupted', 'Interrupted')) };
  await expect(signOut(sessionAt(tenant.url), null, http)).rejects.toMatchObject({ code: 'interrupted' });
});

describe('with a client secret', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const clientId = 'ci+1@example.com';

  test('shows ID and secret as Basic, as they are, and no client ID in the form', async () => {
    expect(await leave({ clientId }, 's%3Dcret')).toEqual(both('accepted', null).slice(1));
    expect(sent.map(({ headers, body }) => [headers?.authorization, body])).toEqual([
      [basic('ci+1@example.com:s%3Dcret'), 'token=access-0'],
    ]);
  });

  test('encodes them where a tenant refuses them as they are, and that makes a difference', async () => {
    tenant.script = () => refusal('access_denied', 'client not allowed');
    const refused = both('refused', 'access_denied: client not allowed').slice(1);
    expect(await leave({ clientId }, 's%3Dcret')).toEqual(refused);
    expect(await leave({ clientId: 'ci' }, 'secret')).toEqual(refused);
    expect(sent.map(({ headers }) => headers?.authorization)).toEqual(
      ['ci+1@example.com:s%3Dcret', 'ci%2B1%40example.com:s%253Dcret', 'ci:secret'].map(basic),
    );
  });

  test('shows neither secret nor header that the tenant echoes', async () => {
    tenant.script = () => refusal('invalid_client', `${basic('ci+1@example.com:s%3Dcret')} is ci, s%3Dcret`);
    const [{ words } = { words: '' }] = await leave({ clientId }, 's%3Dcret');
    expect(words).toBe('invalid_client: Basic [secret] is ci, [secret]');
  });
});
