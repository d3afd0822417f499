import { describe, expect, test } from 'vitest';
import { parseSelect, runSelect } from '../../src/emulator/administration/select.ts';
import type { Row } from '../../src/emulator/envelope.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { expectTranscript } from './transcript.ts';

const push = '/Mobile/DeleteApnsCertForClientApp {"ClientAppKey":"x"}';
const values = {
  person: {
    ...{ Name: 'bot@example.com', DisplayName: 'Push', Mail: 'push@example.com' },
    ...{ Password: 'S3cret-of-the-user', InEverybodyRole: 'false', InSysAdminRole: 'false' },
    ...{ ForcePasswordChangeNext: 'false', PasswordNeverExpire: 'true', SendEmailInvite: 'false' },
    ...{ SendSmsInvite: 'false', ServiceUser: true, OauthClient: true },
  },
  superRights: {
    Script: "@/lib/get_superrights.js(excludeRight:'')",
    Args: {
      PageNumber: 1,
      PageSize: 10000,
      Limit: 10000,
      SortBy: '',
      direction: 'False',
      Caching: -1,
    },
  },
  directory: '09B9A9B0-6CE8-465F-AB03-65766D33B05E',
  certificate: {
    ...{ ClientAppKey: 'com.example.app', APNSTopic: 'com.example.app', APNSPass: 'secret' },
    APNSCert: p12Bytes('01-default-aes256').toString('base64'),
  },
};

const roles = `
admin /Roles/StoreRole {"Name":"Pushers","RoleType":"PrincipalList","Description":"who push","Users":["user@example.com"]} -> role:_RowKey
admin /SaasManage/GetRoleIdFromName?roleName=pushers
admin /SaasManage/GetRoleIdFromName {"roleName":"Pushers"}
admin /SaasManage/AddUsersAndGroupsToRole {"Name":"$role","Users":["ci@example.com","user@example.com"]}
admin /Roles/GetRoleMembers {"Name":"$role"}
admin /SaasManage/DeleteRole {"Name":"$role"}
admin /SaasManage/GetRoleIdFromName?roleName=Pushers
# What is refused changes nothing.
admin /Roles/StoreRole
admin /Roles/StoreRole {"Name":"everybody"}
admin /Roles/StoreRole {"Name":"x","Users":["nobody@example.com"]}
admin /SaasManage/AddUsersAndGroupsToRole {"Name":"x"}
admin /SaasManage/DeleteRole {"Name":"x"}
admin /SaasManage/DeleteRole {"Name":"sysadmin"}
admin /SaasManage/DeleteRole {"Name":"Everybody"}
admin /Roles/GetRoleMembers {"Name":"x"}
admin /Core/GetAssignedAdministrativeRights {"role":"x"}
admin /CDirectoryService/DeleteUser {"ID":"user@example.com"}
admin /SaasManage/GetRoleIdFromName?roleName=x`;

const absentNames = `
admin /SaasManage/GetRoleIdFromName?roleName=nothing
admin /SaasManage/GetAppIDByServiceName?name=nothing
admin /SaasManage/GetRoleIdFromName?roleName=sysadmin`;

const rightsOfRoles = `
admin /RedRock/query $superRights
admin /Roles/StoreRole {"Name":"Righteous"} -> role:_RowKey
# Of a list with a wrong one nothing is done.
admin /SaasManage/AssignSuperRights [{"Role":"$role","Path":"/lib/rights/devman.json"},{"Role":"$role","Path":"/lib/rights/other.json"}]
admin /SaasManage/AssignSuperRights [{"Role":"$role","Path":"/lib/rights/devman.json"},{"Role":"nothing","Path":"/lib/rights/devman.json"}]
admin /SaasManage/AssignSuperRights [{"Role":"$role","Path":"/lib/rights/devman.json"},{"Path":"/lib/rights/devman.json"}]
admin /SaasManage/AssignSuperRights [{"Role":"$role","Path":"/lib/rights/devman.json"},"text"]
admin /Core/GetAssignedAdministrativeRights?role=Righteous
admin /SaasManage/AssignSuperRights [{"Role":"$role","Path":"/lib/rights/devman.json"}]
admin /SaasManage/AssignSuperRights [{"Role":"$role","Path":"/lib/rights/appman.json"}]
admin /Core/GetAssignedAdministrativeRights?role=Righteous`;

