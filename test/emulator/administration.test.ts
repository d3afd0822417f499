import { describe, expect, test } from 'vitest';
import { parseSelect, runSelect } from '../../src/emulator/administration/redrock-apis.ts';
import type { Row } from '../../src/emulator/envelope.ts';
import { callApi } from '../support/emulator.ts';
import { startTenant } from './local-tenant.ts';
import { beginSignIn, resultOf, serviceToken, sessionOf } from './security-session.ts';

type Tenant = Awaited<ReturnType<typeof startTenant>>;
type Ask = (path: string, body?: unknown) => Promise<unknown>;

const notFound = 'The requested data or its dependent data was not found in the service.';
const forbidden = {
  success: false,
  MessageID: '_I18N_System.UnauthorizedAccessException',
  Message: 'You are not authorized to perform this operation. Please contact your IT helpdesk.',
};

/** A tenant and how its administrator asks it; a call that fails gives its message. */
async function administered(
  assumptions: Record<string, string> = {},
): Promise<{ emulator: Tenant; ask: Ask; token: string }> {
  const emulator = await startTenant({ assumptions });
  const token = await sessionOf(emulator);
  return { emulator, token, ask: askWith(emulator, token) };
}

function askWith(emulator: Tenant, token: string): Ask {
  return async (path, body = {}) => {
    const answer = await callApi(emulator, path, token, body);
    return answer.body.success === true ? answer.body.Result : answer.body.Message;
  };
}

const rows = (result: unknown): readonly Record<string, unknown>[] =>
  (result as { Results: readonly { Row: Record<string, unknown> }[] }).Results.map(({ Row }) => Row);

async function createRole(ask: Ask, Name: string, more: object = {}): Promise<string> {
  const result = await ask('/Roles/StoreRole', { Name, RoleType: 'PrincipalList', ...more });
  return (result as { _RowKey: string })._RowKey;
}

const serviceUser = {
  Name: 'push@example.com',
  DisplayName: 'Push',
  Mail: 'push@example.com',
  Password: 'S3cret-of-the-service-user',
  InEverybodyRole: 'false',
  InSysAdminRole: 'false',
  ForcePasswordChangeNext: 'false',
  PasswordNeverExpire: 'true',
  SendEmailInvite: 'false',
  SendSmsInvite: 'false',
  ServiceUser: true,
  OauthClient: true,
};

