import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join, relative } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TenantsReport } from '../../src/commands/emulator/several.ts';
import { readFleet } from '../../src/commands/fleet/file/read-fleet.ts';
import { createMachine } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const good = p12Path('01-default-aes256');
const key = 'com.example.lab';

/** Runs `mfa-cli emulator` until the test ends, or `end` is called. */
async function runEmulator(...words: string[]) {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const argv = ['emulator', '--port', '0', '--json', ...words];
  const result = await createMachine().run(argv, { signal: ended.signal });
  return {
    ...result,
    report: JSON.parse(result.stdout) as TenantsReport,
    end: () => ended.abort(),
  };
}

type ReportedTenant = TenantsReport['tenants'][number];

async function tenantsOf(count: number, ...words: string[]): Promise<readonly ReportedTenant[]> {
  return (await runEmulator('--tenants', String(count), ...words)).report.tenants;
}

/** Runs commands as a tenant's service user, or with another secret. */
function machineOf({ url, accounts }: ReportedTenant, secret = accounts.serviceUser.password) {
  const machine = createMachine();
  const { user } = accounts.serviceUser;
  const client = { MFA_CLI_CLIENT_ID: user, MFA_CLI_CLIENT_SECRET: secret };
  const env = { MFA_CLI_TENANT: url, ...client, ...secretPassword };
  return (...words: string[]) => machine.run(words, { env });
}

async function settingsOf(tenant: ReportedTenant): Promise<Record<string, string>> {
  const { stdout } = await machineOf(tenant)('api', 'POST', '/TenantConfig/GetAdvancedConfig');
  const rows: { Row: { ID: string; Value: string } }[] = JSON.parse(stdout).Result.Results;
  return Object.fromEntries(rows.map(({ Row }) => [Row.ID, Row.Value]));
}

/** The answer's status and body, at an address whose name most systems do not resolve. */
async function ask(port: string, host: string, path = '/SysInfo/About', body = '') {
  const asked = request({ port, host: '127.0.0.1', method: 'POST', path, headers: { host } }).end(
    body,
  );
  const [response] = await once(asked, 'response');
  return { status: response.statusCode, text: await textOf(response) };
}

test.each(['1', '2'])(
  'with --tenants %s, the environment names the CA of the stand-in for APNs from any directory',
  async (count) => {
    const file = join(temporaryDirectory(), 'apns-ca.pem');
    const words = ['--tenants', count, '--apns-ca', relative(process.cwd(), file)];
    const { report } = await runEmulator(...words);
    expect(report.environment.MFA_CLI_CA_FILE).toBe(file);
  },
);

