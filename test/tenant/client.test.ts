import { describe, expect, test } from 'vitest';
import { hintsFor } from '../../src/errors/advice.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { deleteCertificate, setCertificate } from '../../src/tenant/certificates.ts';
import {
  type Bearer,
  createTenantClient,
  type SentAs,
  type TenantClient,
  whoAmI,
} from '../../src/tenant/client.ts';
import { Secret } from '../../src/text/secret.ts';
import {
  type Answer,
  createTestHttp,
  failureOf,
  type Play,
  startServer,
  success,
  type TestServer,
} from '../support/http.ts';

/** A session whose access tokens are token-1, token-2 and so on, one more at each renewal. */
function createBearer(renewal?: CliError): Bearer & { renewals(): number } {
  let renewals = 0;
  return {
    accessToken: () => new Secret(`token-${renewals + 1}`),
    secrets: () => [new Secret(`token-${renewals + 1}`)],
    async renew() {
      renewals++;
      if (renewal !== undefined) throw renewal;
    },
    renewals: () => renewals,
  };
}

async function startTenant(
  plays: readonly Play[] = [success],
  bearer: Bearer = createBearer(),
): Promise<{ server: TestServer; client: TenantClient }> {
  const server = await startServer(plays);
  return { server, client: createTenantClient(server.origin, createTestHttp(), bearer) };
}

describe('a request to the tenant', () => {
  const pfx = Uint8Array.from({ length: 300 }, (_value, index) => index % 256);
  const base64 = Buffer.from(pfx).toString('base64');
  const certificate = {
    clientAppKey: 'com.example.app',
    certificate: new Secret(base64),
    topic: 'com.example.app.voip',
  };
  const setPath = '/Mobile/SetApnsCertForClientApp';
  const app = { ClientAppKey: 'com.example.app' };
  const setBody = { ...app, APNSCert: base64, APNSPass: '', APNSTopic: 'com.example.app.voip' };
  const set = (password: string | null) => (client: TenantClient) =>
    setCertificate(client, { ...certificate, password: password === null ? null : new Secret(password) });

  test.each<[string, (client: TenantClient) => Promise<unknown>, string, object]>([
    ['sets a certificate', set('geheim "ü" \\'), setPath, { ...setBody, APNSPass: 'geheim "ü" \\' }],
    ['sets a certificate without a password', set(null), setPath, setBody],
    [
      'deletes a certificate',
      (client) => deleteCertificate(client, 'com.example.app'),
      '/Mobile/DeleteApnsCertForClientApp',
      app,
    ],
    ['asks who is signed in', whoAmI, '/Security/WhoAmI', {}],
  ])('%s', async (_case, work, path, body) => {
    const { server, client } = await startTenant();
    await work(client);
    expect(server.received).toEqual([
      {
        method: 'POST',
        path,
        headers: {
          host: `127.0.0.1:${server.port}`,
          connection: 'close',
          'user-agent': 'mfa-cli/test',
          accept: 'application/json',
          'content-type': 'application/json',
          'x-idap-native-client': 'true',
          authorization: 'Bearer token-1',
          'content-length': String(Buffer.byteLength(JSON.stringify(body))),
        },
        body: JSON.stringify(body),
      },
    ]);
  });

  test('tells nothing that it held when the tenant repeats it', async () => {
    const Message = `bad file ${base64}, password hunter22, bearer token-1`;
    const { server, client } = await startTenant([{ body: JSON.stringify({ success: false, Message }) }]);
    const password = new Secret('hunter22');
    expect(await failureOf(() => setCertificate(client, { ...certificate, password }))).toBe(
      `tenant-refused: ${server.origin} refused the request: bad file [secret], password [secret], bearer [secret]`,
    );
  });
});

test('a call is repeated where the tenant was not available', async () => {
  const { server, client } = await startTenant([{ status: 503 }, success]);
  await client.call('/a', {});
  expect(server.received).toHaveLength(2);
});

