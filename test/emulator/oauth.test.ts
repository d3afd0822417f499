import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { openEmulator } from '../support/emulator.ts';
import { openBrowser } from './browser.ts';
import {
  authorizationCode,
  authorizationUrl,
  authorize,
  claimsOf,
  exchangeCode,
  postForm,
  redirectUri,
  refresh,
  requestToken,
  signInAsAdministrator,
  startTenant,
  verifier,
  whoAmIStatus,
} from './local-tenant.ts';

/** Of all tests that end nothing but what they began. */
let emulator: Emulator;
beforeAll(async () => {
  emulator = await openEmulator();
});
afterAll(() => emulator.close());

const refusal = (error: string, error_description: string) => ({ error, error_description });
const unknownCode = refusal('invalid_grant', 'supplied code does not match known request');
const wrongChallenge = refusal('invalid_grant', 'challenge mismatch');
const unknownClient = refusal('access_denied', 'invalid client creds or client not allowed');
const unknownScope = refusal('invalid_scope', 'unknown scope requested');
const wrongMode = refusal('unauthorized_client', 'auth mode not allowed');
const unknownApp = refusal('invalid_request', 'unknown app');
const mismatched = refusal('invalid_request', 'mismatched redirect');

describe('authorization code with PKCE', () => {
  test('the redirect brings code and state, and the code brings tokens', async () => {
    const redirect = await authorize(emulator);
    expect(redirect.origin + redirect.pathname).toBe(redirectUri);
    expect(redirect.searchParams.get('state')).toBe('the-state');

    const { status, body } = await exchangeCode(emulator, redirect.searchParams.get('code') ?? '');
    const tokens = { access_token: expect.any(String), refresh_token: expect.any(String) };
    const rest = { expires_in: 3600, scope: 'all', token_type: 'Bearer' };
    expect({ status, body }).toEqual({ status: 200, body: { ...tokens, ...rest } });
    const claims = claimsOf(String(body.access_token));
    expect(claims).toEqual({
      ...{ iss: `${emulator.url}/mfa-cli/`, aud: 'mfa-cli', scope: 'all', jti: expect.any(String) },
      ...{ sub: 'c0ffee00-0000-4000-8000-000000000001', unique_name: 'admin@example.com' },
      ...{ iat: expect.any(Number), exp: Number(claims.iat) + 3600 },
    });
  });

  test('the access token is signed with the published key (RS256)', async () => {
    const { accessToken } = await signInAsAdministrator(emulator);
    const response = await fetch(`${emulator.url}/OAuth2/Keys/mfa-cli`);
    const { keys } = (await response.json()) as { keys: readonly JsonWebKey[] };
    const [published = {}] = keys;
    const [header = '', payload = '', signature = ''] = accessToken.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString()).alg).toBe('RS256');
    const key = createPublicKey({ key: published, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verify('sha256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(published.d).toBeUndefined();
  });

  test.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }, wrongChallenge],
    ['no verifier', { code_verifier: undefined }, wrongChallenge],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:8401/callback' }, mismatched],
    ['an unknown client', { client_id: 'nobody' }, unknownClient],
    ['a secret for the public client', { client_secret: 'secret' }, unknownClient],
  ])('%s is refused, and burns the code', async (_name, changes, error) => {
    const code = await authorizationCode(emulator);
    expect(await exchangeCode(emulator, code, changes)).toEqual({ status: 400, body: error });
    expect((await exchangeCode(emulator, code)).body).toEqual(unknownCode);
  });

  test('a code that is used twice ends the session that it began', async () => {
    const code = await authorizationCode(emulator);
    const { body } = await exchangeCode(emulator, code);
    expect(await whoAmIStatus(emulator, String(body.access_token))).toBe(200);
    expect(await exchangeCode(emulator, code)).toEqual({ status: 400, body: unknownCode });
    expect(await whoAmIStatus(emulator, String(body.access_token))).toBe(401);
    expect((await refresh(emulator, body.refresh_token)).body.error).toBe('invalid_grant');
  });

  test.each([
    ['another port', 'http://127.0.0.1:8401/callback'],
    ['another scheme', 'javascript:alert(1)'],
  ])('%s is told in JSON, and nobody is called back', async (_name, redirect_uri) => {
    const init = { redirect: 'manual', headers: { accept: 'text/html' } } as const;
    const response = await fetch(authorizationUrl(emulator, { redirect_uri }), init);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(await response.json()).toEqual(refusal('invalid_request', 'invalid redirect'));
  });

  test('a person at a browser is told on a page, with the same status', async () => {
    const address = authorizationUrl(emulator, { redirect_uri: 'http://127.0.0.1:8401/callback' });
    // fetch says its own mode.
    const asked = request(address, { headers: { 'sec-fetch-mode': 'navigate' } }).end();
    const [response] = await once(asked, 'response');
    const page = await text(response);
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page).toContain('<h1>The tenant refused this request</h1>');
    expect(page).toContain('<dt>Error</dt><dd><code>invalid_request</code></dd>');
    expect(page).toContain('<dt>Description</dt><dd><code>invalid redirect</code></dd>');
  });

  test('a plain challenge comes back as an error, without the state', async () => {
    const redirect = await authorize(emulator, { code_challenge_method: 'plain' });
    expect(redirect.href.startsWith(`${redirectUri}?`)).toBe(true);
    const error = refusal('invalid_request', 'not supported value of code_challenge_method');
    expect(Object.fromEntries(redirect.searchParams)).toEqual(error);
  });

  test.each(['https://a.example/\r\nSet-Cookie: a=b', 'https://ä.example/', 'callback', ''])(
    'an unknown application sends no browser to %j',
    async (redirect_uri) => {
      const url = authorizationUrl({ ...emulator, appId: '123' }, { redirect_uri });
      const response = await fetch(url, { redirect: 'manual' });
      expect([response.status, response.headers.get('location')]).toEqual([500, null]);
      const invalid = refusal('invalid_request', expect.stringMatching(/^Invalid URI/));
      expect(await response.json()).toEqual(invalid);
    },
  );

  test.each([
    ['no state, as the vendor’s iOS SDK asks', true, ['responseType', 'code']],
    ['parameters in a form', false, ['state', 'responseType', 'code']],
  ])('%s: a code comes', async (_name, asSdk, keys) => {
    const changes = asSdk ? { state: undefined, nozso: 'true' } : {};
    const [address = '', query = ''] = authorizationUrl(emulator, changes).split('?');
    const [url, options] = asSdk
      ? [`${address}?${query}`, {}]
      : [address, { body: new URLSearchParams(query) }];
    const response = await fetch(url, { method: 'POST', redirect: 'manual', ...options });
    const { searchParams } = new URL(response.headers.get('location') ?? '');
    expect([...searchParams.keys()]).toEqual(keys);
    expect((await exchangeCode(emulator, searchParams.get('code') ?? '')).status).toBe(200);
  });

  test('a code without a challenge needs no verifier, and takes none; SHA256, the OpenAPI’s example, is S256', async () => {
    const code = async (changes: Record<string, string | undefined>) =>
      (await authorize(emulator, changes)).searchParams.get('code') ?? '';
    const plain = { code_challenge: undefined, code_challenge_method: undefined };
    const noVerifier = { code_verifier: undefined };
    expect((await exchangeCode(emulator, await code(plain), noVerifier)).status).toBe(200);
    expect(await exchangeCode(emulator, await code(plain))).toEqual({ status: 400, body: wrongChallenge });
    const named = await code({ code_challenge_method: 'SHA256' });
    expect((await exchangeCode(emulator, named)).status).toBe(200);
  });
});

