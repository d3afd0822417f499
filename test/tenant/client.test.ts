import { expect, test } from 'vitest';
import { hintsFor } from '../../src/errors/advice.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { nowhere } from '../../src/errors/hint.ts';
import {
  type Bearer,
  createTenantClient,
  type SentAs,
  type TenantClient,
} from '../../src/tenant/client.ts';
import { deleteCertificate, setCertificate } from '../../src/tenant/mobile.ts';
import { whoAmI } from '../../src/tenant/security/session.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';
import { createTestHttp, failureOf, startServer } from '../support/http.ts';
import { memoryHttp, type Reply } from '../support/memory-http.ts';

/** A session whose access tokens are token-1, token-2 and so on, one more at each renewal. */
function createBearer(renewal?: CliError): Bearer {
  let tokens = 1;
  return {
    accessToken: () => new Secret(`token-${tokens}`),
    secrets: () => [new Secret(`token-${tokens}`)],
    async renew() {
      tokens++;
      if (renewal !== undefined) throw renewal;
    },
  };
}

/** A client of a tenant that gives these answers. */
function clientOf(answers: readonly Reply[], bearer = createBearer()) {
  const { http, sent } = memoryHttp(...answers);
  return { sent, client: createTenantClient('T', http, bearer) };
}

const base64 = Buffer.from(Uint8Array.from({ length: 300 }, (_, index) => index % 256)).toString(
  'base64',
);
const certificate = {
  ...{
    clientAppKey: 'com.example.app',
    topic: 'com.example.app.voip',
    certificate: new Secret(base64),
  },
};
const set = (password: string | null) => (client: TenantClient) =>
  setCertificate(client, {
    ...certificate,
    password: password === null ? null : new Secret(password),
  });
const app = { ClientAppKey: 'com.example.app' };
const certified = { ...app, APNSCert: base64, APNSPass: '', APNSTopic: 'com.example.app.voip' };
const [setPath, deletePath] = ['Set', 'Delete'].map(
  (verb) => `/Mobile/${verb}ApnsCertForClientApp`,
);

test.each<[unknown, (client: TenantClient) => Promise<unknown>, object]>([
  [setPath, set('geheim "ü" \\'), { ...certified, APNSPass: 'geheim "ü" \\' }],
  [setPath, set(null), certified],
  [deletePath, (client) => deleteCertificate(client, 'com.example.app'), app],
  ['/Security/WhoAmI', whoAmI, {}],
])('the request of %s', async (path, work, document) => {
  const { origin, port, received } = await startServer();
  await work(createTenantClient(origin, createTestHttp(), createBearer()));
  const body = JSON.stringify(document);
  const headers = {
    ...{ host: `127.0.0.1:${port}`, connection: 'close', 'user-agent': 'mfa-cli/test' },
    ...{
      accept: 'application/json',
      'content-type': 'application/json',
      'x-idap-native-client': 'true',
    },
    ...{ authorization: 'Bearer token-1', 'content-length': String(Buffer.byteLength(body)) },
  };
  expect(received).toEqual([{ method: 'POST', path, headers, body }]);
});

test('a tenant that repeats what it was sent, or its token, is quoted without them', async () => {
  const Message = `bad file ${base64}, password hunter22, bearer token-1`;
  const { client } = clientOf([{ body: { success: false, Message } }]);
  expect(await failureOf(() => set('hunter22')(client))).toBe(
    'tenant-refused: T refused the request: bad file [secret], password [secret], bearer [secret]',
  );
});

testCases('tenant/calls', {
  'the parameters of a call, as they are sent': async (form?: SentAs) => {
    const { client, sent } = clientOf([{ body: { success: true } }]);
    await client.call('/a', { Key: 'a b&c', Pass: new Secret('hunter 22') }, form);
    return sent.map(({ url, headers, body, retry }) => [
      url,
      headers?.['content-type'],
      body,
      retry,
    ]);
  },
  'the failure of a call, whose facts name a fault of its parameters': (
    body: unknown,
    status = 200,
  ) => clientOf([{ body, status }]).client.call('/a', { Key: 'x' }),
  'who is signed in, by a result': (Result: unknown) =>
    whoAmI(clientOf([{ body: { success: true, Result } }]).client),
  'three calls, their tokens and their ends, by the statuses of the answers': async (
    ...statuses: number[]
  ) => {
    const answers = statuses.map((status) => ({
      status,
      body: status === 200 ? { success: true } : '',
    }));
    const { client, sent } = clientOf(answers);
    const ends: unknown[] = [];
    for (const path of ['/a', '/b', '/c'])
      ends.push(
        await client.call(path, {}).then(
          () => 'answered',
          ({ code }: CliError) => code,
        ),
      );
    return [ends, sent.map(({ url, headers }) => `${url} ${headers?.authorization}`)];
  },
  'the forms in which a deletion is tried, by the answer to each, and what it ends with': async (
    answers: Partial<Record<SentAs, Reply>>,
    forms?: readonly SentAs[],
  ) => {
    const tried: SentAs[] = [];
    const call: TenantClient['call'] = (path, parameters, form = 'json') => {
      tried.push(form);
      const answer = answers[form] ?? { body: { success: true } };
      return clientOf([answer]).client.call(path, parameters, form);
    };
    const client = { ...clientOf([]).client, call };
    const end = deleteCertificate(client, 'key', forms);
    return [await end.catch(({ message, facts }: CliError) => [message, facts]), tried];
  },
});

test('a failure that is none of ours ends a deletion, and so does a list without a form', async () => {
  const bug = new Error('a bug');
  const client = { ...clientOf([]).client, call: () => Promise.reject(bug) };
  await expect(deleteCertificate(client, 'key')).rejects.toBe(bug);
  await expect(deleteCertificate(client, 'key', [])).rejects.toThrow('no form to send');
});

test('a page may mean a wrong address, unless the tenant has answered as one, or signed somebody in', async () => {
  const [page, answer] = [{ body: '<html>' }, { body: { success: true } }];
  const { client } = clientOf([page, answer, page]);
  const strange = 'tenant-not-json: T did not answer as a tenant does: an HTML page (HTTP 200)';
  expect(await failureOf(() => client.call('/a', {}))).toBe(strange);
  await client.call('/b', {});
  const known = clientOf([page], { ...createBearer(), isFromTenant: true });
  for (const each of [client, known.client]) {
    const error = await each.call('/c', {}).catch((caught: unknown) => caught);
    const message = "T is reachable, but its answer is not the API's: an HTML page (HTTP 200)";
    expect(error).toMatchObject({ code: 'tenant-not-json', message });
    expect(hintsFor(error as CliError, nowhere).join(' ')).not.toContain('URL');
  }
});

test('the failure of the renewal after a 401 is the failure', async () => {
  const failure = new CliError('session-expired', 'The refresh token is spent');
  const { client, sent } = clientOf([{ status: 401 }], createBearer(failure));
  await expect(client.call('/a', {})).rejects.toBe(failure);
  expect(sent).toHaveLength(1);
});
