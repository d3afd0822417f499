import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import { openServer } from '../../src/emulator/server.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi } from '../support/emulator.ts';
import { patience } from '../support/patience.ts';
import { signInOnPage } from './browser.ts';
import { postForm, signInAsAdministrator, startTenant } from './local-tenant.ts';
import { sessionOf } from './security-session.ts';

const success = (result: unknown): object => ({
  success: true,
  Result: result,
  Message: null,
  MessageID: null,
  Exception: null,
  ErrorID: null,
  ErrorCode: null,
  IsSoftError: false,
  InnerExceptions: null,
});

const failure = (messageId: string | null, message: string): object => ({
  ...success(null),
  success: false,
  Message: message,
  MessageID: messageId,
  ErrorID: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{32}$/),
});

const notSignedIn = failure(null, 'Authentication (login or challenge) has failed.');

test('WhoAmI names the user in the envelope', async () => {
  const emulator = await startTenant();
  const { accessToken } = await signInAsAdministrator(emulator);
  expect(await callApi(emulator, '/Security/WhoAmI', accessToken)).toEqual({
    status: 200,
    body: success({
      TenantId: 'EMU0001',
      User: 'admin@example.com',
      UserUuid: 'c0ffee00-0000-4000-8000-000000000001',
    }),
  });
});

test('Logout ends the access token', async () => {
  const emulator = await startTenant();
  const { accessToken } = await signInAsAdministrator(emulator);
  expect(await callApi(emulator, '/Security/Logout', accessToken)).toEqual({
    status: 200,
    body: success(null),
  });
  expect(await callApi(emulator, '/Security/WhoAmI', accessToken)).toEqual({
    status: 401,
    body: notSignedIn,
  });
});

test('About answers without a sign-in', async () => {
  const emulator = await startTenant();
  expect(await callApi(emulator, '/SysInfo/About', '')).toEqual({
    status: 200,
    body: success({ Version: 'mfa-cli emulator' }),
  });
});

describe('the access token', () => {
  test('must be one that was issued', async () => {
    const emulator = await startTenant();
    const { accessToken, refreshToken } = await signInAsAdministrator(emulator);
    for (const token of ['', 'invented', refreshToken, `${accessToken}x`]) {
      expect(await callApi(emulator, '/Security/WhoAmI', token)).toEqual({ status: 401, body: notSignedIn });
    }
    const other = await startTenant();
    expect((await callApi(other, '/Security/WhoAmI', accessToken)).status).toBe(401);
  });

  test('is good up to its last second', async () => {
    const start = Date.now();
    let seconds = 0;
    const emulator = await startTenant({
      accessTokenSeconds: 60,
      now: () => new Date(start + seconds * 1000),
    });
    const { accessToken } = await signInAsAdministrator(emulator);
    seconds = 59;
    expect((await callApi(emulator, '/Security/WhoAmI', accessToken)).status).toBe(200);
    seconds = 60;
    expect(await callApi(emulator, '/Security/WhoAmI', accessToken)).toEqual({
      status: 401,
      body: notSignedIn,
    });
  });

  test('of a narrow scope opens only the APIs of the scope', async () => {
    const emulator = await startTenant();
    const { accessToken } = await signInAsAdministrator(emulator, 'apns');
    expect(await callApi(emulator, '/Security/WhoAmI', accessToken)).toEqual({
      status: 401,
      body: failure(
        '_I18N_ServiceUnauthorizedAccess',
        'The scope of the access token does not allow this API.',
      ),
    });
    const { status, body } = await callApi(emulator, '/mobile/deleteApnsCertForClientApp', accessToken, {
      ClientAppKey: 'com.example.app',
    });
    expect({ status, success: body.success }).toEqual({ status: 200, success: true });
  });
});

