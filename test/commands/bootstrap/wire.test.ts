import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyPlan } from '../../../src/commands/bootstrap/apply.ts';
import { chooseRight, type Found, planBootstrap, readFound } from '../../../src/commands/bootstrap/plan.ts';
import type { Wanted } from '../../../src/commands/bootstrap/steps.ts';
import type { AdminClient } from '../../../src/tenant/administration/admin-client.ts';
import { createTenantClient } from '../../../src/tenant/client.ts';
import { Secret } from '../../../src/text/secret.ts';
import { sessionOf } from '../../emulator/security-session.ts';
import { createTestHttp } from '../../support/http.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTenant } from '../../support/tenant.ts';

interface Asked {
  readonly path: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly once: boolean;
}

const wanted: Wanted = {
  appId: 'push-admin',
  clientId: 'laptop',
  redirectUri: 'http://127.0.0.1:8400/callback',
  scope: 'all',
  readBack: true,
  devices: false,
  role: 'Pushers',
  right: null,
  member: 'admin@example.com',
  serviceUser: 'pipe@example.com',
  secretFile: null,
};

/** Everything that a whole run asks the tenant. */
async function wholeRun(): Promise<{ asked: readonly Asked[]; found: Found; after: Found }> {
  const { emulator } = await startTenant({ bare: true });
  const token = new Secret(await sessionOf(emulator));
  const bearer = { accessToken: () => token, secrets: () => [token], renew: async () => {} };
  const real = createTenantClient(emulator.url, createTestHttp(), bearer);
  const asked: Asked[] = [];
  const client: AdminClient = {
    tenant: real.tenant,
    ask(path, document, options) {
      asked.push({ path, document: document as Asked['document'], once: options?.once === true });
      return real.ask(path, document, options);
    },
  };
  const secretFile = join(temporaryDirectory(), 'ci.secret');
  const own = { ...wanted, secretFile };
  const found = await readFound(client, own);
  const choice = chooseRight(found.rights, [], null);
  if (choice.kind !== 'one') throw new Error('several rights');
  // No file here is standard input.
  const reading = { signal: new AbortController().signal, patience: 1000, terminal: null as never };
  await applyPlan(planBootstrap(own, found, choice.right), {
    ...{ client, wanted: own, found, reading },
    done: () => {},
  });
  return { asked, found, after: await readFound(client, own) };
}

const text = expect.any(String);
const scope = {
  Scope: 'all',
  Description: 'The calls that mfa-cli needs. Made by mfa-cli bootstrap.',
  Mode: 'RestFilter',
  AllowedRest: [
    '/?Mobile/(Set|Delete)ApnsCertForClientApp',
    '/?Security/WhoAmI',
    '/?Core/GetTenantConfig',
    '/?TenantConfig/GetAdvancedConfig',
  ],
};
const grant = {
  ...{ Principal: 'Pushers', PType: 'Role', Rights: 'View,Execute', SystemName: 'Pushers', Type: 'Role' },
  ...{ PrincipalId: text, DirectoryServiceUuid: text, ExternalUuid: text },
};

/** The calls that change something, field by field as the vendor's own clients and their predecessors send them. */
const table: readonly (readonly [path: string, once: boolean, document: unknown])[] = [
  ['/SaasManage/ImportAppFromTemplate', true, { ID: ['OAuth2ServerClient'] }],
  [
    '/SaasManage/UpdateApplicationDE',
    false,
    {
      ...{ ID: text, _RowKey: text, PVID: text, Name: 'push-admin', ServiceName: 'push-admin' },
      Description: 'Lets administrators set the push certificate. Made by mfa-cli bootstrap.',
      OAuthProfile: {
        ...{ TargetIsUs: true, ClientIDType: 0, AllowPublic: true, AllowRefresh: true },
        ...{ AllowedClients: ['laptop'], Redirects: ['http://127.0.0.1:8400/callback'] },
        ...{ TokenType: 'JwtRS256', AllowedAuth: 'AuthorizationCode' },
        ...{ TokenLifetimeString: '0.05:00:00', RefreshLifetimeString: '365.00:00:00' },
        KnownScopes: [scope],
      },
    },
  ],
  [
    '/Roles/StoreRole',
    true,
    {
      Name: 'Pushers',
      Description: 'May set the push certificate. Made by mfa-cli bootstrap.',
      RoleType: 'PrincipalList',
    },
  ],
  ['/SaasManage/AssignSuperRights', false, [{ Role: text, Path: '/lib/rights/devman.json' }]],
  ['/SaasManage/SetApplicationPermissions', false, { ID: text, RowKey: text, PVID: text, Grants: [grant] }],
  ['/SaasManage/AddUsersAndGroupsToRole', false, { Name: text, Users: ['admin@example.com'] }],
  ['/SaasManage/ImportAppFromTemplate', true, { ID: ['OAuth2ServerClient'] }],
  [
    '/SaasManage/UpdateApplicationDE',
    false,
    {
      ...{ ID: text, _RowKey: text, PVID: text },
      ...{ Name: 'push-admin-pipelines', ServiceName: 'push-admin-pipelines' },
      Description: 'Lets pipelines set the push certificate. Made by mfa-cli bootstrap.',
      OAuthProfile: {
        ...{ TargetIsUs: true, ClientIDType: 1, MustBeOauthClient: true, TokenType: 'JwtRS256' },
        ...{ TokenLifetimeString: '0.01:00:00', AllowedAuth: 'ClientCreds' },
        KnownScopes: [scope],
      },
    },
  ],
  ['/SaasManage/SetApplicationPermissions', false, { ID: text, RowKey: text, PVID: text, Grants: [grant] }],
  [
    '/CDirectoryService/CreateUser',
    true,
    {
      Name: 'pipe@example.com',
      DisplayName: 'Pipelines of push-admin. Made by mfa-cli bootstrap.',
      Mail: 'pipe@example.com',
      Password: expect.stringMatching(/^[\w.~-]{32}$/),
      InEverybodyRole: 'false',
      InSysAdminRole: 'false',
      ForcePasswordChangeNext: 'false',
      PasswordNeverExpire: 'true',
      SendEmailInvite: 'false',
      SendSmsInvite: 'false',
      ServiceUser: true,
      OauthClient: true,
    },
  ],
  ['/SaasManage/AddUsersAndGroupsToRole', false, { Name: text, Users: ['pipe@example.com'] }],
];

