import { describe, expect, test } from 'vitest';
import { callApi } from '../support/emulator.ts';
import { startTenant } from './local-tenant.ts';
import { sessionOf } from './security-session.ts';

async function open() {
  const emulator = await startTenant({ bare: true });
  const token = await sessionOf(emulator);
  const fault = (Path: string, Fault: string, more: object = {}) =>
    callApi(emulator, '/emulator/fault', token, { Path, Fault, ...more });
  const makeRole = () => callApi(emulator, '/Roles/StoreRole', token, { Name: 'Pushers' });
  const roleId = async () =>
    (await callApi(emulator, '/SaasManage/GetRoleIdFromName', token, { roleName: 'Pushers' })).body.Result;
  return { emulator, token, fault, makeRole, roleId };
}

describe('/emulator/fault', () => {
  test.each([
    ['forbidden', { success: false, MessageID: '_I18N_System.UnauthorizedAccessException' }],
    ['refused', { success: false, Message: 'The emulator was told to refuse this.' }],
    ['ignored', { success: true, Result: { _RowKey: expect.any(String) } }],
  ])('%s: the next call is answered so, is not done, and the one after it is', async (kind, body) => {
    const { fault, makeRole, roleId } = await open();
    expect((await fault('/roles/storerole', kind)).body.success).toBe(true);
    expect((await makeRole()).body).toMatchObject(body);
    expect(await roleId()).toBeNull();
    expect((await makeRole()).body.success).toBe(true);
    expect(await roleId()).toEqual(expect.any(String));
  });

  test.each([
    ['lost', null],
    ['unanswered', expect.any(String)],
  ])('%s: the connection ends without an answer', async (kind, left) => {
    const { fault, makeRole, roleId } = await open();
    await fault('/Roles/StoreRole', kind);
    await expect(makeRole()).rejects.toThrow();
    expect(await roleId()).toEqual(left);
  });

  test('silent: no answer comes', async () => {
    const { emulator, token, fault } = await open();
    await fault('/Security/WhoAmI', 'silent');
    const request = fetch(`${emulator.url}/Security/WhoAmI`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(300),
    });
    await expect(request).rejects.toThrow('timeout');
  });

  test('holds as often as it says, and is taken back with 0', async () => {
    const { fault, makeRole } = await open();
    await fault('/Roles/StoreRole', 'refused', { Times: 2 });
    expect([(await makeRole()).body.success, (await makeRole()).body.success]).toEqual([false, false]);
    expect((await makeRole()).body.success).toBe(true);
    await fault('/Roles/StoreRole', 'refused', { Times: 9 });
    await fault('/Roles/StoreRole', 'refused', { Times: 0 });
    expect((await makeRole()).body).toMatchObject({ ErrorCode: '1409' });
  });

  test('is for administrators, and for faults that there are', async () => {
    const { emulator, fault } = await open();
    expect((await fault('/x', 'dance')).body).toMatchObject({ success: false });
    const user = await sessionOf(emulator, emulator.user);
    const answer = await callApi(emulator, '/emulator/fault', user, { Path: '/x', Fault: 'lost' });
    expect(answer.body).toMatchObject({ MessageID: '_I18N_System.UnauthorizedAccessException' });
  });
});

test('a bare tenant has no application, and one that is made there can be taken away', async () => {
  const { emulator, token } = await open();
  const script = { Script: 'select ID from Application' };
  const count = async () =>
    ((await callApi(emulator, '/RedRock/query', token, script)).body.Result as { Count: number }).Count;
  expect([await count(), emulator.applications.find('mfa-cli')]).toEqual([0, null]);
  const made = await callApi(emulator, '/SaasManage/ImportAppFromTemplate', token, {
    ID: ['OAuth2ServerClient'],
  });
  const [{ _RowKey: key }] = made.body.Result as [{ _RowKey: string }];
  expect(await count()).toBe(1);
  await callApi(emulator, '/SaasManage/DeleteApplication', token, { _RowKey: [key] });
  expect(await count()).toBe(0);
});
