import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { createMachine } from '../support/context.ts';
import { callApi } from '../support/emulator.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant, visit, visitAs } from '../support/tenant.ts';
import { claimsOf, postForm } from './local-tenant.ts';
import { beginSignIn, resultOf, serviceToken, sessionOf, waitingFor } from './security-session.ts';

const certificate = p12Path('01-default-aes256');
const servicePassword = 'Made-for-this-test-1';

interface Ready {
  readonly emulator: Emulator;
  readonly port: number;
  readonly key: string;
  readonly role: string;
  ask(path: string, body?: unknown): Promise<unknown>;
}

/** A tenant that an administrator with two factors has made ready as the vendor's own clients do. */
async function makeReady(
  changes: Record<string, unknown> = {},
  stateFile: string | null = null,
): Promise<Ready> {
  const port = await freePort();
  const { emulator } = await startTenant({ autoApprove: true, stateFile });
  const signIn = await beginSignIn(emulator, 'codes@example.com');
  let token = '';
  for (const mechanism of ['OATH', 'SMS']) {
    await signIn.advance(mechanism, 'StartOOB');
    token = String((await signIn.advance(mechanism, 'Poll')).result.Token);
  }
  const ask = (path: string, body: unknown = {}) => resultOf(emulator, token, path, body);

  const { _RowKey: role } = (await ask('/Roles/StoreRole', {
    Name: 'Pushers',
    Description: 'Push certificates',
    RoleType: 'PrincipalList',
  })) as { _RowKey: string };
  const rights = (await ask('/RedRock/query', {
    Script: "@/lib/get_superrights.js(excludeRight:'')",
    Args: { PageNumber: 1, PageSize: 10000, Limit: 10000, SortBy: '', direction: 'False', Caching: -1 },
  })) as { Results: readonly { Row: { Description: string; Path: string } }[] };
  const right = rights.Results.find(({ Row }) => /^Device Management( \(All\))?$/.test(Row.Description));
  await ask('/SaasManage/AssignSuperRights', [{ Role: role, Path: right?.Row.Path }]);

  const [imported] = (await ask('/SaasManage/ImportAppFromTemplate', { ID: ['OAuth2ServerClient'] })) as [
    { _RowKey: string },
  ];
  const key = imported._RowKey;
  await ask('/SaasManage/UpdateApplicationDE', {
    ID: key,
    _RowKey: key,
    PVID: key,
    Name: 'Push',
    ServiceName: 'push-cli',
    Description: 'Push certificates',
    OAuthProfile: {
      TargetIsUs: true,
      ClientIDType: 0,
      AllowPublic: true,
      AllowedClients: ['push-cli'],
      Redirects: [`http://127.0.0.1:${port}/callback`],
      TokenType: 'JwtRS256',
      TokenLifetimeString: '0.00:10:00',
      AllowedAuth: 'AuthorizationCode,ClientCreds',
      AllowRefresh: true,
      RefreshLifetimeString: '365.00:00:00',
      KnownScopes: [
        {
          Scope: 'push',
          Description: 'What mfa-cli needs',
          Mode: 'RestFilter',
          AllowedRest: ['/?Mobile/(Set|Delete)ApnsCertForClientApp', '/?Security/WhoAmI'],
        },
      ],
      ...changes,
    },
  });
  await ask('/SaasManage/SetApplicationPermissions', {
    ID: key,
    RowKey: key,
    PVID: key,
    Grants: [{ Principal: 'Pushers', PType: 'Role', PrincipalId: role, Rights: 'View,Execute' }],
  });
  await ask('/CDirectoryService/CreateUser', {
    Name: 'pipeline@example.com',
    DisplayName: 'Pipeline',
    Mail: 'pipeline@example.com',
    Password: servicePassword,
    InEverybodyRole: 'false',
    InSysAdminRole: 'false',
    ForcePasswordChangeNext: 'false',
    PasswordNeverExpire: 'true',
    SendEmailInvite: 'false',
    SendSmsInvite: 'false',
    ServiceUser: true,
    OauthClient: true,
  });
  await ask('/SaasManage/AddUsersAndGroupsToRole', {
    Name: role,
    Users: ['pipeline@example.com', 'admin@example.com'],
  });
  return { emulator, port, key, role, ask };
}

const login = ({ emulator, port }: Ready): string[] => [
  'login',
  '--tenant',
  emulator.url,
  '--app-id',
  'push-cli',
  '--client-id',
  'push-cli',
  '--scope',
  'push',
  '--port',
  String(port),
];

const set = ['apns', 'set', '--p12', certificate, '--json'];

