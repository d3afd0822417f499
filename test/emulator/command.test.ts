import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMachine, temporaryDirectory } from '../support/context.ts';
import { freePort } from '../support/tenant.ts';
import { pemOf, post } from './apns-client.ts';

const fixtureCa = join(import.meta.dirname, '../fixtures/tls/ca.pem');

/** Runs `mfa-cli emulator` until the test ends. */
async function runEmulator(...words: string[]) {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  return createMachine().run(['emulator', '--port', '0', ...words], { signal: ended.signal });
}

describe('the emulator command', () => {
  test('names the stand-in for APNs beside the tenant', async () => {
    const { exitCode, stdout } = await runEmulator();
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^MFA_CLI_TENANT=http:\/\/127\.0\.0\.1:\d+ MFA_CLI_APP_ID=mfa-cli MFA_CLI_CLIENT_ID=mfa-cli MFA_CLI_APNS_HOST=127\.0\.0\.1:\d+\n$/,
      ),
    ]);
  });

  test('writes the authority of the stand-in where it is told to, in place of the last one', async () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'apns-ca.pem');
    writeFileSync(file, 'of yesterday');
    const apnsPort = await freePort();
    const { stdout } = await runEmulator('--apns-ca', file, '--apns-port', String(apnsPort), '--json');
    const { url, environment } = JSON.parse(stdout);
    expect(environment).toEqual({
      MFA_CLI_TENANT: url,
      MFA_CLI_APP_ID: 'mfa-cli',
      MFA_CLI_CLIENT_ID: 'mfa-cli',
      MFA_CLI_APNS_HOST: `127.0.0.1:${apnsPort}`,
      MFA_CLI_CA_FILE: file,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const apns = { host: environment.MFA_CLI_APNS_HOST, ca: readFileSync(file, 'utf8') };
    const answer = await post({ apns }, await pemOf('30-dev'), { ':path': `/3/device/${'0'.repeat(64)}` });
    expect(answer.body).toEqual({ reason: 'BadCertificateEnvironment' });
  });

  test('stands in for the sandbox', async () => {
    const file = join(temporaryDirectory(), 'apns-ca.pem');
    const { stdout } = await runEmulator('--apns-ca', file, '--apns-environment', 'sandbox', '--json');
    const apns = { host: JSON.parse(stdout).environment.MFA_CLI_APNS_HOST, ca: readFileSync(file, 'utf8') };
    const answer = await post({ apns }, await pemOf('30-dev'), { ':path': `/3/device/${'0'.repeat(64)}` });
    expect(answer.body).toEqual({ reason: 'BadDeviceToken' });
  });

  test('lets TLS judge certificates', async () => {
    const file = join(temporaryDirectory(), 'apns-ca.pem');
    const { stdout } = await runEmulator('--apns-ca', file, '--apns-client-ca', fixtureCa, '--json');
    const apns = { host: JSON.parse(stdout).environment.MFA_CLI_APNS_HOST, ca: readFileSync(file, 'utf8') };
    await expect(post({ apns }, await pemOf('30-dev'), { ':path': '/' })).rejects.toMatchObject({
      cause: { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' },
    });
  });

  test.each([
    [['--apns-port', 'x'], 2, '"x" is not a port'],
    [['--apns-crl', fixtureCa], 2, 'A revocation list is no use without its CA'],
    [['--apns-client-ca', '/nowhere.pem'], 3, '/nowhere.pem does not exist'],
    [['--apns-client-ca', '/dev/null'], 3, 'The client CA holds no CERTIFICATE in PEM'],
    [
      ['--apns-client-ca', fixtureCa, '--apns-crl', fixtureCa],
      3,
      'The revocation list holds no X509 CRL in PEM',
    ],
    [['--apns-ca', '/nowhere/ca.pem'], 3, '/nowhere/ca.pem cannot be written: no such file or directory'],
  ])('%j does not start', async (words, exitCode, message) => {
    const result = await runEmulator(...words, '--json');
    expect([result.exitCode, JSON.parse(result.stdout).error.message]).toEqual([exitCode, message]);
  });
});
