import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openServer } from '../../src/emulator/server.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi, openEmulator } from '../support/emulator.ts';
import { patience } from '../support/patience.ts';
import { postForm, redirectUri, signInAsAdministrator, startTenant } from './local-tenant.ts';
import { sessionOf } from './security-session.ts';

const success = (result: unknown): object => ({
  ...{ success: true, Result: result, Message: null, MessageID: null, Exception: null, ErrorID: null },
  ...{ ErrorCode: null, IsSoftError: false, InnerExceptions: null },
});

const failure = (messageId: string | null, message: string): object => ({
  ...{ ...success(null), success: false, Message: message, MessageID: messageId },
  ErrorID: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{32}$/),
});

const notSignedIn = failure(null, 'Authentication (login or challenge) has failed.');

/** Of all tests that need no tenant of their own. */
let shared: Emulator;
let bare: Emulator;
beforeAll(async () => {
  shared = await openEmulator({ redirectUris: [redirectUri] });
  bare = await openEmulator({ bare: true });
});
afterAll(() => Promise.all([shared.close(), bare.close()]));

test('WhoAmI names the user, until Logout ends the access token; About needs none', async () => {
  const { accessToken } = await signInAsAdministrator(shared);
  const call = (path: string, token = accessToken) => callApi(shared, path, token);
  const user = { User: 'admin@example.com', UserUuid: 'c0ffee00-0000-4000-8000-000000000001' };
  expect(await call('/Security/WhoAmI')).toEqual({
    status: 200,
    body: success({ TenantId: 'EMU0001', ...user }),
  });
  expect(await call('/Security/Logout')).toEqual({ status: 200, body: success(null) });
  expect(await call('/Security/WhoAmI')).toEqual({ status: 401, body: notSignedIn });
  const about = { status: 200, body: success({ Version: 'mfa-cli emulator' }) };
  expect(await call('/SysInfo/About', '')).toEqual(about);
});

describe('the access token', () => {
  test('must be one that was issued', async () => {
    const other = await startTenant();
    const { accessToken, refreshToken } = await signInAsAdministrator(shared);
    for (const token of ['', 'invented', refreshToken, `${accessToken}x`])
      expect(await callApi(shared, '/Security/WhoAmI', token)).toEqual({ status: 401, body: notSignedIn });
    expect((await callApi(other, '/Security/WhoAmI', accessToken)).status).toBe(401);
  });

  test('is good up to its last second', async () => {
    let now = Date.now();
    const emulator = await startTenant({ accessTokenSeconds: 60, now: () => new Date(now) });
    const { accessToken } = await signInAsAdministrator(emulator);
    now += 59_000;
    expect((await callApi(emulator, '/Security/WhoAmI', accessToken)).status).toBe(200);
    now += 1000;
    const answer = await callApi(emulator, '/Security/WhoAmI', accessToken);
    expect(answer).toEqual({ status: 401, body: notSignedIn });
  });

  test('of a narrow scope opens only the APIs of the scope', async () => {
    const { accessToken } = await signInAsAdministrator(shared, 'apns');
    const words = 'The scope of the access token does not allow this API.';
    expect(await callApi(shared, '/Security/WhoAmI', accessToken)).toEqual({
      status: 401,
      body: failure('_I18N_ServiceUnauthorizedAccess', words),
    });
    const path = '/mobile/deleteApnsCertForClientApp';
    expect(await callApi(shared, path, accessToken, { ClientAppKey: 'com.example.app' })).toMatchObject({
      status: 200,
      body: { success: true },
    });
  });
});

test.each(['{"ClientAppKey":', 'ClientAppKey=x', '[]', 'null'])(
  'the body %s is no JSON object',
  async (body) => {
    const path = '/Mobile/DeleteApnsCertForClientApp';
    const answer = await callApi(shared, path, await sessionOf(shared), body);
    const words = expect.stringMatching(/^The request body is not/);
    expect(answer.body).toEqual(failure('_I18N_Newtonsoft.Json.JsonReaderException', words));
  },
);