describe('roles', () => {
  test('are made, found and deleted', async () => {
    const { ask } = await administered();
    const id = await createRole(ask, 'Pushers', { Description: 'who push', Users: ['user@example.com'] });
    expect(id).toMatch(/^[0-9a-f]{8}(_[0-9a-f]{4}){3}_[0-9a-f]{12}$/);
    expect(await ask('/SaasManage/GetRoleIdFromName?roleName=pushers')).toBe(id);
    expect(await ask('/SaasManage/GetRoleIdFromName', { roleName: 'Pushers' })).toBe(id);
    expect(await ask(`/Roles/GetRole?Name=${id}`)).toEqual({
      Uuid: id,
      Name: 'Pushers',
      Description: 'who push',
      RoleType: 'PrincipalList',
      ReadOnly: false,
      DirectoryServiceUuid: '09B9A9B0-6CE8-465F-AB03-65766D33B05E',
      Principals: ['u=user@example.com'],
    });
    await ask('/SaasManage/AddUsersAndGroupsToRole', {
      Name: id,
      Users: ['ci@example.com', 'user@example.com'],
      Roles: ['Everybody'],
    });
    expect(rows(await ask('/Roles/GetRoleMembers', { Name: id }))).toEqual([
      {
        Guid: 'c0ffee00-0000-4000-8000-000000000002',
        Name: 'user@example.com',
        Type: 'User',
        IsEffective: true,
      },
      {
        Guid: 'c0ffee00-0000-4000-8000-000000000003',
        Name: 'ci@example.com',
        Type: 'User',
        IsEffective: true,
      },
      { Guid: 'everybody', Name: 'Everybody', Type: 'Role', IsEffective: true },
    ]);
    const leaving = { Name: id, Users: ['ci@example.com'], Roles: ['everybody'] };
    expect(await ask('/SaasManage/RemoveUsersAndGroupsFromRole', leaving)).toBeNull();
    expect(rows(await ask(`/Roles/GetRoleMembers?name=${id}`))).toHaveLength(1);
    expect(await ask('/SaasManage/DeleteRole', { Name: id })).toBeNull();
    expect(await ask('/SaasManage/GetRoleIdFromName?roleName=Pushers')).toBeNull();
  });

  test('that cannot be are refused in the vendor’s words', async () => {
    const { ask, emulator, token } = await administered();
    await createRole(ask, 'Twice');
    const { body } = await callApi(emulator, '/Roles/StoreRole', token, { Name: 'twice' });
    expect(body).toMatchObject({
      success: false,
      Result: null,
      Message: 'Role with name twice already exists.',
      ErrorCode: '1409',
    });
    expect(await ask('/Roles/StoreRole')).toBe('Parameter "Name" must be specified.');
    expect(await ask('/Roles/StoreRole', { Name: 'x', RoleType: 'Other' })).toBe(
      'The role type Other is unknown.',
    );
    expect(await ask('/Roles/StoreRole', { Name: 'x', Users: ['nobody@example.com'] })).toBe(notFound);
    expect(await ask('/Roles/StoreRole', { Name: 'x', Groups: ['g'] })).toBe(notFound);
    expect(await ask('/SaasManage/GetRoleIdFromName?roleName=x')).toBeNull();
    for (const path of ['AddUsersAndGroupsToRole', 'RemoveUsersAndGroupsFromRole', 'DeleteRole'])
      expect(await ask(`/SaasManage/${path}`, { Name: 'x' })).toBe(notFound);
    for (const path of ['/Roles/GetRole', '/Roles/GetRoleMembers', '/Core/GetAssignedAdministrativeRights'])
      expect(await ask(path, { Name: 'x', role: 'x' })).toBe(notFound);
  });

  test('that the tenant needs stay', async () => {
    const { ask } = await administered();
    expect(await ask('/SaasManage/DeleteRole', { Name: 'sysadmin' })).toBe(
      'The role System Administrator cannot be deleted.',
    );
    expect(await ask('/SaasManage/DeleteRole', { Name: 'Everybody' })).toBe(
      'The role Everybody cannot be deleted.',
    );
  });

  test('are looked up by name, and an unknown name can be refused', async () => {
    const { ask } = await administered({ 'absent-name': 'refused' });
    expect(await ask('/SaasManage/GetRoleIdFromName?roleName=nothing')).toBe(notFound);
    expect(await ask('/SaasManage/GetAppIDByServiceName?name=nothing')).toBe(notFound);
    expect(await ask('/SaasManage/GetRoleIdFromName?roleName=sysadmin')).toBe('sysadmin');
  });
});

