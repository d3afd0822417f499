import { describe, expect, test } from 'vitest';
import { callApi } from '../support/emulator.ts';
import { startTenant } from './local-tenant.ts';
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