describe('the parameters of a call', () => {
  const parameters = { Key: 'a b&c', Pass: new Secret('hunter 22') };
  const form = 'Key=a+b%26c&Pass=hunter+22';

  const asJson = ['/a', 'application/json', '{"Key":"a b&c","Pass":"hunter 22"}'];
  test.each<[SentAs | undefined, unknown[]]>([
    [undefined, asJson],
    ['json', asJson],
    ['form', ['/a', 'application/x-www-form-urlencoded', form]],
    ['query', [`/a?${form}`, undefined, '']],
  ])('sent as %s', async (sendAs, sent) => {
    const { server, client } = await startTenant();
    await client.call('/a', parameters, sendAs);
    expect(server.received.map((got) => [got.path, got.headers['content-type'], got.body])).toEqual([sent]);
  });

  const required = '{"success":false,"Message":"Key is required"}';
  test.each<[string, Answer, string, string | undefined]>([
    ['are missing', { body: required }, 'tenant-refused', 'missing'],
    ['cannot be read', { status: 415, body: '<html>' }, 'tenant-not-json', 'unreadable'],
    ['cannot be read, said by a status of 400', { status: 400, body: 'no' }, 'tenant-not-json', 'unreadable'],
    ['are refused', { body: '{"success":false,"Message":"No such app"}' }, 'tenant-refused', undefined],
    ['meet JSON of something else', { body: '{"Message":"Key is required"}' }, 'tenant-not-json', undefined],
    ['meet a page', { body: '<html>Key is missing' }, 'tenant-not-json', undefined],
    ['are not allowed', { status: 403, body: required }, 'tenant-forbidden', undefined],
  ])('are named where they %s', async (_case, answer, code, fault) => {
    const { client } = await startTenant([answer], { ...createBearer() });
    const failure = await client.call('/a', { Key: 'x' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect((failure as CliError).facts.parameters).toBe(fault);
  });
});

test.each<[string, unknown, string | null]>([
  ['the name', { User: 'jo@example.com', TenantId: 'ABC1234' }, 'jo@example.com'],
  ['no name', { TenantId: 'ABC1234' }, null],
  ['an empty name', { User: '' }, null],
  ['a name that is no text', { User: 7 }, null],
  ['no Result', null, null],
  ['a Result that is no object', 'jo', null],
])('who is signed in, from %s', async (_case, Result, user) => {
  const { client } = await startTenant([{ body: JSON.stringify({ success: true, Result }) }]);
  expect(await whoAmI(client)).toBe(user);
});

describe('an answer that is not that of the API', () => {
  const page: Play = { headers: { 'content-type': 'text/html' }, body: '<html>' };
  const success: Play = { body: '{"success":true}' };

  test('may mean a wrong address, unless the tenant has answered as one', async () => {
    const { server, client } = await startTenant([page, success, page]);
    expect(await failureOf(() => client.call('/a', {}))).toBe(
      `tenant-not-json: ${server.origin} did not answer like a tenant: an HTML page (HTTP 200)`,
    );
    await client.call('/b', {});
    const error = await client.call('/c', {}).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'tenant-not-json',
      message: `${server.origin} is reachable, but this is not the API's answer: an HTML page (HTTP 200)`,
    });
    expect(hintsFor(error as CliError).join(' ')).not.toContain('URL');
  });

  test('means no wrong address after a sign-in there', async () => {
    const { client } = await startTenant([page], { ...createBearer(), isFromTenant: true });
    expect(await failureOf(() => client.call('/a', {}))).toContain("this is not the API's answer");
  });
});

describe('after a 401', () => {
  const rejected: Play = { status: 401 };
  const authorizations = ({ received }: TestServer): unknown[] =>
    received.map(({ headers }) => headers.authorization);

  test('the session is renewed and the request is sent once more', async () => {
    const bearer = createBearer();
    const { server, client } = await startTenant([rejected, { body: '{"success":true,"Result":7}' }], bearer);
    expect(await client.call('/a', {})).toBe(7);
    expect(authorizations(server)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(bearer.renewals()).toBe(1);
  });

  test('and a second one the session has expired', async () => {
    const bearer = createBearer();
    const { server, client } = await startTenant([rejected], bearer);
    expect(await failureOf(() => client.call('/a', {}))).toBe(
      `session-expired: ${server.origin} does not accept the access token: it has expired, was revoked, or its scope does not allow this request`,
    );
    expect(authorizations(server)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(bearer.renewals()).toBe(1);
  });

  test('the failure of the renewal is the failure', async () => {
    const failure = new CliError('session-expired', 'The refresh token is spent');
    const { server, client } = await startTenant([rejected], createBearer(failure));
    await expect(client.call('/a', {})).rejects.toBe(failure);
    expect(server.received).toHaveLength(1);
  });

  test('of a later request the session is renewed again', async () => {
    const { server, client } = await startTenant([rejected, success, rejected, success]);
    await client.call('/a', {});
    await client.call('/b', {});
    expect(server.received.map(({ path, headers }) => `${path} ${headers.authorization}`)).toEqual([
      '/a Bearer token-1',
      '/a Bearer token-2',
      '/b Bearer token-2',
      '/b Bearer token-3',
    ]);
  });
});
