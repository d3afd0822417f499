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
const rows = (settings: Readonly<Record<string, unknown>>) => ({
  Results: Object.entries(settings).map(([ID, Value]) => ({ Row: { ID, Value } })),
});
const newest = 'Mobile.IosCustomApp.ClientAppKey';
const unknown = { outcome: 'unknown', why: expect.any(String), latestKey: null };

describe('the emulator tells', () => {
  const told = { outcome: 'told', topic: key, latestKey: key };
  const nothing = { outcome: 'told', topic: null, latestKey: key };
  test.each<[Assumptions['tenant-config'], Assumptions['advanced-config'], object, object]>([
    ['known', 'open', told, nothing],
    ['known', 'silent', told, nothing],
    ['known', 'shut', told, nothing],
    ['unknown', 'open', told, nothing],
    ['unknown', 'silent', unknown, unknown],
    ['unknown', 'shut', unknown, unknown],
    ['refused', 'open', told, nothing],
    ['refused', 'silent', unknown, unknown],
    ['refused', 'shut', unknown, unknown],
  ])('with %s and %s', async (config, advanced, ofKey, ofOther) => {
    const emulator = await openEmulator({
      assumptions: { 'tenant-config': config, 'advanced-config': advanced },
    });
    onTestFinished(() => emulator.close());
    const token = await serviceToken(emulator);
    const client = createTenantClient(emulator.url, createTestHttp(), {
      ...bearer,
      accessToken: () => new Secret(token),
    });
    expect(await readBack(client, key)).toEqual(unknown);
    const set = await callApi(emulator, '/Mobile/SetApnsCertForClientApp', token, {
      ClientAppKey: key,
      APNSCert: p12Bytes('01-default-aes256').toString('base64'),
      APNSPass: 'secret',
      APNSTopic: key,
    });
    expect(set.body.success).toBe(true);
    expect([await readBack(client, key), await readBack(client, 'com.example.other')]).toEqual([
      ofKey,
      ofOther,
    ]);
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
    const { client, asked } = await tenantThat({
      [single]: (response: Parameters<Extract<Play, (...a: never[]) => void>>[0]) =>
        response.writeHead(429).end(),
    });
    expect(await readBack(client, key)).toMatchObject({
      outcome: 'unknown',
      why: expect.stringContaining('429'),
    });
    expect(new Set(asked)).toEqual(new Set([newest]));
  });
});

/** The latest key that such a tenant tells, one by one or in its list. */
function saidIn(answers: Readonly<Record<string, unknown>>): unknown {
  const rows = (answers[whole] as { Results?: { Row?: { ID?: string; Value?: unknown } }[] } | undefined)
    ?.Results;
  const listed = Array.isArray(rows) ? rows.find((each) => each?.Row?.ID === newest)?.Row?.Value : undefined;
  return [answers[newest], listed].find((value) => typeof value === 'string') ?? null;
}

describe('it is not known', () => {
  const noDoor = { [single]: refusal };
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['where no door says anything', {}],
    ['where both refuse', { ...noDoor, [whole]: refusal }],
    ['where the scope allows neither', { [single]: 401, [whole]: 401 }],
    ['where only the key is told', { [newest]: key }],
    ['where another key is told without a topic', { [newest]: 'other' }],
    ['where the topic is a number', { [newest]: key, [`${key}_APNSTopic`]: 7 }],
    ['where it is a list', { [newest]: 'other', other_APNSTopic: 'a', [`${key}_APNSTopic`]: ['a'] }],
    ['where it is an object', { [newest]: key, [`${key}_APNSTopic`]: { Value: key } }],
    ['where it is too long for one', { [newest]: key, [`${key}_APNSTopic`]: 'a'.repeat(256) }],
    ['where the key of another is a number', { [newest]: 7, '7_APNSTopic': 'a' }],
    ['where the list is text', { ...noDoor, [whole]: 'text' }],
    ['where the rows are no list', { ...noDoor, [whole]: { Results: { Row: { ID: `${key}_APNSTopic` } } } }],
    [
      'where rows are anything',
      { ...noDoor, [whole]: { Results: [null, 7, 'a', [], { Row: null }, { Row: [] }] } },
    ],
    [
      'where a row has a list',
      { ...noDoor, [whole]: rows({ [`${key}_APNSTopic`]: [key], other_APNSTopic: 'a' }) },
    ],
    [
      'where a row has nothing',
      { ...noDoor, [whole]: rows({ [`${key}_APNSTopic`]: null, other_APNSTopic: 'a' }) },
    ],
    [
      'where the list has other settings',
      { ...noDoor, [whole]: rows({ 'Core.Theme': 'dark', [newest]: key }) },
    ],
    [
      'where the list contradicts itself',
      {
        ...noDoor,
        [whole]: {
          Results: [
            ...rows({ [`${key}_APNSTopic`]: 'a' }).Results,
            ...rows({ [`${key}_APNSTopic`]: 'b' }).Results,
          ],
        },
      },
    ],
  ])('%s', async (_, answers) => {
    const played = Object.entries(answers).map(([name, answer]) => [
      name,
      answer === 401
        ? (response: { writeHead(status: number): { end(): void } }) => response.writeHead(401).end()
        : answer,
    ]);
    const { client } = await tenantThat(Object.fromEntries(played));
    expect(await readBack(client, key)).toMatchObject({ ...unknown, latestKey: saidIn(answers) });
  });

  test('why: the first refusal says it', async () => {
    const { client } = await tenantThat({ [single]: refusal });
    expect(await readBack(client, key)).toEqual({
      ...unknown,
      why: `${client.tenant} refused the request: No such thing`,
    });
  });

  test('but an interruption is one', async () => {
    const interrupted = new CliError('interrupted', 'Interrupted');
    const client: TenantClient = {
      tenant: 'https://a.test',
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
