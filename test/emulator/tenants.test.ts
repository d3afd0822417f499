import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TenantsReport } from '../../src/commands/emulator/several.ts';
import { readFleet } from '../../src/commands/fleet/file/read-fleet.ts';
import { createMachine } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const good = p12Path('01-default-aes256');
const key = 'com.example.lab';

/** Runs `mfa-cli emulator` until the test ends, or `end` is called. */
async function runEmulator(...words: string[]) {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const argv = ['emulator', '--port', '0', '--json', ...words];
  const result = await createMachine().run(argv, { signal: ended.signal });
  return { ...result, report: JSON.parse(result.stdout) as TenantsReport, end: () => ended.abort() };
}

type ReportedTenant = TenantsReport['tenants'][number];

async function tenantsOf(count: number, ...words: string[]): Promise<readonly ReportedTenant[]> {
  return (await runEmulator('--tenants', String(count), ...words)).report.tenants;
}

/** Runs commands as a tenant's service user, or with another secret. */
function machineOf({ url, accounts }: ReportedTenant, secret = accounts.serviceUser.password) {
  const machine = createMachine();
  const env = {
    MFA_CLI_TENANT: url,
    MFA_CLI_CLIENT_ID: accounts.serviceUser.user,
    MFA_CLI_CLIENT_SECRET: secret,
    ...secretPassword,
  };
  return (...words: string[]) => machine.run(words, { env });
}

async function settingsOf(tenant: ReportedTenant): Promise<Record<string, string>> {
  const { stdout } = await machineOf(tenant)('api', 'POST', '/TenantConfig/GetAdvancedConfig');
  const rows: { Row: { ID: string; Value: string } }[] = JSON.parse(stdout).Result.Results;
  return Object.fromEntries(rows.map(({ Row }) => [Row.ID, Row.Value]));
}

/** The answer's status and body, at an address whose name most systems do not resolve. */
function ask(
  port: string,
  host: string,
  path = '/SysInfo/About',
  body = '',
): Promise<{ status: number | undefined; text: string }> {
  const headers = {
    host,
    'content-type': 'application/json',
    'x-idap-native-client': 'true',
    oobidpauth: 'true',
  };
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', method: 'POST', path, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, text });
    })
      .on('error', reject)
      .end(body);
  });
}

/** An access token of the administrator, by the password alone. */
async function tokenOf({ url, accounts }: ReportedTenant): Promise<string> {
  const { user: User, password: Answer } = accounts.administrator;
  const { port, host } = new URL(url);
  const call = async (path: string, body: object) =>
    JSON.parse((await ask(port, host, path, JSON.stringify(body))).text).Result;
  const { SessionId, Challenges } = await call('/Security/StartAuthentication', {
    User,
    Version: '1.0',
    PlatformTokenResponse: true,
  });
  const { MechanismId } = Challenges[0].Mechanisms[0];
  const answer = { SessionId, MechanismId, Action: 'Answer', Answer };
  return (await call('/Security/AdvanceAuthentication', answer)).Token;
}