describe('refresh', () => {
  test('gives new tokens, and a refresh token that is used again ends the session and no other', async () => {
    const [first, other] = [await signInAsAdministrator(emulator), await signInAsAdministrator(emulator)];
    const { status, body } = await refresh(emulator, first.refreshToken);
    expect(status).toBe(200);
    expect(body.access_token).not.toBe(first.accessToken);
    expect(body.refresh_token).not.toBe(first.refreshToken);
    expect(await whoAmIStatus(emulator, String(body.access_token))).toBe(200);

    expect((await refresh(emulator, first.refreshToken)).body.error).toBe('invalid_grant');
    expect((await refresh(emulator, body.refresh_token)).body.error).toBe('invalid_grant');
    expect(await whoAmIStatus(emulator, String(body.access_token))).toBe(401);
    expect((await refresh(emulator, other.refreshToken)).status).toBe(200);
  });

  test('a test can expire access tokens, and revoke everything', async () => {
    const emulator = await startTenant();
    const { accessToken, refreshToken } = await signInAsAdministrator(emulator);
    emulator.expireAccessTokens();
    expect(await whoAmIStatus(emulator, accessToken)).toBe(401);
    const renewed = (await refresh(emulator, refreshToken)).body;
    expect(await whoAmIStatus(emulator, String(renewed.access_token))).toBe(200);
    emulator.revokeSessions();
    expect(await whoAmIStatus(emulator, String(renewed.access_token))).toBe(401);
    expect((await refresh(emulator, renewed.refresh_token)).body.error).toBe('invalid_grant');
  });
});