describe('several tenants', () => {
  test('each have a host name on one port, and passwords of their own', async () => {
    const tenants = await tenantsOf(3);
    const ports = new Set(tenants.map(({ url }) => new URL(url).port));
    const [port] = ports;
    expect(ports.size).toBe(1);
    const expected = (n: number) => [
      `tenant-${n}`,
      `http://tenant-${n}.localhost:${port}`,
      `TENANT_${n}_SECRET`,
    ];
    expect(tenants.map(({ name, url, secret }) => [name, url, secret])).toEqual(
      [1, 2, 3].map(expected),
    );
    const accounts = tenants.flatMap(({ accounts }) => Object.values(accounts));
    expect(new Set(accounts.map(({ password }) => password)).size).toBe(9);
  });

  test('have settings, tokens and secrets of their own', async () => {
    const [one, two] = (await tenantsOf(2, '--fixed-passwords')) as [
      ReportedTenant,
      ReportedTenant,
    ];
    const set = await machineOf(one)('apns', 'set', good, '--json');
    expect([set.exitCode, JSON.parse(set.stdout).tenant]).toEqual([0, one.url]);
    expect((await settingsOf(one))[`${key}_APNSTopic`]).toBe(key);
    expect(await settingsOf(two)).toEqual({});

    const { user: client_id, password: client_secret } = one.accounts.serviceUser;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id,
      client_secret,
    });
    const { port, host } = new URL(one.url);
    const { text } = await ask(port, host, '/OAuth2/PlatformToken', `${form}`);
    const env = { MFA_CLI_TOKEN: JSON.parse(text).access_token };
    const exitOf = async (url: string) =>
      (await createMachine().run(['api', 'POST', '/Security/WhoAmI', '--tenant', url], { env }))
        .exitCode;
    expect([await exitOf(one.url), await exitOf(two.url)]).toEqual([0, 5]);
    const refused = await machineOf(two, one.accounts.serviceUser.password)('whoami');
    expect([refused.exitCode, (await machineOf(two)('whoami')).exitCode]).toEqual([5, 0]);
  });

  test('answer at their names alone', async () => {
    const [{ url }] = (await tenantsOf(2)) as [ReportedTenant];
    const { port } = new URL(url);
    const hosts = [
      ...[
        'tenant-1.localhost',
        'Tenant-2.LocalHost',
        'pod.tenant-2.localhost',
        'tenant-3.localhost',
      ],
      ...['tenant-0.localhost', 'tenant-1.localhost:1', 'tenant-1.localhost.example', '127.0.0.1'],
    ].map((name) => (name.includes(':') ? `${name}${port}` : `${name}:${port}`));
    const all = [...hosts, 'tenant-1.localhost', 'constructor'];
    const statuses = await Promise.all(all.map(async (host) => (await ask(port, host)).status));
    expect(statuses).toEqual([200, 200, 200, 400, 400, 400, 400, 400, 400, 400]);
    expect((await ask(port, `127.0.0.1:${port}`)).text).toContain(
      `http://tenant-1.localhost:${port}`,
    );
  });

  test('name a file for each shell in a pipe, with the secrets that a fleet file names', async () => {
    const ended = new AbortController();
    onTestFinished(() => ended.abort());
    const { stdout, stderr } = await createMachine().run(
      ['emulator', '--port', '0', '--tenants', '2', '--fixed-passwords'],
      { signal: ended.signal },
    );
    const [, script = ''] =
      /^# bash, zsh\n\. (.*)\n# fish\nsource '.*'\n# PowerShell\n\. '.*'\n$/.exec(stdout) ?? [];
    expect(readFileSync(script, 'utf8')).toMatch(
      /^export MFA_CLI_APP_ID=mfa-cli MFA_CLI_CLIENT_ID=mfa-cli MFA_CLI_APNS_HOST=127\.0\.0\.1:\d+ TENANT_1_SECRET=ci-client-secret-1 TENANT_2_SECRET=ci-client-secret-2\necho .*To leave it: unset .*TENANT_2_SECRET. >&2\n$/,
    );
    // Passwords are in a file, for this user alone, until the emulator ends.
    const [, file = ''] = /^✓ Wrote (.*) \(who can sign in, with passwords\)$/m.exec(stderr) ?? [];
    expect(stderr).not.toContain('-password-1');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^http:\/\/tenant-1\.localhost:\d+ +administrator +admin@example\.com +admin-password-1\n.* user +user@example\.com +user-password-1\n.* service user +ci@example\.com +ci-client-secret-1\nhttp:\/\/tenant-2/m,
    );
    ended.abort();
    expect(existsSync(dirname(file))).toBe(false);
  });
});

