import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { sessionOf } from '../../emulator/security-session.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { visit } from '../../support/tenant.ts';
import {
  applicationOf,
  type BareTenant,
  changeMeanwhile,
  changeWhileRemoving,
  changeWhileTakingBack,
  startBare,
  startFront,
} from './ready-tenant.ts';

/** A command line of a person in a terminal. */
const asPerson = (
  { emulator, port }: BareTenant,
  user = 'admin@example.com',
): readonly string[] => [
  ...['bootstrap', '--tenant', emulator.url, '--port', String(port), '--user', user],
];
const narrow = ['/?Mobile/(Set|Delete)ApnsCertForClientApp', '/?Security/WhoAmI'];

/** A front for a tenant that gives no platform tokens. */
function withoutPlatformToken(url: string): Promise<string> {
  return startFront(url, (path) =>
    path.toLowerCase() === '/oauth2/platformtoken'
      ? { status: 404, body: '<html>There is nothing here.</html>' }
      : null,
  );
}

describe('a bare tenant', () => {
  test('is reported as text and as JSON', async () => {
    const tenant = await startBare();
    const { emulator, port, bootstrap } = tenant;
    const fixed = (text: string) =>
      text
        .replaceAll(emulator.url, 'https://abc1234.id.cyberark.cloud')
        .replaceAll(new URL(emulator.url).host, 'abc1234.id.cyberark.cloud')
        // The test's port has five digits: the next column stays where it is.
        .replaceAll(`${port}/callback  `, '8400/callback   ')
        .replaceAll(String(port), '8400');
    const made = await bootstrap();
    await expect(fixed(made.stdout)).toMatchFileSnapshot('../../golden/report/bootstrap.json');
    await bootstrap(['--remove', '--yes']);
    const env = { MFA_CLI_TOKEN: await sessionOf(emulator) };
    const argv = asPerson(tenant);
    const told = await tenant.machine.run([...argv, '--yes'], { env });
    await expect(fixed(told.stdout)).toMatchFileSnapshot('../../golden/report/bootstrap.txt');
    emulator.faults.add('/SaasManage/DeleteRole', 'forbidden');
    const broken = await tenant.machine.run([...argv, '--remove', '--yes'], { env });
    const anonymous = fixed(broken.stdout).replace(/ErrorID [\w:-]+/, 'ErrorID 0');
    await expect(anonymous).toMatchFileSnapshot('../../golden/report/bootstrap-in-part.txt');
  });

  test('takes a sign-in and a certificate; --devices lists the phones, and says before what else that opens', async () => {
    const tenant = await startBare();
    const { machine, emulator, port } = tenant;
    const env = { MFA_CLI_TOKEN: await sessionOf(emulator) };
    const made = await machine.run([...asPerson(tenant), '--devices'], { env, answers: [true] });
    expect(made.exitCode).toBe(0);
    const opens = 'reads every table that the caller has the right to read';
    expect(made.stderr.replaceAll(/\s+/g, ' ')).toContain(opens);
    const KnownScopes = [expect.objectContaining({ AllowedRest: [...narrow, '/?RedRock/query'] })];
    expect(await applicationOf(tenant)).toMatchObject({ OAuthProfile: { KnownScopes } });
    const login = ['login', '--tenant', emulator.url, '--port', String(port)];
    await machine.run(login, { browser: visit });
    const set = await machine.run(['apns', 'set', p12Path('01-default-aes256'), '--json'], {
      env: secretPassword,
    });
    expect([set.exitCode, JSON.parse(set.stdout).sent]).toEqual([0, true]);
    const who = JSON.parse((await machine.run(['whoami', '--json'])).stdout);
    expect(who).toMatchObject({ user: 'admin@example.com', renewable: true });
    const listed = await machine.run(['device', 'list', '--all', '--json']);
    expect([listed.exitCode, JSON.parse(listed.stdout).phones]).toEqual([0, []]);
    await tenant.bootstrap();
    await machine.run(login, { browser: visit });
    const refused = await machine.run(['device', 'list', '--json']);
    expect([refused.exitCode, JSON.parse(refused.stdout).error.code]).toEqual([
      6,
      'tenant-forbidden',
    ]);
  });
});

