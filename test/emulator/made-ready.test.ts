import { describe, expect, test } from 'vitest';
import { createMachine } from '../support/context.ts';
import { callApi } from '../support/emulator.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { startTenant, visit, visitAs } from '../support/tenant.ts';
import { claimsOf, postForm } from './local-tenant.ts';
import { beginSignIn, resultOf, serviceToken } from './security-session.ts';

const client_secret = 'Made-for-this-test-1';
const [application, client_id] = ['push-cli', 'pipeline@example.com'];

/** A tenant that an administrator with two factors has made ready as the vendor's own clients do. */
async function makeReady(changes: Record<string, unknown> = {}) {
  const { emulator, port } = await startTenant({ autoApprove: true });
  const signIn = await beginSignIn(emulator, 'codes@example.com');
  let token = '';
  for (const mechanism of ['OATH', 'SMS']) {
    await signIn.advance(mechanism, 'StartOOB');
    token = String((await signIn.advance(mechanism, 'Poll')).result.Token);
  }
  const ask = (path: string, body: unknown = {}) => resultOf(emulator, token, path, body);

  const made = await ask('/Roles/StoreRole', { Name: 'Pushers', RoleType: 'PrincipalList' });
  const { _RowKey: role } = made as { _RowKey: string };
  await ask('/SaasManage/AssignSuperRights', [{ Role: role, Path: '/lib/rights/devman.json' }]);
  const imported = await ask('/SaasManage/ImportAppFromTemplate', { ID: ['OAuth2ServerClient'] });
  const [{ _RowKey: key }] = imported as [{ _RowKey: string }];
  const AllowedRest = ['/?Mobile/(Set|Delete)ApnsCertForClientApp', '/?Security/WhoAmI'];
  const OAuthProfile = {
    ...{ TargetIsUs: true, ClientIDType: 0, AllowPublic: true, AllowedClients: [application] },
    ...{ Redirects: [`http://127.0.0.1:${port}/callback`], TokenType: 'JwtRS256' },
    ...{ TokenLifetimeString: '0.00:10:00', AllowedAuth: 'AuthorizationCode,ClientCreds' },
    ...{ AllowRefresh: true, RefreshLifetimeString: '365.00:00:00' },
    KnownScopes: [{ Scope: 'push', Description: 'For mfa-cli', Mode: 'RestFilter', AllowedRest }],
    ...changes,
  };
  const update = (profile: object) =>
    ask('/SaasManage/UpdateApplicationDE', {
      ...{ ID: key, _RowKey: key, PVID: key, Name: 'Push', ServiceName: application },
      OAuthProfile: { ...OAuthProfile, ...profile },
    });
  const grant = (Rights: string) =>
    ask('/SaasManage/SetApplicationPermissions', {
      ...{ ID: key, RowKey: key, PVID: key },
      Grants: [{ Principal: 'Pushers', PType: 'Role', PrincipalId: role, Rights }],
    });
  await update({});
  await grant('View,Execute');
  await ask('/CDirectoryService/CreateUser', {
    ...{ Name: client_id, Mail: client_id, Password: client_secret, InEverybodyRole: 'false' },
    ...{ ServiceUser: true, OauthClient: true },
  });
  const Users = [client_id, 'admin@example.com'];
  await ask('/SaasManage/AddUsersAndGroupsToRole', { Name: role, Users });
  const login = ['login', '--tenant', emulator.url, '--app-id', application, '--client-id', application];
  return {
    ...{ emulator, key, ask, update, grant },
    login: [...login, '--scope', 'push', '--port', String(port)],
    requestToken: (changes: Record<string, string> = {}) =>
      postForm(`${emulator.url}/OAuth2/Token/${application}`, {
        ...{ grant_type: 'client_credentials', scope: 'push', client_id, client_secret, ...changes },
      }),
  };
}

const set = ['apns', 'set', '--p12', p12Path('01-default-aes256'), '--json'];

