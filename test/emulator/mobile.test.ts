import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { type ApiAnswer, callApi, openEmulator } from '../support/emulator.ts';
import { startTenant } from './local-tenant.ts';
import { serviceToken, sessionOf } from './security-session.ts';

const setPath = '/Mobile/SetApnsCertForClientApp';
const deletePath = '/Mobile/DeleteApnsCertForClientApp';
const single = '/Core/GetTenantConfig';
const whole = '/TenantConfig/GetAdvancedConfig';
const newest = 'Mobile.IosCustomApp.ClientAppKey';
const key = 'com.example.app';

const fileBase64 = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../fixtures', name)).toString('base64');
const good = {
  ...{ ClientAppKey: key, APNSCert: fileBase64('p12/02-legacy-rc2-3des.p12') },
  ...{ APNSPass: 'secret', APNSTopic: key },
};

/** What a call gives, or how it was refused. */
const judged = ({ status, body }: ApiAnswer): unknown =>
  body.success === true ? body.Result : { status, id: body.MessageID, message: body.Message };
const refused = (id: string, message: unknown) => ({ status: 200, id: `_I18N_${id}`, message });

const cryptographic = (message: string) =>
  refused('System.Security.Cryptography.CryptographicException', message);
const format = (message: unknown) => refused('System.FormatException', message);
const wrongPassword = cryptographic('The specified network password is not correct.');
const missing = (name: string) => refused('RequiredParameter', `The required parameter ${name} is missing.`);
const unauthorized = refused(
  'System.UnauthorizedAccessException',
  'You are not authorized to perform this operation. Please contact your IT helpdesk.',
);

async function startWith(assumptions: Partial<Assumptions>) {
  const emulator = await startTenant({ assumptions });
  const token = await sessionOf(emulator);
  const call = async (path: string, body: object = {}) => judged(await callApi(emulator, path, token, body));
  return { emulator, token, call };
}

/** Of all tests that need no other assumptions; it has no certificate before each. */
let shared: Emulator;
let token: string;
const call = async (path: string, body: object = {}) => judged(await callApi(shared, path, token, body));
beforeAll(async () => {
  shared = await openEmulator();
  token = await sessionOf(shared);
});
afterAll(() => shared.close());
beforeEach(async () => {
  for (const ClientAppKey of [key, 'other']) await call(deletePath, { ClientAppKey });
});

/** The settings of the tenant, by name. */
async function settings(ask = call): Promise<Record<string, string>> {
  const { Results } = (await ask(whole)) as { Results: readonly { Row: { ID: string; Value: string } }[] };
  return Object.fromEntries(Results.map(({ Row }) => [Row.ID, Row.Value]));
}

