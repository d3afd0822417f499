import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Emulator } from '../src/emulator/emulator.ts';
import { version } from '../src/version.ts';
import { type ActionResult, actionPath, readAction, runAction } from './support/action.ts';
import { temporaryDirectory } from './support/context.ts';
import { p12Bytes, p12Path } from './support/fixtures.ts';
import { settingsOf, startTenant } from './support/tenant.ts';

const good = '22-pw-spaces-quotes';
const password = ` a"b'c$ `;
const key = 'com.example.lab';

/** An npm that notes what it is asked for, where and with which environment; what it installs is the built program. */
function notingNpm(): { env: Record<string, string>; calls(): string[]; environment(): string } {
  const directory = temporaryDirectory();
  const npm = join(directory, 'npm');
  writeFileSync(
    npm,
    `#!/usr/bin/env bash
echo "$PWD: npm $*" >> '${directory}/calls'
env >> '${directory}/environment'
while [ $# -gt 0 ]; do
  if [ "$1" = --prefix ]; then
    mkdir -p "$2/node_modules/mfa-cli/bin"
    echo "require('${actionPath}/bin/mfa-cli.js');" > "$2/node_modules/mfa-cli/bin/mfa-cli.js"
  fi
  shift
done
`,
  );
  chmodSync(npm, 0o755);
  const read = (name: string): string =>
    existsSync(join(directory, name)) ? readFileSync(join(directory, name), 'utf8') : '';
  return {
    env: { PATH: `${directory}${delimiter}${process.env.PATH}` },
    calls: () => read('calls').split('\n').filter(Boolean),
    environment: () => read('environment'),
  };
}

function serviceUser({ url, serviceUser: { user, password: secret } }: Emulator): Record<string, string> {
  return { tenant: url, 'client-id': user, 'client-secret': secret, version: 'local' };
}

function run(inputs: Readonly<Record<string, string>>): Promise<ActionResult> {
  return runAction({ version: 'local', ...inputs }, notingNpm().env);
}

function expectNone(secrets: readonly string[], { stdout, stderr, outputs }: ActionResult): void {
  const told = `${stdout}${stderr}${JSON.stringify(outputs)}`;
  expect(told).not.toBe('');
  for (const secret of secrets) expect(told).not.toContain(secret);
}

