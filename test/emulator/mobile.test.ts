import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { type ApiAnswer, callApi } from '../support/emulator.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { signInOnPage } from './browser.ts';
import { requestToken, signInAsAdministrator, startTenant } from './local-tenant.ts';

const setPath = '/Mobile/SetApnsCertForClientApp';
const deletePath = '/Mobile/DeleteApnsCertForClientApp';
const cryptographicException = '_I18N_System.Security.Cryptography.CryptographicException';
const formatException = '_I18N_System.FormatException';
const requiredParameter = '_I18N_RequiredParameter';
const missing = (name: string): string => `The required parameter ${name} is missing.`;
const wrongPassword = 'The specified network password is not correct.';

function fileBase64(name: string): string {
  return readFileSync(join(import.meta.dirname, '../fixtures', name)).toString('base64');
}

const good = {
  ClientAppKey: 'com.example.app',
  APNSCert: fileBase64('p12/01-default-aes256.p12'),
  APNSPass: 'secret',
  APNSTopic: 'com.example.app',
};

/** What the settings of the tenant are, by name. */
async function settingsOf(emulator: Emulator, token: string): Promise<Record<string, string>> {
  const { body } = await callApi(emulator, '/TenantConfig/GetAdvancedConfig', token);
  const { Results } = body.Result as { Results: readonly { Row: { ID: string; Value: string } }[] };
  return Object.fromEntries(Results.map(({ Row }) => [Row.ID, Row.Value]));
}

function judgement({ status, body }: ApiAnswer): unknown {
  return { status, success: body.success, id: body.MessageID, message: body.Message };
}

const accepted = { status: 200, success: true, id: null, message: null };
const refused = (id: string, message: string): unknown => ({ status: 200, success: false, id, message });

describe('SetApnsCertForClientApp', () => {
  test('keeps the certificate as four settings, and the newest key wins', async () => {
    const emulator = await startTenant();
    const { accessToken } = await signInAsAdministrator(emulator);
    expect(judgement(await callApi(emulator, setPath, accessToken, good))).toEqual(accepted);
    const first = {
      'Mobile.IosCustomApp.ClientAppKey': 'com.example.app',
      'com.example.app_APNSCert': good.APNSCert,
      'com.example.app_APNSPass': 'secret',
      'com.example.app_APNSTopic': 'com.example.app',
    };
    expect(await settingsOf(emulator, accessToken)).toEqual(first);

    const second = { ...good, ClientAppKey: 'other', APNSTopic: 'com.example.other' };
    expect(judgement(await callApi(emulator, setPath, accessToken, second))).toEqual(accepted);
    expect(await settingsOf(emulator, accessToken)).toEqual({
      ...first,
      'Mobile.IosCustomApp.ClientAppKey': 'other',
      other_APNSCert: good.APNSCert,
      other_APNSPass: 'secret',
      other_APNSTopic: 'com.example.other',
    });
  });

  test.each([
    ['old encryption', 'p12/02-legacy-rc2-3des.p12', 'secret'],
    ['an empty password', 'p12/21-emptypw.p12', ''],
    ['an expired certificate', 'p12/30-exp.p12', 'secret'],
    ['a distribution certificate', 'p12/30-dist.p12', 'secret'],
    ['bytes after the file', 'p12/70-trailing-crlf.p12', 'secret'],
  ])('takes %s', async (_name, file, APNSPass) => {
    const emulator = await startTenant();
    const { accessToken } = await signInAsAdministrator(emulator);
    const body = { ...good, APNSCert: fileBase64(file), APNSPass };
    expect(judgement(await callApi(emulator, setPath, accessToken, body))).toEqual(accepted);
  });

  test.each([
    ['a wrong password', { APNSPass: 'wrong' }, cryptographicException, wrongPassword],
    ['an empty password for a file that has one', { APNSPass: '' }, cryptographicException, wrongPassword],
    [
      'a certificate without its key',
      { APNSCert: fileBase64('p12/31-certonly.p12') },
      cryptographicException,
      'Keyset does not exist',
    ],
    [
      'a key without a certificate',
      { APNSCert: fileBase64('emulator/key-only.p12') },
      cryptographicException,
      'Cannot find the requested object.',
    ],
    [
      'a key of another certificate',
      { APNSCert: fileBase64('p12/61-mismatched-pair-mac-ok.p12') },
      cryptographicException,
      'Keyset does not exist',
    ],
    [
      'a certificate that is no .p12',
      { APNSCert: fileBase64('p12/40-der-cert.p12') },
      cryptographicException,
      'Cannot find the requested object.',
    ],
    [
      'half a file',
      { APNSCert: fileBase64('p12/70-trunc-half.p12') },
      cryptographicException,
      'ASN1 bad tag value met.',
    ],
    [
      'a cipher that .NET lacks',
      { APNSCert: fileBase64('p12/11-camellia256.p12') },
      cryptographicException,
      'Invalid algorithm specified.',
    ],
    [
      'a file that is sealed by a public key',
      { APNSCert: fileBase64('p12/62-pubkey-integrity.p12') },
      cryptographicException,
      'Invalid algorithm specified.',
    ],
    [
      'something else than base64',
      { APNSCert: '-----BEGIN CERTIFICATE-----' },
      formatException,
      expect.stringMatching(/^The input is not a valid Base-64 string/),
    ],
    [
      'base64 that ends too early',
      { APNSCert: 'MIIJ1' },
      formatException,
      'Invalid length for a Base-64 char array or string.',
    ],
    ['no ClientAppKey', { ClientAppKey: undefined }, requiredParameter, missing('ClientAppKey')],
    ['an empty ClientAppKey', { ClientAppKey: '' }, requiredParameter, missing('ClientAppKey')],
    ['no APNSCert', { APNSCert: undefined }, requiredParameter, missing('APNSCert')],
    ['an empty APNSCert', { APNSCert: '' }, requiredParameter, missing('APNSCert')],
    ['no APNSPass', { APNSPass: null }, requiredParameter, missing('APNSPass')],
    ['no APNSTopic', { APNSTopic: 1 }, requiredParameter, missing('APNSTopic')],
    ['an empty APNSTopic', { APNSTopic: '' }, requiredParameter, missing('APNSTopic')],
  ])('refuses %s and keeps nothing', async (_name, changes: object, id, message: string) => {
    const emulator = await startTenant();
    const { accessToken } = await signInAsAdministrator(emulator);
    const answer = await callApi(emulator, setPath, accessToken, { ...good, ...changes });
    expect(judgement(answer)).toEqual(refused(id, message));
    expect(await settingsOf(emulator, accessToken)).toEqual({});
  });

  test('takes base64 with line breaks, as .NET does', async () => {
    const emulator = await startTenant();
    const { accessToken } = await signInAsAdministrator(emulator);
    const APNSCert = good.APNSCert.replace(/.{64}/g, '$&\r\n');
    expect(judgement(await callApi(emulator, setPath, accessToken, { ...good, APNSCert }))).toEqual(accepted);
  });

  test('tells nobody the password or the file', async () => {
    const emulator = await startTenant();
    const { accessToken } = await signInAsAdministrator(emulator);
    const body = { ...good, APNSPass: 'not-this-password' };
    const answer = JSON.stringify((await callApi(emulator, setPath, accessToken, body)).body);
    expect(answer).toContain(wrongPassword);
    expect(answer).not.toContain('not-this-password');
    expect(answer).not.toContain(good.APNSCert.slice(0, 40));
  });
});