test.each(['{"ClientAppKey":', 'ClientAppKey=x', '[]', 'null'])(
  'the body %s is no JSON object',
  async (body) => {
    const emulator = await startTenant();
    const { accessToken } = await signInAsAdministrator(emulator);
    const answer = await callApi(emulator, '/Mobile/DeleteApnsCertForClientApp', accessToken, body);
    expect(answer).toEqual({
      status: 200,
      body: failure(
        '_I18N_Newtonsoft.Json.JsonReaderException',
        expect.stringMatching(/^The request body is not/),
      ),
    });
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
    const emulator = await startTenant();
    const response = await fetch(`${emulator.url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('date')).not.toBeNull();
    expect(await response.text()).toMatch(/^<!doctype html>/i);
    expect(emulator.requests).toMatchObject([{ method, path, status }]);
  });

  test('takes 2 MiB and no more', async () => {
    const emulator = await startTenant();
    const { accessToken } = await signInAsAdministrator(emulator);
    const call = (length: number): Promise<Response> =>
      fetch(`${emulator.url}/Security/WhoAmI`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}` },
        body: `{}${' '.repeat(length - 2)}`,
      });
    expect((await call(2 * 1024 * 1024)).status).toBe(200);
    expect((await call(2 * 1024 * 1024 + 1)).status).toBe(413);
  });

  test('answers to its own names only', async () => {
    const { url } = await startTenant();
    const status = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request(`${url}/SysInfo/About`, { method: 'POST', headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
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

  test('keeps the latest thousand requests', async () => {
    const emulator = await startTenant();
    for (let i = 0; i < 1001; i++) await fetch(`${emulator.url}/${i}`).then((response) => response.text());
    expect(emulator.requests.length).toBe(1000);
    expect(emulator.requests.at(-1)).toMatchObject({ method: 'GET', path: '/1000', status: 404 });
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
    const { url } = await startTenant();
    const port = Number(new URL(url).port);
    await expect(startTenant({ port })).rejects.toMatchObject({
      code: 'usage',
      message: `Cannot listen on port ${port} (EADDRINUSE)`,
      facts: { option: '--port N' },
    });
  });
});

test('a request whose form is too long for the server library is a token error', async () => {
  const { url } = await startTenant();
  const { status, body } = await postForm(`${url}/OAuth2/Token/mfa-cli`, {
    grant_type: 'refresh_token',
    client_id: 'mfa-cli',
    refresh_token: 'x'.repeat(60 * 1024),
  });
  expect({ status, body }).toEqual({
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

test('the accounts are names and passwords, and nothing else', async () => {
  const { administrator, user, serviceUser } = await startTenant();
  expect({ administrator, user, serviceUser }).toEqual({
    administrator: { user: 'admin@example.com', password: 'admin-password' },
    user: { user: 'user@example.com', password: 'user-password' },
    serviceUser: { user: 'ci@example.com', password: 'ci-client-secret' },
  });
});

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

const setPath = '/Mobile/SetApnsCertForClientApp';
const deletePath = '/Mobile/DeleteApnsCertForClientApp';
const single = '/Core/GetTenantConfig';
const whole = '/TenantConfig/GetAdvancedConfig';
const newest = 'Mobile.IosCustomApp.ClientAppKey';
const key = 'com.example.app';

function parametersOf(file: string): Record<string, string> {
  const bytes = readFileSync(join(import.meta.dirname, `../fixtures/p12/${file}.p12`));
  return { ClientAppKey: key, APNSCert: bytes.toString('base64'), APNSPass: 'secret', APNSTopic: 'topic' };
}
const legacy = parametersOf('02-legacy-rc2-3des');

async function start(assumptions: Partial<Assumptions>): Promise<{
  emulator: Emulator;
  token: string;
  call(path: string, body?: object): Promise<unknown>;
}> {
  const emulator = await startTenant({ assumptions });
  const { accessToken: token } = await signInAsAdministrator(emulator);
  const call = async (path: string, body: object = {}): Promise<unknown> =>
    judged(await callApi(emulator, path, token, body));
  return { emulator, token, call };
}

function judged({ status, body }: { status: number; body: Record<string, unknown> }): unknown {
  return body.success === true ? body.Result : { status, id: body.MessageID, message: body.Message };
}

const right = 'You are not authorized to perform this operation. Please contact your IT helpdesk.';
const unauthorized = { status: 200, id: '_I18N_System.UnauthorizedAccessException', message: right };
const missing = {
  status: 200,
  id: '_I18N_RequiredParameter',
  message: expect.stringContaining('is missing'),
};

describe('mobile-parameters', () => {
  const form = new URLSearchParams(legacy);
  const json = { 'content-type': 'application/json' };
  const requests = {
    json: ['', { body: JSON.stringify(legacy), headers: json }],
    form: ['', { body: form }],
    query: [`?${form}`, {}],
  } as const;

  test.each(['json', 'form', 'query'] as const)('%s is the one way', async (way) => {
    const { emulator, token } = await start({ 'mobile-parameters': way });
    for (const [name, [query, init]] of Object.entries(requests)) {
      const headers = { ...('headers' in init ? init.headers : {}), authorization: `Bearer ${token}` };
      const response = await fetch(`${emulator.url}${setPath}${query}`, { method: 'POST', ...init, headers });
      const body = (await response.json()) as Record<string, unknown>;
      expect(judged({ status: response.status, body })).toEqual(name === way ? null : missing);
    }
  });
});

test.each([
  ['success', null],
  ['refused', expect.objectContaining({ status: 200, id: '_I18N_System.ArgumentException' })],
] as const)('delete-absent=%s', async (value, expected) => {
  const { call } = await start({ 'delete-absent': value });
  expect(await call(deletePath, { ClientAppKey: key })).toEqual(expected);
  expect(await call(setPath, legacy)).toBeNull();
  expect(await call(deletePath, { ClientAppKey: key })).toBeNull();
});

test.each([
  ['message-id', missing],
  ['words', { ...missing, id: null }],
] as const)('missing-parameter=%s', async (value, expected) => {
  const { call } = await start({ 'missing-parameter': value });
  expect(await call(deletePath)).toEqual(expected);
  expect(await call(single)).toEqual(expected);
});

test.each(['200', '403'] as const)('missing-right=%s', async (value) => {
  const emulator = await startTenant({ assumptions: { 'missing-right': value }, autoApprove: false });
  const token = await signInOnPage(emulator, emulator.user);
  for (const path of [setPath, deletePath, single, whole])
    expect(judged(await callApi(emulator, path, token, legacy))).toEqual({
      ...unauthorized,
      status: Number(value),
    });
  expect((await callApi(emulator, '/Security/WhoAmI', token)).status).toBe(200);
});

describe('a .p12', () => {
  const wrong = {
    status: 200,
    id: '_I18N_System.Security.Cryptography.CryptographicException',
    message: 'The specified network password is not correct.',
  };
  const limit = (name: string) => ({
    status: 200,
    id: '_I18N_System.Security.Cryptography.X509Certificates.Pkcs12LoadLimitExceededException',
    message: `The PKCS#12/PFX violated the '${name}' limit.`,
  });

  test.each<[string, Partial<Assumptions>, unknown]>([
    ['01-default-aes256', {}, null],
    ['08-aes128', { 'p12-aes': 'unreadable' }, wrong],
    ['01-default-aes256', { 'p12-aes': 'unreadable' }, wrong],
    ['02-legacy-rc2-3des', { 'p12-aes': 'unreadable' }, null],
    ['18-iter-600k', {}, null],
    ['18-iter-300k', { 'p12-iterations': 'limited' }, null],
    ['18-iter-600k', { 'p12-iterations': 'limited' }, limit('MacIterationLimit')],
    ['51-nss-default', { 'p12-iterations': 'limited' }, limit('MacIterationLimit')],
  ])('%s under %j', async (file, assumptions, expected) => {
    const { call } = await start(assumptions);
    expect(await call(setPath, parametersOf(file))).toEqual(expected);
  });
});

describe('the tenant’s settings', () => {
  const asked = (name: string, dflt = 'otherwise') => `${single}?${new URLSearchParams({ key: name, dflt })}`;

  test.each([
    ['known', key, 'topic'],
    ['unknown', 'otherwise', 'otherwise'],
    ['refused', unauthorized, unauthorized],
  ] as const)('one by one, where they are %s', async (value, first, second) => {
    const { call } = await start({ 'tenant-config': value });
    await call(setPath, legacy);
    expect([await call(asked(newest)), await call(asked(`${key}_APNSTopic`))]).toEqual([first, second]);
    for (const secret of [`${key}_APNSPass`, `${key}_APNSCert`])
      expect(await call(asked(secret))).toEqual(value === 'refused' ? unauthorized : 'otherwise');
    await call(deletePath, { ClientAppKey: key });
    expect(await call(asked(newest, ''))).toEqual(value === 'refused' ? unauthorized : '');
  });

  test.each([
    ['open', [newest, `${key}_APNSCert`, `${key}_APNSPass`, `${key}_APNSTopic`]],
    ['silent', []],
  ] as const)('all of them, where the door is %s', async (value, names) => {
    const { call } = await start({ 'advanced-config': value });
    await call(setPath, legacy);
    const { Results } = (await call(whole)) as { Results: { Row: { ID: string } }[] };
    expect(Results.map(({ Row }) => Row.ID)).toEqual(names);
  });

  test('all of them, where the door is shut', async () => {
    const { call } = await start({ 'advanced-config': 'shut' });
    expect(await call(whole)).toEqual(unauthorized);
  });
});
