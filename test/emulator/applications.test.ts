import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Application, plainApplication } from '../../src/emulator/applications.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi, openEmulator } from '../support/emulator.ts';
import { openBrowser, signInWith } from './browser.ts';
import {
  authorizationUrl,
  authorize,
  claimsOf,
  exchangeCode,
  redirectUri,
  refresh,
  requestToken,
  signInAsAdministrator,
  startTenant,
  whoAmIStatus,
} from './local-tenant.ts';
import { type Ask, administered, askWith, notFound, sessionOf } from './security-session.ts';

async function importApplication(ask: Ask): Promise<string> {
  const result = await ask('/SaasManage/ImportAppFromTemplate', { ID: ['OAuth2ServerClient'] });
  return (result as readonly { _RowKey: string }[])[0]?._RowKey ?? '';
}

const profile = {
  ...{ TargetIsUs: true, ClientIDType: 0, AllowPublic: true, AllowedClients: ['push-cli'] },
  ...{ Redirects: ['http://127.0.0.1:8400/callback'], TokenType: 'JwtRS256', AllowRefresh: true },
  ...{ TokenLifetimeString: '0.05:00:00', RefreshLifetimeString: '365.00:00:00' },
  AllowedAuth: 'AuthorizationCode,ClientCreds',
  KnownScopes: [{ Scope: 'push', Description: 'Push', Mode: 'RestFilter', AllowedRest: ['/?Mobile/.*'] }],
};

const update = (key: string, changes: object = {}) => ({
  ...{ ID: key, _RowKey: key, PVID: key, Name: 'Push', ServiceName: 'push-cli' },
  ...{ Description: 'Push certificates', OAuthProfile: profile, ...changes },
});

const plain = {
  ...{ AppType: 'Web', AppTypeDisplayName: 'Web - Other Type', WebAppType: 'OAuth', State: 'Active' },
  ...{ WebAppTypeDisplayName: 'Other Type', WebAppLoginType: 'OAuth2', Category: 'Other' },
  TemplateName: 'OAuth2ServerClient',
};

/** The tenant of all tests that assume nothing and take no role away. */
let shared: ReturnType<typeof openShared>;
const openShared = async () => {
  const emulator = await openEmulator();
  return { emulator, ask: askWith(emulator, await sessionOf(emulator)) };
};
beforeAll(() => {
  shared = openShared();
});
afterAll(async () => (await shared).emulator.close());

/** A tenant with an application that has just been imported, beside its own alone. */
async function withApplication(assumptions?: Parameters<typeof administered>[0]) {
  const { ask } = await (assumptions === undefined ? shared : administered(assumptions));
  const all = (await ask('/RedRock/query', { Script: 'select ID, Name from Application' })) as {
    Results: readonly { Row: { ID: string; Name: string } }[];
  };
  for (const { Row } of all.Results)
    if (Row.Name !== 'mfa-cli') await ask('/SaasManage/DeleteApplication', { _RowKey: [Row.ID] });
  const key = await importApplication(ask);
  const change = (body: object) => ask('/SaasManage/UpdateApplicationDE', body);
  const read = () => ask(`/SaasManage/GetApplication?_RowKey=${key}`);
  return { ask, key, change, read };
}