describe('the state of several tenants', () => {
  test('is in one file, which keeps those that are not started, too', async () => {
    const file = join(temporaryDirectory(), 'tenants.json');
    const first = await runEmulator('--tenants', '3', '--state', file, '--fixed-passwords');
    for (const [index, tenant] of first.report.tenants.entries())
      await machineOf(tenant)('apns', 'set', good, '--client-app-key', `key-${index + 1}`);
    first.end();
    await expect.poll(() => existsLock(file)).toBe(false);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const fewer = await runEmulator('--tenants', '2', '--state', file, '--fixed-passwords');
    const [one] = fewer.report.tenants as [ReportedTenant];
    expect((await settingsOf(one))['Mobile.IosCustomApp.ClientAppKey']).toBe('key-1');
    await machineOf(one)('apns', 'delete', '--client-app-key', 'key-1', '--yes');
    fewer.end();
    await expect.poll(() => existsLock(file)).toBe(false);

    const again = await runEmulator('--tenants', '4', '--state', file, '--fixed-passwords');
    const held = await Promise.all(again.report.tenants.map(settingsOf));
    const keys = held.map((settings) => settings['Mobile.IosCustomApp.ClientAppKey']);
    expect(keys).toEqual([undefined, 'key-2', 'key-3', undefined]);
  });

  test('has the phones of each, which APNs knows before their tenant is asked', async () => {
    const file = join(temporaryDirectory(), 'tenants.json');
    const first = await runEmulator('--tenants', '3', '--state', file);
    const tokenAt = (index: number) => Buffer.alloc(32, index + 1);
    for (const [index, tenant] of first.report.tenants.entries()) {
      const call = (path: string, body: object) =>
        machineOf(tenant)('api', 'POST', path, '--data', JSON.stringify(body));
      await call('/Device/EnrollIosDevice', { Udid: 'one', Name: 'a phone', OSVersion: '18.0' });
      const ClientPushToken = tokenAt(index).toString('base64');
      await call('/IosAppRest/UpdateDevSettings', { DeviceID: 'one', ClientPushToken });
    }
    first.end();
    await expect.poll(() => existsLock(file)).toBe(false);

    const ca = join(dirname(file), 'ca.pem');
    const { report } = await runEmulator('--tenants', '3', '--state', file, '--apns-ca', ca);
    const env = { ...report.environment, ...secretPassword };
    const send = ['push', 'send', good, '--message', 'Sign in?', '--ca-file', ca, '--json'];
    const reasons: unknown[] = [];
    for (const token of [0, 1, 2, 3].map(tokenAt)) {
      const argv = [...send, '--device-token', token.toString('hex')];
      const { answer } = JSON.parse((await createMachine().run(argv, { env })).stdout);
      reasons.push(answer.reason);
    }
    expect(reasons).toEqual([null, null, null, 'BadDeviceToken']);
  });
});

function existsLock(file: string): boolean {
  return statSync(`${file}.lock`, { throwIfNoEntry: false }) !== undefined;
}

describe('--fleet-file', () => {
  test('writes a file for these tenants, over nothing that is there', async () => {
    const file = join(temporaryDirectory(), 'mfa-fleet.yaml');
    const { report, end } = await runEmulator('--tenants', '2', '--fleet-file', file);
    const { port } = new URL(report.tenants[0]?.url ?? '');
    const text = readFileSync(file, 'utf8');
    expect(text.replaceAll(port, 'PORT')).toMatchInlineSnapshot(`
      "# The tenants of mfa-cli emulator. Its output sets the variables that are named here.
      version: 1
      certificates:
        app:
          p12: cert.p12
          password: { env: MFA_CLI_P12_PASSWORD }
      tenants:
        tenant-1:
          tenant: http://tenant-1.localhost:PORT
          certificate: app
          sign-in: { client-id: ci@example.com, client-secret: { env: TENANT_1_SECRET } }
        tenant-2:
          tenant: http://tenant-2.localhost:PORT
          certificate: app
          sign-in: { client-id: ci@example.com, client-secret: { env: TENANT_2_SECRET } }
      "
    `);
    const fleet = readFleet(text, { file, directory: dirname(file) });
    expect(
      fleet.tenants.map(({ name, url, certificate }) => [name, url, certificate?.name]),
    ).toEqual(report.tenants.map(({ name, url }) => [name, url, 'app']));
    for (const { accounts } of report.tenants)
      expect(text).not.toContain(accounts.serviceUser.password);
    end();
    const again = await runEmulator('--tenants', '2', '--fleet-file', file);
    expect([again.exitCode, JSON.parse(again.stdout).error]).toMatchObject([
      2,
      { code: 'file-exists' },
    ]);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
