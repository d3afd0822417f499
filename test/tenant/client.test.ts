import { expect, test } from 'vitest';
import { hintsFor } from '../../src/errors/advice.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { nowhere } from '../../src/errors/hint.ts';
import { type Bearer, createTenantClient, type SentAs } from '../../src/tenant/client.ts';
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

test('the request of a call without parameters', async () => {
  const { origin, port, received } = await startServer();
  await whoAmI(createTenantClient(origin, createTestHttp(), createBearer()));
  const headers = {
    host: `127.0.0.1:${port}`,
    connection: 'close',
    'user-agent': 'mfa-cli/test',
    accept: 'application/json',
    'content-type': 'application/json',
    'x-idap-native-client': 'true',
    authorization: 'Bearer token-1',
    'content-length': '2',
  };
  expect(received).toEqual([{ method: 'POST', path: '/Security/WhoAmI', headers, body: '{}' }]);
});

test('a redirect whose path repeats the access token does not show it', async () => {
  const headers = { location: 'https://elsewhere.example/login/token-1' };
  const { origin } = await startServer([{ status: 302, headers }]);
  const client = createTenantClient(origin, createTestHttp(), createBearer());
  expect(await failureOf(() => client.call('/a', {}))).toBe(
    `tenant-redirected: ${origin} answered with a redirect to https://elsewhere.example/login/[secret]`,
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
  'the failure of a call': (body: unknown, status = 200) =>
    clientOf([{ body, status }]).client.call('/a', { Key: 'x' }),
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
  expect(sent.map(({ url }) => url)).toEqual(['T/a', 'T/Security/WhoAmI']);
  await expect(client.call('/Security/WhoAmI', {})).rejects.toBe(failure);
  expect(sent).toHaveLength(3);
});

test('a 401 right after a renewal, or to a session that another call accepts, is a matter of the scope', async () => {
  const unauthorized = { status: 401 };
  const renewed = clientOf([unauthorized]);
  const ended = createBearer(new CliError('session-expired', 'The refresh token is spent'));
  const accepted = clientOf([unauthorized, { body: { success: true, Result: {} } }], ended);
  for (const { client } of [renewed, accepted])
    await expect(client.call('/a?b', {})).rejects.toMatchObject({
      code: 'tenant-forbidden',
      facts: { lacks: 'scope', path: '/a' },
    });
});

test.each([
  ['401', { status: 401 }],
  ['a refusal', { body: { success: false, Message: 'no' } }],
  ['a page', { status: 503, body: '<html>busy</html>' }],
])(
  'a session that cannot be renewed has ended where the other call gets %s',
  async (_answer, other) => {
    const ended = createBearer(new CliError('session-expired', 'The refresh token is spent'));
    const { client } = clientOf([{ status: 401 }, other], ended);
    await expect(client.call('/a?b', {})).rejects.toMatchObject({ code: 'session-expired' });
  },
);