describe('in a terminal', () => {
  test('prompts for tenant and user, without mentioning a password', async () => {
    const { emulator, machine } = await startBare();
    const result = await machine.run(['bootstrap'], {
      answers: [emulator.url, 'admin@example.com', 'admin-password', false],
    });
    expect(result.questions).toEqual([
      'Tenant URL or host:',
      'User name of an administrator (such as ada@example.com):',
      'Enter Password:',
      `Apply these changes to ${new URL(emulator.url).host}?`,
    ]);
    expect(result).toMatchObject({
      exitCode: 130,
      stderr: expect.stringContaining('Nothing was changed'),
    });
    expect(stripVTControlCharacters(result.stderr)).toContain('  create  application  mfa-cli\n');
  });

  test('the plan and its question fit 80×24, and --dry-run shows what they leave out', async () => {
    const tenant = await startBare();
    const file = join(temporaryDirectory(), 'ci.secret');
    const service = [
      '--service-user',
      'pipe@example.com',
      '--secret-file',
      file,
      '--read-back',
      '--devices',
    ];
    const argv = [...asPerson(tenant), ...service];
    // --quiet hides nothing that belongs to a question.
    const answers = ['admin-password', false];
    const { stderr, questions } = await tenant.machine.run([...argv, '--quiet'], { answers });
    const shown = stripVTControlCharacters(stderr).split('\n');
    expect(shown.filter((line) => line.startsWith('  create  '))).toHaveLength(12);
    // A note is broken where the terminal ends.
    const plan = shown.slice(shown.findIndex((line) => line.startsWith('12 changes')));
    const rows = plan.map((line) => Math.max(1, Math.ceil(line.length / 80)));
    expect(questions).toHaveLength(2);
    expect(rows.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(24);
    expect(shown).toContain('  --dry-run shows every setting.');
    const whole = await tenant.machine.run([...argv, '--dry-run'], { answers: ['admin-password'] });
    for (const setting of ['TokenType: JwtRS256', 'AllowedAuth: ClientCreds', 'Mode: RestFilter'])
      expect([setting, stderr.includes(setting), whole.stdout.includes(setting)]).toEqual([
        setting,
        false,
        true,
      ]);
  });

  test.each([
    ['typed', [], ['admn@example.com', 'no', 'admin@example.com', 'admin-password']],
    ['given', ['--user', 'admn@example.com'], ['no', 'admin@example.com', 'admin-password']],
  ])('a mistyped name that was %s is asked for again', async (_case, user, answers) => {
    const { emulator, machine } = await startBare();
    const argv = ['bootstrap', '--tenant', emulator.url, '--dry-run', '--json', ...user];
    const { stdout, questions } = await machine.run(argv, { answers });
    expect(JSON.parse(stdout)).toMatchObject({ user: 'admin@example.com' });
    expect(questions.slice(-2)).toEqual([
      'User name of an administrator (such as ada@example.com):',
      'Enter Password:',
    ]);
  });

  test('at another host of the tenant, where the session says that it belongs', async () => {
    const tenant = await startBare();
    const { emulator, machine } = tenant;
    const argv = asPerson(tenant, 'elsewhere@example.com');
    const result = await machine.run([...argv, '--dry-run', '--json', '--debug'], {
      answers: ['admin-password'],
    });
    expect(JSON.parse(result.stdout)).toMatchObject({
      tenant: emulator.url,
      user: 'elsewhere@example.com',
    });
    const hostOf = (path: string) =>
      new RegExp(`POST (http://\\S+)${path} `).exec(result.stderr)?.[1];
    expect(hostOf('/Security/AdvanceAuthentication')).toBe(
      emulator.url.replace('127.0.0.1', 'localhost'),
    );
    expect(hostOf('/Security/WhoAmI')).toBe(emulator.url);
  });

  test('ends the session in the end, also where something failed, and leaves a token that was given', async () => {
    const tenant = await startBare();
    const { emulator, machine } = tenant;
    const argv = asPerson(tenant);
    const logouts = () =>
      emulator.requests.filter(({ path }) => path === '/Security/Logout').length;
    await machine.run([...argv, '--dry-run'], { answers: ['admin-password'] });
    expect(logouts()).toBe(1);
    emulator.faults.add('/Core/GetDirectoryServices', 'refused');
    const failed = await machine.run([...argv, '--dry-run'], { answers: ['admin-password'] });
    expect([failed.exitCode, logouts()]).toEqual([6, 2]);
    emulator.faults.add('/Security/Logout', 'lost');
    expect(
      (await machine.run([...argv, '--dry-run'], { answers: ['admin-password'] })).exitCode,
    ).toBe(0);
    const before = logouts();
    await tenant.bootstrap(['--dry-run']);
    expect(logouts()).toBe(before);
  });

  test('a declined login leaves all as it is, and nobody is asked twice', async () => {
    const tenant = await startBare();
    const { machine } = tenant;
    const argv = asPerson(tenant);
    const declined = await machine.run(argv, { answers: ['admin-password', true, false] });
    expect(declined.exitCode).toBe(0);
    const accepted = await machine.run(argv, { answers: ['admin-password', true], browser: visit });
    expect(accepted.stdout).toContain('Nothing to do at ');
    const third = await machine.run(argv, { answers: ['admin-password'] });
    expect(third).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Nothing to do at '),
    });
  });

  test.each([
    ['application', ['--app-id', 'push.admin']],
    ['client', ['--client-id', 'laptop']],
  ])('a session of another %s is no sign-in, which is offered', async (_of, other) => {
    const tenant = await startBare();
    const { machine } = tenant;
    const argv = asPerson(tenant);
    await machine.run(argv, { answers: ['admin-password', true, true], browser: visit });
    const { exitCode, questions } = await machine.run([...argv, ...other], {
      answers: ['admin-password', true, false],
    });
    expect([exitCode, questions.at(-1)]).toEqual([0, 'Sign in now, with the profile "default"?']);
  });
});

