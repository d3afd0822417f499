import * as v from 'valibot';
import { expect, test } from 'vitest';
import { type AdminClient, query, readRows } from '../../src/tenant/administration/admin-client.ts';
import {
  type ApplicationDocument,
  deleteApplication,
  findApplicationKey,
  findUnnamedApplications,
  importApplication,
  isNamed,
  isSameApplication,
  readApplication,
  readPermissions,
  setPermission,
  updateApplication,
} from '../../src/tenant/administration/applications.ts';
import { changesOf } from '../../src/tenant/administration/field-change.ts';
import {
  addClients,
  addRedirects,
  descriptionOf,
  isBlank,
  isOfOtherKind,
  profileOf,
  settingChanges,
  withoutSurplus,
  writtenTo,
} from '../../src/tenant/administration/oauth-profile.ts';
import {
  addMember,
  assignRight,
  createRole,
  deleteRole,
  findRole,
  listRights,
  readMembers,
} from '../../src/tenant/administration/roles.ts';
import { scopesOf, withChangedScope, withScope } from '../../src/tenant/administration/scopes.ts';
import {
  createServiceUser,
  deleteUser,
  findUser,
  findUsersCalled,
} from '../../src/tenant/administration/users.ts';
import { text } from '../../src/tenant/answer.ts';
import { createTenantClient } from '../../src/tenant/client.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';
import { failureOf } from '../support/http.ts';
import { memoryHttp, type Reply } from '../support/memory-http.ts';

/** What the tenant answers: a result, or another answer than success. */
type Told = unknown | { readonly reply: Reply };

/** A tenant that gives these results in turn. */
function tenantOf(...told: readonly Told[]) {
  const replies = told.map((one): Reply => {
    const { reply } = Object(one) as { reply?: Reply };
    return reply ?? { body: { success: true, Result: one } };
  });
  const { http, sent } = memoryHttp(...replies);
  const client = createTenantClient('https://a.test', http, {
    accessToken: () => new Secret('the-token'),
    secrets: () => [],
    renew: () => Promise.reject(new Error('not renewable')),
  });
  const asked = () => sent.map(({ url }) => url.replace('https://a.test', ''));
  return { client, sent, asked };
}

/** A table's rows as a query gives them. */
const rowsOf = (rows: readonly unknown[]) => ({ Results: rows.map((Row) => ({ Row })) });
const document = (members: object): ApplicationDocument => ({ key: 'k', members: { ...members } });
const withProfile = (OAuthProfile: unknown, more: object = {}) =>
  document({ OAuthProfile, ...more });
const newUser = { name: 'ci@a.test', displayName: 'Pipelines' };

testCases('tenant/administration', {
  'readRows: of a result': (result: unknown) => readRows(v.object({ ID: text }), result),
  'findApplicationKey: of an application ID, by the answers, and what is asked': async (
    appId: unknown,
    ...told: Told[]
  ) => {
    const { client, asked } = tenantOf(...told);
    return [await findApplicationKey(client, String(appId)), asked()];
  },
  'findUnnamedApplications: by the rows': (...rows: unknown[]) =>
    findUnnamedApplications(tenantOf(rowsOf(rows)).client),
  'isNamed: by the members': (members: object) => isNamed(document(members)),
  readApplication: (told: Told) => readApplication(tenantOf(told).client, 'k'),
  importApplication: (told: Told) => importApplication(tenantOf(told).client),
  'isSameApplication: by the members of both': (one: object, other: object) =>
    isSameApplication(document(one), document(other)),
  readPermissions: (told: Told) => readPermissions(tenantOf(told).client, 'k'),
  'findRole: of a name, by the directories, the roles and the rights, and what is asked': async (
    name: unknown,
    ...told: Told[]
  ) => {
    const { client, asked } = tenantOf(...told);
    return [await findRole(client, String(name)), asked()];
  },
  createRole: (told: Told) => createRole(tenantOf(told).client, 'Pushers', 'May push'),
  listRights: (...rows: unknown[]) => listRights(tenantOf(rowsOf(rows)).client),
  readMembers: (told: Told) => readMembers(tenantOf(told).client, 'r'),
  'findUser: of ada@a.test, by the rows': (...rows: unknown[]) =>
    findUser(tenantOf(rowsOf(rows)).client, 'ada@a.test'),
  'findUsersCalled: Pipelines, by the rows': (...rows: unknown[]) =>
    findUsersCalled(tenantOf(rowsOf(rows)).client, 'Pipelines'),
  createServiceUser: (told: Told) =>
    createServiceUser(tenantOf(told).client, newUser, new Secret('a-password')),
  scopesOf,
  'withScope: to scopes, another with these calls': (scopes: unknown, calls: string[]) =>
    withScope(scopesOf({ KnownScopes: scopes }), { name: 'all', description: 'Ours.', calls }),
  'withChangedScope: the first of these': (scopes: unknown[], change: object) => {
    const known = scopesOf({ KnownScopes: scopes });
    const [first] = known;
    return first && withChangedScope(known, first, change);
  },
  'changesOf: before and after': changesOf,
  'isOfOtherKind: by the members, for an audience': (
    members: object,
    audience: 'people' | 'programs',
  ) => isOfOtherKind(document(members), audience),
  'settingChanges: to a profile, for an audience, of all or of the needed': settingChanges,
  addClients,
  addRedirects,
  'profileOf, descriptionOf and isBlank': (members: object) => {
    const one = document(members);
    return [profileOf(one), descriptionOf(one), isBlank(one)];
  },
  'withoutSurplus: of a profile': (profile: unknown, surplus: object) => {
    const none = { scopes: [], clients: [], redirects: [] };
    return withoutSurplus(withProfile(profile, { Name: 'Push' }), { ...none, ...surplus });
  },
  'writtenTo: a profile, with a name, changes and scopes': (
    profile: unknown,
    naming: object,
    changed: object,
    list: unknown[],
  ) => {
    const scopes = { list, changes: list.map(() => ({ field: 'Scope', old: null, new: 'all' })) };
    const changes = changesOf({}, { ...changed });
    return writtenTo(withProfile(profile), { naming: { ...naming }, changes, scopes });
  },
});

