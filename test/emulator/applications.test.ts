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
import { sessionOf } from './security-session.ts';

type Ask = (path: string, body?: unknown) => Promise<unknown>;

async function administered(assumptions: Record<string, string> = {}): Promise<Ask> {
  const emulator = await startTenant({ assumptions });
  const token = await sessionOf(emulator);
  return async (path, body = {}) => {
    const answer = await callApi(emulator, path, token, body);
    return answer.body.success === true ? answer.body.Result : answer.body.Message;
  };
}

async function importApplication(ask: Ask): Promise<string> {
  const result = await ask('/SaasManage/ImportAppFromTemplate', { ID: ['OAuth2ServerClient'] });
  return (result as readonly { _RowKey: string }[])[0]?._RowKey ?? '';
}

const profile = {
  TargetIsUs: true,
  ClientIDType: 0,
  AllowPublic: true,
  AllowedClients: ['push-cli'],
  Redirects: ['http://127.0.0.1:8400/callback'],
  TokenType: 'JwtRS256',
  TokenLifetimeString: '0.05:00:00',
  AllowedAuth: 'AuthorizationCode,ClientCreds',
  AllowRefresh: true,
  RefreshLifetimeString: '365.00:00:00',
  KnownScopes: [{ Scope: 'push', Description: 'Push', Mode: 'RestFilter', AllowedRest: ['/?Mobile/.*'] }],
};

const update = (key: string, changes: object = {}) => ({
  ID: key,
  _RowKey: key,
  PVID: key,
  Name: 'Push',
  ServiceName: 'push-cli',
  Description: 'Push certificates',
  OAuthProfile: profile,
  ...changes,
});

const plain = {
  AppType: 'Web',
  AppTypeDisplayName: 'Web - Other Type',
  WebAppType: 'OAuth',
  WebAppTypeDisplayName: 'Other Type',
  WebAppLoginType: 'OAuth2',
  TemplateName: 'OAuth2ServerClient',
  Category: 'Other',
  State: 'Active',
};