describe('client credentials', () => {
  const credentials = { client_id: 'ci@example.com', client_secret: 'ci-client-secret' };
  const basic = (user: string, password: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });
  const grant = { grant_type: 'client_credentials', scope: 'all' };

  test.each([
    ['in the form', credentials, {}],
    ['as Basic', {}, basic('ci@example.com', 'ci-client-secret')],
  ])('%s: an access token and no refresh token', async (_name, parameters, headers) => {
    const { status, body } = await requestToken(emulator, { ...grant, ...parameters }, headers);
    expect({ status, body }).toEqual({
      status: 200,
      body: { access_token: expect.any(String), expires_in: 3600, scope: 'all', token_type: 'Bearer' },
    });
    expect(claimsOf(String(body.access_token)).unique_name).toBe('ci@example.com');
    expect(await whoAmIStatus(emulator, String(body.access_token))).toBe(200);
  });

  test.each([
    ['a wrong secret', { ...grant, ...credentials, client_secret: 'wrong' }, {}, unknownClient],
    ['a wrong secret as Basic', grant, basic('ci@example.com', 'wrong'), unknownClient],
    ['no secret', { ...grant, client_id: 'ci@example.com' }, {}, unknownClient],
    ['an unknown scope', { ...grant, ...credentials, scope: 'more' }, {}, unknownScope],
    ['the public client', { ...grant, client_id: 'mfa-cli' }, {}, wrongMode],
    ['the password grant', { grant_type: 'password', client_id: 'mfa-cli', password: 'x' }, {}, wrongMode],
  ])('%s is refused', async (_name, parameters, headers, body) => {
    expect(await requestToken(emulator, parameters, headers)).toEqual({ status: 400, body });
  });

  test.each([
    ['mfa-cli', unknownClient],
    ['other', unknownApp],
  ])(
    'a token error of %s has status 400 and no Content-Type, whatever the client accepts',
    async (app, error) => {
      const response = await fetch(`${emulator.url}/OAuth2/Token/${app}`, {
        ...{ method: 'POST', body: new URLSearchParams(grant) },
        headers: { accept: 'text/html', ...basic('ci@example.com', 'wrong') },
      });
      const told = ['content-type', 'www-authenticate'].map((name) => response.headers.get(name));
      expect([response.status, ...told, await response.json()]).toEqual([400, null, null, error]);
    },
  );

  test('PlatformToken needs no application and no scope, and lasts 15 minutes', async () => {
    const url = `${emulator.url}/OAuth2/PlatformToken`;
    const { status, body } = await postForm(url, { grant_type: 'client_credentials', ...credentials });
    expect({ status, expires_in: body.expires_in }).toEqual({ status: 200, expires_in: 900 });
    expect(await whoAmIStatus(emulator, String(body.access_token))).toBe(200);
    const wrong = { grant_type: 'client_credentials', ...credentials, client_secret: 'wrong' };
    expect(await postForm(url, wrong)).toEqual({ status: 400, body: unknownClient });
  });
});