describe('without a terminal', () => {
  test('a tenant that nobody named: 2, with its option and variable', async () => {
    const { machine } = await startBare();
    const result = await machine.run(['bootstrap', '--json']);
    const { error } = JSON.parse(result.stdout);
    expect([result.exitCode, error.code]).toEqual([2, 'usage']);
    expect(error.hints.slice(0, 1)).toEqual(['Use --tenant URL, or set MFA_CLI_TENANT.']);
  });

  test.each([
    ['a platform token', (url: string) => Promise.resolve(url), '/OAuth2/PlatformToken'],
    [
      'the vendor’s own application',
      withoutPlatformToken,
      '/OAuth2/Token/__idaptive_cybr_user_oidc',
    ],
  ])('a service user signs in with %s', async (_name, front, path) => {
    const tenant = await startBare();
    const { emulator, machine, ask, port } = tenant;
    await ask('/SaasManage/AddUsersAndGroupsToRole', {
      Name: 'sysadmin',
      Users: ['ci@example.com'],
    });
    const argv = [
      'bootstrap',
      '--tenant',
      await front(emulator.url),
      '--port',
      `${port}`,
      '--yes',
      '--json',
    ];
    const env = { MFA_CLI_CLIENT_ID: 'ci@example.com', MFA_CLI_CLIENT_SECRET: 'ci-client-secret' };
    const requests = emulator.requests.length;
    const result = await machine.run([...argv, '--client-id', 'laptop'], { env });
    const report = JSON.parse(result.stdout);
    expect([result.exitCode, report.user, report.ok]).toEqual([0, 'ci@example.com', true]);
    // A program needs to be in no role to sign in with the application.
    expect(report.steps.map(({ step }: { step: string }) => step)).not.toContain('member');
    const paths = emulator.requests.slice(requests).map((request) => request.path);
    expect(paths.indexOf(path)).toBeLessThan(2);
    expect(paths).toContain(path);
    expect(await applicationOf(tenant)).toMatchObject({
      OAuthProfile: { AllowedClients: ['laptop'] },
    });
    const named = await machine.run([...argv, '--user', 'admin@example.com'], { env });
    const member = { step: 'member', name: 'admin@example.com', action: 'create', verified: true };
    expect(JSON.parse(named.stdout)).toMatchObject({
      user: 'ci@example.com',
      steps: expect.arrayContaining([expect.objectContaining(member)]),
    });
  });
});