describe('the action', () => {
  test('gives the tenant the certificate from the secret store and says which', async () => {
    const { emulator } = await startTenant();
    const base64 = p12Bytes(good).toString('base64');
    const result = await run({
      ...serviceUser(emulator),
      'p12-base64': base64,
      password,
      environment: 'production',
    });
    expect([result.exitCode, result.stderr]).toEqual([0, '']);
    expect(result.outputs).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      'not-after': expect.stringMatching(/^2027-12-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(result.stdout).toContain(`Set the push certificate: SHA-256 ${result.outputs.fingerprint}`);
    expect(result.stdout).not.toContain('::error');
    expect(await settingsOf(emulator)).toMatchObject({
      'Mobile.IosCustomApp.ClientAppKey': key,
      [`${key}_APNSCert`]: base64,
      [`${key}_APNSPass`]: password,
    });
    expectNone([base64, password, emulator.serviceUser.password], result);
  });

  test('takes a path, a topic and a client app key', async () => {
    const { emulator } = await startTenant();
    const topic = `${key}.voip`;
    const { exitCode } = await run({
      ...serviceUser(emulator),
      p12: p12Path(good),
      password,
      topic,
      'client-app-key': 'of the app',
    });
    expect(exitCode).toBe(0);
    expect(await settingsOf(emulator)).toMatchObject({
      'Mobile.IosCustomApp.ClientAppKey': 'of the app',
      'of the app_APNSTopic': topic,
    });
  });

  test('fails with an annotation on an expired certificate, and sends nothing', async () => {
    const { emulator } = await startTenant();
    const result = await run({ ...serviceUser(emulator), p12: p12Path('30-exp'), password: 'secret' });
    expect(result.exitCode).toBe(4);
    expect(result.stdout).toMatch(
      /^::error title=certificate-expired::The certificate expired on \d{4}-\d\d-\d\d\. Renew /m,
    );
    expect(result.stdout).toContain('Nothing was sent, the checks found errors');
    expect(result.outputs['not-after']).toMatch(/^20\d\d-/);
    expect(await settingsOf(emulator)).toEqual({});
    expectNone(['secret', p12Bytes('30-exp').toString('base64'), emulator.serviceUser.password], result);
  });

  test('warns of what is no error, and not of what is for information', async () => {
    const { stdout } = await run({ p12: p12Path('13-certpbe-none'), password: 'secret', 'dry-run': 'true' });
    const annotations = stdout.split('\n').filter((line) => line.startsWith('::'));
    expect(annotations.length).toBeGreaterThan(0);
    expect(annotations.filter((line) => !/^::warning title=[a-z-]+::/.test(line))).toEqual([]);
    expect(stdout).not.toContain('encryption-');
  });

  test.each(['true', 'True', 'TRUE'])('with dry-run %s sends nothing and needs no tenant', async (dryRun) => {
    const { emulator } = await startTenant();
    const inputs = { p12: p12Path(good), password, 'dry-run': dryRun };
    const result = await run({ ...serviceUser(emulator), ...inputs });
    expect([result.exitCode, result.outputs.fingerprint?.length]).toEqual([0, 64]);
    expect(result.stdout).toContain('Dry run, nothing was sent');
    expect(emulator.requests).toEqual([]);
    expect((await run(inputs)).exitCode).toBe(0);
  });

  test.each([
    ['dry-run', { 'dry-run': 'yes', p12: p12Path(good), password }, 2, 'usage'],
    ['environment', { environment: 'dev', p12: p12Path(good), password }, 2, 'usage'],
    ['a password that is missing', { p12: p12Path(good) }, 3, 'pkcs12-password-required'],
    ['no file', { password }, 2, 'usage'],
  ])('%s ends with the annotation of an error', async (_name, inputs, exitCode, code) => {
    const { emulator } = await startTenant();
    const result = await run({ ...serviceUser(emulator), ...inputs });
    expect(result.exitCode).toBe(exitCode);
    expect(result.stdout).toContain(`::error title=${code}::`);
    expect(result.outputs).toEqual({ fingerprint: '', 'not-after': '' });
    expect(emulator.requests).toEqual([]);
  });

  test('runs nothing that an input holds, and lets none pass for an option', async () => {
    const hostile = `--force"; touch pwned; $(touch pwned) \`touch pwned\` 100%\n::warning::not ours`;
    const result = await run({ p12: p12Path(good), password, topic: hostile, 'dry-run': 'true' });
    expect(result.exitCode).toBe(4);
    expect(existsSync(join(result.workspace, 'pwned'))).toBe(false);
    expect(result.stdout).toContain('::error title=topic-mismatch::');
    expect(result.stdout).toContain('100%25%0A::warning::not ours');
    expect(result.stdout).not.toMatch(/^::warning::/m);
    const option = await run({ p12: p12Path(good), password, topic: '--password', 'dry-run': 'true' });
    expect(option.stdout).toContain('::error title=topic-mismatch::The topic --password ');
  });
});

describe('action.yml', () => {
  test('has no expression in a script, and names what the action takes and gives', () => {
    const { inputs, outputs, steps } = readAction();
    expect(steps.map(({ id }) => id)).toEqual(['get', 'set']);
    expect(steps.filter(({ run: script }) => script === '' || script.includes('${{'))).toEqual([]);
    expect(Object.keys(outputs)).toEqual(['fingerprint', 'not-after']);
    const used = steps
      .flatMap(({ env }) => Object.values(env))
      .flatMap((value) => /inputs\.([\w-]+)/.exec(value)?.[1] ?? []);
    expect(used.sort()).toEqual(Object.keys(inputs).sort());
  });

  test('passes secrets to the last step only, and in variables of the program', () => {
    const { steps } = readAction();
    const passed = Object.entries(steps[1]?.env ?? {})
      .filter(([name]) => name.startsWith('MFA_CLI_'))
      .map(([name, value]) => [name, /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1]]);
    expect(Object.fromEntries(passed)).toEqual({
      MFA_CLI_TENANT: 'tenant',
      MFA_CLI_APP_ID: 'app-id',
      MFA_CLI_CLIENT_ID: 'client-id',
      MFA_CLI_CLIENT_SECRET: 'client-secret',
      MFA_CLI_CLIENT_APP_KEY: 'client-app-key',
      MFA_CLI_P12: 'p12',
      MFA_CLI_P12_BASE64: 'p12-base64',
      MFA_CLI_P12_PASSWORD: 'password',
    });
  });
});

describe('the program', () => {
  const dryRun = { p12: p12Path(good), password, 'client-secret': 'hunter22', 'dry-run': 'true' };

  test('is built where the action lies, with no secret around', async () => {
    const npm = notingNpm();
    const { exitCode } = await runAction({ ...dryRun, version: 'local' }, npm.env);
    expect(exitCode).toBe(0);
    expect(npm.calls()).toEqual([`${actionPath}: npm ci`, `${actionPath}: npm run build`]);
    expect(npm.environment()).toContain('ACTION_VERSION=local');
    expect(npm.environment()).not.toMatch(/hunter22|a"b'c/);
  });

  test.each([
    ['1.2.3-beta.4', '1.2.3-beta.4'],
    ['', version],
  ])('of version "%s" comes from npm', async (wanted, installed) => {
    const npm = notingNpm();
    const { exitCode, workspace, stdout } = await runAction({ ...dryRun, version: wanted }, npm.env);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Dry run')]);
    expect(npm.calls()).toEqual([
      `${workspace}: npm install --no-save --ignore-scripts --no-audit --no-fund --prefix ${workspace}/mfa-cli mfa-cli@${installed}`,
    ]);
  });

  test.each(['latest', '1.2', 'npm:other@1.0.0', '1.2.3; touch pwned', '../elsewhere', '1.2.3\nx'])(
    'of version "%s" is none',
    async (wanted) => {
      const npm = notingNpm();
      const result = await runAction({ ...dryRun, version: wanted }, npm.env);
      expect([result.exitCode, npm.calls()]).toEqual([2, []]);
      expect(result.stdout).toMatch(/^::error title=usage::/);
    },
  );

  test('that prints no report ends the step with an error', async () => {
    const npm = notingNpm();
    const broken = join(temporaryDirectory(), 'bin');
    mkdirSync(broken);
    writeFileSync(join(broken, 'npm'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    const result = await runAction(
      { ...dryRun, version: '1.2.3' },
      { PATH: `${broken}${delimiter}${npm.env.PATH}` },
    );
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain('::error title=internal-error::mfa-cli ended with 1 and no report.');
  });
});