const rightsThroughRoles = `
admin /Roles/StoreRole {"Name":"Some","Users":["user@example.com"]} -> some:_RowKey
user ${push}
admin /SaasManage/AssignSuperRights [{"Role":"$some","Path":"/lib/rights/devman.json"}]
user ${push}
admin /SaasManage/DeleteRole {"Name":"$some"}
user ${push}
# The service user has the right through its role.
service ${push}
admin /SaasManage/DeleteRole {"Name":"Push Certificates"}
service ${push}`;

const limited = `
admin /RedRock/query $superRights
admin /Roles/StoreRole {"Name":"Helpdesk","Users":["user@example.com"]} -> role:_RowKey
admin /SaasManage/AssignSuperRights [{"Role":"$role","Path":"/lib/rights/devmanlimited.json"}]
user ${push}`;

/** Calls and the right that each needs, in the place of `RIGHT`. */
const guarded = `
/Roles/StoreRole {"Name":"x"} RIGHT roleman
/SaasManage/AddUsersAndGroupsToRole {"Name":"everybody"} RIGHT roleman
/SaasManage/DeleteRole {"Name":"x"} RIGHT roleman
/SaasManage/GetRoleIdFromName {"roleName":"x"} RIGHT roroleman
/SaasManage/AssignSuperRights [{"Role":"everybody","Path":"/lib/rights/reportman.json"}] RIGHT roleman
/Core/GetAssignedAdministrativeRights {"role":"everybody"} RIGHT monitor
/Roles/GetRoleMembers {"name":"everybody"} RIGHT roroleman
/UserMgmt/DirectoryServiceQuery {"directoryServices":[],"roles":"{\\"Name\\":{\\"_like\\":{\\"value\\":\\"x\\"}}}"} RIGHT roroleman
/CDirectoryService/CreateUser $person {"Name":"new@example.com"} RIGHT dsman
/CDirectoryService/DeleteUser {"ID":"new@example.com"} RIGHT dsman
/SaasManage/GetAppIDByServiceName {"Name":"mfa-cli"} RIGHT monitor
/SaasManage/GetApplication {"_RowKey":"mfa-cli"} RIGHT monitor
/SaasManage/ImportAppFromTemplate {"ID":["none"]} RIGHT appman
/Acl/GetRowAces {"RowKey":"mfa-cli","Table":"Application"} RIGHT monitor
/SaasManage/SetApplicationPermissions {"ID":"mfa-cli","Grants":[]} RIGHT appman
/RedRock/query {"Script":"select Name from Application"} RIGHT appman
/RedRock/query {"Script":"select Username from User"} RIGHT rouserman
/RedRock/query {"Script":"select ID from Device"} RIGHT devman
/RedRock/query $superRights RIGHT roroleman
/Core/GetTenantConfig {"key":"x"} RIGHT devman`;

const withoutAndWith = guarded
  .trim()
  .split('\n')
  .map((line) => {
    const [call = '', right] = line.split(' RIGHT ');
    return `user ${call}
admin /Roles/StoreRole {"Name":"Some","Users":["user@example.com"]} -> some:_RowKey
admin /SaasManage/AssignSuperRights [{"Role":"$some","Path":"/lib/rights/${right}.json"}]
user ${call}
admin /SaasManage/DeleteRole {"Name":"$some"}`;
  })
  .join('\n');

const administrators = `
admin /Roles/StoreRole {"Name":"Managers","Users":["user@example.com"]} -> role:_RowKey
admin /SaasManage/AssignSuperRights [{"Role":"$role","Path":"/lib/rights/roleman.json"}]
admin /SaasManage/AssignSuperRights [{"Role":"$role","Path":"/lib/rights/dsman.json"}]
admin /SaasManage/AssignSuperRights [{"Role":"$role","Path":"/lib/rights/devman.json"}]
user /SaasManage/AddUsersAndGroupsToRole {"Name":"sysadmin","Users":["user@example.com"]}
user /emulator/expire-tokens
admin /SaasManage/AddUsersAndGroupsToRole {"Name":"sysadmin","Users":["user@example.com"]}
user /emulator/expire-tokens`;