describe('an application', () => {
  test('is made of a template, configured, read, and deleted', async () => {
    const { ask, key, change, read } = await withApplication();
    const named = (name: string) => ({ _RowKey: key, ID: key, Name: name, DisplayName: name });
    const fresh = { ...plain, ...named('OAuth2 Client'), ServiceName: null, Description: '' };
    expect(await ask('/SaasManage/GetApplication', { _RowKey: key })).toEqual(fresh);
    expect(await change(update(key))).toEqual({ State: 0 });
    const service = { ServiceName: 'push-cli', Description: 'Push certificates', OAuthProfile: profile };
    expect(await read()).toEqual({ ...plain, ...named('Push'), ...service });
    expect(await ask('/SaasManage/GetApplication?_RowKey=Push')).toEqual(await read());
    const invalid = 'The provided RowKey push-cli is not valid.';
    expect(await ask('/SaasManage/GetApplication', { _RowKey: 'push-cli' })).toBe(invalid);
    expect(await ask('/SaasManage/GetAppIDByServiceName', { Name: 'Push-CLI' })).toBe(key);
    const gone = [{ _RowKey: key, success: true }];
    expect(await ask('/SaasManage/DeleteApplication', { _RowKey: [key] })).toEqual(gone);
    expect(await ask('/SaasManage/GetAppIDByServiceName?name=push-cli')).toBeNull();
  });

  test('is made of nothing but a template that there is, which is no failure', async () => {
    const { ask } = await administered();
    const template = 'OAuth2ServerClient';
    for (const body of [{}, { ID: template }, { ID: ['Other'] }, { TemplateName: template }])
      expect(await ask('/SaasManage/ImportAppFromTemplate', body)).toEqual([]);
    const all = await ask('/RedRock/query', { Script: 'select ID from Application' });
    expect(all).toMatchObject({ Count: 1 });
  });

  test('is updated by its row key alone', async () => {
    const { key, change } = await withApplication();
    expect(await change({ ...update(key), _RowKey: undefined })).toBe('The provided RowKey  is not valid.');
    expect(await change(update('nothing'))).toBe('The provided RowKey nothing is not valid.');
    expect(await change({ _RowKey: key, ServiceName: 'x' })).toEqual({ State: 0 });
  });

  const OAuthProfile = { AllowedClients: ['other'] };
  test.each([
    ['replace', { Name: 'OAuth2 Client', ServiceName: null, OAuthProfile }],
    ['merge', { Name: 'Push', ServiceName: 'push-cli', OAuthProfile: { ...profile, ...OAuthProfile } }],
  ] as const)('application-update=%s: what is left out', async (value, expected) => {
    const { key, change, read } = await withApplication({ 'application-update': value });
    await change(update(key));
    await change({ _RowKey: key, OAuthProfile });
    expect(await read()).toMatchObject(expected);
  });

  test('has an application ID of its own', async () => {
    const { ask, key, change } = await withApplication();
    const second = await importApplication(ask);
    await change(update(key));
    const taken = (name: string) => `The application ID ${name} is in use.`;
    expect(await change(update(second))).toBe(taken('push-cli'));
    expect(await change(update(second, { ServiceName: 'MFA-cli' }))).toBe(taken('MFA-cli'));
    expect(await change(update(key))).toEqual({ State: 0 });
  });

  test.each<[member: string, profile: unknown]>([
    ['OAuthProfile', 'text'],
    ['Redirects', { Redirects: 'http://127.0.0.1' }],
    ['AllowedClients', { AllowPublic: true, AllowedClients: [1] }],
    ['TokenLifetimeString', { TokenLifetimeString: '5 hours' }],
    ['RefreshLifetimeString', { AllowRefresh: true, RefreshLifetimeString: 5 }],
    ['KnownScopes', { KnownScopes: {} }],
    ['KnownScopes', { KnownScopes: ['all'] }],
    ['AllowedRest', { KnownScopes: [{ Scope: 'all', AllowedRest: '.*' }] }],
    ['AllowedRest', { TargetIsUs: true, KnownScopes: [{ Scope: 'a', AllowedRest: ['('] }] }],
  ])('whose %s cannot be understood stays as it was', async (member, OAuthProfile) => {
    const { key, change, read } = await withApplication();
    await change(update(key));
    expect(await change(update(key, { OAuthProfile }))).toBe(`The value of ${member} is not valid.`);
    expect(await read()).toMatchObject({ OAuthProfile: profile });
  });

  test('that is not there, or is every emulator’s, is not deleted', async () => {
    const { ask, key } = await withApplication();
    const remove = (body: object) => ask('/SaasManage/DeleteApplication', body);
    expect(await remove({ _RowKey: [key, 'nothing'] })).toBe('The provided RowKey nothing is not valid.');
    expect(await remove({})).toBe('The required parameter _RowKey is missing.');
    const own = "The emulator's own application cannot be deleted.";
    expect(await remove({ ID: 'mfa-cli' })).toBe(own);
    expect(await remove({ ID: key })).toEqual([{ _RowKey: key, success: true }]);
  });

  test('of every emulator is one like others', async () => {
    const { ask } = await administered();
    const _RowKey = await ask('/SaasManage/GetAppIDByServiceName?name=mfa-cli');
    expect(await ask('/SaasManage/GetApplication', { _RowKey })).toMatchObject({
      ServiceName: 'mfa-cli',
      OAuthProfile: {
        ...{ AllowedClients: ['mfa-cli'], Redirects: ['http://127.0.0.1:8400/callback'] },
        ...{ TokenLifetimeString: '0.01:00:00', KnownScopes: [{ Scope: 'all' }, { Scope: 'apns' }] },
      },
    });
  });
});