describe('SetApnsCertForClientApp', () => {
  test('keeps the certificate as four settings, and the newest key wins', async () => {
    const own = {
      [`${key}_APNSCert`]: good.APNSCert,
      [`${key}_APNSPass`]: 'secret',
      [`${key}_APNSTopic`]: key,
    };
    expect(await call(setPath, good)).toBeNull();
    expect(await settings()).toEqual({ [newest]: key, ...own });
    expect(await call(setPath, { ...good, ClientAppKey: 'other', APNSTopic: 'topic' })).toBeNull();
    const other = { other_APNSCert: good.APNSCert, other_APNSPass: 'secret', other_APNSTopic: 'topic' };
    expect(await settings()).toEqual({ ...own, [newest]: 'other', ...other });
  });

  test.each([
    ['AES', 'p12/08-aes128.p12', 'secret'],
    ['an empty password', 'p12/21-emptypw.p12', ''],
    ['an expired certificate', 'p12/30-exp.p12', 'secret'],
    ['a distribution certificate', 'p12/30-dist.p12', 'secret'],
    ['bytes after the file', 'p12/70-trailing-crlf.p12', 'secret'],
  ])('takes %s', async (_name, file, APNSPass) => {
    expect(await call(setPath, { ...good, APNSCert: fileBase64(file), APNSPass })).toBeNull();
  });

  const file = (name: string) => ({ APNSCert: fileBase64(name) });
  test.each<[string, object, object]>([
    ['a wrong password', { APNSPass: 'wrong' }, wrongPassword],
    ['an empty password for a file that has one', { APNSPass: '' }, wrongPassword],
    ['no key', file('p12/31-certonly.p12'), cryptographic('Keyset does not exist')],
    ['no certificate', file('emulator/key-only.p12'), cryptographic('Cannot find the requested object.')],
    ['another key', file('p12/61-mismatched-pair-mac-ok.p12'), cryptographic('Keyset does not exist')],
    ['no .p12', file('p12/40-der-cert.p12'), cryptographic('Cannot find the requested object.')],
    ['half a file', file('p12/70-trunc-half.p12'), cryptographic('ASN1 bad tag value met.')],
    ['Camellia', file('p12/11-camellia256.p12'), cryptographic('Invalid algorithm specified.')],
    ['a public key', file('p12/62-pubkey-integrity.p12'), cryptographic('Invalid algorithm specified.')],
    [
      'no base64',
      { APNSCert: '-----BEGIN CERTIFICATE-----' },
      format(expect.stringMatching(/^The input is not/)),
    ],
    ['base64 that ends too early', { APNSCert: 'MIIJ1' }, format(expect.stringMatching(/^Invalid length/))],
    ['no ClientAppKey', { ClientAppKey: undefined }, missing('ClientAppKey')],
    ['an empty ClientAppKey', { ClientAppKey: '' }, missing('ClientAppKey')],
    ['no APNSCert', { APNSCert: undefined }, missing('APNSCert')],
    ['no APNSPass', { APNSPass: null }, missing('APNSPass')],
    ['no APNSTopic', { APNSTopic: 1 }, missing('APNSTopic')],
  ])('refuses %s and keeps nothing', async (_name, changes, refusal) => {
    expect(await call(setPath, { ...good, ...changes })).toEqual(refusal);
    expect(await settings()).toEqual({});
  });

  test('takes base64 with line breaks, as .NET does', async () => {
    const APNSCert = good.APNSCert.replace(/.{64}/g, '$&\r\n');
    expect(await call(setPath, { ...good, APNSCert })).toBeNull();
  });

  test('tells nobody the password or the file', async () => {
    const answer = await callApi(shared, setPath, token, { ...good, APNSPass: 'not-this-password' });
    const text = JSON.stringify(answer.body);
    expect(text).not.toContain('not-this-password');
    expect(text).not.toContain(good.APNSCert.slice(0, 40));
  });
});

describe.each(['pointer-kept', 'pointer-cleared'] as const)('delete-old-key=%s', (value) => {
  const own = (clientAppKey: string) =>
    ['APNSCert', 'APNSPass', 'APNSTopic'].map((name) => `${clientAppKey}_${name}`);
  const names = async (ask: typeof call) => Object.keys(await settings(ask)).sort();
  const latest = (ask: typeof call) => ask(`${single}?${new URLSearchParams({ key: newest, dflt: 'none' })}`);

  test('DeleteApnsCertForClientApp of an earlier key leaves the others', async () => {
    const { call } = await startWith({ 'delete-old-key': value });
    await call(setPath, { ...good, ClientAppKey: 'other' });
    await call(setPath, good);
    expect(await call(deletePath, { ClientAppKey: 'other' })).toBeNull();
    const kept = value === 'pointer-kept';
    expect(await names(call)).toEqual([...(kept ? [newest] : []), ...own(key)]);
    expect(await latest(call)).toBe(kept ? key : 'none');
    // Set once more, it is the one in use whatever the deletion did.
    await call(setPath, good);
    expect(await latest(call)).toBe(key);
  });

  test('DeleteApnsCertForClientApp of the key in use leaves no earlier one in its place', async () => {
    const { call } = await startWith({ 'delete-old-key': value });
    await call(setPath, { ...good, ClientAppKey: 'other' });
    await call(setPath, good);
    expect(await call(deletePath, { ClientAppKey: key })).toBeNull();
    expect(await names(call)).toEqual(own('other'));
    expect(await latest(call)).toBe('none');
  });
});

test('DeleteApnsCertForClientApp needs a key', async () => {
  expect(await call(deletePath)).toEqual(missing('ClientAppKey'));
});

