import { expect, test } from 'vitest';
import { type Application, plainApplication } from '../../src/emulator/applications.ts';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import { openBrowser, signInWith } from './browser.ts';
import { authorizationUrl, redirectUri, startTenant } from './local-tenant.ts';
import { expectTranscript, type Scene } from './transcript.ts';

const profile = {
  ...{ TargetIsUs: true, ClientIDType: 0, AllowPublic: true, AllowedClients: ['push-cli'] },
  ...{ Redirects: ['http://127.0.0.1:8400/callback'], TokenType: 'JwtRS256', AllowRefresh: true },
  ...{ TokenLifetimeString: '0.05:00:00', RefreshLifetimeString: '365.00:00:00' },
  AllowedAuth: 'AuthorizationCode,ClientCreds',
  KnownScopes: [
    { Scope: 'push', Description: 'Push', Mode: 'RestFilter', AllowedRest: ['/?Mobile/.*'] },
  ],
};
const values = {
  whole: {
    Name: 'Push',
    ServiceName: 'push-cli',
    Description: 'Push certificates',
    OAuthProfile: profile,
  },
  ...{ update: '/SaasManage/UpdateApplicationDE', application: '/SaasManage/GetApplication' },
  ...{ remove: '/SaasManage/DeleteApplication', permit: '/SaasManage/SetApplicationPermissions' },
};
const imported =
  'admin /SaasManage/ImportAppFromTemplate {"ID":["OAuth2ServerClient"]} -> key:_RowKey';
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
admin $remove {"_RowKey":["mfa-cli"]}
admin $remove {"_RowKey":["$second"]}
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
const other = { ...role, Principal: 'System Administrator', PrincipalId: 'sysadmin' };
const grant = (ID: string, ...Grants: object[]): string =>
  `admin $permit ${JSON.stringify({ ID, RowKey: ID, PVID: ID, Grants })}`;
const permissions = [
  ...[
    imported,
    aces,
    grant('$key', role),
    grant('$key', { ...other, Rights: 'View, Execute' }),
    aces,
  ],
  grant('$key', { ...role, Rights: 'Grant,View,Admin,ViewDetail,Delete,Execute,Automatic' }),
  ...[grant('$key', { ...other, Rights: 'None' }), aces],
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
  ].map((one) => grant('$key', other, one)),
  aces,
].join('\n');

const DirectoryServiceUuid = '09B9A9B0-6CE8-465F-AB03-65766D33B05E';
const byDirectory = [
  imported,
  grant('$key', role),
  grant('$key', { ...role, DirectoryServiceUuid: 'x' }),
  grant('$key', { ...role, DirectoryServiceUuid }),
  aces,
].join('\n');

const under = (assumptions: Partial<Assumptions>, title: string, calls: string): Scene => ({
  ...{ title, calls, values, options: { assumptions } },
});

test('applications and their permissions', () =>
  expectTranscript('applications', [
    {
      title: 'an application is made of a template, configured, read and deleted',
      calls: whole,
      values,
    },
    under({ 'application-update': 'replace' }, 'application-update=replace', left),
    under({ 'application-update': 'merge' }, 'application-update=merge', left),
    { title: 'a profile that cannot be understood changes nothing', calls: misunderstood, values },
    { title: 'permissions are set, changed and taken away', calls: permissions, values },
    { title: 'permissions that are refused', calls: ungranted, values },
    under({ 'role-grant': 'directory' }, 'role-grant=directory', byDirectory),
  ]));

/** An application for pushes, with one scope that is a list of paths, which the role `Pushers` may run. */
const made = `
admin /Roles/StoreRole {"Name":"Pushers","RoleType":"PrincipalList"} -> role:_RowKey
admin /SaasManage/AssignSuperRights [{"Role":"$role","Path":"/lib/rights/devman.json"}]
${imported}
admin $update $ready {"_RowKey":"$key"}
admin $permit $execute
admin /CDirectoryService/CreateUser $robot
admin /SaasManage/AddUsersAndGroupsToRole {"Name":"$role","Users":["pipeline@example.com","admin@example.com"]}`;
const person = '- GET /OAuth2/Authorize/push-cli $asked -> code:code';
const exchange =
  '- FORM /OAuth2/Token/push-cli $exchange -> token:access_token refresh:refresh_token';
