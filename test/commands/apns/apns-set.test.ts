import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { secretPassword as env, p12Bytes, p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { settingsOf, startTenant, visit } from '../../support/tenant.ts';

const good = p12Path('01-default-aes256');
const key = 'com.example.lab';

async function signedIn(): Promise<{
  machine: ReturnType<typeof createMachine>;
  tenant: Awaited<ReturnType<typeof startTenant>>;
}> {
  const tenant = await startTenant();
  const machine = createMachine();
  await machine.run(tenant.login, { browser: visit });
  return { machine, tenant };
}

describe('apns set', () => {
  test('gives the tenant exactly the file, its password and its topic', async () => {
    const { machine, tenant } = await signedIn();
    const { exitCode, stdout, stderr } = await machine.run(['apns', 'set', '--p12', good, '--json'], { env });
    expect([exitCode, stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout);
    expect(report).toEqual({
      tenant: tenant.emulator.url,
      clientAppKey: key,
      topic: key,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      notAfter: expect.stringMatching(/^2027-12-\d\dT\d\d:\d\d:\d\dZ$/),
      sent: true,
      sentAs: 'json',
      dryRun: false,
      unchanged: false,
      verification: null,
      findings: expect.any(Array),
    });
    expect(await settingsOf(tenant.emulator)).toEqual({
      'Mobile.IosCustomApp.ClientAppKey': key,
      [`${key}_APNSCert`]: p12Bytes('01-default-aes256').toString('base64'),
      [`${key}_APNSPass`]: 'secret',
      [`${key}_APNSTopic`]: key,
    });
  });

  test('says that the same again is the same', async () => {
    const { machine } = await signedIn();
    await machine.run(['apns', 'set', '--p12', good], { env });
    const { stdout } = await machine.run(['apns', 'set', '--p12', good, '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ sent: true, unchanged: true });
    const text = await machine.run(['apns', 'set', '--p12', good], { env });
    expect(text.stdout).toContain('the same certificate');
  });

  test('sends no bytes that trail the PFX', async () => {
    const { machine, tenant } = await signedIn();
    await machine.run(['apns', 'set', '--p12', p12Path('70-trailing-crlf')], { env });
    const sent = Buffer.from((await settingsOf(tenant.emulator))[`${key}_APNSCert`] ?? '', 'base64');
    expect(sent).toEqual(p12Bytes('70-trailing-crlf').subarray(0, -2));
  });

  test('takes topic and key from the options', async () => {
    const { machine, tenant } = await signedIn();
    const options = ['--topic', 'com.example.lab.voip', '--client-app-key', 'my key'];
    const { exitCode } = await machine.run(['apns', 'set', '--p12', good, ...options], { env });
    expect(exitCode).toBe(0);
    expect(await settingsOf(tenant.emulator)).toMatchObject({
      'Mobile.IosCustomApp.ClientAppKey': 'my key',
      'my key_APNSTopic': 'com.example.lab.voip',
    });
  });

  test.each([
    ['a topic that is not in it', ['--topic', 'com.example.other'], 'topic-mismatch', '01-default-aes256'],
    ['an environment that is not served', ['--environment', 'production'], 'environment-mismatch', '30-dev'],
    ['an expired certificate', [], 'certificate-expired', '30-exp'],
    ['a distribution certificate', [], 'not-a-push-certificate', '30-dist'],
  ])('stops at %s, and sends with --force', async (_name, options, code, file) => {
    const { machine, tenant } = await signedIn();
    const argv = ['apns', 'set', '--p12', p12Path(file), '--client-app-key', key, ...options];
    const stopped = await machine.run([...argv, '--json'], { env });
    expect(stopped.exitCode).toBe(4);
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      sent: false,
      findings: expect.arrayContaining([expect.objectContaining({ code, level: 'error' })]),
    });
    expect(await settingsOf(tenant.emulator)).toEqual({});
    const topic = file === '30-dist' ? ['--topic', key] : [];
    const forced = await machine.run([...argv, ...topic, '--force', '--json'], { env });
    expect([forced.exitCode, JSON.parse(forced.stdout).sent]).toEqual([0, true]);
    expect(Object.keys(await settingsOf(tenant.emulator))).toHaveLength(4);
  });

  test('--dry-run needs no session and sends nothing', async () => {
    const { exitCode, stdout } = await createMachine().run(
      ['apns', 'set', '--p12', good, '--dry-run', '--json'],
      { env },
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      tenant: null,
      clientAppKey: key,
      topic: key,
      sent: false,
      sentAs: null,
      dryRun: true,
    });
  });

  test('--dry-run tells errors as the real run does', async () => {
    const { exitCode } = await createMachine().run(['apns', 'set', '--p12', p12Path('30-exp'), '--dry-run'], {
      env,
    });
    expect(exitCode).toBe(4);
  });

  test('without a session says so, and asks nothing', async () => {
    const { exitCode, stderr } = await createMachine().run(['apns', 'set', '--p12', good], { env });
    expect(exitCode).toBe(5);
    expect(stderr).toContain('mfa-cli login');
  });

  test('refuses a certificate that ends before the one it set', async () => {
    const { machine } = await signedIn();
    await machine.run(['apns', 'set', '--p12', good], { env });
    const path = join(machine.directory, 'config.json');
    writeFileSync(
      path,
      readFileSync(path, 'utf8')
        .replace(/"notAfter": ?"2027/, '"notAfter": "2029')
        .replace(/"fingerprint": ?"./, '"fingerprint": "0'),
    );
    const { exitCode, stdout } = await machine.run(['apns', 'set', '--p12', good, '--json'], { env });
    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout).findings.map(({ code }: { code: string }) => code)).toContain(
      'replaces-later-certificate',
    );
  });

  test('asks on a terminal before it replaces another one, and only then', async () => {
    const { machine, tenant } = await signedIn();
    const other = p12Path('30-prod');
    await machine.run(['apns', 'set', '--p12', good, '--client-app-key', key], { env });
    const replace = ['apns', 'set', '--p12', other, '--client-app-key', key, '--force'];
    const refused = await machine.run(replace, { env, answers: [false] });
    expect(refused.exitCode).toBe(130);
    expect(refused.questions).toEqual(['Replace it with 78a10dc4 (production, until 2027-12-24)?']);
    expect((await settingsOf(tenant.emulator))[`${key}_APNSCert`]).toBe(
      p12Bytes('01-default-aes256').toString('base64'),
    );
    expect((await machine.run(replace, { env, answers: [true] })).exitCode).toBe(0);
    expect((await machine.run(replace, { env, answers: [] })).exitCode).toBe(0);
    expect(
      (
        await machine.run(['apns', 'set', '--p12', good, '--client-app-key', key, '--yes', '--force'], {
          env,
          answers: [],
        })
      ).exitCode,
    ).toBe(0);
  });

  test('goes on where the record cannot be written', async () => {
    const tenant = await startTenant();
    const machine = createMachine('/dev/null/mfa-cli');
    const { serviceUser } = tenant.emulator;
    const { exitCode, stderr } = await machine.run(
      ['apns', 'set', '--p12', good, '--tenant', tenant.emulator.url],
      {
        env: { ...env, MFA_CLI_CLIENT_ID: serviceUser.user, MFA_CLI_CLIENT_SECRET: serviceUser.password },
      },
    );
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('could not remember it')]);
  });
});

