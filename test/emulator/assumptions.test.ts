import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { callApi } from '../support/emulator.ts';
import { signInOnPage } from './browser.ts';
import { signInAsAdministrator, startTenant } from './local-tenant.ts';

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