const robot = '- FORM /OAuth2/Token/push-cli $credentials';
const whoAmI = '$token /Security/WhoAmI';
const ready = {
  ...values,
  ready: {
    ...{ Name: 'Push', ServiceName: 'push-cli' },
    OAuthProfile: {
      ...profile,
      TokenLifetimeString: '0.00:10:00',
      KnownScopes: [
        {
          ...{ Scope: 'push', Description: 'For mfa-cli', Mode: 'RestFilter' },
          AllowedRest: ['/?Mobile/(Set|Delete)ApnsCertForClientApp', '/?Security/WhoAmI'],
        },
      ],
    },
  },
  execute: (_now: Date, { key, role }: Record<string, unknown>) => ({
    ...{ ID: key, RowKey: key, PVID: key },
    Grants: [{ Principal: 'Pushers', PType: 'Role', PrincipalId: role, Rights: 'View,Execute' }],
  }),
  robot: {
    ...{
      Name: 'pipeline@example.com',
      Mail: 'pipeline@example.com',
      Password: 'Made-for-this-test-1',
    },
    ...{ InEverybodyRole: 'false', ServiceUser: true, OauthClient: true },
  },
  credentials: {
    ...{ grant_type: 'client_credentials', scope: 'push' },
    ...{ client_id: 'pipeline@example.com', client_secret: 'Made-for-this-test-1' },
  },
  asked: { response_type: 'code', client_id: 'push-cli', redirect_uri: redirectUri, scope: 'push' },
  exchange: (_now: Date, { code }: Record<string, unknown>) => ({
    ...{ grant_type: 'authorization_code', client_id: 'push-cli', redirect_uri: redirectUri, code },
  }),
  renew: (_now: Date, { refresh }: Record<string, unknown>) => ({
    ...{ grant_type: 'refresh_token', client_id: 'push-cli', refresh_token: refresh },
  }),
  portal: {
    ...{
      client_id: '__idaptive_cybr_user_oidc',
      response_type: 'id_token',
      scope: 'openid profile api',
    },
    redirect_uri: 'https://cyberark.cloud/redirect',
  },
};
/** The profile with changes, from that call on. */
const profileOf = (changes: object) =>
  `admin $update $ready ${JSON.stringify({ _RowKey: '$key', OAuthProfile: { ...ready.ready.OAuthProfile, ...changes } })}`;
const scope = (Scope: string, ...AllowedRest: readonly string[]) => ({
  Scope,
  Mode: 'RestFilter',
  AllowedRest,
});

const serving = `
- GET /OAuth2/Authorize/push-cli $asked
${made}
# A person of the role is let in, with the calls of the scope and no others.
${person}
${exchange}
${whoAmI}
$token /Mobile/DeleteApnsCertForClientApp {"ClientAppKey":"x"}
$token /TenantConfig/GetAdvancedConfig
$token /Core/GetTenantConfig
$token /Security/Logout
- FORM /OAuth2/Token/push-cli $renew -> token:access_token refresh:refresh_token
- GET /OAuth2/Authorize/push-cli $asked {"login_hint":"user@example.com"}
# So is a program.
${robot} -> token:access_token
${whoAmI}
${robot} {"client_id":"other@example.com"}
${robot} {"client_secret":"wrong"}
${robot} {"scope":"all"}
- FORM /OAuth2/Token/push-cli $credentials {"client_id":"ci@example.com","client_secret":"ci-client-secret"}
# Neither code, refresh token, access token nor scope of another application is taken.
- GET /OAuth2/Authorize/mfa-cli $asked {"client_id":"mfa-cli","scope":"all"} -> code:code
${exchange}
- GET /OAuth2/Authorize/mfa-cli $asked {"client_id":"mfa-cli","scope":"all"} -> code:code
- FORM /OAuth2/Token/mfa-cli $exchange {"client_id":"mfa-cli"} -> token:access_token refresh:refresh_token
- FORM /OAuth2/Token/push-cli $renew
- FORM /OAuth2/Revoke/push-cli {"client_id":"push-cli","token":"$token"}
${whoAmI}
- GET /OAuth2/Authorize/push-cli $asked {"scope":"all"}`;