test('the service user has the right', async () => {
  expect(judged(await callApi(shared, setPath, await serviceToken(shared), good))).toBeNull();
});

test.each(['json', 'form', 'query'] as const)('mobile-parameters=%s is the one way', async (way) => {
  const { emulator, token } = await startWith({ 'mobile-parameters': way });
  const [form, json] = [new URLSearchParams(good), { 'content-type': 'application/json' }];
  for (const [name, query, init] of [
    ['json', '', { body: JSON.stringify(good), headers: json }],
    ['form', '', { body: form, headers: {} }],
    ['query', `?${form}`, { headers: {} }],
  ] as const) {
    const headers = { ...init.headers, authorization: `Bearer ${token}` };
    const response = await fetch(`${emulator.url}${setPath}${query}`, { method: 'POST', ...init, headers });
    const body = (await response.json()) as Record<string, unknown>;
    expect(judged({ status: response.status, body })).toEqual(name === way ? null : missing('ClientAppKey'));
  }
});

test('delete-absent=refused', async () => {
  const { call } = await startWith({ 'delete-absent': 'refused' });
  const words = 'This client app key has no certificate.';
  expect(await call(deletePath, { ClientAppKey: key })).toEqual(refused('System.ArgumentException', words));
  expect(await call(setPath, good)).toBeNull();
  expect(await call(deletePath, { ClientAppKey: key })).toBeNull();
});

test('missing-parameter=words', async () => {
  const { call } = await startWith({ 'missing-parameter': 'words' });
  expect(await call(deletePath)).toEqual({ ...missing('ClientAppKey'), id: null });
  expect(await call(single)).toEqual({ ...missing('key'), id: null });
});

test.each(['200', '403'] as const)('missing-right=%s', async (value) => {
  const { emulator } = await startWith({ 'missing-right': value });
  const user = await sessionOf(emulator, emulator.user);
  for (const path of [setPath, deletePath, single, whole])
    expect(judged(await callApi(emulator, path, user, good))).toEqual({ ...unauthorized, status: +value });
  expect((await callApi(emulator, '/Security/WhoAmI', user)).status).toBe(200);
});

const limit = refused(
  'System.Security.Cryptography.X509Certificates.Pkcs12LoadLimitExceededException',
  "The PKCS#12/PFX violated the 'MacIterationLimit' limit.",
);
test.each<[string, Partial<Assumptions>, unknown]>([
  ['08-aes128', { 'p12-aes': 'unreadable' }, wrongPassword],
  ['02-legacy-rc2-3des', { 'p12-aes': 'unreadable' }, null],
  ['18-iter-300k', { 'p12-iterations': 'limited' }, null],
  ['18-iter-600k', { 'p12-iterations': 'limited' }, limit],
])('%s.p12 under %j', async (file, assumptions, expected) => {
  const { call } = await startWith(assumptions);
  expect(await call(setPath, { ...good, APNSCert: fileBase64(`p12/${file}.p12`) })).toEqual(expected);
});

describe('the tenant’s settings', () => {
  const asked = (name: string, dflt = 'otherwise') => `${single}?${new URLSearchParams({ key: name, dflt })}`;

  test.each([
    ['known', key, key, 'otherwise', ''],
    ['unknown', 'otherwise', 'otherwise', 'otherwise', ''],
    ['refused', unauthorized, unauthorized, unauthorized, unauthorized],
  ] as const)('one by one, where they are %s', async (value, first, second, secret, gone) => {
    const { call } = await startWith({ 'tenant-config': value });
    await call(setPath, good);
    expect([await call(asked(newest)), await call(asked(`${key}_APNSTopic`))]).toEqual([first, second]);
    for (const name of ['APNSPass', 'APNSCert']) expect(await call(asked(`${key}_${name}`))).toEqual(secret);
    await call(deletePath, { ClientAppKey: key });
    expect(await call(asked(newest, ''))).toEqual(gone);
  });

  test.each([
    ['silent', { Results: [] }],
    ['shut', unauthorized],
  ] as const)('all of them, where the door is %s', async (value, expected) => {
    const { call } = await startWith({ 'advanced-config': value });
    await call(setPath, good);
    expect(await call(whole)).toEqual(expected);
  });
});
