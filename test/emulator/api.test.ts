import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openServer, siteAt } from '../../src/emulator/server.ts';
import { callApi } from '../support/emulator.ts';
import { postForm, signInAsAdministrator, startTenant } from './local-tenant.ts';

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
    server.serve(siteAt(['127.0.0.1'], server.port, { routes: [], answered: () => {} }));
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
    expect(performance.now() - start).toBeLessThan(10_000);
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