describe('revocation', () => {
  const revoke = async (url: string, token: string, clientId: string | undefined): Promise<number> => {
    const body = new URLSearchParams({ token, ...(clientId === undefined ? {} : { client_id: clientId }) });
    return (await fetch(`${url}/OAuth2/Revoke/mfa-cli`, { method: 'POST', body })).status;
  };

  test('of the access token leaves the refresh token, whose own ends the session', async () => {
    const { accessToken, refreshToken } = await signInAsAdministrator(emulator);
    expect(await revoke(emulator.url, accessToken, 'mfa-cli')).toBe(200);
    expect(await whoAmIStatus(emulator, accessToken)).toBe(401);
    const { status, body } = await refresh(emulator, refreshToken);
    expect([status, await revoke(emulator.url, String(body.refresh_token), 'mfa-cli')]).toEqual([200, 200]);
    expect((await refresh(emulator, body.refresh_token)).body.error).toBe('invalid_grant');
    expect(await whoAmIStatus(emulator, String(body.access_token))).toBe(401);
  });

  test('of an unknown token succeeds (RFC 7009 §2.2), without a client it does not', async () => {
    const { accessToken } = await signInAsAdministrator(emulator);
    expect(await revoke(emulator.url, 'unknown', 'mfa-cli')).toBe(200);
    expect(await revoke(emulator.url, accessToken, undefined)).toBe(400);
    expect(await revoke(emulator.url, accessToken, 'nobody')).toBe(400);
    expect(await whoAmIStatus(emulator, accessToken)).toBe(200);
  });
});

test('discovery lists what the vendor lists', async () => {
  const { url } = emulator;
  const response = await fetch(`${url}/mfa-cli/.well-known/openid-configuration`);
  expect(response.status).toBe(200);
  const other = await fetch(`${url}/other/.well-known/openid-configuration`);
  expect([other.status, await other.json()]).toEqual([400, unknownApp]);
  expect(await response.json()).toEqual({
    issuer: `${url}/mfa-cli/`,
    authorization_endpoint: `${url}/OAuth2/Authorize/mfa-cli`,
    token_endpoint: `${url}/OAuth2/Token/mfa-cli`,
    userinfo_endpoint: `${url}/OAuth2/UserInfo/mfa-cli`,
    jwks_uri: `${url}/OAuth2/Keys/mfa-cli`,
    end_session_endpoint: `${url}/OAuth2/EndSession/mfa-cli`,
    scopes_supported: ['all', 'apns'],
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['aud', 'exp', 'iat', 'iss', 'sub', 'unique_name'],
  });
});

test('paths are case-insensitive, a doubled slash is one, and the verifier still counts', async () => {
  const lower = authorizationUrl(emulator).replace('/OAuth2/Authorize/', '/oauth2//AUTHORIZE/');
  const response = await fetch(lower, { redirect: 'manual' });
  const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const exchange = { grant_type: 'authorization_code', client_id: 'mfa-cli', redirect_uri: redirectUri };
  const form = { ...exchange, code, code_verifier: verifier };
  const { status } = await postForm(`${emulator.url}/oauth2/token/MFA-CLI`, form);
  expect(status).toBe(200);
});

test.each([
  [undefined, 'admin@example.com'],
  ['admin@example.com', 'admin@example.com'],
  ['USER@example.com', 'user@example.com'],
])('without a page, the login_hint %s signs in %s', async (hint, user) => {
  const { searchParams } = await authorize(emulator, { login_hint: hint });
  const { body } = await exchangeCode(emulator, searchParams.get('code') ?? '');
  expect(claimsOf(String(body.access_token)).unique_name).toBe(user);
});