test('a name in a query cannot end its quotes', async () => {
  const asks: readonly ((client: AdminClient) => Promise<unknown>)[] = [
    (client) => findApplicationKey(client, "o'b"),
    (client) => findUser(client, "o'b"),
    (client) => findUsersCalled(client, "o'b"),
  ];
  for (const ask of asks) {
    const { client, sent } = tenantOf(null);
    await ask(client);
    expect(JSON.parse(sent[0]?.body ?? '').Script).toMatch(/ (like|=) 'o''b'$/);
  }
});

const role = { id: 'r', name: 'Pushers', directoryServiceUuid: 'd' };
const userMembers = {
  ...{ Name: 'ci@a.test', DisplayName: 'Pipelines', Mail: 'ci@a.test', Password: 'a-password' },
  ...{ InEverybodyRole: 'false', InSysAdminRole: 'false', ForcePasswordChangeNext: 'false' },
  ...{ PasswordNeverExpire: 'true', SendEmailInvite: 'false', SendSmsInvite: 'false' },
  ...{ ServiceUser: true, OauthClient: true },
};
const grant = {
  ...{ Principal: 'Pushers', PType: 'Role', PrincipalId: 'r', DirectoryServiceUuid: 'd' },
  ...{ ExternalUuid: 'r', SystemName: 'Pushers', Type: 'Role' },
};
const permissionOf = (...Grants: object[]) => ({ ID: 'k', RowKey: 'k', PVID: 'k', Grants });
const { DirectoryServiceUuid: _, ...undirected } = grant;