const changing = `
${made}
# Who loses the permission between code and token gets none.
${person}
admin $permit
  {"ID":"$key","RowKey":"$key","PVID":"$key","Grants":[{"Principal":"Pushers","PType":"Role","PrincipalId":"$role","Rights":"View"}]}
${exchange}
${robot}
admin $permit $execute
${robot}
# Sessions outlive a change of profile and of application ID.
${person}
${exchange}
admin $update $ready {"_RowKey":"$key","ServiceName":"renamed"}
- FORM /OAuth2/Token/push-cli $renew
- FORM /OAuth2/Token/renamed $renew -> token:access_token refresh:refresh_token
${profileOf({ AllowedClients: [] })}
- FORM /OAuth2/Token/push-cli $renew
# Grants and refresh tokens are those of the profile.
${profileOf({ AllowedAuth: 'AuthorizationCode' })}
${robot}
${profileOf({ AllowRefresh: false })}
${person}
- FORM /OAuth2/Token/push-cli $exchange
- FORM /OAuth2/Token/push-cli $renew
${profileOf({ ClientIDType: 1, MustBeOauthClient: true, AllowedAuth: 'ClientCreds' })}
${robot}
# Expressions of a scope stand for whole paths, in any letter case.
${profileOf({ KnownScopes: [scope('push', 'WhoAmI', '/Security/Who', '/UserMgmt/.*'), scope('who', '/security/whoami')] })}
${robot} -> token:access_token
${whoAmI}
${robot} {"scope":"who"} -> token:access_token
${whoAmI}
# With openid comes an ID token.
${profileOf({ KnownScopes: [scope('openid'), scope('profile')] })}
- GET /OAuth2/Authorize/push-cli $asked {"scope":"openid profile","nonce":"n-1"} -> code:code
- FORM /OAuth2/Token/push-cli $exchange -> token:id_token
admin $remove {"_RowKey":["$key"]}
${robot}`;

const bySession = `
${made}
basic:pipeline@example.com:Made-for-this-test-1 FORM /OAuth2/Token/__idaptive_cybr_user_oidc
  {"grant_type":"client_credentials","scope":"api"} -> token:access_token
$token GET /OAuth2/Authorize/__idaptive_cybr_user_oidc $portal -> token:id_token
${whoAmI}
- FORM /OAuth2/PlatformToken $credentials {"scope":null} -> token:access_token
${whoAmI}`;
const signedOut = '- GET /OAuth2/Authorize/__idaptive_cybr_user_oidc $portal';

test('an application that was made', () =>
  expectTranscript('made-ready', [
    { title: 'serves persons and programs of its role', calls: serving, values: ready },
    { title: 'is as it was changed last, at once', calls: changing, values: ready },
    { title: 'a service user has a session without it', calls: bySession, values: ready },
    {
      title: 'the vendor’s built-in application asks for a sign-in without a token',
      ...{ calls: signedOut, values: ready, options: { autoApprove: false } },
    },
  ]));

const asking = (appId: string, ...publicClients: readonly string[]): Application => ({
  ...{ ...plainApplication, key: appId, appId, publicClients, confirms: true },
  redirectUris: [redirectUri],
  scopes: { whoami: [/^\/Security\/WhoAmI$/i], more: [/^\/Security\/WhoAmI$/i] },
});

test('a consent is one person’s, to one client of one application, for one scope', async () => {
  const emulator = await startTenant({ autoApprove: false });
  for (const appId of ['second', 'third'])
    emulator.applications.put(asking(appId, 'mfa-cli', 'another'));
  const arriveAt = async (user = emulator.user, appId = 'second', changes: object = {}) => {
    const browser = openBrowser();
    const address = authorizationUrl({ ...emulator, appId }, { scope: 'whoami', ...changes });
    const page = await browser.submit(await browser.open(address), signInWith(user));
    return { page, allow: () => browser.submit(page, { result: '1' }) };
  };
  await (await arriveAt()).allow();
  const { user, administrator } = emulator;
  const seen = [
    await arriveAt(),
    await arriveAt(administrator),
    await arriveAt(user, 'third'),
    await arriveAt(user, 'second', { client_id: 'another' }),
    await arriveAt(user, 'second', { scope: 'more' }),
  ].map(({ page }) => page.html.includes('Allow'));
  expect(seen).toEqual([false, true, true, true, true]);
});

test('a client that goes away while the person is asked gets no code', async () => {
  const emulator = await startTenant({ autoApprove: false });
  const application = asking('second', 'mfa-cli');
  emulator.applications.put(application);
  const browser = openBrowser();
  const address = authorizationUrl({ ...emulator, appId: 'second' }, { scope: 'whoami' });
  const consent = await browser.submit(
    await browser.open(address),
    signInWith(emulator.administrator),
  );
  emulator.applications.put({ ...application, publicClients: [] });
  const { url } = await browser.submit(consent, { result: '1' });
  expect(url).toBe(
    `${redirectUri}?error=invalid_client&error_description=invalid%20client%20creds`,
  );
});