describe('an application', () => {
  test('is made of a template, configured, read, and deleted', async () => {
    const ask = await administered();
    expect(await ask('/SaasManage/GetAppIDByServiceName?name=push-cli')).toBeNull();
    const key = await importApplication(ask);
    expect(await ask('/SaasManage/GetApplication', { _RowKey: key })).toEqual({
      ...plain,
      _RowKey: key,
      ID: key,
      Name: 'OAuth2 Client',
      DisplayName: 'OAuth2 Client',
      ServiceName: null,
      Description: '',
    });
    expect(await ask('/SaasManage/UpdateApplicationDE', update(key))).toEqual({ State: 0 });
    const read = {
      ...plain,
      _RowKey: key,
      ID: key,
      Name: 'Push',
      DisplayName: 'Push',
      ServiceName: 'push-cli',
      Description: 'Push certificates',
      OAuthProfile: profile,
    };
    expect(await ask(`/SaasManage/GetApplication?_RowKey=${key}`)).toEqual(read);
    expect(await ask('/SaasManage/GetApplication?_RowKey=Push')).toEqual(read);
    expect(await ask('/SaasManage/GetApplication', { _RowKey: 'push-cli' })).toBe(
      'The provided RowKey push-cli is not valid.',
    );
    expect(await ask('/SaasManage/GetAppIDByServiceName', { Name: 'Push-CLI' })).toBe(key);
    expect(await ask('/SaasManage/GetAppIDByServiceName?name=push-cli')).toBe(key);
    expect(await ask('/SaasManage/DeleteApplication', { _RowKey: [key] })).toEqual([
      { _RowKey: key, success: true },
    ]);
    expect(await ask('/SaasManage/GetAppIDByServiceName?name=push-cli')).toBeNull();
  });

  test.each([{}, { ID: 'OAuth2ServerClient' }, { ID: ['Other'] }, { TemplateName: 'OAuth2ServerClient' }])(
    'is not made of %j, which is no failure',
    async (body) => {
      const ask = await administered();
      const before = await ask('/RedRock/query', { Script: 'select ID from Application' });
      expect(await ask('/SaasManage/ImportAppFromTemplate', body)).toEqual([]);
      expect(await ask('/RedRock/query', { Script: 'select ID from Application' })).toEqual(before);
    },
  );

  test('is updated by its row key alone', async () => {
    const ask = await administered();
    const key = await importApplication(ask);
    expect(await ask('/SaasManage/UpdateApplicationDE', { ...update(key), _RowKey: undefined })).toBe(
      'The provided RowKey  is not valid.',
    );
    expect(await ask('/SaasManage/UpdateApplicationDE', update('nothing'))).toBe(
      'The provided RowKey nothing is not valid.',
    );
    expect(await ask('/SaasManage/UpdateApplicationDE', { _RowKey: key, ServiceName: 'x' })).toEqual({
      State: 0,
    });
  });

  const changed = { OAuthProfile: { AllowedClients: ['other'] } };

  test('that is updated in part loses the rest', async () => {
    const ask = await administered();
    const key = await importApplication(ask);
    await ask('/SaasManage/UpdateApplicationDE', update(key));
    await ask('/SaasManage/UpdateApplicationDE', { _RowKey: key, ...changed });
    expect(await ask(`/SaasManage/GetApplication?_RowKey=${key}`)).toMatchObject({
      Name: 'OAuth2 Client',
      ServiceName: null,
      OAuthProfile: changed.OAuthProfile,
    });
  });

  test('that is updated in part keeps the rest, where the tenant is so', async () => {
    const ask = await administered({ 'application-update': 'merge' });
    const key = await importApplication(ask);
    await ask('/SaasManage/UpdateApplicationDE', update(key));
    await ask('/SaasManage/UpdateApplicationDE', { _RowKey: key, ...changed });
    expect(await ask(`/SaasManage/GetApplication?_RowKey=${key}`)).toMatchObject({
      Name: 'Push',
      ServiceName: 'push-cli',
      OAuthProfile: { ...profile, AllowedClients: ['other'] },
    });
  });

  test('has an application ID of its own', async () => {
    const ask = await administered();
    const [first, second] = [await importApplication(ask), await importApplication(ask)];
    await ask('/SaasManage/UpdateApplicationDE', update(first));
    const taken = (name: string) => `The application ID ${name} is in use.`;
    expect(await ask('/SaasManage/UpdateApplicationDE', update(second))).toBe(taken('push-cli'));
    const own = update(second, { ServiceName: 'MFA-cli' });
    expect(await ask('/SaasManage/UpdateApplicationDE', own)).toBe(taken('MFA-cli'));
    expect(await ask('/SaasManage/UpdateApplicationDE', update(first))).toEqual({ State: 0 });
  });

  test.each([
    ['OAuthProfile', 'text'],
    ['Redirects', { OAuthProfile: { Redirects: 'http://127.0.0.1' } }],
    ['AllowedClients', { OAuthProfile: { AllowPublic: true, AllowedClients: [1] } }],
    ['TokenLifetimeString', { OAuthProfile: { TokenLifetimeString: '5 hours' } }],
    ['RefreshLifetimeString', { OAuthProfile: { AllowRefresh: true, RefreshLifetimeString: 5 } }],
    ['KnownScopes', { OAuthProfile: { KnownScopes: {} } }],
    ['KnownScopes', { OAuthProfile: { KnownScopes: ['all'] } }],
    ['AllowedRest', { OAuthProfile: { KnownScopes: [{ Scope: 'all', AllowedRest: '.*' }] } }],
    [
      'AllowedRest',
      { OAuthProfile: { TargetIsUs: true, KnownScopes: [{ Scope: 'a', AllowedRest: ['('] }] } },
    ],
  ])('whose %s cannot be understood stays as it was', async (member, changes) => {
    const ask = await administered();
    const key = await importApplication(ask);
    await ask('/SaasManage/UpdateApplicationDE', update(key));
    const sent = update(key, typeof changes === 'string' ? { OAuthProfile: changes } : changes);
    expect(await ask('/SaasManage/UpdateApplicationDE', sent)).toBe(`The value of ${member} is not valid.`);
    expect(await ask(`/SaasManage/GetApplication?_RowKey=${key}`)).toMatchObject({ OAuthProfile: profile });
  });

  test('that is not there, or is every emulator’s, is not deleted', async () => {
    const ask = await administered();
    const key = await importApplication(ask);
    expect(await ask('/SaasManage/DeleteApplication', { _RowKey: [key, 'nothing'] })).toBe(
      'The provided RowKey nothing is not valid.',
    );
    expect(await ask('/SaasManage/DeleteApplication')).toBe('The required parameter _RowKey is missing.');
    expect(await ask('/SaasManage/DeleteApplication', { ID: 'mfa-cli' })).toBe(
      "The emulator's own application cannot be deleted.",
    );
    expect(await ask('/SaasManage/DeleteApplication', { ID: key })).toEqual([
      { _RowKey: key, success: true },
    ]);
  });

  test('of every emulator is one like others', async () => {
    const ask = await administered();
    const key = await ask('/SaasManage/GetAppIDByServiceName?name=mfa-cli');
    expect(await ask('/SaasManage/GetApplication', { _RowKey: key })).toMatchObject({
      ServiceName: 'mfa-cli',
      OAuthProfile: {
        AllowedClients: ['mfa-cli'],
        Redirects: ['http://127.0.0.1:8400/callback'],
        TokenLifetimeString: '0.01:00:00',
        KnownScopes: [{ Scope: 'all' }, { Scope: 'apns' }],
      },
    });
  });
});