test.each<[string, unknown, boolean, string, (client: AdminClient) => Promise<unknown>]>([
  [
    ...(['/SaasManage/ImportAppFromTemplate', { ID: ['OAuth2ServerClient'] }] as const),
    ...([false, 'made an application'] as const),
    importApplication,
  ],
  [
    '/SaasManage/UpdateApplicationDE',
    { Name: 'Push', ID: 'k', _RowKey: 'k', PVID: 'k' },
    ...([true, 'changed the application'] as const),
    (client) => updateApplication(client, document({ Name: 'Push', ID: 'other' })),
  ],
  [
    ...(['/SaasManage/DeleteApplication', { _RowKey: ['k'] }] as const),
    ...([false, 'deleted the application'] as const),
    (client) => deleteApplication(client, 'k'),
  ],
  [
    '/SaasManage/SetApplicationPermissions',
    permissionOf({ ...grant, Rights: 'View,Execute' }),
    ...([true, 'changed the permission'] as const),
    (client) => setPermission(client, 'k', role, true),
  ],
  [
    '/SaasManage/SetApplicationPermissions',
    permissionOf({ ...undirected, Rights: 'None' }),
    ...([true, 'changed the permission'] as const),
    (client) => setPermission(client, 'k', { ...role, directoryServiceUuid: null }, false),
  ],
  [
    '/Roles/StoreRole',
    { Name: 'Pushers', Description: 'May push', RoleType: 'PrincipalList' },
    ...([false, 'made the role'] as const),
    (client) => createRole(client, 'Pushers', 'May push'),
  ],
  [
    ...(['/SaasManage/DeleteRole', { Name: 'r' }, false, 'deleted the role'] as const),
    (client) => deleteRole(client, 'r'),
  ],
  [
    ...(['/SaasManage/AssignSuperRights', [{ Role: 'r', Path: '/lib/right.json' }]] as const),
    ...([true, 'given the right to the role'] as const),
    (client) => assignRight(client, 'r', '/lib/right.json'),
  ],
  [
    ...(['/SaasManage/AddUsersAndGroupsToRole', { Name: 'r', Users: ['ada@a.test'] }] as const),
    ...([true, 'added the user to the role'] as const),
    (client) => addMember(client, 'r', 'ada@a.test'),
  ],
  [
    ...(['/CDirectoryService/CreateUser', userMembers, false, 'made the service user'] as const),
    (client) => createServiceUser(client, newUser, new Secret('a-password')),
  ],
  [
    ...(['/CDirectoryService/DeleteUser', { ID: 'u' }, false, 'deleted the service user'] as const),
    (client) => deleteUser(client, 'u'),
  ],
])('%s is sent so, and again only where that does no harm', async (...row) => {
  const [path, members, isRepeatable, done, change] = row;
  const { client, sent } = tenantOf({ reply: { body: { success: false } } });
  expect(await failureOf(() => change(client))).toBe(
    'tenant-refused: https://a.test rejected the request',
  );
  expect(sent).toMatchObject([
    { method: 'POST', url: `https://a.test${path}`, retry: isRepeatable },
  ]);
  const silence = { arrived: 'nothing', tries: 1, last: null, cause: null } as const;
  expect(sent[0]?.changeJudge?.unknown(silence)).toMatchObject({
    message: `The tenant did not answer: it may have ${done}`,
    facts: { idempotent: isRepeatable },
  });
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual(members);
});

const pages = { PageNumber: 1, PageSize: 10_000, Limit: 10_000, SortBy: '', Caching: -1 };

test.each<[string, object, (client: AdminClient) => Promise<unknown>]>([
  [
    '/RedRock/query',
    { Script: 'select 1', Args: { ...pages, direction: 'False' } },
    (client) => query(client, v.object({ ID: text }), 'select 1'),
  ],
  ['/SaasManage/GetApplication', { _RowKey: 'k' }, (client) => readApplication(client, 'k')],
  [
    '/Acl/GetRowAces',
    { Table: 'Application', RowKey: 'k' },
    (client) => readPermissions(client, 'k'),
  ],
  ['/Roles/GetRoleMembers?name=a+role', {}, (client) => readMembers(client, 'a role')],
])('%s asks without a change, and may ask again', async (path, members, ask) => {
  const { client, sent } = tenantOf({});
  await ask(client);
  expect(sent).toMatchObject([{ method: 'POST', url: `https://a.test${path}`, retry: true }]);
  expect(sent[0]).not.toHaveProperty('changeJudge');
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual(members);
});

test('an application is asked for by its name where the query is refused', async () => {
  const { client, sent } = tenantOf({ reply: { body: { success: false } } }, 'k');
  await findApplicationKey(client, 'mfa-cli');
  expect(sent[1]?.body).toBe('{"Name":"mfa-cli"}');
});

test('a role is looked for in every directory of the tenant', async () => {
  const directories = rowsOf([{ directoryServiceUuid: 'd1' }, {}, { directoryServiceUuid: 'd2' }]);
  const { client, sent } = tenantOf(directories, null);
  expect(await findRole(client, 'Pushers')).toBeNull();
  expect(sent.map(({ body = '' }) => JSON.parse(body))).toEqual([
    {},
    {
      directoryServices: ['d1', 'd2'],
      roles: '{"Name":{"_like":{"value":"Pushers","ignoreCase":true}}}',
      Args: pages,
    },
  ]);
});

test('a tenant that repeats the password of a new user is quoted without it', async () => {
  const Message = 'a-password is too short';
  const { client } = tenantOf({ reply: { body: { success: false, Message } } });
  const made = () => createServiceUser(client, newUser, new Secret('a-password'));
  expect(await failureOf(made)).toMatch(/: \[secret\] is too short$/);
});
