import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSelect, runSelect } from '../../src/emulator/administration/redrock-apis.ts';
import type { Row } from '../../src/emulator/envelope.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi, openEmulator } from '../support/emulator.ts';
import {
  type Ask,
  administered,
  askWith,
  beginSignIn,
  forbidden,
  notFound,
  serviceToken,
  sessionOf,
} from './security-session.ts';

/** Of all tests that leave it as it was. */
let shared: Emulator;
let ask: Ask;
let asUser: Ask;
beforeAll(async () => {
  shared = await openEmulator();
  ask = askWith(shared, await sessionOf(shared));
  asUser = askWith(shared, await sessionOf(shared, shared.user));
});
afterAll(() => shared.close());

const rows = (result: unknown): readonly Record<string, unknown>[] =>
  (result as { Results: readonly { Row: Record<string, unknown> }[] }).Results.map(({ Row }) => Row);

async function createRole(as: Ask, Name: string, more: object = {}): Promise<string> {
  const result = await as('/Roles/StoreRole', { Name, RoleType: 'PrincipalList', ...more });
  return (result as { _RowKey: string })._RowKey;
}

const allow = (as: Ask, Role: string, ...names: readonly string[]) =>
  as(
    '/SaasManage/AssignSuperRights',
    names.map((name) => ({ Role, Path: `/lib/rights/${name}.json` })),
  );

const directoryUuid = '09B9A9B0-6CE8-465F-AB03-65766D33B05E';
const serviceUser = {
  ...{ Name: 'bot@example.com', DisplayName: 'Push', Mail: 'push@example.com' },
  ...{ Password: 'S3cret-of-the-service-user', InEverybodyRole: 'false', InSysAdminRole: 'false' },
  ...{ ForcePasswordChangeNext: 'false', PasswordNeverExpire: 'true', SendEmailInvite: 'false' },
  ...{ SendSmsInvite: 'false', ServiceUser: true, OauthClient: true },
};
const superRights = {
  Script: "@/lib/get_superrights.js(excludeRight:'')",
  Args: { PageNumber: 1, PageSize: 10000, Limit: 10000, SortBy: '', direction: 'False', Caching: -1 },
};

describe('roles', () => {
  test('are made, found and deleted', async () => {
    const id = await createRole(ask, 'Pushers', { Description: 'who push', Users: ['user@example.com'] });
    expect(id).toMatch(/^[0-9a-f]{8}(_[0-9a-f]{4}){3}_[0-9a-f]{12}$/);
    expect(await ask('/SaasManage/GetRoleIdFromName?roleName=pushers')).toBe(id);
    expect(await ask('/SaasManage/GetRoleIdFromName', { roleName: 'Pushers' })).toBe(id);
    expect(await ask(`/Roles/GetRole?Name=${id}`)).toEqual({
      ...{ Uuid: id, Name: 'Pushers', Description: 'who push', RoleType: 'PrincipalList' },
      ...{ ReadOnly: false, DirectoryServiceUuid: directoryUuid, Principals: ['u=user@example.com'] },
    });
    const joining = { Users: ['ci@example.com', 'user@example.com'], Roles: ['Everybody'] };
    await ask('/SaasManage/AddUsersAndGroupsToRole', { Name: id, ...joining });
    const person = (number: number, Name: string) => ({
      ...{ Guid: `c0ffee00-0000-4000-8000-00000000000${number}`, Name, Type: 'User', IsEffective: true },
    });
    expect(rows(await ask('/Roles/GetRoleMembers', { Name: id }))).toEqual([
      person(2, 'user@example.com'),
      person(3, 'ci@example.com'),
      { Guid: 'everybody', Name: 'Everybody', Type: 'Role', IsEffective: true },
    ]);
    expect(await ask('/SaasManage/DeleteRole', { Name: id })).toBeNull();
    expect(await ask('/SaasManage/GetRoleIdFromName?roleName=Pushers')).toBeNull();
  });

  const own = "user@example.com is one of the emulator's own users.";
  test.each<[path: string, body: object, message: string]>([
    ['/Roles/StoreRole', {}, 'Parameter "Name" must be specified.'],
    ['/Roles/StoreRole', { Name: 'everybody' }, 'Role with name everybody already exists.'],
    ['/Roles/StoreRole', { Name: 'x', RoleType: 'Other' }, 'The role type Other is unknown.'],
    ['/Roles/StoreRole', { Name: 'x', Users: ['nobody@example.com'] }, notFound],
    ['/Roles/StoreRole', { Name: 'x', Groups: ['g'] }, notFound],
    ['/SaasManage/AddUsersAndGroupsToRole', { Name: 'x' }, notFound],
    ['/SaasManage/DeleteRole', { Name: 'x' }, notFound],
    ['/SaasManage/DeleteRole', { Name: 'sysadmin' }, 'The role System Administrator cannot be deleted.'],
    ['/SaasManage/DeleteRole', { Name: 'Everybody' }, 'The role Everybody cannot be deleted.'],
    ['/Roles/GetRole', { Name: 'x' }, notFound],
    ['/Roles/GetRoleMembers', { Name: 'x' }, notFound],
    ['/Core/GetAssignedAdministrativeRights', { role: 'x' }, notFound],
    ['/CDirectoryService/DeleteUser', { ID: 'user@example.com' }, own],
  ])('%s refuses %j', async (path, body, message) => {
    expect(await ask(path, body)).toBe(message);
    expect(await ask('/SaasManage/GetRoleIdFromName?roleName=x')).toBeNull();
  });

  test('are looked up by name, and an unknown name can be refused', async () => {
    const { ask } = await administered({ 'absent-name': 'refused' });
    expect(await ask('/SaasManage/GetRoleIdFromName?roleName=nothing')).toBe(notFound);
    expect(await ask('/SaasManage/GetAppIDByServiceName?name=nothing')).toBe(notFound);
    expect(await ask('/SaasManage/GetRoleIdFromName?roleName=sysadmin')).toBe('sysadmin');
  });
});

