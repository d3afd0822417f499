import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Emulator } from '../src/emulator/tenants.ts';
import { type ActionResult, notingNpm, readAction, runAction } from './support/action.ts';
import { p12Bytes, p12Path } from './support/fixtures.ts';
import { settingsOf, shareTenant } from './support/tenant.ts';
import { isMissing } from './support/tools.ts';

const good = '22-pw-spaces-quotes';
const password = ` a"b'c$ `;
const key = 'com.example.lab';
const share = shareTenant();

function serviceUser({ url, serviceUser: { user, password: secret } }: Emulator): Record<string, string> {
  return { tenant: url, 'client-id': user, 'client-secret': secret };
}

function run(inputs: Readonly<Record<string, string>>): Promise<ActionResult> {
  return runAction(inputs, notingNpm().env);
}

/** Markdown with its character references as what they stand for. */
function readable(summary: string): string {
  return summary.replaceAll(/&#(\d+);/g, (_reference, code) => String.fromCodePoint(Number(code)));
}

function expectNone(secrets: readonly string[], { stdout, stderr, outputs }: ActionResult): void {
  const told = `${stdout}${stderr}${JSON.stringify(outputs)}`;
  expect(told).not.toBe('');
  for (const secret of secrets) expect(told).not.toContain(secret);
}

describe.skipIf(isMissing('bash'))('the action', () => {
  test('gives the tenant the certificate from the secret store and says which', async () => {
    const { emulator } = await share();
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
    const { emulator } = await share();
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

  test('does not say that nothing was sent where the answer is missing', async () => {
    const { emulator } = await share();
    emulator.faults.add('/Mobile/SetApnsCertForClientApp', 'unanswered', 3);
    const result = await run({ ...serviceUser(emulator), p12: p12Path(good), password });
    expect(result.exitCode).toBe(7);
    expect(result.stdout).toContain(
      '::error title=outcome-unknown::The tenant did not answer: it may have set the certificate (sent 3 times).',
    );
    expect(readable(result.summary)).toContain('✗ The tenant may have set the certificate');
    expect(result.summary).not.toContain('Nothing was sent');
    expect(await settingsOf(emulator)).toHaveProperty(`${key}_APNSCert`);
  });

  test('fails with an annotation on an expired certificate, and sends nothing', async () => {
    const { emulator } = await share();
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

  test.each(['True'])('with dry-run %s sends nothing and needs no tenant', async (dryRun) => {
    const { emulator } = await share();
    const before = emulator.requests.length;
    const inputs = { p12: p12Path(good), password, 'dry-run': dryRun };
    const result = await run({ ...serviceUser(emulator), ...inputs });
    expect([result.exitCode, result.outputs.fingerprint?.length]).toEqual([0, 64]);
    expect(result.stdout).toContain('Dry run, nothing was sent');
    expect(emulator.requests).toHaveLength(before);
    expect((await run(inputs)).exitCode).toBe(0);
  });

  test.each([
    ['dry-run', { 'dry-run': 'yes', p12: p12Path(good), password }, 2, 'usage'],
    ['a password that is missing', { p12: p12Path(good) }, 3, 'pkcs12-password-required'],
    ['verify', { verify: 'on', p12: p12Path(good), password }, 2, 'usage'],
  ])('%s ends with the annotation of an error', async (_name, inputs, exitCode, code) => {
    const { emulator } = await share();
    const before = emulator.requests.length;
    const result = await run({ ...serviceUser(emulator), ...inputs });
    expect(result.exitCode).toBe(exitCode);
    expect(result.stdout).toContain(`::error title=${code}::`);
    expect(result.outputs).toEqual({ fingerprint: '', 'not-after': '' });
    expect(emulator.requests).toHaveLength(before);
  });

  test.each([
    ['client-secret', 'MFA_CLI_CLIENT_SECRET', { 'client-secret': '' }],
    ['tenant', 'MFA_CLI_TENANT', { tenant: '' }],
    ['p12-base64', 'MFA_CLI_P12_BASE64', { 'p12-base64': '' }],
    ['password', 'MFA_CLI_P12_PASSWORD', { password: '' }],
  ])('an input %s that is missing is named, and %s', async (input, variable, without) => {
    const { emulator } = await share();
    const before = emulator.requests.length;
    const base64 = p12Bytes(good).toString('base64');
    const result = await run({ ...serviceUser(emulator), 'p12-base64': base64, password, ...without });
    expect(result.exitCode).toBe(input === 'password' ? 3 : 2);
    const [annotation = ''] = /^::error .*$/m.exec(result.stdout) ?? [];
    expect(annotation).toMatch(new RegExp(`\\b${variable}\\b`));
    expect(annotation).toMatch(new RegExp(`input ${input}\\b|Inputs of the action: .*\\b${input} for`));
    expect(result.summary).toContain('Nothing was sent');
    expect(emulator.requests).toHaveLength(before);
  });

  test('stops at a warning with fail-on, from as many days on as warn-days says', async () => {
    const inputs = { p12: p12Path(good), password, 'dry-run': 'true', 'warn-days': '9999' };
    const lenient = await run(inputs);
    expect(lenient.exitCode).toBe(0);
    expect(lenient.stdout).toContain('::warning title=certificate-expires-soon::');
    const strict = await run({ ...inputs, 'fail-on': 'warning' });
    expect(strict.exitCode).toBe(4);
    expect(strict.summary).toContain('✗ Nothing was sent');
  });

  test('asks the tenant for the scope, and APNs with verify', async () => {
    const { emulator } = await share();
    const before = emulator.requests.length;
    const inputs = { ...serviceUser(emulator), p12: p12Path(good), password };
    const job = { ...notingNpm().env, MFA_CLI_APNS_HOST: '127.0.0.1:1' };
    const verified = await runAction({ ...inputs, verify: 'true' }, job);
    expect(verified.exitCode).toBe(7);
    expect(verified.stdout).toContain('::error title=apns-unreachable::');
    expect(emulator.requests).toHaveLength(before);
    const { exitCode, stdout } = await run({ ...inputs, scope: 'nobody-has-it' });
    expect([exitCode, stdout]).toEqual([5, expect.stringContaining('invalid_scope')]);
  });

  test('writes a summary for the page of the run', async () => {
    const { emulator } = await share();
    const inputs = { ...serviceUser(emulator), p12: p12Path('13-certpbe-none'), password: 'secret' };
    const result = await run({ ...inputs, environment: 'production' });
    const [year, month, date] = (result.outputs['not-after'] ?? '').slice(0, 10).split('-');
    const rows = readable(result.summary);
    expect(rows).toContain('| Verdict | ✓ Set the push certificate |');
    expect(rows).toContain(`| Topic | ${key} |`);
    expect(rows).toContain('| Environment | production |');
    expect(rows).toContain(`| SHA-256 | ${result.outputs.fingerprint} |`);
    expect(rows).toMatch(
      new RegExp(`^\\| Valid until \\| ${year}-${month}-${date} \\(\\d+ days left\\) \\|$`, 'm'),
    );
    expect(rows).toMatch(/^\| warning: issuer-not-apple \| /m);
    expectNone(['| secret', emulator.serviceUser.password], { ...result, stdout: rows });
  });

  test("shows a stranger's text in the summary as it is, and neither as Markdown nor as HTML", async () => {
    const topic = '<img src=x> | [a](https://example.com) `b` **c** @all\n# d & www.example.com';
    const { summary } = await run({ p12: p12Path(good), password, topic, 'dry-run': 'true' });
    expect(readable(summary)).toContain(topic.replace('\n', ' '));
    const cells = summary
      .split('\n')
      .filter((line) => line.includes('img'))
      .flatMap((line) => line.slice(2, -2).split(' | '));
    expect(cells.map((cell) => cell.replaceAll(/&#\d+;/g, '')).join('')).toMatch(/^[\p{L}\p{N} ,]+$/u);
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
    expect(option.stdout).toContain(
      '::error title=topic-mismatch::The certificate does not include the topic --password.',
    );
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
      MFA_CLI_SCOPE: 'scope',
      MFA_CLI_CLIENT_APP_KEY: 'client-app-key',
      MFA_CLI_P12: 'p12',
      MFA_CLI_P12_BASE64: 'p12-base64',
      MFA_CLI_P12_PASSWORD: 'password',
    });
  });
});
