import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onlyTenant, openStates } from '../../src/emulator/state-file.ts';
import { callApi } from '../support/emulator.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { pemOf, post } from './apns-client.ts';
import { startTenant } from './local-tenant.ts';
import { resultOf, sessionOf } from './security-session.ts';

const openState = (file: string) => openStates(file).of(onlyTenant);

const newFile = (): string => join(temporaryDirectory(), 'state.json');

describe('the state file', () => {
  test('keeps the settings for whoever opens it next', () => {
    const file = newFile();
    openState(file).changeSettings({ a: '1', b: '2', c: '3' });
    openState(file).changeSettings({ a: '4' }, ['b']);
    expect(Object.fromEntries(openState(file).settings())).toEqual({ c: '3', a: '4' });
  });

  test('is replaced, for its owner alone, even after it was not, and nothing is left beside it', () => {
    const file = newFile();
    const state = openState(file);
    const { ino, mode } = statSync(file);
    expect(mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    state.changeSettings({ a: '1' });
    expect([statSync(file).mode & 0o777, statSync(file).ino === ino]).toEqual([0o600, false]);
    expect(readdirSync(join(file, '..'))).toEqual(['state.json']);
  });

  test.each([
    ['nothing', ''],
    ['half a document', '{"settings":{"a":'],
    ['a list', '[]'],
    ['other settings', '{"settings":{"a":1}}'],
    ['settings as a list', '{"settings":["a"]}'],
    ['another document', '{"profiles":{}}'],
  ])('that holds %s is refused and left as it is', (_name, text) => {
    const file = newFile();
    writeFileSync(file, text);
    const message = `${file} is not a state file of the emulator`;
    expect(() => openState(file)).toThrow(
      expect.objectContaining({ code: 'file-unreadable', message }),
    );
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('that is a directory cannot be read, and in none cannot be written, which is said at once', () => {
    const directory = temporaryDirectory();
    const missing = join(directory, 'missing', 'state.json');
    expect(() => openState(directory)).toThrow(
      expect.objectContaining({ code: 'file-unreadable' }),
    );
    expect(() => openState(missing)).toThrow(expect.objectContaining({ code: 'file-unwritable' }));
  });

  test('that can no longer be written leaves the settings as they were', () => {
    const file = newFile();
    const state = openState(file);
    state.changeSettings({ a: '1' });
    rmSync(join(file, '..'), { recursive: true });
    expect(() => state.changeSettings({ a: '2' })).toThrow(
      expect.objectContaining({ code: 'file-unwritable' }),
    );
    expect(state.settings()).toEqual([['a', '1']]);
  });
});

const empty = { settings: {}, devices: [], users: [], roles: null, applications: [] };

/** A file with the state of the only tenant, where it is not empty. */
function stateFile(state: object): string {
  const file = newFile();
  writeFileSync(file, JSON.stringify({ tenants: { [onlyTenant]: { ...empty, ...state } } }));
  return file;
}

test('users, roles and applications outlive a restart, in a file for its owner alone', async () => {
  const file = newFile();
  const first = await startTenant({ stateFile: file });
  const token = await sessionOf(first);
  const role = (await resultOf(first, token, '/Roles/StoreRole', { Name: 'Pushers' })) as {
    _RowKey: string;
  };
  const devices = { Role: role._RowKey, Path: '/lib/rights/devman.json' };
  await resultOf(first, token, '/SaasManage/AssignSuperRights', [devices]);
  const Name = 'kept@example.com';
  const account = { Name, Mail: Name, Password: 'kept-password' };
  await resultOf(first, token, '/CDirectoryService/CreateUser', account);
  const members = { Name: role._RowKey, Users: [Name] };
  await resultOf(first, token, '/SaasManage/AddUsersAndGroupsToRole', members);
  const template = { ID: ['OAuth2ServerClient'] };
  const imported = await resultOf(first, token, '/SaasManage/ImportAppFromTemplate', template);
  const [{ _RowKey: key }] = imported as [{ _RowKey: string }];
  await resultOf(first, token, '/SaasManage/UpdateApplicationDE', {
    _RowKey: key,
    ServiceName: 'kept',
  });
  const grant = {
    Principal: 'Pushers',
    PType: 'Role',
    PrincipalId: role._RowKey,
    Rights: 'Execute',
  };
  await resultOf(first, token, '/SaasManage/SetApplicationPermissions', {
    ID: key,
    Grants: [grant],
  });
  await first.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const second = await startTenant({ stateFile: file });
  const kept = await sessionOf(second, { user: 'kept@example.com', password: 'kept-password' });
  const body = { ClientAppKey: 'x' };
  expect(await resultOf(second, kept, '/Mobile/DeleteApnsCertForClientApp', body)).toBeNull();
  const administrator = await sessionOf(second);
  const ask = (path: string, parameters: object) =>
    resultOf(second, administrator, path, parameters);
  expect(await ask('/SaasManage/GetAppIDByServiceName', { Name: 'kept' })).toBe(key);
  expect(await ask('/Acl/GetRowAces', { RowKey: key, Table: 'Application' })).toMatchObject([
    { PrincipalName: 'Pushers', Grant: 128 },
    { Inherited: true },
  ]);
  expect(second.applications.find('kept')?.permits('kept@example.com')).toBe(true);
  expect(second.applications.find('kept')?.permits('user@example.com')).toBe(false);
});

test('a state file loads, and is kept as it was', async () => {
  const settings = { a: '1' };
  const file = stateFile({ settings });
  const emulator = await startTenant({ stateFile: file });
  const token = await sessionOf(emulator);
  expect(await resultOf(emulator, token, '/Core/GetTenantConfig?key=a')).toBe('1');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    tenants: { tenant: { ...empty, settings } },
  });
});

const role = { id: 'r', name: 'R', description: '', users: [], rights: [] };
const user = {
  ...{
    user: 'a@example.com',
    password: 'p',
    uuid: 'u',
    displayName: '',
    mail: '',
    mobileNumber: '',
  },
  ...{ isServiceUser: false, isOauthClient: false, inEverybodyRole: true },
};
const application = {
  key: 'k',
  document: {},
  grants: [{ principal: 'User', id: 'u', rights: ['View'] }],
};

const token = { value: 'ab', topic: null, replacedAt: null };
const phone = { udid: 'one', user: 'u', name: 'n', osVersion: '1', tokens: [token], otp: null };
const otp = {
  oathProfileUuid: 'profile',
  key: 'MZXW6YTB',
  version: 1,
  algorithm: 'sha1',
  digits: 6,
  interval: 30,
};

test('whole devices, users, roles and applications load', () => {
  const whole = {
    devices: [phone, { ...phone, udid: 'two', otp }],
    users: [user],
    roles: [role],
    applications: [application],
  };
  expect(openState(stateFile(whole)).parts()).toMatchObject(whole);
});

test('devices, their last twenty tokens and one-time passwords outlive a restart, and no settings show them', async () => {
  const file = newFile();
  const first = await startTenant({ stateFile: file });
  const asUser = await sessionOf(first, first.user);
  const device = { Udid: 'one', Name: 'a phone', OSVersion: '18.0' };
  await resultOf(first, asUser, '/Device/EnrollIosDevice', device);
  const tokens = Array.from({ length: 25 }, (_, i) => (i + 1).toString(16).padStart(64, '0'));
  for (const token of tokens) {
    const ClientPushToken = Buffer.from(token, 'hex').toString('base64');
    await callApi(first, '/IosAppRest/UpdateDevSettings', asUser, {
      DeviceID: 'one',
      ClientPushToken,
    });
  }
  await resultOf(first, asUser, '/IosAppRest/OtpEnroll?udid=one');
  await first.close();
  const second = await startTenant({ stateFile: file });
  const shown = await resultOf(second, await sessionOf(second), '/TenantConfig/GetAdvancedConfig');
  const [kept] = openState(file).parts().devices;
  expect(kept?.tokens.map(({ value }) => value)).toEqual(tokens.slice(-20));
  expect(kept?.tokens.filter(({ replacedAt }) => replacedAt === null)).toHaveLength(1);
  expect(kept?.otp?.key).toMatch(/^[A-Z2-7]{32}$/);
  for (const text of [kept?.otp?.key, 'a phone']) expect(JSON.stringify(shown)).not.toContain(text);
  const push = { ':path': `/3/device/${tokens[23]}` };
  const answer = await post(second, await pemOf('30-prod'), push);
  expect(answer.body).toMatchObject({ reason: 'Unregistered' });
});

test.each([
  ['settings', undefined],
  ['devices', undefined],
  ['devices', {}],
  ['devices', [null]],
  ['devices', [{ ...phone, user: undefined }]],
  ['devices', [{ ...phone, tokens: {} }]],
  ['devices', [{ ...phone, tokens: [{ ...token, replacedAt: 1 }] }]],
  ['devices', [{ ...phone, otp: { ...otp, key: 1 } }]],
  ['devices', [{ ...phone, otp: { ...otp, digits: undefined } }]],
  ['devices', [{ ...phone, otp: { ...otp, algorithm: 'crc' } }]],
  ['devices', [{ ...phone, otp: { ...otp, interval: 0 } }]],
  ['users', {}],
  ['users', [{ ...user, password: 1 }]],
  ['users', [{ ...user, isServiceUser: 'no' }]],
  ['roles', [null]],
  ['roles', [{ ...role, rights: [1] }]],
  ['applications', [{ ...application, document: [] }]],
  ['applications', [{ ...application, grants: [{ principal: 'Group', id: 'u', rights: [] }] }]],
  ['applications', [{ ...application, grants: [{ principal: 'User', id: 'u', rights: ['Run'] }] }]],
])('a state file with broken %s %j is refused', (member, value) => {
  const file = stateFile({ [member]: value });
  expect(() => openState(file)).toThrow(expect.objectContaining({ code: 'file-unreadable' }));
});

test('a state file with an application that cannot be understood is refused', async () => {
  const document = { ServiceName: 'x', OAuthProfile: { Redirects: 1 } };
  const file = stateFile({ applications: [{ ...application, document }] });
  await expect(startTenant({ stateFile: file })).rejects.toMatchObject({
    code: 'file-unreadable',
    message: 'An application in the state file cannot be read',
  });
});

test('a change that cannot be kept is not made', async () => {
  const file = newFile();
  const emulator = await startTenant({ stateFile: file });
  const token = await sessionOf(emulator);
  rmSync(join(file, '..'), { recursive: true });
  const headers = { authorization: `Bearer ${token}` };
  const body = '{"Name":"Lost"}';
  const failed = await fetch(`${emulator.url}/Roles/StoreRole`, { method: 'POST', headers, body });
  expect(failed.status).toBe(500);
  expect(await resultOf(emulator, token, '/SaasManage/GetRoleIdFromName?roleName=Lost')).toBeNull();
});

test.skipIf(process.platform === 'win32')(
  'a file that others may write is not read: they may have put users into it',
  async () => {
    const file = stateFile({});
    chmodSync(file, 0o622);
    await expect(startTenant({ stateFile: file })).rejects.toMatchObject({
      code: 'file-unreadable',
      message: `${file} is writable by other users`,
      facts: { remedy: ['chmod', 'go-w', file] },
    });
    chmodSync(file, 0o644);
    await (await startTenant({ stateFile: file })).close();
  },
);
