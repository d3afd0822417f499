import { expect, onTestFinished, test } from 'vitest';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { type Bearer, createTenantClient } from '../../src/tenant/client.ts';
import {
  compareHeld,
  type LatestKey,
  readBack,
  readLatestKey,
} from '../../src/tenant/read-back.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';
import { callApi, openEmulator, serviceToken } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { createTestHttp } from '../support/http.ts';
import { memoryHttp } from '../support/memory-http.ts';

const bearerOf = (token: string): Bearer => ({
  accessToken: () => new Secret(token),
  secrets: () => [new Secret(token)],
  renew: () => Promise.reject(new CliError('session-expired', 'not renewable')),
  isOptional: true,
});
const key = 'com.example.lab';
const untold: LatestKey = { outcome: 'unknown', clientAppKey: null, topic: null };
const latest: LatestKey = { outcome: 'told', clientAppKey: key, topic: key };
const unknown = { outcome: 'unknown', why: expect.any(String), latest: untold };
const told = { outcome: 'told', topic: key, latest };
const nothing = { ...told, topic: null };

/** The settings of a tenant by their names, and all together; a number is the status of a refusal. */
interface Settings {
  readonly each?: Readonly<Record<string, unknown>> | number;
  readonly all?: unknown;
}

function clientFor({ each = {}, all = null }: Settings) {
  const { http, sent } = memoryHttp(({ url }) => {
    const name = new URL(url).searchParams.get('key');
    const from = name === null ? all : each;
    if (typeof from === 'number') return { status: from };
    const Result = name === null ? all : (Object(each)[name] ?? null);
    return { body: { success: Result !== 'refused', Message: 'No such thing.', Result } };
  });
  const client = createTenantClient('https://a.test', http, bearerOf('the-token'));
  const asked = (): readonly string[] => {
    const names = sent.map(
      ({ url }) => new URL(url).searchParams.get('key') ?? new URL(url).pathname,
    );
    expect(names.filter((name) => /_APNS(Cert|Pass)$/.test(name))).toEqual([]);
    return names;
  };
  return { client, asked };
}

async function readFrom(settings: Settings, clientAppKey = key) {
  const { client, asked } = clientFor(settings);
  const read = await readBack(client, clientAppKey);
  return { ...read, asked: asked() };
}

async function readLatestFrom(settings: Settings) {
  const { client, asked } = clientFor(settings);
  const read = await readLatestKey(client);
  return { ...read, asked: asked() };
}

testCases('tenant/read-back', {
  'readBack: by the settings that a tenant tells each and all': readFrom,
  'readLatestKey: of a tenant that is asked for no other': readLatestFrom,
  compareHeld,
});

test.each<[Assumptions['tenant-config'], Assumptions['advanced-config'], object, object]>([
  ['known', 'open', told, nothing],
  ['unknown', 'open', told, nothing],
  ['unknown', 'silent', unknown, unknown],
  ['refused', 'open', told, nothing],
  ['refused', 'shut', unknown, unknown],
])('an emulator with %s and %s', async (config, advanced, ofKey, ofOther) => {
  const emulator = await openEmulator({
    assumptions: { 'tenant-config': config, 'advanced-config': advanced },
  });
  onTestFinished(() => emulator.close());
  const token = await serviceToken(emulator);
  const client = createTenantClient(emulator.url, createTestHttp(), bearerOf(token));
  expect(await readBack(client, key)).toEqual(unknown);
  const APNSCert = p12Bytes('01-default-aes256').toString('base64');
  const certificate = { ClientAppKey: key, APNSCert, APNSPass: 'secret', APNSTopic: key };
  await callApi(emulator, '/Mobile/SetApnsCertForClientApp', token, certificate);
  expect(await readBack(client, key)).toEqual(ofKey);
  expect(await readBack(client, 'com.example.other')).toEqual(ofOther);
  const isTold = ofKey === told;
  expect(await readLatestKey(client)).toEqual(isTold ? latest : untold);
});

test('an interruption is one', async () => {
  const { http } = memoryHttp(() => Promise.reject(new CliError('interrupted', 'Interrupted')));
  const client = createTenantClient('T', http, bearerOf('the-token'));
  for (const read of [() => readBack(client, key), () => readLatestKey(client)])
    await expect(read()).rejects.toMatchObject({ code: 'interrupted' });
});

test.each([
  ['tenant-unreachable', 1],
  ['tenant-timeout', 1],
  ['tenant-tls', 1],
  ['rate-limited', 1],
  ['tenant-refused', 2],
  ['tenant-not-json', 2],
] as const)('after %s, the tenant has been asked so often: %i', async (code, times) => {
  const { http, sent } = memoryHttp(() => Promise.reject(new CliError(code, 'away')));
  const client = createTenantClient('https://a.test', http, bearerOf('the-token'));
  expect(await readBack(client, key)).toEqual({ ...unknown, why: 'away' });
  expect(sent).toHaveLength(times);
  expect(await readLatestKey(client)).toEqual(untold);
  expect(sent).toHaveLength(2 * times);
});
