import { describe, expect, test } from 'vitest';
import { type Application, plainApplication } from '../../src/emulator/applications.ts';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi } from '../support/emulator.ts';
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
import { expectTranscript, type Scene } from './transcript.ts';

const profile = {
  ...{ TargetIsUs: true, ClientIDType: 0, AllowPublic: true, AllowedClients: ['push-cli'] },
  ...{ Redirects: ['http://127.0.0.1:8400/callback'], TokenType: 'JwtRS256', AllowRefresh: true },
  ...{ TokenLifetimeString: '0.05:00:00', RefreshLifetimeString: '365.00:00:00' },
  AllowedAuth: 'AuthorizationCode,ClientCreds',
  KnownScopes: [{ Scope: 'push', Description: 'Push', Mode: 'RestFilter', AllowedRest: ['/?Mobile/.*'] }],
};
const uuid = 'c0ffee00-0000-4000-8000-000000000003';
const values = {
  whole: { Name: 'Push', ServiceName: 'push-cli', Description: 'Push certificates', OAuthProfile: profile },
  ...{ update: '/SaasManage/UpdateApplicationDE', application: '/SaasManage/GetApplication' },
  ...{ remove: '/SaasManage/DeleteApplication', permit: '/SaasManage/SetApplicationPermissions' },
};
const imported = 'admin /SaasManage/ImportAppFromTemplate {"ID":["OAuth2ServerClient"]} -> key:_RowKey';
const aces = 'admin /Acl/GetRowAces {"RowKey":"$key","Table":"Application","ReduceSysadmin":true}';

const whole = `
${imported}
admin $application {"_RowKey":"$key"}
admin $update $whole {"_RowKey":"$key"}
admin $application?_RowKey=$key
admin $application?_RowKey=Push
admin $application {"_RowKey":"push-cli"}
admin /SaasManage/GetAppIDByServiceName {"Name":"Push-CLI"}
# A row key is needed for a change.
admin $update $whole
admin $update $whole {"_RowKey":"nothing"}
# An application ID is of one application.
admin /SaasManage/ImportAppFromTemplate {"ID":["OAuth2ServerClient"]} -> second:_RowKey
admin $update $whole {"_RowKey":"$second"}
admin $update $whole {"_RowKey":"$second","ServiceName":"MFA-cli"}
admin $update $whole {"_RowKey":"$key"}
# What is not there, or is every emulator's, is not deleted.
admin $remove {"_RowKey":["$key","nothing"]}
admin $remove
admin $remove {"ID":"mfa-cli"}
admin $remove {"ID":"$second"}
admin $remove {"_RowKey":["$key"]}
admin /SaasManage/GetAppIDByServiceName?name=push-cli
# Nothing is made of no template.
admin /SaasManage/ImportAppFromTemplate
admin /SaasManage/ImportAppFromTemplate {"ID":"OAuth2ServerClient"}
admin /SaasManage/ImportAppFromTemplate {"ID":["Other"]}
admin /SaasManage/ImportAppFromTemplate {"TemplateName":"OAuth2ServerClient"}
admin /RedRock/query {"Script":"select Name from Application"}
# The application of every emulator is one like others.
admin /SaasManage/GetAppIDByServiceName?name=mfa-cli -> own:Result
admin $application {"_RowKey":"$own"}`;

const left = `
${imported}
admin $update $whole {"_RowKey":"$key"}
admin $update {"_RowKey":"$key","OAuthProfile":{"AllowedClients":["other"]}}
admin $application?_RowKey=$key`;

const broken: readonly unknown[] = [
  'text',
  { Redirects: 'http://127.0.0.1' },
  { AllowPublic: true, AllowedClients: [1] },
  { TokenLifetimeString: '5 hours' },
  { AllowRefresh: true, RefreshLifetimeString: 5 },
  { KnownScopes: {} },
  { KnownScopes: ['all'] },
  { KnownScopes: [{ Scope: 'all', AllowedRest: '.*' }] },
  { TargetIsUs: true, KnownScopes: [{ Scope: 'a', AllowedRest: ['('] }] },
];
const misunderstood = `
${imported}
admin $update $whole {"_RowKey":"$key"}
${broken.map((OAuthProfile) => `admin $update $whole ${JSON.stringify({ _RowKey: '$key', OAuthProfile })}`).join('\n')}
admin $application?_RowKey=$key`;

const role = {
  ...{ Principal: 'Push Certificates', PType: 'Role', Rights: 'View,Execute' },
  PrincipalId: 'c0ffee00_0000_4000_8000_000000000100',
};
const user = {
  ...{ Principal: 'ci@example.com', PType: 'User', Rights: 'View, Execute', PrincipalId: uuid },
  ...{ DirectoryServiceUuid: '09B9A9B0-6CE8-465F-AB03-65766D33B05E', ExternalUuid: uuid },
  ...{ SystemName: 'ci@example.com', Type: 'User' },
};
const grant = (ID: string, ...Grants: object[]): string =>
  `admin $permit ${JSON.stringify({ ID, RowKey: ID, PVID: ID, Grants })}`;
const permissions = [
  ...[imported, aces, grant('$key', role), grant('$key', user), aces],
  grant('$key', { ...role, Rights: 'Grant,View,Admin,ViewDetail,Delete,Execute,Automatic' }),
  ...[grant('$key', { ...user, Rights: 'None' }), aces],
  ...[`admin /SaasManage/DeleteRole {"Name":"${role.PrincipalId}"}`, aces],
  grant('nothing', role),
  'admin /Acl/GetRowAces {"RowKey":"nothing","Table":"Application"}',
  'admin /Acl/GetRowAces {"RowKey":"mfa-cli","Table":"Server"}',
].join('\n');

/** Grants that are refused, with whoever comes along. */
const ungranted = [
  imported,
  ...[
    { ...role, Rights: 'Run' },
    { ...role, Rights: ['View'] },
    { ...role, PType: 'Group' },
    { ...role, PrincipalId: 'Push Certificates' },
    { ...user, PrincipalId: 'nobody' },
    { ...user, DirectoryServiceUuid: '' },
    { ...user, DirectoryServiceUuid: 'x' },
    { ...user, ExternalUuid: undefined },
  ].map((one) => grant('$key', user, one)),
  aces,
].join('\n');

const { DirectoryServiceUuid } = user;
const byDirectory = [
  imported,
  grant('$key', role),
  grant('$key', { ...role, DirectoryServiceUuid }),
  aces,
].join('\n');

const under = (assumptions: Partial<Assumptions>, title: string, calls: string): Scene => ({
  ...{ title, calls, values, options: { assumptions } },
});

test('applications and their permissions', () =>
  expectTranscript('applications', [
    { title: 'an application is made of a template, configured, read and deleted', calls: whole, values },
    under({ 'application-update': 'replace' }, 'application-update=replace', left),
    under({ 'application-update': 'merge' }, 'application-update=merge', left),
    { title: 'a profile that cannot be understood changes nothing', calls: misunderstood, values },
    { title: 'permissions are set, changed and taken away', calls: permissions, values },
    { title: 'permissions that are refused', calls: ungranted, values },
    under({ 'role-grant': 'directory' }, 'role-grant=directory', byDirectory),
  ]));

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