const requestToken = (emulator: Emulator, changes: Record<string, string> = {}) =>
  postForm(`${emulator.url}/OAuth2/Token/push-cli`, {
    grant_type: 'client_credentials',
    scope: 'push',
    client_id: 'pipeline@example.com',
    client_secret: servicePassword,
    ...changes,
  });

describe('a tenant that was made ready', () => {
  test('lets a person of the role set the certificate with the new application', async () => {
    const ready = await makeReady();
    const machine = createMachine();
    const signedIn = await machine.run([...login(ready), '--json'], { browser: visit });
    expect(JSON.parse(signedIn.stdout)).toMatchObject({ user: 'admin@example.com', scope: 'push' });
    const sent = await machine.run(set, { env: secretPassword });
    expect([sent.exitCode, JSON.parse(sent.stdout)]).toMatchObject([0, { sent: true }]);
    expect(await ready.ask('/Core/GetTenantConfig?key=Mobile.IosCustomApp.ClientAppKey')).toBe(
      'com.example.lab',
    );
    const who = await machine.run(['whoami', '--json']);
    expect(JSON.parse(who.stdout)).toMatchObject({ user: 'admin@example.com', renewable: true });
  });

  test('lets the service user set it, with the scope’s calls and no others', async () => {
    const ready = await makeReady();
    const { emulator } = ready;
    const env = {
      ...secretPassword,
      MFA_CLI_TENANT: emulator.url,
      MFA_CLI_APP_ID: 'push-cli',
      MFA_CLI_SCOPE: 'push',
      MFA_CLI_CLIENT_ID: 'pipeline@example.com',
      MFA_CLI_CLIENT_SECRET: servicePassword,
    };
    const sent = await createMachine().run(set, { env });
    expect([sent.exitCode, JSON.parse(sent.stdout)]).toMatchObject([0, { sent: true }]);
    const { body } = await requestToken(emulator);
    const token = String(body.access_token);
    expect(body.expires_in).toBe(600);
    expect((await callApi(emulator, '/Security/WhoAmI', token)).body.success).toBe(true);
    for (const path of ['/TenantConfig/GetAdvancedConfig', '/Core/GetTenantConfig', '/Security/Logout'])
      expect(await callApi(emulator, path, token)).toMatchObject({
        status: 401,
        body: { MessageID: '_I18N_ServiceUnauthorizedAccess' },
      });
  });

  test.each([
    ['another client', { client_id: 'other@example.com' }, 'access_denied'],
    ['a wrong password', { client_secret: 'wrong' }, 'access_denied'],
    ['a scope that is not', { scope: 'all' }, 'invalid_scope'],
  ])('gives no token for %s', async (_name, changes, error) => {
    const { emulator } = await makeReady();
    expect(await requestToken(emulator, changes)).toMatchObject({ status: 400, body: { error } });
  });

  test('follows every change of the application at once', async () => {
    const { emulator, key, role, ask } = await makeReady();
    const grant = (Rights: string) =>
      ask('/SaasManage/SetApplicationPermissions', {
        ID: key,
        Grants: [{ Principal: 'Pushers', PType: 'Role', PrincipalId: role, Rights }],
      });
    const error = async () => (await requestToken(emulator)).body.error ?? null;
    await grant('View');
    expect(await error()).not.toBeNull();
    await grant('View,Execute');
    expect(await error()).toBeNull();
    await ask('/SaasManage/RemoveUsersAndGroupsFromRole', { Name: role, Users: ['pipeline@example.com'] });
    expect(await error()).not.toBeNull();
    await ask('/SaasManage/AddUsersAndGroupsToRole', { Name: role, Users: ['pipeline@example.com'] });
    expect(await error()).toBeNull();
    const { OAuthProfile } = (await ask('/SaasManage/GetApplication', { _RowKey: key })) as {
      OAuthProfile: object;
    };
    const update = (profile: object) =>
      ask('/SaasManage/UpdateApplicationDE', {
        _RowKey: key,
        ServiceName: 'push-cli',
        OAuthProfile: profile,
      });
    await update({ ...OAuthProfile, AllowedAuth: 'AuthorizationCode' });
    expect(await error()).not.toBeNull();
    await update({ ...OAuthProfile, ClientIDType: 1, MustBeOauthClient: true, AllowedAuth: 'ClientCreds' });
    expect(await error()).toBeNull();
    await ask('/SaasManage/DeleteApplication', { _RowKey: [key] });
    expect((await requestToken(emulator)).body).toMatchObject({
      error_description: expect.stringMatching(/^unknown app/),
    });
  });

  test('lets nobody in who is not of the role, nor with another redirect', async () => {
    const ready = await makeReady();
    const stranger = await createMachine().run([...login(ready), '--timeout', '2'], {
      browser: visitAs('user@example.com'),
    });
    expect(stranger.exitCode).toBe(5);
    const elsewhere = await freePort();
    const argv = [...login(ready), '--timeout', '1'].with(-3, String(elsewhere));
    const other = await createMachine().run(argv, { browser: visit });
    expect(other.exitCode).toBe(5);
  });

  test('takes a scope’s expressions for whole paths, in any letter case', async () => {
    const KnownScopes = [
      { Scope: 'push', Mode: 'RestFilter', AllowedRest: ['WhoAmI', '/Security/Who', '/UserMgmt/.*'] },
      { Scope: 'who', Mode: 'RestFilter', AllowedRest: ['/security/whoami'] },
    ];
    const { emulator } = await makeReady({ KnownScopes });
    const status = async (scope: string) => {
      const { body } = await requestToken(emulator, { scope });
      return (await callApi(emulator, '/Security/WhoAmI', String(body.access_token))).status;
    };
    expect([await status('push'), await status('who')]).toEqual([401, 200]);
  });

  test('serves after a restart', async () => {
    const stateFile = join(temporaryDirectory(), 'state.json');
    const { emulator } = await makeReady({}, stateFile);
    await emulator.close();
    const again = await startTenant({ stateFile });
    expect((await requestToken(again.emulator)).body).toMatchObject({ token_type: 'Bearer', scope: 'push' });
  });

  test('gives a person no refresh token where none are issued', async () => {
    const ready = await makeReady({ AllowRefresh: false });
    const machine = createMachine();
    await machine.run(login(ready), { browser: visit });
    expect(JSON.parse((await machine.run(['whoami', '--json'])).stdout)).toMatchObject({ renewable: false });
  });
});

