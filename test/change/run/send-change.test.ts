import { expect, test } from 'vitest';
import { sendChange } from '../../../src/change/run/send-change.ts';
import type { CliError } from '../../../src/errors/cli-error.ts';
import type { HttpRequest } from '../../../src/network/http.ts';
import { type Bearer, createTenantClient, type SentAs } from '../../../src/tenant/client.ts';
import {
  deleteRequest,
  type MobileRequest,
  setRequest,
} from '../../../src/tenant/set-and-delete-certificate.ts';
import { Secret } from '../../../src/text/secret.ts';
import { testCases } from '../../support/cases.ts';
import { createTestHttp, failureOf, startServer } from '../../support/http.ts';
import { memoryHttp, type Reply } from '../../support/memory-http.ts';

const bearer: Bearer = {
  accessToken: () => new Secret('token-1'),
  secrets: () => [new Secret('token-1')],
  renew: async () => {},
};
const base64 = Buffer.from(Uint8Array.from({ length: 300 }, (_, index) => index % 256)).toString(
  'base64',
);
const set = (password: string | null): MobileRequest =>
  setRequest({
    clientAppKey: 'com.example.app',
    topic: 'com.example.app.voip',
    certificate: new Secret(base64),
    password: password === null ? null : new Secret(password),
  });
const terms = { forms: ['json', 'form'], hostHasAnswered: true } as const;

const app = { ClientAppKey: 'com.example.app' };
const certified = { ...app, APNSCert: base64, APNSPass: '', APNSTopic: 'com.example.app.voip' };

test.each<[MobileRequest, object]>([
  [set('geheim "ü" \\'), { ...certified, APNSPass: 'geheim "ü" \\' }],
  [set(null), certified],
  [deleteRequest('com.example.app'), app],
])('the request of %o', async (request, document) => {
  const { origin, port, received } = await startServer();
  const client = createTenantClient(origin, createTestHttp(), bearer);
  await sendChange(request, client, terms);
  const body = JSON.stringify(document);
  const headers = {
    host: `127.0.0.1:${port}`,
    connection: 'close',
    'user-agent': 'mfa-cli/test',
    accept: 'application/json',
    'content-type': 'application/json',
    'x-idap-native-client': 'true',
    authorization: 'Bearer token-1',
    'content-length': String(Buffer.byteLength(body)),
  };
  expect(received).toEqual([{ method: 'POST', path: request.path, headers, body }]);
});

test('a tenant that repeats what it was sent, or its token, is quoted without them', async () => {
  const Message = `bad file ${base64}, password hunter22, bearer token-1`;
  const { http } = memoryHttp({ body: { success: false, Message } });
  const client = createTenantClient('https://t.example', http, bearer);
  expect(await failureOf(() => sendChange(set('hunter22'), client, terms))).toBe(
    'tenant-refused: https://t.example rejected the request: bad file [secret], password [secret], bearer [secret]',
  );
});

test('a parameter that was sent empty is sent in no other form', async () => {
  const Message = "Parameter 'APNSPass' must be specified";
  const { http, sent } = memoryHttp({
    body: { success: false, Message, MessageID: '_I18N_RequiredParameter' },
  });
  const client = createTenantClient('https://t.example', http, bearer);
  const refused = sendChange(set(null), client, terms);
  await expect(refused).rejects.toMatchObject({ facts: { lacks: 'password' } });
  expect(sent).toHaveLength(1);
});

test.each([
  ['alone', 'APNSPass', 1],
  ['first', 'APNSPass, ClientAppKey and APNSCert', 2],
  ['among others', 'ClientAppKey, APNSPass and APNSTopic', 2],
  ['last', 'APNSCert and APNSPass', 2],
])(
  'an empty parameter that is called missing %s keeps a form from being tried only alone',
  async (_where, names, requests) => {
    const missing = { Message: `${names} must be specified`, MessageID: '_I18N_RequiredParameter' };
    const { http, sent } = memoryHttp((request) => ({
      body: formOf(request) === 'json' ? { success: false, ...missing } : { success: true },
    }));
    const client = createTenantClient('https://t.example', http, bearer);
    const ended = await sendChange(set(null), client, terms).catch(({ code }: CliError) => code);
    expect([ended, sent.length]).toEqual([requests === 2 ? 'form' : 'tenant-refused', requests]);
  },
);

/** The form in which a request has its parameters. */
function formOf({ headers }: HttpRequest): SentAs {
  return headers?.['content-type'] === 'application/json' ? 'json' : 'form';
}

testCases('change/forms', {
  'the forms in which a deletion is tried, by the answer to each, and what it ends with': async (
    answers: Partial<Record<SentAs, Reply>>,
    forms: readonly SentAs[] = ['json', 'form'],
  ) => {
    const tried: SentAs[] = [];
    const { http } = memoryHttp((request) => {
      const form = formOf(request);
      tried.push(form);
      return answers[form] ?? { body: { success: true } };
    });
    const client = createTenantClient('https://t.example', http, bearer);
    const end = sendChange(deleteRequest('key'), client, { forms, hostHasAnswered: true });
    return [await end.catch(({ message, facts }: CliError) => [message, facts]), tried];
  },
});

test('a failure that is none of ours ends a deletion, and so does a list without a form', async () => {
  const bug = new Error('a bug');
  const { http } = memoryHttp(() => Promise.reject(bug));
  const client = createTenantClient('https://t.example', http, bearer);
  const request = deleteRequest('key');
  await expect(sendChange(request, client, terms)).rejects.toBe(bug);
  const none = sendChange(request, client, { ...terms, forms: [] });
  await expect(none).rejects.toThrow('no form to send');
});