describe('the server', () => {
  test.each([
    ['POST', '/Mobile/Nothing', 404],
    ['GET', '/nothing', 404],
    ['GET', '/.well-known/openid-configuration', 404],
    ['GET', '/Security/WhoAmI', 405],
    ['GET', '/OAuth2/Token/mfa-cli', 405],
    ['PUT', '/OAuth2/UserInfo/mfa-cli', 405],
  ])('answers %s %s with a page and %i', async (method, path, status) => {
    const response = await fetch(`${shared.url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('date')).not.toBeNull();
    expect(await response.text()).toMatch(/^<!doctype html>/i);
    expect(shared.requests.at(-1)).toMatchObject({ method, path, status });
  });

  test('takes 2 MiB and no more', async () => {
    const status = async (length: number) =>
      (await fetch(`${shared.url}/Security/WhoAmI`, { method: 'POST', body: ' '.repeat(length) })).status;
    expect([await status(2 * 1024 * 1024), await status(2 * 1024 * 1024 + 1)]).toEqual([401, 413]);
  });

  test('answers to its own names only', async () => {
    const { url } = shared;
    const status = async (host: string): Promise<number> => {
      const asked = request(`${url}/SysInfo/About`, { method: 'POST', headers: { host } }).end();
      const [response] = await once(asked, 'response');
      response.resume();
      return response.statusCode;
    };
    const { port } = new URL(url);
    expect(await status(`127.0.0.1:${port}`)).toBe(200);
    expect(await status(`localhost:${port}`)).toBe(200);
    expect(await status(`evil.example:${port}`)).toBe(400);
  });

  test('lets those wait who come before it has its routes', async () => {
    const server = await openServer(0);
    onTestFinished(() => server.close());
    const early = fetch(`http://127.0.0.1:${server.port}/early`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.serve({ home: '', at: () => ({ routes: [], answered: () => {} }) });
    expect((await early).status).toBe(404);
  });

  test('ends at once, with half a request open', async () => {
    const { url, close } = await startTenant();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write('POST /Security/WhoAmI HTTP/1.1\r\nContent-Length: 10\r\nExpect: 100-continue\r\n');
    socket.write(`Host: ${hostname}:${port}\r\n\r\n`);
    await once(socket, 'data');
    const start = performance.now();
    await close();
    expect(performance.now() - start).toBeLessThan(10_000 * patience);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('says so when its port is busy', async () => {
    const port = Number(new URL(shared.url).port);
    await expect(startTenant({ port })).rejects.toMatchObject({
      code: 'usage',
      message: `Cannot listen on port ${port} (EADDRINUSE)`,
      facts: { option: '--port N' },
    });
  });
});

test('a request whose form is too long for the server library is a token error', async () => {
  const form = { grant_type: 'refresh_token', client_id: 'mfa-cli', refresh_token: 'x'.repeat(60 * 1024) };
  expect(await postForm(`${shared.url}/OAuth2/Token/mfa-cli`, form)).toEqual({
    status: 400,
    body: { error: 'invalid_request', error_description: 'failed to parse the request body' },
  });
});

test.each(['callback', 'com.example:/callback', 'http://127.0.0.1:8400/callback#x', 'javascript:0'])(
  '%s is not a valid redirect URI',
  async (uri) => {
    await expect(startTenant({ redirectUris: [uri] })).rejects.toMatchObject({
      code: 'usage',
      message: `"${uri}" is not a valid redirect URI`,
    });
  },
);

/** A bare tenant without the role that the tests make. */
async function open() {
  const emulator = bare;
  const token = await sessionOf(emulator);
  emulator.faults.clear();
  await callApi(emulator, '/SaasManage/DeleteRole', token, { Name: 'Pushers' });
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
    ['refused', { success: false, Message: 'The emulator was set up to refuse this call.' }],
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
  const ID = ['OAuth2ServerClient'];
  const made = await callApi(emulator, '/SaasManage/ImportAppFromTemplate', token, { ID });
  const [{ _RowKey: key }] = made.body.Result as [{ _RowKey: string }];
  expect(await count()).toBe(1);
  await callApi(emulator, '/SaasManage/DeleteApplication', token, { _RowKey: [key] });
  expect(await count()).toBe(0);
});