describe('permissions', () => {
  const role = {
    Principal: 'Push Certificates',
    PType: 'Role',
    Rights: 'View,Execute',
    PrincipalId: 'c0ffee00_0000_4000_8000_000000000100',
  };
  const user = {
    Principal: 'ci@example.com',
    PType: 'User',
    Rights: 'View, Execute',
    PrincipalId: 'c0ffee00-0000-4000-8000-000000000003',
    DirectoryServiceUuid: '09B9A9B0-6CE8-465F-AB03-65766D33B05E',
    ExternalUuid: 'c0ffee00-0000-4000-8000-000000000003',
    SystemName: 'ci@example.com',
    Type: 'User',
  };
  const inherited = {
    Principal: 'sysadmin',
    PrincipalName: 'System Administrator',
    PrincipalType: 'Role',
    Type: 'Role',
    Grant: 93,
    Inherited: true,
  };
  const ace = (grant: typeof role, bits: number) => ({
    Principal: grant.PrincipalId,
    PrincipalName: grant.Principal,
    PrincipalType: grant.PType,
    Type: grant.PType,
    Grant: bits,
    Inherited: false,
  });

  const set = (ask: Ask, key: string, ...Grants: object[]) =>
    ask('/SaasManage/SetApplicationPermissions', { ID: key, RowKey: key, PVID: key, Grants });
  const aces = (ask: Ask, key: string) =>
    ask('/Acl/GetRowAces', { RowKey: key, Table: 'Application', ReduceSysadmin: true });

  test('are set for roles and users, one after the other, changed and taken away', async () => {
    const ask = await administered();
    const key = await importApplication(ask);
    expect(await aces(ask, key)).toEqual([inherited]);
    expect(await set(ask, key, role)).toBeNull();
    expect(await set(ask, key, user)).toBeNull();
    expect(await aces(ask, key)).toEqual([ace(role, 132), ace(user, 132), inherited]);
    expect(
      await set(ask, key, { ...role, Rights: 'Grant,View,Admin,ViewDetail,Delete,Execute,Automatic' }),
    ).toBeNull();
    expect(await set(ask, key, { ...user, Rights: 'None' })).toBeNull();
    expect(await aces(ask, key)).toEqual([ace(role, 2147483869), inherited]);
  });

  test.each([
    ['an unknown right', { ...role, Rights: 'Run' }, "Requested value 'Run' was not found."],
    ['a list of rights', { ...role, Rights: ['View'] }, 'The required parameter Rights is missing.'],
    ['an unknown type', { ...role, PType: 'Group' }, 'The principal type Group is unknown.'],
    ['a role by its name', { ...role, PrincipalId: 'Push Certificates' }, /^The requested data/],
    ['an unknown user', { ...user, PrincipalId: 'nobody' }, /^The requested data/],
    ['a user without directory', { ...user, DirectoryServiceUuid: '' }, /DirectoryServiceUuid is missing/],
    ['a user of another directory', { ...user, DirectoryServiceUuid: 'x' }, /^The requested data/],
    ['a user without ExternalUuid', { ...user, ExternalUuid: undefined }, /ExternalUuid is missing/],
  ])('are not set for %s, nor for who comes along', async (_name, grant, message) => {
    const ask = await administered();
    const key = await importApplication(ask);
    expect(await set(ask, key, user, grant)).toMatch(message);
    expect(await aces(ask, key)).toEqual([inherited]);
  });

  test('name the directory of a role, where the tenant is so', async () => {
    const ask = await administered({ 'role-grant': 'directory' });
    const key = await importApplication(ask);
    expect(await set(ask, key, role)).toBe('The required parameter DirectoryServiceUuid is missing.');
    const full = { ...role, DirectoryServiceUuid: user.DirectoryServiceUuid };
    expect(await set(ask, key, full)).toBeNull();
    expect(await aces(ask, key)).toEqual([ace(role, 132), inherited]);
  });

  test('are those of an application that is there', async () => {
    const ask = await administered();
    expect(await set(ask, 'nothing', role)).toMatch(/^The requested data/);
    expect(await aces(ask, 'nothing')).toMatch(/^The requested data/);
    expect(await ask('/Acl/GetRowAces', { RowKey: 'mfa-cli', Table: 'Server' })).toMatch(
      /^The requested data/,
    );
  });

  test('of a role that is deleted go with it', async () => {
    const ask = await administered();
    const key = await importApplication(ask);
    await set(ask, key, role);
    await ask('/SaasManage/DeleteRole', { Name: role.PrincipalId });
    expect(await aces(ask, key)).toEqual([inherited]);
  });
});

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