describe('a service user that was made', () => {
  test('has a session through the vendor’s own application, and by a platform token', async () => {
    const { emulator } = await makeReady();
    const basic = Buffer.from(`pipeline@example.com:${servicePassword}`).toString('base64');
    const { body } = await postForm(
      `${emulator.url}/OAuth2/Token/__idaptive_cybr_user_oidc`,
      { grant_type: 'client_credentials', scope: 'api' },
      { authorization: `Basic ${basic}` },
    );
    const query = new URLSearchParams({
      client_id: '__idaptive_cybr_user_oidc',
      response_type: 'id_token',
      scope: 'openid profile api',
      redirect_uri: 'https://cyberark.cloud/redirect',
    });
    const answer = await fetch(`${emulator.url}/OAuth2/Authorize/__idaptive_cybr_user_oidc?${query}`, {
      redirect: 'manual',
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    const location = new URL(answer.headers.get('location') ?? 'none:');
    const idToken = new URLSearchParams(location.hash.slice(1)).get('id_token') ?? '';
    expect(claimsOf(idToken)).toMatchObject({ unique_name: 'pipeline@example.com' });
    expect(await resultOf(emulator, idToken, '/Security/WhoAmI')).toMatchObject({
      User: 'pipeline@example.com',
    });
    const platform = await postForm(`${emulator.url}/OAuth2/PlatformToken`, {
      grant_type: 'client_credentials',
      client_id: 'pipeline@example.com',
      client_secret: servicePassword,
    });
    const who = resultOf(emulator, String(platform.body.access_token), '/Security/WhoAmI');
    expect(await who).toMatchObject({ User: 'pipeline@example.com' });
  });

  test('may not call /Mobile with a platform token, where the tenant is so', async () => {
    const { emulator } = await startTenant({ assumptions: { 'session-mobile': 'refused' } });
    const token = await serviceToken(emulator);
    const path = '/Mobile/DeleteApnsCertForClientApp';
    expect(await callApi(emulator, path, token, { ClientAppKey: 'x' })).toMatchObject({ status: 401 });
    expect((await callApi(emulator, '/Security/WhoAmI', token)).status).toBe(200);
  });
});

test('the emulator’s own application can be written anew', async () => {
  const { emulator } = await startTenant();
  const token = await sessionOf(emulator);
  const key = await resultOf(emulator, token, '/SaasManage/GetAppIDByServiceName', { Name: 'mfa-cli' });
  const read = (await resultOf(emulator, token, '/SaasManage/GetApplication', { _RowKey: key })) as {
    OAuthProfile: object;
  };
  const OAuthProfile = { ...read.OAuthProfile, AllowedAuth: 'AuthorizationCode' };
  await resultOf(emulator, token, '/SaasManage/UpdateApplicationDE', { ...read, OAuthProfile });
  const { url, serviceUser } = emulator;
  const request = {
    grant_type: 'client_credentials',
    scope: 'all',
    client_id: serviceUser.user,
    client_secret: serviceUser.password,
  };
  expect((await postForm(`${url}/OAuth2/Token/mfa-cli`, request)).status).toBe(400);
  expect(await waitingFor(emulator, 'nobody')).toEqual([]);
});