describe('permissions', () => {
  const role = {
    ...{ Principal: 'Push Certificates', PType: 'Role', Rights: 'View,Execute' },
    PrincipalId: 'c0ffee00_0000_4000_8000_000000000100',
  };
  const uuid = 'c0ffee00-0000-4000-8000-000000000003';
  const user = {
    ...{ Principal: 'ci@example.com', PType: 'User', Rights: 'View, Execute', PrincipalId: uuid },
    ...{ DirectoryServiceUuid: '09B9A9B0-6CE8-465F-AB03-65766D33B05E', ExternalUuid: uuid },
    ...{ SystemName: 'ci@example.com', Type: 'User' },
  };
  const aceOf = (Principal: string, PrincipalName: string, type: string, Grant: number) => ({
    ...{ Principal, PrincipalName, PrincipalType: type, Type: type, Grant, Inherited: false },
  });
  const inherited = { ...aceOf('sysadmin', 'System Administrator', 'Role', 93), Inherited: true };
  const ace = ({ PrincipalId, Principal, PType }: typeof role, bits: number) =>
    aceOf(PrincipalId, Principal, PType, bits);

  const set = (ask: Ask, key: string, ...Grants: object[]) =>
    ask('/SaasManage/SetApplicationPermissions', { ID: key, RowKey: key, PVID: key, Grants });
  const aces = (ask: Ask, key: string) =>
    ask('/Acl/GetRowAces', { RowKey: key, Table: 'Application', ReduceSysadmin: true });

  test('are set for roles and users, one after the other, changed and taken away', async () => {
    const { ask, key } = await withApplication({});
    expect(await aces(ask, key)).toEqual([inherited]);
    expect(await set(ask, key, role)).toBeNull();
    expect(await set(ask, key, user)).toBeNull();
    expect(await aces(ask, key)).toEqual([ace(role, 132), ace(user, 132), inherited]);
    const every = { ...role, Rights: 'Grant,View,Admin,ViewDetail,Delete,Execute,Automatic' };
    expect(await set(ask, key, every)).toBeNull();
    expect(await set(ask, key, { ...user, Rights: 'None' })).toBeNull();
    expect(await aces(ask, key)).toEqual([ace(role, 2147483869), inherited]);
    await ask('/SaasManage/DeleteRole', { Name: role.PrincipalId });
    expect(await aces(ask, key)).toEqual([inherited]);
  });

  test.each([
    ['an unknown right', { ...role, Rights: 'Run' }, "Requested value 'Run' was not found."],
    ['a list of rights', { ...role, Rights: ['View'] }, 'The required parameter Rights is missing.'],
    ['an unknown type', { ...role, PType: 'Group' }, 'The principal type Group is unknown.'],
    ['a role by its name', { ...role, PrincipalId: 'Push Certificates' }, notFound],
    ['an unknown user', { ...user, PrincipalId: 'nobody' }, notFound],
    ['a user without directory', { ...user, DirectoryServiceUuid: '' }, /DirectoryServiceUuid is missing/],
    ['a user of another directory', { ...user, DirectoryServiceUuid: 'x' }, notFound],
    ['a user without ExternalUuid', { ...user, ExternalUuid: undefined }, /ExternalUuid is missing/],
  ])('are not set for %s, nor for who comes along', async (_name, grant, message) => {
    const { ask, key } = await withApplication();
    expect(await set(ask, key, user, grant)).toMatch(message);
    expect(await aces(ask, key)).toEqual([inherited]);
  });

  test('name the directory of a role, where the tenant is so', async () => {
    const { ask, key } = await withApplication({ 'role-grant': 'directory' });
    expect(await set(ask, key, role)).toBe('The required parameter DirectoryServiceUuid is missing.');
    expect(await set(ask, key, { ...role, DirectoryServiceUuid: user.DirectoryServiceUuid })).toBeNull();
    expect(await aces(ask, key)).toEqual([ace(role, 132), inherited]);
  });

  test('are those of an application that is there', async () => {
    const { ask } = await administered();
    expect(await set(ask, 'nothing', role)).toBe(notFound);
    expect(await aces(ask, 'nothing')).toBe(notFound);
    expect(await ask('/Acl/GetRowAces', { RowKey: 'mfa-cli', Table: 'Server' })).toBe(notFound);
  });
});