describe('a file that opens here and not at the tenant', () => {
  const legacy = 'apns convert --format p12 --encryption legacy';
  const iterations = 'refuses high iteration counts';
  test.each([
    ['01-default-aes256', { 'p12-aes': 'unreadable' }, [legacy]],
    ['18-iter-600k', { 'p12-iterations': 'limited' }, [iterations]],
    ['18-legacy-iter-600k', { 'p12-iterations': 'limited' }, [iterations]],
  ] as const)('%s, %j', async (file, assumptions, hints) => {
    const tenant = await startTenant({ assumptions });
    const machine = createMachine();
    await machine.run(tenant.login, { browser: visit });
    // Millions of hashes, here and at the tenant: patience with a busy machine.
    const args = ['apns', 'set', '--p12', p12Path(file), '--timeout', '300', '--json'];
    const { exitCode, stdout } = await machine.run(args, { env });
    expect(exitCode).toBe(6);
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({
      code: 'tenant-refused',
      hints: hints.map((hint) => expect.stringContaining(hint)),
    });
    expect(await settingsOf(tenant.emulator)).toEqual({});
  });
});

describe('the .p12 and its password', () => {
  const file = p12Bytes('01-default-aes256');
  const base64 = file.toString('base64');
  const lines = base64.replace(/.{64}/g, '$&\n');

  test.each<
    [
      string,
      string[],
      Record<string, string>,
      Uint8Array | string | undefined,
      (string | boolean)[] | undefined,
      number,
    ]
  >([
    ['a file and a variable', [good], env, undefined, undefined, 0],
    ['stdin', ['-'], env, file, undefined, 0],
    ['base64 in a variable', [], { ...env, MFA_CLI_P12_BASE64: base64 }, undefined, undefined, 0],
    ['base64 in lines', [], { ...env, MFA_CLI_P12_BASE64: lines }, undefined, undefined, 0],
    ['a path in a variable', [], { ...env, MFA_CLI_P12: good }, undefined, undefined, 0],
    [
      'the option beats the variable',
      [good],
      { ...env, MFA_CLI_P12: 'missing.p12' },
      undefined,
      undefined,
      0,
    ],
    ['two variables', [], { ...env, MFA_CLI_P12: good, MFA_CLI_P12_BASE64: base64 }, undefined, undefined, 2],
    ['no file', [], env, undefined, undefined, 2],
    ['an empty name', [''], env, undefined, undefined, 2],
    ['password from stdin', [good, '--password-file', '-'], {}, 'secret\n', undefined, 0],
    ['only one line break is cut', [good, '--password-file', '-'], {}, 'secret\n\n', undefined, 3],
    ['blanks are not cut', [good, '--password-file', '-'], {}, 'secret ', undefined, 3],
    ['both from stdin', ['-', '--password-file', '-'], {}, file, undefined, 2],
    [
      'the option beats the variable for the password',
      [good, '--password-file', '-'],
      { MFA_CLI_P12_PASSWORD: 'not-it-0' },
      'secret',
      undefined,
      0,
    ],
    ['a prompt', [good], {}, undefined, ['secret'], 0],
    ['a prompt, twice wrong', [good], {}, undefined, ['not-it-0', 'not-it-4', 'secret'], 0],
    ['a prompt, three times wrong', [good], {}, undefined, ['not-it-1', 'not-it-2', 'not-it-3'], 3],
    ['no password and no terminal', [good], {}, undefined, undefined, 2],
    [
      'an empty password that does not open it',
      [good],
      { MFA_CLI_P12_PASSWORD: '' },
      undefined,
      undefined,
      3,
    ],
    ['no password where none is needed', [p12Path('21-emptypw')], {}, undefined, undefined, 0],
    ['no password where none is needed, on a terminal', [p12Path('21-emptypw')], {}, undefined, [], 0],
    [
      'a password file that is missing',
      [good, '--password-file', 'missing.txt'],
      {},
      undefined,
      undefined,
      3,
    ],
  ])('%s', async (_name, argv, variables, stdin, answers, expected) => {
    const { exitCode, stderr } = await createMachine().run(['apns', 'inspect', ...argv], {
      env: variables,
      ...(stdin === undefined ? {} : { stdin }),
      ...(answers === undefined ? {} : { answers }),
    });
    expect([exitCode, stderr]).toEqual([expected, expect.any(String)]);
  });

  test('a password file with CRLF', async () => {
    const path = join(temporaryDirectory(), 'password.txt');
    writeFileSync(path, 'secret\r\n');
    expect((await createMachine().run(['apns', 'inspect', good, '--password-file', path])).exitCode).toBe(0);
  });
});