describe('DeleteApnsCertForClientApp', () => {
  test('takes all four settings away', async () => {
    const emulator = await startTenant();
    const { accessToken } = await signInAsAdministrator(emulator);
    await callApi(emulator, setPath, accessToken, good);
    const answer = await callApi(emulator, deletePath, accessToken, { ClientAppKey: 'com.example.app' });
    expect(judgement(answer)).toEqual(accepted);
    expect(await settingsOf(emulator, accessToken)).toEqual({});
  });

  test('leaves other keys, and the newest one named', async () => {
    const emulator = await startTenant();
    const { accessToken } = await signInAsAdministrator(emulator);
    await callApi(emulator, setPath, accessToken, { ...good, ClientAppKey: 'old' });
    await callApi(emulator, setPath, accessToken, good);
    await callApi(emulator, deletePath, accessToken, { ClientAppKey: 'old' });
    expect(Object.keys(await settingsOf(emulator, accessToken))).toEqual([
      'Mobile.IosCustomApp.ClientAppKey',
      'com.example.app_APNSCert',
      'com.example.app_APNSPass',
      'com.example.app_APNSTopic',
    ]);
  });

  test('of a key that was never set succeeds; without a key it does not', async () => {
    const emulator = await startTenant();
    const { accessToken } = await signInAsAdministrator(emulator);
    const unknown = await callApi(emulator, deletePath, accessToken, { ClientAppKey: 'unknown' });
    expect(judgement(unknown)).toEqual(accepted);
    expect(judgement(await callApi(emulator, deletePath, accessToken))).toEqual(
      refused(requiredParameter, missing('ClientAppKey')),
    );
  });
});

describe('the right to manage push certificates', () => {
  test.each([setPath, deletePath, '/TenantConfig/GetAdvancedConfig'])('%s wants it', async (path) => {
    const emulator = await startTenant({ autoApprove: false });
    const token = await signInOnPage(emulator, emulator.user);
    expect((await callApi(emulator, '/Security/WhoAmI', token)).body.success).toBe(true);
    expect(judgement(await callApi(emulator, path, token, good))).toEqual(
      refused(
        '_I18N_System.UnauthorizedAccessException',
        'You are not authorized to perform this operation. Please contact your IT helpdesk.',
      ),
    );
  });

  test('the service user has it', async () => {
    const emulator = await startTenant();
    const { body } = await requestToken(emulator, {
      grant_type: 'client_credentials',
      scope: 'apns',
      client_id: emulator.serviceUser.user,
      client_secret: emulator.serviceUser.password,
    });
    expect(judgement(await callApi(emulator, setPath, String(body.access_token), good))).toEqual(accepted);
  });
});

test('a restart keeps what was set, with a state file', async () => {
  const stateFile = join(temporaryDirectory(), 'state.json');
  const before = await startTenant({ stateFile });
  await callApi(before, setPath, (await signInAsAdministrator(before)).accessToken, good);
  await before.close();
  const after = await startTenant({ stateFile });
  const { accessToken } = await signInAsAdministrator(after);
  expect((await settingsOf(after, accessToken))['com.example.app_APNSCert']).toBe(good.APNSCert);
});
