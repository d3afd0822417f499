import { describe, expect, test } from 'vitest';
import { type Application, plainApplication } from '../../src/emulator/applications.ts';
import { callApi } from '../support/emulator.ts';
import { openBrowser, signInWith } from './browser.ts';
import {
  authorizationUrl,
  claimsOf,
  exchangeCode,
  postForm,
  redirectUri,
  refresh,
  signInAsAdministrator,
  startTenant,
  whoAmIStatus,
} from './local-tenant.ts';

const second: Application = {
  ...plainApplication,
  key: 'second',
  appId: 'second app',
  publicClients: ['mfa-cli'],
  confidentialClients: true,
  redirectUris: [redirectUri],
  scopes: { whoami: [/^\/Security\/WhoAmI$/i], openid: [], profile: [] },
  grants: ['authorization_code', 'client_credentials'],
  accessTokenSeconds: 60,
  refreshTokenSeconds: 600,
};

/** The same requests at the other application. */
const atSecond = <Tenant extends { appId: string }>(emulator: Tenant): Tenant => ({
  ...emulator,
  appId: encodeURIComponent(second.appId),
});

const whoami = { scope: 'whoami', code_challenge: undefined, code_challenge_method: undefined };
const noVerifier = { code_verifier: undefined };

async function codeAt(emulator: Parameters<typeof authorizationUrl>[0], changes = whoami): Promise<string> {
  const response = await fetch(authorizationUrl(emulator, changes), { redirect: 'manual' });
  return new URL(response.headers.get('location') ?? 'none:').searchParams.get('code') ?? '';
}

describe('an application that is put at run time', () => {
  test('serves at once, with its own issuer, scopes and lifetimes', async () => {
    const emulator = await startTenant();
    expect(await codeAt(atSecond(emulator))).toBe('');
    emulator.applications.put(second);
    const { status, body } = await exchangeCode(
      atSecond(emulator),
      await codeAt(atSecond(emulator)),
      noVerifier,
    );
    expect([status, body.expires_in, body.scope]).toEqual([200, 60, 'whoami']);
    const token = String(body.access_token);
    expect(claimsOf(token)).toMatchObject({ iss: `${emulator.url}/second%20app/`, aud: 'mfa-cli' });
    expect(await whoAmIStatus(emulator, token)).toBe(200);
    expect((await callApi(emulator, '/TenantConfig/GetAdvancedConfig', token)).status).toBe(401);
  });

  test('takes no code, no refresh token and no scope of another', async () => {
    const emulator = await startTenant();
    emulator.applications.put(second);
    const unknown = {
      error: 'invalid_grant',
      error_description: 'supplied code does not match known request',
    };
    const code = await codeAt(emulator, { ...whoami, scope: 'all' });
    expect((await exchangeCode(atSecond(emulator), code, noVerifier)).body).toEqual(unknown);
    const { accessToken, refreshToken } = await signInAsAdministrator(emulator);
    expect((await refresh(atSecond(emulator), refreshToken)).body.error).toBe('invalid_grant');
    const revoke = `${emulator.url}/OAuth2/Revoke/second%20app`;
    await fetch(revoke, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'mfa-cli', token: accessToken }),
    });
    expect(await whoAmIStatus(emulator, accessToken)).toBe(200);
    const all = await fetch(authorizationUrl(atSecond(emulator)), { redirect: 'manual' });
    expect(all.headers.get('location')).toMatch(/\?error=invalid_scope&/);
  });

  test('keeps its sessions when another value takes its place, its application ID too', async () => {
    const emulator = await startTenant();
    emulator.applications.put(second);
    const { body } = await exchangeCode(atSecond(emulator), await codeAt(atSecond(emulator)), noVerifier);
    emulator.applications.put({ ...second, appId: 'renamed', accessTokenSeconds: 30 });
    expect((await refresh(atSecond(emulator), body.refresh_token)).body.error_description).toBe(
      'unknown app',
    );
    const renewed = await refresh({ ...emulator, appId: 'renamed' }, body.refresh_token);
    expect([renewed.status, renewed.body.expires_in]).toEqual([200, 30]);
    emulator.applications.put({ ...second, publicClients: [] });
    expect((await refresh(atSecond(emulator), renewed.body.refresh_token)).body.error_description).toBe(
      'invalid client creds or client not allowed',
    );
    emulator.applications.remove('second');
    expect(emulator.applications.find('second app')).toBeNull();
  });

  test('gives an ID token with openid, from the code, too', async () => {
    const emulator = await startTenant();
    emulator.applications.put(second);
    const openid = { ...whoami, scope: 'openid profile', nonce: 'n-1' };
    const { body } = await exchangeCode(
      atSecond(emulator),
      await codeAt(atSecond(emulator), openid),
      noVerifier,
    );
    expect(claimsOf(String(body.id_token))).toMatchObject({
      iss: `${emulator.url}/second%20app/`,
      aud: 'mfa-cli',
      sub: 'c0ffee00-0000-4000-8000-000000000001',
      unique_name: 'admin@example.com',
      nonce: 'n-1',
      auth_time: expect.any(Number),
    });
  });

  test('lets only those in who have its permission', async () => {
    const emulator = await startTenant();
    emulator.applications.put({ ...second, permits: (user) => user === 'user@example.com' });
    const denied = { error: 'access_denied', error_description: 'user not allowed access to app' };
    const response = await fetch(authorizationUrl(atSecond(emulator), whoami), { redirect: 'manual' });
    const { searchParams } = new URL(response.headers.get('location') ?? '');
    expect(Object.fromEntries(searchParams)).toEqual(denied);
    const credentials = await postForm(`${emulator.url}/OAuth2/Token/second%20app`, {
      grant_type: 'client_credentials',
      client_id: emulator.serviceUser.user,
      client_secret: emulator.serviceUser.password,
      scope: 'whoami',
    });
    expect(credentials).toEqual({ status: 400, body: denied });

    const hint = { ...whoami, login_hint: 'user@example.com' };
    const code = await codeAt(atSecond(emulator), hint);
    emulator.applications.put({ ...second, permits: () => false });
    expect(await exchangeCode(atSecond(emulator), code, noVerifier)).toEqual({ status: 400, body: denied });
  });

  test('gives neither refresh tokens nor grants that it has not', async () => {
    const emulator = await startTenant();
    emulator.applications.put({ ...second, refreshTokenSeconds: null, grants: ['authorization_code'] });
    const { body } = await exchangeCode(atSecond(emulator), await codeAt(atSecond(emulator)), noVerifier);
    expect(body.refresh_token).toBeUndefined();
    expect((await refresh(atSecond(emulator), 'x')).body.error_description).toBe('auth mode not allowed');
  });
});