describe('rights', () => {
  const list = {
    Script: "@/lib/get_superrights.js(excludeRight:'')",
    Args: { PageNumber: 1, PageSize: 10000, Limit: 10000, SortBy: '', direction: 'False', Caching: -1 },
  };

  test.each([
    ['one', ['Device Management']],
    ['all-and-limited', ['Device Management (All)', 'Device Management (Limited)']],
  ])('to manage devices are listed: %s', async (value, expected) => {
    const { ask } = await administered({ 'device-right': value });
    const rights = rows(await ask('/RedRock/query', list));
    const found = rights.map(({ Description }) => String(Description));
    expect(found.filter((name) => name.startsWith('Device'))).toEqual(expected);
    expect(rights).toContainEqual({
      Path: '/lib/rights/appman.json',
      Description: 'Application Management',
      ServiceName: null,
    });
  });

  test('are given to a role and taken, one or several at a time', async () => {
    const { ask } = await administered();
    const Role = await createRole(ask, 'Pushers');
    const assigned = async (): Promise<unknown> =>
      rows(await ask(`/Core/GetAssignedAdministrativeRights?role=Pushers`)).map(({ Path }) => Path);
    expect(
      await ask('/SaasManage/AssignSuperRights', [{ Role, Path: '/lib/rights/devman.json' }]),
    ).toBeNull();
    expect(await ask('/SaasManage/AssignSuperRights', { Role, Path: '/lib/rights/appman.json' })).toBeNull();
    expect(await assigned()).toEqual(['/lib/rights/appman.json', '/lib/rights/devman.json']);
    const taken = [
      { Role, Path: '/lib/rights/devman.json' },
      { Role, Path: '/lib/rights/appman.json' },
    ];
    expect(await ask('/SaasManage/UnAssignSuperRights', taken)).toBeNull();
    expect(await assigned()).toEqual([]);
  });

  test('that are not, and roles that are not, are refused, and nothing of the list is done', async () => {
    const { ask } = await administered();
    const Role = await createRole(ask, 'Pushers');
    const good = { Role, Path: '/lib/rights/devman.json' };
    const assign = (second: unknown) => ask('/SaasManage/AssignSuperRights', [good, second]);
    expect(await assign({ Role, Path: '/lib/rights/other.json' })).toBe('Specified path is invalid');
    expect(await assign({ Role: 'nothing', Path: good.Path })).toBe(notFound);
    expect(await assign({ Path: good.Path })).toBe('The required parameter Role is missing.');
    expect(await assign('text')).toBe('The request body is not a list of JSON objects.');
    expect(rows(await ask('/Core/GetAssignedAdministrativeRights', { role: Role }))).toEqual([]);
  });

  test('come through roles in roles, and go with them', async () => {
    const { emulator, ask } = await administered();
    const user = askWith(emulator, await sessionOf(emulator, emulator.user));
    const use = () => user('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey: 'x' });
    expect(await use()).toBe(forbidden.Message);
    const outer = await createRole(ask, 'Outer');
    const inner = await createRole(ask, 'Inner', { Users: ['user@example.com'] });
    await ask('/SaasManage/AddUsersAndGroupsToRole', { Name: inner, Roles: [outer] });
    await ask('/SaasManage/AddUsersAndGroupsToRole', { Name: outer, Roles: [inner] });
    await ask('/SaasManage/AssignSuperRights', [{ Role: outer, Path: '/lib/rights/devman.json' }]);
    expect(await use()).toBeNull();
    await ask('/SaasManage/DeleteRole', { Name: inner });
    expect(await use()).toBe(forbidden.Message);
  });

  test('of devices, limited, are not enough for push certificates', async () => {
    const { emulator, ask } = await administered({ 'device-right': 'all-and-limited' });
    const user = askWith(emulator, await sessionOf(emulator, emulator.user));
    const Role = await createRole(ask, 'Helpdesk', { Users: ['user@example.com'] });
    await ask('/SaasManage/AssignSuperRights', [{ Role, Path: '/lib/rights/devmanlimited.json' }]);
    expect(await user('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey: 'x' })).toBe(forbidden.Message);
  });

  test.each([
    ['/Roles/StoreRole', { Name: 'x' }, 'roleman'],
    ['/SaasManage/AddUsersAndGroupsToRole', { Name: 'everybody' }, 'roleman'],
    ['/SaasManage/RemoveUsersAndGroupsFromRole', { Name: 'everybody' }, 'roleman'],
    ['/SaasManage/DeleteRole', { Name: 'Push Certificates' }, 'roleman'],
    ['/SaasManage/GetRoleIdFromName', { roleName: 'x' }, 'roroleman'],
    ['/SaasManage/AssignSuperRights', { Role: 'everybody', Path: '/lib/rights/fedman.json' }, 'roleman'],
    ['/SaasManage/UnAssignSuperRights', { Role: 'everybody', Path: '/lib/rights/fedman.json' }, 'roleman'],
    ['/Core/GetAssignedAdministrativeRights', { role: 'everybody' }, 'monitor'],
    ['/Roles/GetRole', { Name: 'everybody' }, 'monitor'],
    ['/Roles/GetRoleMembers', { name: 'everybody' }, 'roroleman'],
    ['/UserMgmt/DirectoryServiceQuery', { directoryServices: [], roles: '{}' }, 'roroleman'],
    ['/UserMgmt/DirectoryServiceQuery', { directoryServices: [], user: '{}' }, 'rouserman'],
    ['/CDirectoryService/CreateUser', { ...serviceUser, Name: 'new@example.com' }, 'dsman'],
    ['/CDirectoryService/GetUser', { ID: 'admin@example.com' }, 'rouserman'],
    ['/SaasManage/GetAppIDByServiceName', { Name: 'mfa-cli' }, 'monitor'],
    ['/SaasManage/GetApplication', { _RowKey: 'mfa-cli' }, 'monitor'],
    ['/SaasManage/ImportAppFromTemplate', { ID: ['OAuth2ServerClient'] }, 'appman'],
    ['/Acl/GetRowAces', { RowKey: 'mfa-cli', Table: 'Application' }, 'monitor'],
    ['/SaasManage/SetApplicationPermissions', { ID: 'mfa-cli', Grants: [] }, 'appman'],
    ['/RedRock/query', { Script: 'select * from Application' }, 'appman'],
    ['/RedRock/query', { Script: 'select * from Role' }, 'roroleman'],
    ['/RedRock/query', { Script: 'select * from User' }, 'rouserman'],
    ['/RedRock/query', { Script: 'select * from Device' }, 'devman'],
    ['/RedRock/query', list, 'roroleman'],
    ['/Core/GetTenantConfig', { key: 'x' }, 'devman'],
  ])('open %s %j: without, no; with %s, yes', async (path, body, right) => {
    const { emulator, ask } = await administered();
    const user = await sessionOf(emulator, emulator.user);
    expect(await callApi(emulator, path, user, body)).toMatchObject({ status: 200, body: forbidden });
    const Role = await createRole(ask, 'Some', { Users: ['user@example.com'] });
    await ask('/SaasManage/AssignSuperRights', [{ Role, Path: `/lib/rights/${right}.json` }]);
    expect((await callApi(emulator, path, user, body)).body.success).toBe(true);
  });

  test('to change who is an administrator are the administrators’ own', async () => {
    const { emulator, ask } = await administered();
    const Role = await createRole(ask, 'Managers', { Users: ['user@example.com'] });
    for (const right of ['roleman', 'dsman', 'devman'])
      await ask('/SaasManage/AssignSuperRights', [{ Role, Path: `/lib/rights/${right}.json` }]);
    const user = askWith(emulator, await sessionOf(emulator, emulator.user));
    const members = { Name: 'sysadmin', Users: ['user@example.com'] };
    expect(await user('/SaasManage/AddUsersAndGroupsToRole', members)).toBe(forbidden.Message);
    const created = { ...serviceUser, Name: 'root@example.com', InSysAdminRole: 'true' };
    expect(await user('/CDirectoryService/CreateUser', created)).toBe(forbidden.Message);
    expect(await ask('/CDirectoryService/GetUser', { ID: 'root@example.com' })).toBe(notFound);
    expect(await user('/Core/SetTenantConfig?key=a&value=b')).toBe(forbidden.Message);
    expect(await ask('/SaasManage/AddUsersAndGroupsToRole', members)).toBeNull();
    expect(await user('/Core/SetTenantConfig?key=a&value=b')).toBeNull();
  });
});

describe('users', () => {
  test('are made, read and deleted, and never shown with their passwords', async () => {
    const { ask, emulator } = await administered();
    const other = { ...serviceUser, Name: 'bot@example.com' };
    const id = await ask('/CDirectoryService/CreateUser', other);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const shown = await ask('/CDirectoryService/GetUser', { ID: id });
    expect(shown).toEqual({
      Uuid: id,
      ID: id,
      Name: 'bot@example.com',
      DisplayName: 'Push',
      Mail: 'push@example.com',
      MobileNumber: '',
      State: 'None',
      ServiceUser: true,
      OauthClient: true,
      InEverybodyRole: false,
      PasswordNeverExpire: true,
      ForcePasswordChangeNext: false,
      DirectoryServiceUuid: '09B9A9B0-6CE8-465F-AB03-65766D33B05E',
    });
    expect(await ask('/CDirectoryService/GetUser', { ID: 'BOT@example.com' })).toEqual(shown);
    const person = { ...other, Name: 'robot@example.com', ServiceUser: false };
    const uuid = await ask('/CDirectoryService/CreateUser', person);
    const signIn = await beginSignIn(emulator, 'robot@example.com');
    const { result } = await signIn.advance('UP', 'Answer', serviceUser.Password);
    const robot = askWith(emulator, String(result.Token));
    expect(await robot('/Security/WhoAmI')).toMatchObject({ UserUuid: uuid });
    expect(await ask('/CDirectoryService/DeleteUser', { ID: 'robot@example.com' })).toBeNull();
    expect(await robot('/Security/WhoAmI')).toBe('Authentication (login or challenge) has failed.');
    expect(await ask('/CDirectoryService/GetUser', { ID: uuid })).toBe(notFound);
  });

  test('that cannot be are refused', async () => {
    const { ask } = await administered();
    const create = (changes: object) =>
      ask('/CDirectoryService/CreateUser', { ...serviceUser, Name: 'bot@example.com', ...changes });
    expect(await create({ Name: 'Admin@example.com' })).toBe(
      'The user name Admin@example.com is already in use.',
    );
    expect(await create({ Name: 'bot' })).toBe('The user name must end with @example.com.');
    expect(await create({ Name: 'bot@other.example' })).toBe('The user name must end with @example.com.');
    expect(await create({ Name: '' })).toBe('The required parameter Name is missing.');
    expect(await create({ Password: undefined })).toBe('The required parameter Password is missing.');
    expect(await create({ Mail: undefined })).toBe('The required parameter Mail is missing.');
    expect(await create({ ServiceUser: 'perhaps' })).toBe('String was not recognized as a valid Boolean.');
    expect(await ask('/CDirectoryService/GetUser', { ID: 'bot@example.com' })).toBe(notFound);
  });

  test('of the emulator’s own stay as they are', async () => {
    const { ask } = await administered();
    const stays = "user@example.com is one of the emulator's own users.";
    expect(await ask('/CDirectoryService/DeleteUser', { ID: 'user@example.com' })).toBe(stays);
  });

  test('that are deleted leave their roles', async () => {
    const { ask } = await administered();
    const ID = await ask('/CDirectoryService/CreateUser', { ...serviceUser, Name: 'a@example.com' });
    const role = await createRole(ask, 'One', { Users: [ID] });
    expect(rows(await ask('/Roles/GetRoleMembers', { Name: role }))).toHaveLength(1);
    expect(await ask('/CDirectoryService/DeleteUser', { ID })).toBeNull();
    expect(rows(await ask('/Roles/GetRoleMembers', { Name: role }))).toEqual([]);
  });

  test('can be made administrators', async () => {
    const { ask, emulator } = await administered();
    await ask('/CDirectoryService/CreateUser', {
      ...serviceUser,
      Name: 'second@example.com',
      ServiceUser: false,
      InSysAdminRole: 'true',
    });
    const account = { user: 'second@example.com', password: serviceUser.Password };
    const second = askWith(emulator, await sessionOf(emulator, account));
    expect(await second('/Core/SetTenantConfig?key=a&value=b')).toBeNull();
  });
});

describe('the directory', () => {
  const directoryServices = ['09B9A9B0-6CE8-465F-AB03-65766D33B05E'];

  test('names its services', async () => {
    const { ask, emulator, token } = await administered();
    const services = [
      { directoryServiceUuid: directoryServices[0], Service: 'CDS', Name: 'Cloud Directory' },
    ];
    expect(rows(await ask('/Core/GetDirectoryServices'))).toEqual(services);
    const response = await fetch(`${emulator.url}/core/getdirectoryservices`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(rows(((await response.json()) as { Result: unknown }).Result)).toEqual(services);
  });

  test('finds a role with its rights, by name or ID', async () => {
    const { ask } = await administered();
    const find = (key: string) =>
      ask('/UserMgmt/DirectoryServiceQuery', {
        directoryServices,
        user: '{}',
        group: '{}',
        roles: JSON.stringify({ _or: [{ Name: { _eq: key } }, { _ID: { _eq: key } }] }),
        Args: { Limit: 1 },
      });
    const role = {
      _ID: 'c0ffee00_0000_4000_8000_000000000100',
      Name: 'Push Certificates',
      Description: 'May manage push certificates',
      RoleType: 'PrincipalList',
      IsHidden: false,
      DirectoryServiceUuid: directoryServices[0],
      AdministrativeRights: [
        { Path: '/lib/rights/devman.json', Description: 'Device Management', ServiceName: null },
      ],
    };
    for (const key of ['Push Certificates', 'c0ffee00_0000_4000_8000_000000000100']) {
      const result = (await find(key)) as Record<string, { FullCount: number }>;
      expect(Object.keys(result)).toEqual(['User', 'Roles', 'Group']);
      expect(rows(result.Roles)).toEqual([role]);
      expect(rows(result.User)).toHaveLength(1);
      expect(result.User?.FullCount).toBeGreaterThan(10);
      expect(rows(result.Group)).toEqual([]);
    }
    expect(rows(((await find('push certificates')) as { Roles: unknown }).Roles)).toEqual([]);
  });

  test('finds users by a part of their name, and none in other directories', async () => {
    const { ask } = await administered();
    const filter = JSON.stringify({
      _or: [
        { DisplayName: { _like: 'PIPE' } },
        { SystemName: { _like: { value: 'ADMIN@', ignoreCase: true } } },
      ],
    });
    const find = (services: readonly string[]) =>
      ask('/UserMgmt/DirectoryServiceQuery', { directoryServices: services, user: filter });
    expect(rows(((await find(directoryServices)) as { User: unknown }).User)).toEqual([
      expect.objectContaining({ SystemName: 'admin@example.com' }),
      {
        InternalName: 'c0ffee00-0000-4000-8000-000000000003',
        SystemName: 'ci@example.com',
        DisplayName: 'Pipelines',
        EMail: 'ci@example.com',
        Description: '',
        DistinguishedName: 'ci@example.com',
        DirectoryServiceUuid: directoryServices[0],
        ExternalUuid: 'c0ffee00-0000-4000-8000-000000000003',
        ServiceInstanceLocalized: 'Cloud Directory',
        ServiceType: 'CDS',
        ObjectType: 'User',
      },
    ]);
    expect(rows(((await find(['other'])) as { User: unknown }).User)).toEqual([]);
  });

  test.each([
    ['{"Name":', 'The filter roles is not valid JSON.'],
    ['{"Name":{"_gt":"a"}}', 'The filter has an unknown part: _gt.'],
    ['{"_or":{}}', 'The filter has an unknown part: _or.'],
    ['[]', 'The filter has an unknown part: filter.'],
  ])('does not understand %s', async (roles, message) => {
    const { ask } = await administered();
    expect(await ask('/UserMgmt/DirectoryServiceQuery', { directoryServices, roles })).toBe(message);
  });
});

describe('settings of the tenant', () => {
  test('are read one by one, with a value for those that are not there', async () => {
    const { emulator, ask } = await administered();
    await ask('/Core/SetTenantConfig?key=Mobile.IosCustomApp.ClientAppKey&value=com.example.app');
    const service = askWith(emulator, await serviceToken(emulator));
    expect(await service('/Core/GetTenantConfig?key=Mobile.IosCustomApp.ClientAppKey&dflt=')).toBe(
      'com.example.app',
    );
    expect(await service('/Core/GetTenantConfig', { key: 'nothing' })).toBeNull();
    expect(await service('/Core/GetTenantConfig?key=nothing&dflt=other')).toBe('other');
    expect(await service('/Core/GetTenantConfig')).toBe('The required parameter key is missing.');
  });
});

test('the service user has its right through its role', async () => {
  const { emulator, ask } = await administered();
  const token = await serviceToken(emulator);
  const body = { ClientAppKey: 'x' };
  expect(await resultOf(emulator, token, '/Mobile/DeleteApnsCertForClientApp', body)).toBeNull();
  await ask('/SaasManage/DeleteRole', { Name: 'Push Certificates' });
  expect((await callApi(emulator, '/Mobile/DeleteApnsCertForClientApp', token, body)).body).toMatchObject(
    forbidden,
  );
});

const people: readonly Row[] = [
  { ID: 1, Name: 'Ada', Mail: "o'hara@example.com" },
  { ID: 2, Name: 'bob', Mail: 'b_b@example.com' },
  { ID: 3, Name: 'Carol', Mail: 'b%b@other.example' },
  { ID: 4, Name: 'ada', Mail: null },
];

const run = (script: string): readonly Row[] =>
  runSelect(parseSelect(script), ['ID', 'Name', 'Mail'], people);
const ids = (script: string): readonly unknown[] => run(script).map(({ ID }) => ID);

describe('a query', () => {
  test.each([
    ['select ID from People', [1, 2, 3, 4]],
    ['SELECT * FROM People;', [1, 2, 3, 4]],
    ["select ID from People where Name='Ada'", [1]],
    ["select id from people where name = 'Ada' and ID='1'", [1]],
    ["select ID from People where Name='Ada' and ID='2'", []],
    ["select ID from People where 1=1 AND Name='ada'", [4]],
    ["select ID from People where Name like '%a%'", [1, 3, 4]],
    ["select ID from People where Mail='o''hara@example.com'", [1]],
    ["select ID from People where Mail=''", [4]],
    ["select ID from People where Name LIKE 'ADA'", [1, 4]],
    ["select ID from People where Mail like 'b_b@%'", [2, 3]],
    ["select ID from People where Mail like '%@example.com'", [1, 2]],
    ["select ID from People where Mail like '%b%b%c%m'", [2]],
    ["select ID from People where Mail like '_'", []],
    ["select ID from People where Mail like '%'", [1, 2, 3, 4]],
  ])('%s', (script, expected) => {
    expect(ids(script)).toEqual(expected);
  });

  test('gives the columns that are asked for, in the table’s spelling', () => {
    expect(run("select mail, ID from People where ID='4'")).toEqual([{ Mail: null, ID: 4 }]);
    expect(run("select * from People where ID='4'")).toEqual([{ ID: 4, Name: 'ada', Mail: null }]);
  });

  test.each<readonly [string, string]>([
    ...[
      '',
      'select ID',
      'select ID, from People',
      'delete from People',
      'select ID from People where',
      "select ID from People where Name='Ada",
      "select ID from People where Name > 'Ada'",
      'select ID from People where ID=1',
      "select ID from People where ID='1' or Name='a'",
      "select ID from People where ID='1' and",
      'select ID from People order by ID',
      'select ID from People limit 1',
      'select ID from People; select 1',
    ].map((script): [string, string] => [script, 'the local tenant reads only SELECT']),
    ['select Other from People', 'no such column: Other'],
    ["select ID from People where Other='x'", 'no such column: Other'],
  ])('%j is not understood', (script, message) => {
    expect(() => run(script)).toThrow(`Query has failed: ${message}`);
  });

  test('of many wildcards ends soon', () => {
    const long = [{ ID: 'a'.repeat(2000) }];
    const select = parseSelect(`select ID from T where ID like '${'%a'.repeat(500)}%b'`);
    expect(runSelect(select, ['ID'], long)).toEqual([]);
  });
});

describe('the tenant', () => {
  const rows = (body: Record<string, unknown>): unknown =>
    (body.Result as { Results: readonly { Row: unknown }[] }).Results.map(({ Row }) => Row);

  test('answers in pages, with the count of all', async () => {
    const emulator = await startTenant();
    const token = await sessionOf(emulator);
    const query = async (Args: object) =>
      (
        await callApi(emulator, '/redrock/query', token, {
          Script: 'select Name from Role',
          Args,
        })
      ).body;
    const page = await query({ PageNumber: '2', PageSize: '1', Limit: 100 });
    expect(page.Result).toEqual({
      IsAggregate: false,
      Count: 1,
      Columns: [{ Name: 'Name', Title: 'Name', IsHidden: false }],
      FullCount: 3,
      Results: [
        {
          Entities: [{ Type: null, Key: 'Everybody', IsForeignKey: false }],
          Row: { Name: 'Everybody' },
        },
      ],
      ReturnID: '',
    });
    expect(rows(await query({ Limit: 1 }))).toEqual([{ Name: 'System Administrator' }]);
    expect(rows(await query({ PageSize: -1 }))).toHaveLength(3);
    expect((await query({ PageSize: 'many' })).Message).toMatch(/^PageSize must be a whole number/);
  });

  test('has applications, users, roles and devices', async () => {
    const emulator = await startTenant();
    const token = await sessionOf(emulator);
    const query = async (Script: string) =>
      rows((await callApi(emulator, '/RedRock/query', token, { Script })).body);
    expect(await query("select ID from Application where ServiceName='mfa-cli'")).toEqual([
      { ID: 'c0ffee00-0000-4000-8000-00000000000a' },
    ]);
    expect(
      await query(
        "SELECT Name FROM Application WHERE 1=1 AND AppType='Web' AND WebAppType='OAuth' AND Name='mfa-cli'",
      ),
    ).toEqual([{ Name: 'mfa-cli' }]);
    expect(
      await query(
        "Select ID, Username, DisplayName, Email, MobileNumber, LastLogin, DirectoryServiceUuid from User WHERE Username='ci@example.com'",
      ),
    ).toEqual([
      {
        ID: 'c0ffee00-0000-4000-8000-000000000003',
        Username: 'ci@example.com',
        DisplayName: 'Pipelines',
        Email: 'ci@example.com',
        MobileNumber: '+15550100',
        LastLogin: null,
        DirectoryServiceUuid: '09B9A9B0-6CE8-465F-AB03-65766D33B05E',
      },
    ]);
    expect(await query("select ID from Role where Name='System Administrator'")).toEqual([
      { ID: 'sysadmin' },
    ]);
    const phone = { OSVersion: '18.0', Name: 'iPhone', Udid: 'the-udid' };
    await callApi(emulator, '/Device/EnrollIosDevice', token, phone);
    expect(await query("select * from Device where Owner='admin@example.com'")).toEqual([
      {
        ID: 'the-udid',
        DeviceID: 'the-udid',
        Name: 'iPhone',
        OSVersion: '18.0',
        InternalDeviceType: 'I',
        Owner: 'admin@example.com',
        OwnerID: 'c0ffee00-0000-4000-8000-000000000001',
        State: 'Enrolled',
      },
    ]);
  });

  test.each([
    ['select * from Server', 'Query has failed: no such table: Server'],
    ['@/lib/other.js()', 'Query has failed: no such script'],
    ['@@Other', 'Query has failed: no such script'],
    ['', 'The required parameter Script is missing.'],
  ])('does not run %j', async (Script, message) => {
    const emulator = await startTenant();
    const { body } = await callApi(emulator, '/RedRock/query', await sessionOf(emulator), { Script });
    expect(body).toMatchObject({ success: false, Result: null, Message: message });
  });
});