describe('a tenant that was made ready', () => {
  test('lets a person of the role set the certificate with the new application', async () => {
    const { ask, login } = await makeReady();
    const machine = createMachine();
    const signedIn = await machine.run([...login, '--json'], { browser: visit });
    expect(JSON.parse(signedIn.stdout)).toMatchObject({ user: 'admin@example.com', scope: 'push' });
    const sent = await machine.run(set, { env: secretPassword });
    expect([sent.exitCode, JSON.parse(sent.stdout)]).toMatchObject([0, { sent: true }]);
    const path = '/Core/GetTenantConfig?key=Mobile.IosCustomApp.ClientAppKey';
    expect(await ask(path)).toBe('com.example.lab');
    const who = await machine.run(['whoami', '--json']);
    expect(JSON.parse(who.stdout)).toMatchObject({ user: 'admin@example.com', renewable: true });
  });

  test('lets the service user set it, with the scope’s calls and no others', async () => {
    const { emulator, requestToken } = await makeReady();
    const env = {
      ...{ ...secretPassword, MFA_CLI_TENANT: emulator.url, MFA_CLI_APP_ID: application },
      ...{ MFA_CLI_SCOPE: 'push', MFA_CLI_CLIENT_ID: client_id, MFA_CLI_CLIENT_SECRET: client_secret },
    };
    const sent = await createMachine().run(set, { env });
    expect([sent.exitCode, JSON.parse(sent.stdout)]).toMatchObject([0, { sent: true }]);
    const { body } = await requestToken();
    const token = String(body.access_token);
    expect(body.expires_in).toBe(600);
    expect((await callApi(emulator, '/Security/WhoAmI', token)).body.success).toBe(true);
    const refused = { status: 401, body: { MessageID: '_I18N_ServiceUnauthorizedAccess' } };
    for (const path of ['/TenantConfig/GetAdvancedConfig', '/Core/GetTenantConfig', '/Security/Logout'])
      expect(await callApi(emulator, path, token)).toMatchObject(refused);
    for (const [changes, error] of [
      [{ client_id: 'other@example.com' }, 'access_denied'],
      [{ client_secret: 'wrong' }, 'access_denied'],
      [{ scope: 'all' }, 'invalid_scope'],
    ] as const)
      expect(await requestToken({ ...changes })).toMatchObject({ status: 400, body: { error } });
  });

  test('follows every change of the application at once', async () => {
    const { key, ask, grant, update, requestToken } = await makeReady();
    const error = async () => (await requestToken()).body.error ?? null;
    await grant('View');
    expect(await error()).not.toBeNull();
    await grant('View,Execute');
    expect(await error()).toBeNull();
    await update({ AllowedAuth: 'AuthorizationCode' });
    expect(await error()).not.toBeNull();
    await update({ ClientIDType: 1, MustBeOauthClient: true, AllowedAuth: 'ClientCreds' });
    expect(await error()).toBeNull();
    await ask('/SaasManage/DeleteApplication', { _RowKey: [key] });
    expect((await requestToken()).body.error_description).toMatch(/^unknown app/);
  });

  test('lets nobody in who is not of the role', async () => {
    const { login } = await makeReady();
    const browser = visitAs('user@example.com');
    const stranger = await createMachine().run([...login, '--timeout', '1'], { browser });
    expect(stranger.exitCode).toBe(5);
  });

  test('takes a scope’s expressions for whole paths, in any letter case', async () => {
    const KnownScopes = [
      { Scope: 'push', Mode: 'RestFilter', AllowedRest: ['WhoAmI', '/Security/Who', '/UserMgmt/.*'] },
      { Scope: 'who', Mode: 'RestFilter', AllowedRest: ['/security/whoami'] },
    ];
    const { emulator, requestToken } = await makeReady({ KnownScopes });
    const status = async (scope: string) => {
      const { body } = await requestToken({ scope });
      return (await callApi(emulator, '/Security/WhoAmI', String(body.access_token))).status;
    };
    expect([await status('push'), await status('who')]).toEqual([401, 200]);
  });

  test('gives a person no refresh token where none are issued', async () => {
    const { login } = await makeReady({ AllowRefresh: false });
    const machine = createMachine();
    await machine.run(login, { browser: visit });
    expect(JSON.parse((await machine.run(['whoami', '--json'])).stdout)).toMatchObject({ renewable: false });
  });
});

test('a service user that was made has a session by the vendor’s own application, and by a platform token', async () => {
  const { emulator } = await makeReady();
  const app = '__idaptive_cybr_user_oidc';
  const headers = { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` };
  const form = { grant_type: 'client_credentials', scope: 'api' };
  const { body } = await postForm(`${emulator.url}/OAuth2/Token/${app}`, form, headers);
  const query = new URLSearchParams({
    ...{ client_id: app, response_type: 'id_token', scope: 'openid profile api' },
    redirect_uri: 'https://cyberark.cloud/redirect',
  });
  const authorize = (token?: string) =>
    fetch(`${emulator.url}/OAuth2/Authorize/${app}?${query}`, {
      redirect: 'manual',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  const location = (await authorize(String(body.access_token))).headers.get('location') ?? '';
  const idToken = /^https:\/\/cyberark\.cloud\/redirect#id_token=(.+)$/.exec(location)?.[1] ?? '';
  expect(claimsOf(idToken)).toMatchObject({ iss: `${emulator.url}/${app}/`, unique_name: client_id });
  const platform = { grant_type: 'client_credentials', client_id, client_secret };
  const answer = await postForm(`${emulator.url}/OAuth2/PlatformToken`, platform);
  for (const token of [idToken, String(answer.body.access_token)])
    expect(await resultOf(emulator, token, '/Security/WhoAmI')).toMatchObject({ User: client_id });
});

test('a platform token may not call /Mobile, where the tenant is so', async () => {
  const { emulator } = await startTenant({ assumptions: { 'session-mobile': 'refused' } });
  const token = await serviceToken(emulator);
  const path = '/Mobile/DeleteApnsCertForClientApp';
  expect(await callApi(emulator, path, token, { ClientAppKey: 'x' })).toMatchObject({ status: 401 });
  expect((await callApi(emulator, '/Security/WhoAmI', token)).status).toBe(200);
});