test('a client that goes away while the person is asked gets no code', async () => {
  const emulator = await startTenant({ autoApprove: false });
  emulator.applications.put({ ...second, confirms: true });
  const browser = openBrowser();
  const page = await browser.open(authorizationUrl(atSecond(emulator), whoami));
  const consent = await browser.submit(page, signInWith(emulator.administrator));
  emulator.applications.put({ ...second, publicClients: [] });
  const { url } = await browser.submit(consent, { result: '1' });
  expect(url).toBe(`${redirectUri}?error=invalid_client&error_description=invalid%20client%20creds`);
});

describe('the vendor’s built-in application', () => {
  const app = '__idaptive_cybr_user_oidc';

  test('turns a service user’s token into an ID token that is a session', async () => {
    const emulator = await startTenant({ autoApprove: false });
    const { user, password } = emulator.serviceUser;
    const basic = { authorization: `Basic ${btoa(`${user}:${password}`)}` };
    const form = { grant_type: 'client_credentials', scope: 'api' };
    const { body } = await postForm(`${emulator.url}/OAuth2/Token/${app}`, form, basic);
    const asked = new URLSearchParams({
      client_id: app,
      response_type: 'id_token',
      scope: 'openid profile api',
      redirect_uri: 'https://cyberark.cloud/redirect',
    });
    const response = await fetch(`${emulator.url}/OAuth2/Authorize/${app}?${asked}`, {
      redirect: 'manual',
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(response.status).toBe(302);
    const [, idToken = ''] =
      /^https:\/\/cyberark\.cloud\/redirect#id_token=(.+)$/.exec(response.headers.get('location') ?? '') ??
      [];
    expect(claimsOf(idToken)).toMatchObject({ iss: `${emulator.url}/${app}/`, unique_name: user });
    expect(await whoAmIStatus(emulator, idToken)).toBe(200);
  });

  test('asks for a sign-in without the token', async () => {
    const emulator = await startTenant({ autoApprove: false });
    const asked = new URLSearchParams({
      client_id: app,
      response_type: 'id_token',
      scope: 'openid',
      redirect_uri: 'https://cyberark.cloud/redirect',
    });
    const response = await fetch(`${emulator.url}/OAuth2/Authorize/${app}?${asked}`, { redirect: 'manual' });
    expect(response.headers.get('location')).toMatch(/^\/login\?cloudRedirect=/);
  });
});
