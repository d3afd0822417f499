import { describe, expect, onTestFinished, test } from 'vitest';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { compareHeld, type ReadBack, readBack } from '../../src/tenant/certificates.ts';
import { type Bearer, createTenantClient, type TenantClient } from '../../src/tenant/client.ts';
import { Secret } from '../../src/text/secret.ts';
import { callApi, openEmulator, serviceToken } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { createTestHttp, type Play, startServer } from '../support/http.ts';

const bearer: Bearer = {
  accessToken: () => new Secret('the-token'),
  secrets: () => [new Secret('the-token')],
  async renew() {
    throw new CliError('session-expired', 'not renewable');
  },
};

const key = 'com.example.lab';
const single = '/Core/GetTenantConfig';
const whole = '/TenantConfig/GetAdvancedConfig';

/** A client of a tenant that answers by path; settings that are asked for one by one, by `single:KEY`. */
async function tenantThat(answers: Readonly<Record<string, Play | unknown>>): Promise<{
  client: TenantClient;
  asked: readonly string[];
}> {
  const asked: string[] = [];
  const { origin } = await startServer([
    (response, request) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://tenant');
      const name = searchParams.get('key') ?? pathname;
      asked.push(name);
      const answer = name in answers ? answers[name] : (answers[pathname] ?? null);
      if (typeof answer === 'function') return answer(response, request);
      response.end(JSON.stringify({ success: true, Result: answer }));
    },
  ]);
  return { client: createTenantClient(origin, createTestHttp(), bearer), asked };
}

const refusal: Play = (response) =>
  response.end('{"success":false,"Message":"No such thing.","MessageID":null}');
const newest = 'Mobile.IosCustomApp.ClientAppKey';
const unknown = { outcome: 'unknown', why: expect.any(String), latestKey: null };

describe('the emulator tells', () => {
  const told = { outcome: 'told', topic: key, latestKey: key };
  const nothing = { outcome: 'told', topic: null, latestKey: key };
  test.each<[Assumptions['tenant-config'], Assumptions['advanced-config'], object, object]>([
    ['known', 'open', told, nothing],
    ['unknown', 'open', told, nothing],
    ['unknown', 'silent', unknown, unknown],
    ['refused', 'open', told, nothing],
    ['refused', 'shut', unknown, unknown],
  ])('with %s and %s', async (config, advanced, ofKey, ofOther) => {
    const assumptions = { 'tenant-config': config, 'advanced-config': advanced };
    const emulator = await openEmulator({ assumptions });
    onTestFinished(() => emulator.close());
    const token = await serviceToken(emulator);
    const signedIn = { ...bearer, accessToken: () => new Secret(token) };
    const client = createTenantClient(emulator.url, createTestHttp(), signedIn);
    expect(await readBack(client, key)).toEqual(unknown);
    const APNSCert = p12Bytes('01-default-aes256').toString('base64');
    const certificate = { ClientAppKey: key, APNSCert, APNSPass: 'secret', APNSTopic: key };
    const set = await callApi(emulator, '/Mobile/SetApnsCertForClientApp', token, certificate);
    expect(set.body.success).toBe(true);
    expect(await readBack(client, key)).toEqual(ofKey);
    expect(await readBack(client, 'com.example.other')).toEqual(ofOther);
  });
});

describe('a tenant is asked', () => {
  test('for the key and its topic, one by one, and no more once it says them', async () => {
    const { client, asked } = await tenantThat({ [newest]: key, [`${key}_APNSTopic`]: 'the.topic' });
    expect(await readBack(client, key)).toEqual({ outcome: 'told', topic: 'the.topic', latestKey: key });
    expect(asked).toEqual([newest, `${key}_APNSTopic`]);
  });

  test('never for a certificate or its password', async () => {
    const { client, asked } = await tenantThat({});
    await readBack(client, 'x');
    await readBack(client, 'x_APNSPass');
    expect(asked.filter((name) => /_APNS(Cert|Pass)$/.test(name))).toEqual([]);
  });

  test('for the topic of another key before it is said to hold none', async () => {
    const { client, asked } = await tenantThat({ [newest]: 'other', other_APNSTopic: 'other.topic' });
    expect(await readBack(client, key)).toEqual({ outcome: 'told', topic: null, latestKey: 'other' });
    expect(asked).toEqual([newest, `${key}_APNSTopic`, 'other_APNSTopic']);
  });

  test('no second time where it is out of reach', async () => {
    const busy: Play = (response) => response.writeHead(429).end();
    const { client, asked } = await tenantThat({ [single]: busy });
    expect(await readBack(client, key)).toMatchObject({
      outcome: 'unknown',
      why: expect.stringContaining('429'),
    });
    expect(new Set(asked)).toEqual(new Set([newest]));
  });
});