describe('rights', () => {
  test.each([
    ['one', ['Device Management']],
    ['all-and-limited', ['Device Management (All)', 'Device Management (Limited)']],
  ] as const)('to manage devices are listed: %s', async (value, expected) => {
    const { ask } = await administered({ 'device-right': value });
    const rights = rows(await ask('/RedRock/query', superRights));
    const found = rights.map(({ Description }) => String(Description));
    expect(found.filter((name) => name.startsWith('Device'))).toEqual(expected);
    const appman = { Path: '/lib/rights/appman.json', Description: 'Application Management' };
    expect(rights).toContainEqual({ ...appman, ServiceName: null });
  });

  test('are given to a role, one or several at a time; of a list that has a wrong one nothing is done', async () => {
    const Role = await createRole(ask, 'Righteous');
    const assigned = async (): Promise<unknown> =>
      rows(await ask(`/Core/GetAssignedAdministrativeRights?role=Righteous`)).map(({ Path }) => Path);
    const [devman, appman] = ['/lib/rights/devman.json', '/lib/rights/appman.json'];
    const assign = (second: unknown) =>
      ask('/SaasManage/AssignSuperRights', [{ Role, Path: devman }, second]);
    expect(await assign({ Role, Path: '/lib/rights/other.json' })).toBe('Specified path is invalid');
    expect(await assign({ Role: 'nothing', Path: devman })).toBe(notFound);
    expect(await assign({ Path: devman })).toBe('The required parameter Role is missing.');
    expect(await assign('text')).toBe('The request body is not a list of JSON objects.');
    expect(await assigned()).toEqual([]);
    expect(await ask('/SaasManage/AssignSuperRights', [{ Role, Path: devman }])).toBeNull();
    expect(await ask('/SaasManage/AssignSuperRights', { Role, Path: appman })).toBeNull();
    expect(await assigned()).toEqual([appman, devman]);
    await ask('/SaasManage/DeleteRole', { Name: Role });
  });

  test('come through roles in roles, and go with them', async () => {
    const use = () => asUser('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey: 'x' });
    const outer = await createRole(ask, 'Outer');
    const inner = await createRole(ask, 'Inner', { Users: ['user@example.com'] });
    await ask('/SaasManage/AddUsersAndGroupsToRole', { Name: inner, Roles: [outer] });
    await ask('/SaasManage/AddUsersAndGroupsToRole', { Name: outer, Roles: [inner] });
    expect(await use()).toBe(forbidden.Message);
    await allow(ask, outer, 'devman');
    expect(await use()).toBeNull();
    for (const Name of [inner, outer]) await ask('/SaasManage/DeleteRole', { Name });
    expect(await use()).toBe(forbidden.Message);
  });

  test('of devices, limited, are not enough for push certificates', async () => {
    const { emulator, ask } = await administered({ 'device-right': 'all-and-limited' });
    const user = askWith(emulator, await sessionOf(emulator, emulator.user));
    await allow(ask, await createRole(ask, 'Helpdesk', { Users: ['user@example.com'] }), 'devmanlimited');
    expect(await user('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey: 'x' })).toBe(forbidden.Message);
  });

  test.each([
    ['/Roles/StoreRole', { Name: 'x' }, 'roleman'],
    ['/SaasManage/AddUsersAndGroupsToRole', { Name: 'everybody' }, 'roleman'],
    ['/SaasManage/DeleteRole', { Name: 'x' }, 'roleman'],
    ['/SaasManage/GetRoleIdFromName', { roleName: 'x' }, 'roroleman'],
    ['/SaasManage/AssignSuperRights', { Role: 'everybody', Path: '/lib/rights/fedman.json' }, 'roleman'],
    ['/Core/GetAssignedAdministrativeRights', { role: 'everybody' }, 'monitor'],
    ['/Roles/GetRole', { Name: 'everybody' }, 'monitor'],
    ['/Roles/GetRoleMembers', { name: 'everybody' }, 'roroleman'],
    ['/UserMgmt/DirectoryServiceQuery', { directoryServices: [], roles: '{}' }, 'roroleman'],
    ['/UserMgmt/DirectoryServiceQuery', { directoryServices: [], user: '{}' }, 'rouserman'],
    ['/CDirectoryService/CreateUser', { ...serviceUser, Name: 'new@example.com' }, 'dsman'],
    ['/CDirectoryService/DeleteUser', { ID: 'new@example.com' }, 'dsman'],
    ['/SaasManage/GetAppIDByServiceName', { Name: 'mfa-cli' }, 'monitor'],
    ['/SaasManage/GetApplication', { _RowKey: 'mfa-cli' }, 'monitor'],
    ['/SaasManage/ImportAppFromTemplate', { ID: ['none'] }, 'appman'],
    ['/Acl/GetRowAces', { RowKey: 'mfa-cli', Table: 'Application' }, 'monitor'],
    ['/SaasManage/SetApplicationPermissions', { ID: 'mfa-cli', Grants: [] }, 'appman'],
    ['/RedRock/query', { Script: 'select * from Application' }, 'appman'],
    ['/RedRock/query', { Script: 'select * from Role' }, 'roroleman'],
    ['/RedRock/query', { Script: 'select * from User' }, 'rouserman'],
    ['/RedRock/query', { Script: 'select * from Device' }, 'devman'],
    ['/RedRock/query', superRights, 'roroleman'],
    ['/Core/GetTenantConfig', { key: 'x' }, 'devman'],
  ])('open %s %j: without, no; with %s, yes', async (path, body, right) => {
    const user = await sessionOf(shared, shared.user);
    expect(await callApi(shared, path, user, body)).toMatchObject({ status: 200, body: forbidden });
    const Name = await createRole(ask, 'Some', { Users: ['user@example.com'] });
    await allow(ask, Name, right);
    expect((await callApi(shared, path, user, body)).body.success).toBe(true);
    await ask('/SaasManage/DeleteRole', { Name });
  });

  test('to change who is an administrator are the administrators’ own', async () => {
    const { emulator, ask } = await administered();
    const Role = await createRole(ask, 'Managers', { Users: ['user@example.com'] });
    await allow(ask, Role, 'roleman', 'dsman', 'devman');
    const user = askWith(emulator, await sessionOf(emulator, emulator.user));
    const members = { Name: 'sysadmin', Users: ['user@example.com'] };
    expect(await user('/SaasManage/AddUsersAndGroupsToRole', members)).toBe(forbidden.Message);
    const created = { ...serviceUser, InSysAdminRole: 'true' };
    expect(await user('/CDirectoryService/CreateUser', created)).toBe(forbidden.Message);
    expect(await ask('/CDirectoryService/DeleteUser', { ID: created.Name })).toBe(notFound);
    expect(await user('/Core/SetTenantConfig?key=a&value=b')).toBe(forbidden.Message);
    const second = { ...serviceUser, ServiceUser: false, InSysAdminRole: 'true' };
    await ask('/CDirectoryService/CreateUser', second);
    const account = { user: serviceUser.Name, password: serviceUser.Password };
    const made = askWith(emulator, await sessionOf(emulator, account));
    expect(await made('/SaasManage/AddUsersAndGroupsToRole', members)).toBeNull();
    expect(await user('/Core/SetTenantConfig?key=a&value=b')).toBeNull();
  });

  test('are the service user’s through its role', async () => {
    const { emulator, ask } = await administered();
    const service = askWith(emulator, await serviceToken(emulator));
    const use = () => service('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey: 'x' });
    expect(await use()).toBeNull();
    await ask('/SaasManage/DeleteRole', { Name: 'Push Certificates' });
    expect(await use()).toBe(forbidden.Message);
  });
});

describe('users', () => {
  test('are made, sign in, and are deleted with their sessions and memberships', async () => {
    const person = { ...serviceUser, Name: 'robot@example.com', ServiceUser: false };
    const uuid = await ask('/CDirectoryService/CreateUser', person);
    expect(uuid).toMatch(/^[0-9a-f-]{36}$/);
    const role = await createRole(ask, 'One', { Users: [uuid] });
    const signIn = await beginSignIn(shared, 'robot@example.com');
    const { result } = await signIn.advance('UP', 'Answer', serviceUser.Password);
    const robot = askWith(shared, String(result.Token));
    expect(await robot('/Security/WhoAmI')).toMatchObject({ UserUuid: uuid });
    expect(await ask('/CDirectoryService/DeleteUser', { ID: 'robot@example.com' })).toBeNull();
    expect(await robot('/Security/WhoAmI')).toBe('Authentication (login or challenge) has failed.');
    expect(rows(await ask('/Roles/GetRoleMembers', { Name: role }))).toEqual([]);
    await ask('/SaasManage/DeleteRole', { Name: role });
  });

  test.each<[changes: object, message: string]>([
    [{ Name: 'Admin@example.com' }, 'The user name Admin@example.com is already in use.'],
    [{ Name: 'bot' }, 'The user name must end with @example.com.'],
    [{ Name: 'bot@other.example' }, 'The user name must end with @example.com.'],
    [{ Name: '' }, 'The required parameter Name is missing.'],
    [{ Password: undefined }, 'The required parameter Password is missing.'],
    [{ Mail: undefined }, 'The required parameter Mail is missing.'],
    [{ ServiceUser: 'perhaps' }, 'String was not recognized as a valid Boolean.'],
  ])('with %j are refused', async (changes, message) => {
    expect(await ask('/CDirectoryService/CreateUser', { ...serviceUser, ...changes })).toBe(message);
    expect(await ask('/CDirectoryService/DeleteUser', { ID: serviceUser.Name })).toBe(notFound);
  });
});

describe('the directory', () => {
  const directoryServices = [directoryUuid];
  const query = async (parameters: object) =>
    (await ask('/UserMgmt/DirectoryServiceQuery', { directoryServices, ...parameters })) as Record<
      string,
      { FullCount: number }
    >;

  test('names its services', async () => {
    const services = [{ directoryServiceUuid: directoryUuid, Service: 'CDS', Name: 'Cloud Directory' }];
    expect(rows(await ask('/core/getdirectoryservices'))).toEqual(services);
  });

  test('finds a role with its rights, by name or ID', async () => {
    const id = 'c0ffee00_0000_4000_8000_000000000100';
    const name = 'Push Certificates';
    const find = (key: string) => {
      const roles = JSON.stringify({ _or: [{ Name: { _eq: key } }, { _ID: { _eq: key } }] });
      return query({ user: '{}', group: '{}', Args: { Limit: 1 }, roles });
    };
    const devman = { Path: '/lib/rights/devman.json', Description: 'Device Management', ServiceName: null };
    for (const key of [name, id]) {
      const result = await find(key);
      expect(Object.keys(result)).toEqual(['User', 'Roles', 'Group']);
      expect(rows(result.Roles)).toEqual([
        {
          ...{ _ID: id, Name: name, Description: 'May manage push certificates', IsHidden: false },
          ...{ RoleType: 'PrincipalList', DirectoryServiceUuid: directoryUuid },
          AdministrativeRights: [devman],
        },
      ]);
      expect([rows(result.User).length, rows(result.Group)]).toEqual([1, []]);
      expect(result.User?.FullCount).toBeGreaterThan(10);
    }
    expect(rows((await find('push certificates')).Roles)).toEqual([]);
  });

  test('finds users by a part of their name, and none in other directories', async () => {
    const like = { value: 'ADMIN@', ignoreCase: true };
    const either = [{ DisplayName: { _like: 'PIPE' } }, { SystemName: { _like: like } }];
    const user = JSON.stringify({ _or: either });
    const uuid = 'c0ffee00-0000-4000-8000-000000000003';
    expect(rows((await query({ user })).User)).toEqual([
      expect.objectContaining({ SystemName: 'admin@example.com' }),
      {
        ...{ InternalName: uuid, SystemName: 'ci@example.com', DisplayName: 'Pipelines' },
        ...{ EMail: 'ci@example.com', Description: '', DistinguishedName: 'ci@example.com' },
        ...{ DirectoryServiceUuid: directoryUuid, ExternalUuid: uuid, ServiceType: 'CDS' },
        ...{ ServiceInstanceLocalized: 'Cloud Directory', ObjectType: 'User' },
      },
    ]);
    expect(rows((await query({ user, directoryServices: ['other'] })).User)).toEqual([]);
  });

  test.each([
    ['{"Name":', 'The filter roles is not valid JSON.'],
    ['{"Name":{"_gt":"a"}}', 'The filter has an unknown part: _gt.'],
    ['{"_or":{}}', 'The filter has an unknown part: _or.'],
    ['[]', 'The filter has an unknown part: filter.'],
  ])('does not understand %s', async (roles, message) => {
    expect(await query({ roles })).toBe(message);
  });
});

const people: readonly Row[] = [
  { ID: 1, Name: 'Ada', Mail: "o'hara@example.com" },
  { ID: 2, Name: 'bob', Mail: 'b_b@example.com' },
  { ID: 3, Name: 'Carol', Mail: 'b%b@other.example' },
  { ID: 4, Name: 'ada', Mail: null },
];
const run = (script: string): readonly Row[] =>
  runSelect(parseSelect(script), ['ID', 'Name', 'Mail'], people);

describe('a query', () => {
  test.each([
    ['select ID from People', [1, 2, 3, 4]],
    ['SELECT * FROM People;', [1, 2, 3, 4]],
    ['select distinct ID from People', [1, 2, 3, 4]],
    ["select id from people where name = 'Ada' and ID='1'", [1]],
    ["select ID from People where Name='Ada' and ID='2'", []],
    ["select ID from People where 1=1 AND Name='ada'", [4]],
    ["select ID from People where Name like '%a%'", [1, 3, 4]],
    ["select ID from People where Mail='o''hara@example.com'", [1]],
    ["select ID from People where Mail=''", [4]],
    ["select ID from People where Name LIKE 'ADA'", [1, 4]],
    ["select ID from People where Mail like 'b_b@%'", [2, 3]],
    ["select ID from People where Mail like '%b%b%c%m'", [2]],
    ["select ID from People where Mail like '_'", []],
  ])('%s', (script, expected) => {
    expect(run(script).map(({ ID }) => ID)).toEqual(expected);
  });

  test('gives the columns that are asked for, in the table’s spelling', () => {
    expect(run("select mail, ID from People where ID='4'")).toEqual([{ Mail: null, ID: 4 }]);
    expect(run("select * from People where ID='4'")).toEqual([{ ID: 4, Name: 'ada', Mail: null }]);
  });

  const onlySelect = 'the local tenant supports only SELECT';
  test.each([
    ['', onlySelect],
    ['select ID, from People', onlySelect],
    ['delete from People', onlySelect],
    ['select ID from People where', onlySelect],
    ["select ID from People where Name='Ada", onlySelect],
    ["select ID from People where Name > 'Ada'", onlySelect],
    ["select ID from People where ID='1' or Name='a'", onlySelect],
    ["select ID from People where ID='1' and", onlySelect],
    ['select ID from People; select 1', onlySelect],
    ['select Other from People', 'no such column: Other'],
    ["select ID from People where Other='x'", 'no such column: Other'],
  ])('%j is not understood', (script, message) => {
    expect(() => run(script)).toThrow(`Query has failed: ${message}`);
  });

  test('of many wildcards ends soon', () => {
    const select = parseSelect(`select ID from T where ID like '${'%a'.repeat(500)}%b'`);
    expect(runSelect(select, ['ID'], [{ ID: 'a'.repeat(2000) }])).toEqual([]);
  });
});

describe('the tenant', () => {
  test('answers in pages, with the count of all', async () => {
    const { ask } = await administered();
    const query = (Args: object) => ask('/redrock/query', { Script: 'select Name from Role', Args });
    expect(await query({ PageNumber: '2', PageSize: '1', Limit: 100 })).toEqual({
      ...{ IsAggregate: false, Count: 1, FullCount: 3, ReturnID: '' },
      Columns: [{ Name: 'Name', Title: 'Name', IsHidden: false }],
      Results: [
        { Entities: [{ Type: null, Key: 'Everybody', IsForeignKey: false }], Row: { Name: 'Everybody' } },
      ],
    });
    expect(rows(await query({ Limit: 1 }))).toEqual([{ Name: 'System Administrator' }]);
    expect(rows(await query({ PageSize: -1 }))).toHaveLength(3);
    expect(await query({ PageSize: 'many' })).toMatch(/^PageSize must be a whole number/);
  });

  test('has applications, users, roles and devices', async () => {
    const phone = { OSVersion: '18.0', Name: 'iPhone', Udid: 'the-udid' };
    await ask('/Device/EnrollIosDevice', phone);
    const uuid = (end: string) => `c0ffee00-0000-4000-8000-00000000000${end}`;
    const filter = "WHERE 1=1 AND AppType='Web' AND WebAppType='OAuth' AND Name='mfa-cli'";
    const ci = "User WHERE Username='ci@example.com'";
    const columns = 'ID, Username, DisplayName, Email, MobileNumber, LastLogin, DirectoryServiceUuid';
    const of = async (Script: string) => rows(await ask('/RedRock/query', { Script }));
    expect([
      ...(await of("select ID from Application where ServiceName='mfa-cli'")),
      ...(await of(`SELECT Name FROM Application ${filter}`)),
      ...(await of(`Select ${columns} from ${ci}`)),
      ...(await of("select ID from Role where Name='System Administrator'")),
      ...(await of("select * from Device where Owner='admin@example.com'")),
    ]).toEqual([
      { ID: uuid('a') },
      { Name: 'mfa-cli' },
      {
        ...{ ID: uuid('3'), Username: 'ci@example.com', DisplayName: 'Pipelines', LastLogin: null },
        ...{ Email: 'ci@example.com', MobileNumber: '+15550100', DirectoryServiceUuid: directoryUuid },
      },
      { ID: 'sysadmin' },
      {
        ...{ ID: 'the-udid', DeviceID: 'the-udid', Name: 'iPhone', OSVersion: '18.0', State: 'Enrolled' },
        ...{ InternalDeviceType: 'I', Owner: 'admin@example.com', OwnerID: uuid('1') },
      },
    ]);
  });

  test.each([
    ['select * from Server', 'Query has failed: no such table: Server'],
    ['@/lib/other.js()', 'Query has failed: no such script'],
    ['', 'The required parameter Script is missing.'],
  ])('does not run %j', async (Script, message) => {
    expect(await ask('/RedRock/query', { Script })).toBe(message);
  });

  test('has settings that are read one by one, with a value for those that are not there', async () => {
    const { emulator, ask } = await administered();
    await ask('/Core/SetTenantConfig?key=Mobile.IosCustomApp.ClientAppKey&value=com.example.app');
    const service = askWith(emulator, await serviceToken(emulator));
    const path = '/Core/GetTenantConfig';
    expect(await service(`${path}?key=Mobile.IosCustomApp.ClientAppKey&dflt=`)).toBe('com.example.app');
    expect(await service(path, { key: 'nothing' })).toBeNull();
    expect(await service(`${path}?key=nothing&dflt=other`)).toBe('other');
    expect(await service(path)).toBe('The required parameter key is missing.');
  });
});