const query = { PageNumber: 1, PageSize: 10_000, Limit: 10_000, SortBy: '', direction: 'False', Caching: -1 };

test('bootstrap asks a tenant what the vendor’s clients ask, field by field and in this order', async () => {
  const { asked, found, after } = await wholeRun();
  const paths = new Set(table.map(([path]) => path));
  const changes = asked.filter(({ path }) => paths.has(path));
  expect(changes.map(({ path, once }) => [path, once])).toEqual(table.map(([path, once]) => [path, once]));
  for (const [index, [path, , document]] of table.entries()) {
    const sent = changes[index]?.document ?? {};
    // What was read of an application goes back with it, for a tenant that replaces it whole.
    if (path === '/SaasManage/UpdateApplicationDE') {
      expect(sent).toMatchObject(document as object);
      expect(Object.keys((sent.OAuthProfile ?? {}) as object).sort()).toEqual(
        Object.keys((document as { OAuthProfile: object }).OAuthProfile).sort(),
      );
      expect(new Set([sent.ID, sent._RowKey, sent.PVID]).size).toBe(1);
    } else expect(sent).toEqual(document);
  }

  // To tell, it changes nothing and names no more than it needs.
  const reads = asked.filter(({ path }) => !paths.has(path));
  expect([...new Set(reads.map(({ path }) => path.split('?')[0]))].sort()).toEqual([
    '/Acl/GetRowAces',
    '/Core/GetDirectoryServices',
    '/RedRock/query',
    '/Roles/GetRoleMembers',
    '/SaasManage/GetApplication',
    '/UserMgmt/DirectoryServiceQuery',
  ]);
  const scripts = reads.filter(({ path }) => path === '/RedRock/query').map(({ document }) => document);
  expect(scripts.every(({ Args }) => JSON.stringify(Args) === JSON.stringify(query))).toBe(true);
  expect([...new Set(scripts.map(({ Script }) => Script))]).toEqual([
    "select ID, ServiceName from Application where ServiceName like 'push-admin'",
    "select ID, ServiceName from Application where ServiceName like 'push-admin-pipelines'",
    "select ID, ServiceName, TemplateName from Application where TemplateName = 'OAuth2ServerClient'",
    "@/lib/get_superrights.js(excludeRight:'')",
    "select ID, Username, DisplayName from User where Username like 'pipe@example.com'",
  ]);
  const of = (path: string) => reads.find((each) => each.path.startsWith(path));
  expect(of('/SaasManage/GetApplication')?.document).toEqual({ _RowKey: text });
  expect(of('/Roles/GetRoleMembers')?.path).toMatch(/\?name=[\w-]+$/);
  expect(of('/UserMgmt/DirectoryServiceQuery')?.document).toMatchObject({
    directoryServices: [text],
    roles: '{"Name":{"_like":{"value":"Pushers","ignoreCase":true}}}',
  });

  // It is understood in the end as it was wanted.
  const nothing = { application: null, pipelines: null, role: null, members: [], serviceUser: null };
  expect(found).toMatchObject(nothing);
  expect(after).toMatchObject({
    role: { name: 'Pushers', rights: ['/lib/rights/devman.json'] },
    members: ['admin@example.com', 'pipe@example.com'],
    serviceUser: { name: 'pipe@example.com' },
  });
  expect(after.application?.permissions?.some(({ mayRun }) => mayRun)).toBe(true);
});