describe('a service user for pipelines', () => {
  const name = 'pipe@example.com';
  const secretIn = (file: string): string => readFileSync(file, 'utf8').replace(/\n$/, '');

  test('gets a password that nobody sees, and can set certificates', async () => {
    const tenant = await startBare();
    const file = join(temporaryDirectory(), 'ci.secret');
    const made = await tenant.bootstrap(['--yes', '--service-user', name, '--secret-file', file]);
    expect(made.exitCode).toBe(0);
    const secret = secretIn(file);
    expect(secret).toMatch(/^[\w.~-]{32}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.pending`)).toBe(false);
    expect(made.stdout + made.stderr).not.toContain(secret);
    const env = {
      ...secretPassword,
      MFA_CLI_TENANT: tenant.emulator.url,
      MFA_CLI_APP_ID: 'mfa-cli-pipelines',
      MFA_CLI_CLIENT_ID: name,
      MFA_CLI_CLIENT_SECRET_FILE: file,
    };
    const set = await tenant.machine.run(['apns', 'set', p12Path('01-default-aes256'), '--json'], {
      env,
    });
    expect([set.exitCode, JSON.parse(set.stdout).sent]).toEqual([0, true]);
  });
});

describe('what others have made', () => {
  test('an application that somebody changes before bootstrap takes back what it added is left: 6', async () => {
    const { tenant, before, refused } = await changeWhileTakingBack();
    expect(refused).toMatchObject({ exitCode: 6, error: { code: 'tenant-changed' } });
    expect(tenant.state()).toEqual(before);
  });

  test('an application of its own that somebody changes before bootstrap deletes it is left: 6', async () => {
    const { tenant, before, refused } = await changeWhileRemoving();
    expect(refused).toMatchObject({ exitCode: 6, error: { code: 'tenant-changed' } });
    expect(tenant.state()).toEqual(before);
  });

  test('an application that somebody changes between plan and deed is left: 6, and a rerun plans anew', async () => {
    const { tenant, before, refused } = await changeMeanwhile();
    expect(refused).toMatchObject({ exitCode: 6, error: { code: 'tenant-changed' } });
    const words =
      'Step application (mfa-cli): The application mfa-cli was changed since it was read';
    expect(refused.error?.message).toContain(words);
    expect(tenant.state()).toBe(before);
    expect((await tenant.bootstrap()).exitCode).toBe(0);
  });
});

describe('several rights', () => {
  const several = { assumptions: { 'device-right': 'all-and-limited' } } as const;

  test('are asked about in a terminal, and not again once the role has one', async () => {
    const tenant = await startBare(several);
    const { machine } = tenant;
    const argv = asPerson(tenant);
    const made = await machine.run(argv, {
      answers: ['admin-password', '/lib/rights/devman.json', true, false],
    });
    expect(made.questions).toContain('Which right lets the role manage push certificates?');
    expect(made.stdout).toContain('Device Management (All)');
    const again = await machine.run(argv, { answers: ['admin-password', false] });
    expect(again.stdout).toContain('Nothing to do at ');
  });
});

describe('who may not', () => {
  test('write, is told after the plan, and nothing is done', async () => {
    const tenant = await startBare();
    const { ask, emulator } = tenant;
    const { _RowKey: role } = (await ask('/Roles/StoreRole', { Name: 'Readers' })) as {
      _RowKey: string;
    };
    await ask('/SaasManage/AssignSuperRights', [{ Role: role, Path: '/lib/rights/monitor.json' }]);
    await ask('/SaasManage/AddUsersAndGroupsToRole', { Name: role, Users: ['user@example.com'] });
    const before = tenant.state();
    const env = { MFA_CLI_TOKEN: await sessionOf(emulator, emulator.user) };
    const refused = await tenant.bootstrap(['--yes'], { env });
    expect(refused).toMatchObject({ exitCode: 6, error: { code: 'tenant-forbidden' } });
    expect(refused.error?.hints.join('\n')).toMatch(
      /"Application Management"[\s\S]*Run the command again\. /,
    );
    expect(tenant.state()).toBe(before);
  });
});