const users = `
admin /CDirectoryService/CreateUser $person {"Name":"Admin@example.com"}
admin /CDirectoryService/CreateUser $person {"Name":"bot"}
admin /CDirectoryService/CreateUser $person {"Name":"bot@other.example"}
admin /CDirectoryService/CreateUser $person {"Name":""}
admin /CDirectoryService/CreateUser $person {"Password":null}
admin /CDirectoryService/CreateUser $person {"Mail":null}
admin /CDirectoryService/CreateUser $person {"ServiceUser":"perhaps"}
admin /CDirectoryService/DeleteUser {"ID":"bot@example.com"}
# A person signs in, and ends with sessions and memberships.
admin /CDirectoryService/CreateUser $person {"Name":"robot@example.com","ServiceUser":false} -> robot:Result
admin /Roles/StoreRole {"Name":"One","Users":["$robot"]} -> role:_RowKey
admin /Roles/GetRoleMembers {"Name":"$role"}
token = robot@example.com S3cret-of-the-user
$token /Security/WhoAmI
admin /CDirectoryService/DeleteUser {"ID":"robot@example.com"}
$token /Security/WhoAmI
admin /Roles/GetRoleMembers {"Name":"$role"}`;

const query = (changes: object) =>
  `admin /UserMgmt/DirectoryServiceQuery ${JSON.stringify({ directoryServices: ['$directory'], ...changes })}`;
const called = (value: string) => query({ roles: JSON.stringify({ Name: { _like: { value } } }) });
const directory = [
  'admin /core/getdirectoryservices',
  ...['Push Certificates', 'PUSH', 'nothing'].map(called),
  query({ roles: '{"Name":{"_like":{"value":"push"}}}', directoryServices: ['other'] }),
  ...['{"Name":', '{"Name":{"_gt":"a"}}', '[]'].map((roles) => query({ roles })),
].join('\n');

const tables = `
admin /Device/EnrollIosDevice {"OSVersion":"18.0","Name":"iPhone","Udid":"the-udid"}
admin /RedRock/query {"Script":"select ID from Application where ServiceName='mfa-cli'"}
admin /RedRock/query {"Script":"Select ID, Username, DisplayName, Email, MobileNumber, LastLogin,
  DirectoryServiceUuid from User WHERE Username='ci@example.com'"}
admin /RedRock/query {"Script":"select * from Device where Owner='admin@example.com'"}
admin /RedRock/query {"Script":"select * from Server"}
admin /RedRock/query {"Script":"@/lib/other.js()"}
admin /RedRock/query {"Script":""}`;

const settings = `
service /Mobile/SetApnsCertForClientApp $certificate
service /Core/GetTenantConfig?key=Mobile.IosCustomApp.ClientAppKey&dflt=
service /Core/GetTenantConfig {"key":"nothing"}
service /Core/GetTenantConfig?key=nothing&dflt=other
service /Core/GetTenantConfig`;

test('the administration', () =>
  expectTranscript('administration', [
    { title: 'roles are made, found and deleted', calls: roles },
    {
      title: 'an unknown name can be refused',
      ...{ calls: absentNames, options: { assumptions: { 'absent-name': 'refused' } } },
    },
    { title: 'rights are given to roles', calls: rightsOfRoles, values },
    { title: 'rights come through roles, and go with them', calls: rightsThroughRoles },
    {
      title: 'the limited right to manage devices is not enough for push certificates',
      ...{
        calls: limited,
        values,
        options: { assumptions: { 'device-right': 'all-and-limited' } },
      },
    },
    { title: 'each call needs its right', calls: withoutAndWith, values },
    {
      title: 'who is an administrator is for administrators alone to change',
      calls: administrators,
      values,
    },
    { title: 'users are made and deleted', calls: users, values },
    { title: 'the directory is searched', calls: directory, values },
    { title: 'tables are read by queries', calls: tables },
    { title: 'settings are read one by one', calls: settings, values },
  ]));

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
    ["select id from people where name = 'Ada'", [1]],
    ["select ID from People where Mail='o''hara@example.com'", [1]],
    ["select ID from People where Mail=''", [4]],
    ["select ID from People where Name LIKE 'ADA'", [1, 4]],
    ["select ID from People where Mail like 'b_b@example.com'", [2]],
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
    ['select ID from People; select 1', onlySelect],
    ['select Other from People', 'no such column: Other'],
    ["select ID from People where Other='x'", 'no such column: Other'],
  ])('%j is not understood', (script, message) => {
    expect(() => run(script)).toThrow(`Query has failed: ${message}`);
  });
});
