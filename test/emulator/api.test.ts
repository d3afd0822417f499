import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openServer } from '../../src/emulator/server.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi, openEmulator } from '../support/emulator.ts';
import { patience } from '../support/patience.ts';
import { startTenant } from './local-tenant.ts';
import { sessionOf } from './security-session.ts';
import { expectTranscript } from './transcript.ts';

const whoAmI = '/Security/WhoAmI';
const calls = `
admin ${whoAmI}
admin /Security/Logout
admin ${whoAmI}
- /SysInfo/About
$invented ${whoAmI}
user ${whoAmI}
wait 59
user ${whoAmI}
wait 1
user ${whoAmI}
# What is no JSON object.
service /Mobile/DeleteApnsCertForClientApp {"ClientAppKey":
service /Mobile/DeleteApnsCertForClientApp ClientAppKey=x
service /Mobile/DeleteApnsCertForClientApp []
service /Mobile/DeleteApnsCertForClientApp null
# Paths and methods that there are not.
- /Mobile/Nothing
- GET /nothing
- GET /.well-known/openid-configuration
- GET ${whoAmI}
- GET /OAuth2/Token/mfa-cli
- PUT /OAuth2/Keys/mfa-cli`;

const fault = '/emulator/fault {"Path":"/roles/storerole",';
const makeRole = 'admin /Roles/StoreRole {"Name":"Pushers"}';
const found = 'admin /SaasManage/GetRoleIdFromName?roleName=Pushers';
const removed = 'admin /SaasManage/DeleteRole {"Name":"Pushers"}';
const faults = `
${['forbidden', 'refused', 'ignored', 'lost', 'unanswered']
  .map((kind) =>
    [`admin ${fault}"Fault":"${kind}"}`, makeRole, found, makeRole, found, removed].join('\n'),
  )
  .join('\n')}
# As often as it says, until it is taken back.
admin ${fault}"Fault":"refused","Times":2}
${makeRole}
${makeRole}
${makeRole}
admin ${fault}"Fault":"refused","Times":9}
admin ${fault}"Fault":"refused","Times":0}
${makeRole}
admin ${fault}"Fault":"dance"}
user ${fault}"Fault":"lost"}
# There is room for a thousand.
admin ${fault}"Fault":"lost","Times":1000}
admin ${fault}"Fault":"lost","Times":1000}
admin /emulator/apns {"Reason":"Shutdown","Times":1000}
admin /emulator/apns {"Reason":"Shutdown","Times":1000}
admin /emulator/apns {"Reason":"Shutdown","Times":0.5}
admin /emulator/apns {"Reason":"${'x'.repeat(101)}"}
admin /emulator/fault {"Path":"/${'x'.repeat(300)}","Fault":"lost"}`;

const bare = `
admin /RedRock/query {"Script":"select ID from Application"}
admin /SaasManage/ImportAppFromTemplate {"ID":["OAuth2ServerClient"]} -> key:_RowKey
admin /RedRock/query {"Script":"select ID from Application"}
admin /SaasManage/DeleteApplication {"_RowKey":["$key"]}
admin /RedRock/query {"Script":"select ID from Application"}`;

test('the API', () =>
  expectTranscript('api', [
    {
      title: 'tokens, bodies, paths and methods',
      ...{ calls, values: { invented: 'invented' }, options: { accessTokenSeconds: 60 } },
    },
    { title: 'faults that a test asks for', calls: faults },
    { title: 'a bare tenant has no application', calls: bare, options: { bare: true } },
  ]));

test('a fault can be silence', async () => {
  const token = await sessionOf(shared);
  await callApi(shared, '/emulator/fault', token, { Path: whoAmI, Fault: 'silent' });
  const asked = fetch(`${shared.url}${whoAmI}`, {
    ...{
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(300),
    },
  });
  await expect(asked).rejects.toThrow('timeout');
});

/** Of all tests that need no tenant of their own. */
let shared: Emulator;
beforeAll(async () => {
  shared = await openEmulator();
});
afterAll(() => shared.close());

test('a token of another tenant is none', async () => {
  const token = await sessionOf(shared);
  expect((await callApi(await startTenant(), whoAmI, token)).status).toBe(401);
});

describe('the server', () => {
  test('takes 2 MiB and no more', async () => {
    const status = async (length: number) =>
      (await fetch(`${shared.url}/Security/WhoAmI`, { method: 'POST', body: ' '.repeat(length) }))
        .status;
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
    server.answerFor({ home: '', at: () => ({ routes: [], noteAnswered: () => {} }) });
    expect((await early).status).toBe(404);
  });

  test('ends at once, with half a request open', async () => {
    const { url, close } = await startTenant();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      'POST /Security/WhoAmI HTTP/1.1\r\nContent-Length: 10\r\nExpect: 100-continue\r\n',
    );
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
      message: `Port ${port} of 127.0.0.1 is in use by another program`,
      facts: { option: '--port N' },
    });
  });
});

test.each([
  'callback',
  'com.example:/callback',
  'http://127.0.0.1:8400/callback#x',
  'javascript:0',
])('%s is not a valid redirect URI', async (uri) => {
  await expect(startTenant({ redirectUris: [uri] })).rejects.toMatchObject({
    code: 'usage',
    message: `"${uri}" is not a valid redirect URI`,
  });
});