test.each([
  ['nobody is called so', true, 'nobody@example.com'],
  ['the service user has no page', true, 'ci@example.com'],
  ['nothing is approved by itself', false, 'user@example.com'],
])('where %s, the page asks, with the name filled in', async (_name, autoApprove, hint) => {
  const emulator = await startTenant({ autoApprove });
  const { html } = await openBrowser().open(authorizationUrl(emulator, { login_hint: hint }));
  expect(html).toContain(
    `<input id="user" name="user" autocomplete="username" value="${hint}" required autofocus>`,
  );
});

/** What the vendor's metadata leaves out, as a person writes it down. */
function serverOf({ url, appId }: Emulator) {
  return {
    issuer: `${url}/${appId}/`,
    authorization_endpoint: `${url}/OAuth2/Authorize/${appId}`,
    token_endpoint: `${url}/OAuth2/Token/${appId}`,
    revocation_endpoint: `${url}/OAuth2/Revoke/${appId}`,
    userinfo_endpoint: `${url}/OAuth2/UserInfo/${appId}`,
  };
}

/** The browser, in which somebody is signed in. */
async function follow(url: URL): Promise<URL> {
  const response = await fetch(url, { redirect: 'manual' });
  return new URL(response.headers.get('location') ?? 'none:');
}

/** What differs between tenants, and what a library that keeps the standards takes all the same; mfa-cli itself is oauth4webapi. */
const tenants: readonly (readonly [string, Partial<Assumptions>])[] = [
  ['as it likely is', {}],
  [
    'that names itself',
    { 'authorization-iss': 'present', 'access-token': 'opaque', 'refresh-token': 'kept' },
  ],
];

describe.each(tenants)('a tenant %s', (_name, assumptions) => {
  test('openid-client: code with PKCE, refresh, userinfo, revocation', async () => {
    const emulator = await startTenant({ assumptions });
    const client = new openid.Configuration(serverOf(emulator), 'mfa-cli', undefined, openid.None());
    openid.allowInsecureRequests(client);
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const expectedState = openid.randomState();
    const url = openid.buildAuthorizationUrl(client, {
      redirect_uri: redirectUri,
      scope: 'all',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
    });
    const checks = { pkceCodeVerifier, expectedState };
    const tokens = await openid.authorizationCodeGrant(client, await follow(url), checks);
    expect(await whoAmIStatus(emulator, tokens.access_token)).toBe(200);
    const person = await openid.fetchUserInfo(client, tokens.access_token, openid.skipSubjectCheck);
    expect(person.unique_name).toBe('admin@example.com');

    const refreshed = await openid.refreshTokenGrant(client, tokens.refresh_token ?? '');
    expect(refreshed.refresh_token === undefined).toBe(assumptions['refresh-token'] === 'kept');
    expect(await whoAmIStatus(emulator, refreshed.access_token)).toBe(200);

    await openid.tokenRevocation(client, refreshed.refresh_token ?? tokens.refresh_token ?? '');
    expect(await whoAmIStatus(emulator, refreshed.access_token)).toBe(401);
  });
});

test('openid-client finds the application by its OpenID document, where that is published', async () => {
  const discover = async (assumptions: Partial<Assumptions>) => {
    const { url } = await startTenant({ assumptions });
    const discovered = openid.discovery(new URL(`${url}/mfa-cli/`), 'mfa-cli', undefined, openid.None(), {
      execute: [openid.allowInsecureRequests],
    });
    return { url, discovered };
  };
  const { url, discovered } = await discover({});
  expect((await discovered).serverMetadata().token_endpoint).toBe(`${url}/OAuth2/Token/mfa-cli`);
  await expect((await discover({ discovery: 'absent' })).discovered).rejects.toThrow();
});