describe('it is not known', () => {
  const topic = `${key}_APNSTopic`;
  const listed = (Results: unknown) => ({ [single]: refusal, [whole]: { Results } });
  const row = (ID: string, Value: unknown) => ({ Row: { ID, Value } });
  const unauthorized: Play = (response) => response.writeHead(401).end();
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['where no door says anything', {}],
    ['where both refuse', { [single]: refusal, [whole]: refusal }],
    ['where the scope allows neither', { [single]: unauthorized, [whole]: unauthorized }],
    ['where only the key is told', { [newest]: key }],
    ['where another key is told without a topic', { [newest]: 'other' }],
    ['where the topic is a number', { [newest]: key, [topic]: 7 }],
    ['where it is a list', { [newest]: 'other', other_APNSTopic: 'a', [topic]: ['a'] }],
    ['where it is an object', { [newest]: key, [topic]: { Value: key } }],
    ['where it is too long for one', { [newest]: key, [topic]: 'a'.repeat(256) }],
    ['where the key of another is a number', { [newest]: 7, '7_APNSTopic': 'a' }],
    ['where the list is text', { [single]: refusal, [whole]: 'text' }],
    ['where the rows are no list', listed({ Row: { ID: topic } })],
    ['where rows are anything', listed([null, 7, 'a', [], { Row: null }, { Row: [] }])],
    ['where a row has a list', listed([row(topic, [key]), row('other_APNSTopic', 'a')])],
    ['where a row has nothing', listed([row(topic, null), row('other_APNSTopic', 'a')])],
    ['where the list has other settings', listed([row('Core.Theme', 'dark'), row(newest, key)])],
    ['where the list contradicts itself', listed([row(topic, 'a'), row(topic, 'b')])],
  ])('%s', async (_, answers) => {
    const { client } = await tenantThat(answers);
    expect(await readBack(client, key)).toMatchObject({ outcome: 'unknown' });
  });

  test('why: the first refusal says it', async () => {
    const { client } = await tenantThat({ [single]: refusal });
    const why = `${client.tenant} refused the request: No such thing`;
    expect(await readBack(client, key)).toEqual({ ...unknown, why });
  });

  test('but an interruption is one', async () => {
    const interrupted = new CliError('interrupted', 'Interrupted');
    const client: TenantClient = {
      tenant: 'https://a.test',
      secrets: () => [],
      ask: () => expect.fail('another request'),
      send: () => expect.fail('another request'),
      call: () => Promise.reject(interrupted),
    };
    await expect(readBack(client, key)).rejects.toBe(interrupted);
  });
});

test.each<[ReadBack, string | null, object]>([
  [{ outcome: 'told', topic: 'a' }, 'a', { topic: 'a', outcome: 'same' }],
  [{ outcome: 'told', topic: 'a' }, 'A', { topic: 'a', outcome: 'differs' }],
  [{ outcome: 'told', topic: null }, 'a', { topic: null, outcome: 'differs' }],
  [{ outcome: 'told', topic: 'a' }, null, { topic: 'a', outcome: 'differs' }],
  [{ outcome: 'told', topic: null }, null, { topic: null, outcome: 'same' }],
  [{ outcome: 'unknown', why: '' }, null, { topic: null, outcome: 'unknown' }],
])('%j is compared with %j', (told, expected, held) => {
  expect(compareHeld(told, expected)).toEqual(held);
});