const second: Application = {
  ...plainApplication,
  ...{ ...plainApplication, key: 'second', appId: 'second app', publicClients: ['mfa-cli'] },
  ...{ confidentialClients: true, redirectUris: [redirectUri], accessTokenSeconds: 60 },
  scopes: { whoami: [/^\/Security\/WhoAmI$/i], openid: [], profile: [] },
  grants: ['authorization_code', 'client_credentials'],
  refreshTokenSeconds: 600,
};

/** The same requests at the other application. */
const atSecond = (emulator: Emulator): Emulator => ({
  ...emulator,
  appId: encodeURIComponent(second.appId),
});

const whoami = { scope: 'whoami', code_challenge: undefined, code_challenge_method: undefined };
const noVerifier = { code_verifier: undefined };

const codeAt = async (emulator: Emulator, changes = whoami): Promise<string> =>
  (await authorize(emulator, changes)).searchParams.get('code') ?? '';

const grantAt = async (emulator: Emulator, changes = whoami) =>
  exchangeCode(atSecond(emulator), await codeAt(atSecond(emulator), changes), noVerifier);

describe('an application that is put at run time', () => {
  test('serves at once, with its own issuer, scopes and lifetimes', async () => {
    const emulator = await startTenant();
    expect(await codeAt(atSecond(emulator))).toBe('');
    emulator.applications.put(second);
    const { status, body } = await grantAt(emulator);
    expect([status, body.expires_in, body.scope]).toEqual([200, 60, 'whoami']);
    const token = String(body.access_token);
    expect(claimsOf(token)).toMatchObject({ iss: `${emulator.url}/second%20app/`, aud: 'mfa-cli' });
    expect(await whoAmIStatus(emulator, token)).toBe(200);
    expect((await callApi(emulator, '/TenantConfig/GetAdvancedConfig', token)).status).toBe(401);
  });

  test('takes no code, no refresh token and no scope of another', async () => {
    const emulator = await startTenant();
    emulator.applications.put(second);
    const error_description = 'supplied code does not match known request';
    const unknown = { error: 'invalid_grant', error_description };
    const code = await codeAt(emulator, { ...whoami, scope: 'all' });
    expect((await exchangeCode(atSecond(emulator), code, noVerifier)).body).toEqual(unknown);
    const { accessToken, refreshToken } = await signInAsAdministrator(emulator);
    expect((await refresh(atSecond(emulator), refreshToken)).body.error).toBe('invalid_grant');
    const body = new URLSearchParams({ client_id: 'mfa-cli', token: accessToken });
    await fetch(`${emulator.url}/OAuth2/Revoke/second%20app`, { method: 'POST', body });
    expect(await whoAmIStatus(emulator, accessToken)).toBe(200);
    const all = await authorize(atSecond(emulator));
    expect(all.searchParams.get('error')).toBe('invalid_scope');
  });

  test('keeps its sessions when another value takes its place, its application ID too', async () => {
    const emulator = await startTenant();
    emulator.applications.put(second);
    const { body } = await grantAt(emulator);
    const refreshed = async (token: unknown) => (await refresh(atSecond(emulator), token)).body;
    emulator.applications.put({ ...second, appId: 'renamed', accessTokenSeconds: 30 });
    expect(await refreshed(body.refresh_token)).toMatchObject({ error_description: 'unknown app' });
    const renewed = await refresh({ ...emulator, appId: 'renamed' }, body.refresh_token);
    expect([renewed.status, renewed.body.expires_in]).toEqual([200, 30]);
    emulator.applications.put({ ...second, publicClients: [] });
    const error_description = 'invalid client creds or client not allowed';
    expect(await refreshed(renewed.body.refresh_token)).toMatchObject({ error_description });
  });

  test('gives an ID token with openid, from the code, too', async () => {
    const emulator = await startTenant();
    emulator.applications.put(second);
    const openid = { ...whoami, scope: 'openid profile', nonce: 'n-1' };
    const { body } = await grantAt(emulator, openid);
    expect(claimsOf(String(body.id_token))).toMatchObject({
      ...{ iss: `${emulator.url}/second%20app/`, aud: 'mfa-cli', nonce: 'n-1' },
      ...{ sub: 'c0ffee00-0000-4000-8000-000000000001', unique_name: 'admin@example.com' },
      auth_time: expect.any(Number),
    });
  });

  test('lets only those in who have its permission', async () => {
    const emulator = await startTenant();
    emulator.applications.put({ ...second, permits: (user) => user === 'user@example.com' });
    const denied = { error: 'access_denied', error_description: 'user not allowed access to app' };
    const redirect = await authorize(atSecond(emulator), whoami);
    expect(Object.fromEntries(redirect.searchParams)).toEqual(denied);
    const { user: client_id, password: client_secret } = emulator.serviceUser;
    const credentials = { grant_type: 'client_credentials', scope: 'whoami', client_id, client_secret };
    const answer = await requestToken(atSecond(emulator), credentials);
    expect(answer).toEqual({ status: 400, body: denied });

    const hint = { ...whoami, login_hint: 'user@example.com' };
    const code = await codeAt(atSecond(emulator), hint);
    emulator.applications.put({ ...second, permits: () => false });
    expect(await exchangeCode(atSecond(emulator), code, noVerifier)).toEqual({ status: 400, body: denied });
  });

  test('gives neither refresh tokens nor grants that it has not', async () => {
    const emulator = await startTenant();
    emulator.applications.put({ ...second, refreshTokenSeconds: null, grants: ['authorization_code'] });
    const { body } = await grantAt(emulator);
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

test('the vendor’s built-in application asks for a sign-in without a token', async () => {
  const app = '__idaptive_cybr_user_oidc';
  const { url } = await startTenant({ autoApprove: false });
  const asked = new URLSearchParams({
    ...{ client_id: app, response_type: 'id_token', scope: 'openid' },
    redirect_uri: 'https://cyberark.cloud/redirect',
  });
  const response = await fetch(`${url}/OAuth2/Authorize/${app}?${asked}`, { redirect: 'manual' });
  expect(response.headers.get('location')).toMatch(/^\/login\?cloudRedirect=/);
});