describe('several tenants', () => {
  test('each have a host name on one port, and passwords of their own', async () => {
    const tenants = await tenantsOf(3);
    const ports = new Set(tenants.map(({ url }) => new URL(url).port));
    const [port] = ports;
    expect(ports.size).toBe(1);
    expect(tenants.map(({ name, url, secret }) => [name, url, secret])).toEqual(
      [1, 2, 3].map((number) => [
        `tenant-${number}`,
        `http://tenant-${number}.localhost:${port}`,
        `TENANT_${number}_SECRET`,
      ]),
    );
    const passwords = tenants.flatMap(({ accounts }) =>
      Object.values(accounts).map(({ password }) => password),
    );
    expect(new Set(passwords).size).toBe(9);
  });

  test('have settings, applications and people of their own', async () => {
    const [one, two] = (await tenantsOf(2, '--fixed-passwords')) as [ReportedTenant, ReportedTenant];
    const set = await machineOf(one)('apns', 'set', good, '--json');
    expect([set.exitCode, JSON.parse(set.stdout).tenant]).toEqual([0, one.url]);
    expect((await settingsOf(one))[`${key}_APNSTopic`]).toBe(key);
    expect(await settingsOf(two)).toEqual({});

    const token = await tokenOf(one);
    const call = (url: string, path: string, data: object) =>
      createMachine().run(['api', 'POST', path, '--data', JSON.stringify(data), '--tenant', url], {
        env: { MFA_CLI_TOKEN: token },
      });
    expect((await call(one.url, '/Security/WhoAmI', {})).stdout).toContain(one.accounts.administrator.user);
    const elsewhere = await call(two.url, '/Security/WhoAmI', {});
    expect([elsewhere.exitCode, elsewhere.stderr]).toEqual([5, expect.stringContaining(two.url)]);
    const user = { Name: 'new@example.com', Password: 'Abcdefg1!', Mail: 'new@example.com' };
    expect((await call(one.url, '/CDirectoryService/CreateUser', user)).exitCode).toBe(0);
    await call(one.url, '/SaasManage/ImportAppFromTemplate', { ID: ['OAuth2ServerClient'] });
    const count = async (tenant: ReportedTenant, script: string) => {
      const { stdout } = await createMachine().run(
        [
          'api',
          'POST',
          '/RedRock/query',
          '--data',
          JSON.stringify({ Script: script }),
          '--tenant',
          tenant.url,
        ],
        { env: { MFA_CLI_TOKEN: await tokenOf(tenant) } },
      );
      return JSON.parse(stdout).Result.Results.length;
    };
    for (const script of ['select ID from User', 'select ID from Application'])
      expect([script, await count(one, script)]).toEqual([script, (await count(two, script)) + 1]);
  });

  test('take no secret of another', async () => {
    const [one, two] = (await tenantsOf(2)) as [ReportedTenant, ReportedTenant];
    const refused = await machineOf(two, one.accounts.serviceUser.password)('whoami');
    expect([refused.exitCode, (await machineOf(two)('whoami')).exitCode]).toEqual([5, 0]);
  });

  test('answer at their names alone', async () => {
    const [{ url }] = (await tenantsOf(2)) as [ReportedTenant];
    const { port } = new URL(url);
    const statuses = await Promise.all(
      [
        `tenant-1.localhost:${port}`,
        `Tenant-2.LocalHost:${port}`,
        `pod.tenant-2.localhost:${port}`,
        `tenant-3.localhost:${port}`,
        `tenant-0.localhost:${port}`,
        'tenant-1.localhost',
        `tenant-1.localhost:1${port}`,
        `tenant-1.localhost.example:${port}`,
        `127.0.0.1:${port}`,
        'constructor',
      ].map(async (host) => (await ask(port, host)).status),
    );
    expect(statuses).toEqual([200, 200, 200, 400, 400, 400, 400, 400, 400, 400]);
    expect((await ask(port, `127.0.0.1:${port}`)).text).toContain(`http://tenant-1.localhost:${port}`);
  });

  test.skipIf(isMissing('curl'))('are found by curl as well', async () => {
    const [, { url }] = (await tenantsOf(2)) as [unknown, ReportedTenant];
    const words = ['-sS', '--noproxy', '*', '-X', 'POST', `${url}/SysInfo/About`];
    const { stdout } = await promisify(execFile)('curl', words);
    expect(JSON.parse(stdout)).toMatchObject({ success: true });
  });

  test('print lines for a shell, with the secrets that a fleet file names', async () => {
    const ended = new AbortController();
    onTestFinished(() => ended.abort());
    const { stdout, stderr } = await createMachine().run(
      ['emulator', '--port', '0', '--tenants', '2', '--fixed-passwords'],
      { signal: ended.signal },
    );
    expect(stdout).toMatch(
      /^# bash, zsh\nexport MFA_CLI_APP_ID=mfa-cli MFA_CLI_CLIENT_ID=mfa-cli MFA_CLI_APNS_HOST=127\.0\.0\.1:\d+ TENANT_1_SECRET=ci-client-secret-1 TENANT_2_SECRET=ci-client-secret-2\n/,
    );
    expect(stderr).toMatch(
      /^http:\/\/tenant-1\.localhost:\d+: admin@example\.com, password admin-password-1; user@example\.com, password user-password-1; ci@example\.com, password ci-client-secret-1$/m,
    );
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
    expect(held.map((settings) => settings['Mobile.IosCustomApp.ClientAppKey'])).toEqual([
      undefined,
      'key-2',
      'key-3',
      undefined,
    ]);
  });

  test.each([
    ['one tenant', '{"settings":{}}', '3', 'holds the state of one tenant'],
    ['several tenants', '{"tenants":{}}', '1', 'holds the state of several tenants'],
    ['a tenant that is none', '{"tenants":{"tenant-1":{"settings":7}}}', '2', 'is not a state file'],
    ['a list', '[]', '2', 'is not a state file'],
    ['no JSON', 'x', '2', 'is not a state file'],
  ])('is not taken from %s', async (_, content, count, words) => {
    const file = join(temporaryDirectory(), 'tenants.json');
    writeFileSync(file, content);
    const { exitCode, stderr } = await runEmulator('--tenants', count, '--state', file);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(words)]);
    expect(readFileSync(file, 'utf8')).toBe(content);
    expect(existsLock(file)).toBe(false);
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
      "# The tenants of mfa-cli emulator, whose lines hold the secrets that are named here.
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
    expect(fleet.tenants.map(({ name, tenant, certificate }) => [name, tenant, certificate?.name])).toEqual(
      report.tenants.map(({ name, url }) => [name, url, 'app']),
    );
    for (const { accounts } of report.tenants) expect(text).not.toContain(accounts.serviceUser.password);
    end();
    const again = await runEmulator('--tenants', '2', '--fleet-file', file);
    expect([again.exitCode, JSON.parse(again.stdout).error]).toMatchObject([2, { code: 'file-exists' }]);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test.each([
    [['--fleet-file', 'x.yaml'], 'A fleet file is for several tenants'],
    [['--tenants', '0'], '"0" is not a number of tenants: 1 to 10000'],
    [['--tenants', '10001'], 'is not a number of tenants'],
    [['--tenants', '1.5'], 'is not a number of tenants'],
    [['--tenants', 'many'], 'is not a number of tenants'],
  ])('%j ends with 2', async (words, message) => {
    const { exitCode, stderr } = await runEmulator(...words);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
