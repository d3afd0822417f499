import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { serviceToken } from '../../support/emulator.ts';
import { secretPassword as env, p12Bytes, p12Path } from '../../support/fixtures.ts';
import { isThorough } from '../../support/patience.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { settingsOf, shareTenant, signIn, startTenant } from '../../support/tenant.ts';

const good = p12Path('01-default-aes256');
const key = 'com.example.lab';

const signedIn = shareTenant();

describe('apns set', () => {
  test('gives the tenant exactly the file, its password and its topic', async () => {
    const { machine, emulator } = await signedIn();
    const { exitCode, stdout, stderr } = await machine.run(['apns', 'set', '--p12', good, '--json'], { env });
    expect([exitCode, stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout);
    expect(report).toEqual({
      tenant: emulator.url,
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
    expect(await settingsOf(emulator)).toEqual({
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
    const { machine, emulator } = await signedIn();
    await machine.run(['apns', 'set', '--p12', p12Path('70-trailing-crlf')], { env });
    const sent = Buffer.from((await settingsOf(emulator))[`${key}_APNSCert`] ?? '', 'base64');
    expect(sent).toEqual(p12Bytes('70-trailing-crlf').subarray(0, -2));
  });

  test('takes topic and key from the options', async () => {
    const { machine, emulator } = await signedIn();
    const options = ['--topic', 'com.example.lab.voip', '--client-app-key', 'my key'];
    const { exitCode } = await machine.run(['apns', 'set', '--p12', good, ...options], { env });
    expect(exitCode).toBe(0);
    expect(await settingsOf(emulator)).toMatchObject({
      'Mobile.IosCustomApp.ClientAppKey': 'my key',
      'my key_APNSTopic': 'com.example.lab.voip',
    });
  });

  test.each([
    [
      'a topic that is not in it',
      ['--topic', 'com.example.other'],
      'topic-mismatch',
      '01-default-aes256',
      false,
    ],
    [
      'an environment that is not served',
      ['--environment', 'production'],
      'environment-mismatch',
      '30-dev',
      true,
    ],
    ['an expired certificate', [], 'certificate-expired', '30-exp', false],
    ['a distribution certificate', [], 'not-a-push-certificate', '30-dist', false],
  ])('stops at %s, and sends with --force', async (_name, options, code, file, hinted) => {
    const { machine, emulator } = await signedIn();
    const argv = ['apns', 'set', '--p12', p12Path(file), '--client-app-key', key, ...options];
    const stopped = await machine.run([...argv, '--json'], { env });
    expect(stopped.exitCode).toBe(4);
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      sent: false,
      findings: expect.arrayContaining([expect.objectContaining({ code, level: 'error' })]),
    });
    expect(await settingsOf(emulator)).toEqual({});
    const text = (await machine.run(argv, { env })).stdout;
    expect(text.includes('To send it despite the findings, add --force.')).toBe(hinted);
    const topic = file === '30-dist' ? ['--topic', key] : [];
    const forced = await machine.run([...argv, ...topic, '--force', '--json'], { env });
    expect([forced.exitCode, JSON.parse(forced.stdout).sent]).toEqual([0, true]);
    expect(Object.keys(await settingsOf(emulator))).toHaveLength(4);
    const again = await machine.run([...argv, ...topic, '--force'], { env });
    expect(again.stdout).toMatch(
      /^! Sent again: the same certificate for com.example.lab despite [12] errors?\n/,
    );
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

  test.each([[[]], [['--dry-run']]])('--force cannot send a certificate without a topic, %j', async (dry) => {
    const { machine } = await signedIn();
    const argv = ['apns', 'set', '--p12', p12Path('30-dist'), '--force', ...dry, '--json'];
    const { exitCode, stdout } = await machine.run(argv, { env });
    expect([exitCode, JSON.parse(stdout).error]).toMatchObject([
      2,
      { message: 'The certificate names no topic' },
    ]);
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
    const { machine, emulator } = await signedIn();
    const other = p12Path('30-prod');
    await machine.run(['apns', 'set', '--p12', good, '--client-app-key', key], { env });
    const replace = ['apns', 'set', '--p12', other, '--client-app-key', key, '--force'];
    const refused = await machine.run(replace, { env, answers: [false] });
    expect(refused.exitCode).toBe(130);
    expect(refused.questions).toEqual([
      `Replace the certificate for ${key} at ${new URL(emulator.url).host}?`,
    ]);
    expect((await settingsOf(emulator))[`${key}_APNSCert`]).toBe(
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

  test('takes no yes or no for the client app key, and warns of a new key that is not the topic', async () => {
    const { machine, emulator } = await signedIn();
    const argv = ['apns', 'set', '--p12', p12Path('30-prod'), '--no-verify', '--fail-on', 'error'];
    const refused = ['y', ' Yes', 'n', 'NO ', ''];
    const { stderr, questions } = await machine.run(argv, { env, answers: [...refused, 'maybe', false] });
    const { host } = new URL(emulator.url);
    expect(questions).toEqual([
      ...refused.flatMap(() => ['Client app key:', 'Type the key, or clear the line and press Return for com.example.lab']),
      'Client app key:',
      `Set the certificate for maybe at ${host}?`,
    ]);
    const warning = /^! The client app key (?:maybe|com\.example\.lab) is new here, and is not the topic$/m;
    expect(stripVTControlCharacters(stderr)).toMatch(warning);
    const same = await machine.run([...argv, '--topic', ` ${key} `], { env, answers: [key, false] });
    expect([same.exitCode, same.questions.length]).toEqual([130, 2]);
    expect(stripVTControlCharacters(same.stderr)).not.toMatch(warning);
  });

  test('goes on where the record cannot be written', async () => {
    const { emulator } = await signedIn();
    const machine = createMachine('/dev/null/mfa-cli');
    const argv = ['apns', 'set', '--p12', good, '--tenant', emulator.url];
    const { exitCode, stderr } = await machine.run(argv, {
      env: { ...env, MFA_CLI_TOKEN: await serviceToken(emulator) },
    });
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('could not remember it')]);
  });
});

describe('a pipeline that lacks several things hears of all of them at once', () => {
  const at = { MFA_CLI_TENANT: 'http://127.0.0.1:9' };
  const token = { MFA_CLI_TOKEN: 'an-opaque-token' };
  const sources = {
    tenant: '--tenant URL, or set MFA_CLI_TENANT',
    credentials:
      '--client-id ID or set MFA_CLI_CLIENT_ID, and set MFA_CLI_CLIENT_SECRET or MFA_CLI_CLIENT_SECRET_FILE. Or set MFA_CLI_TOKEN.',
    p12: '--p12 FILE, or set MFA_CLI_P12 or MFA_CLI_P12_BASE64',
    password: '--password-file FILE, or set MFA_CLI_P12_PASSWORD',
  };
  test.each<[string[], Record<string, string>, (keyof typeof sources)[]]>([
    [[], {}, ['tenant', 'credentials', 'p12', 'password']],
    [[good], {}, ['tenant', 'credentials', 'password']],
    [[good], env, ['tenant', 'credentials']],
    [[], { ...env, ...token }, ['tenant', 'p12']],
    [[], at, ['credentials', 'p12', 'password']],
    [['--dry-run'], {}, ['p12', 'password']],
    [['--profile', 'default'], env, ['tenant', 'credentials', 'p12']],
  ])('apns set %j with %j lacks %j', async (words, variables, lacks) => {
    const argv = ['apns', 'set', ...words, '--json'];
    const { exitCode, stdout } = await createMachine().run(argv, { env: { CI: 'true', ...variables } });
    const { error } = JSON.parse(stdout);
    expect([exitCode, error.code]).toEqual([2, 'usage']);
    expect(error.hints).toEqual(lacks.map((name) => expect.stringContaining(sources[name])));
  });

  test('and whoami with nothing at all says that you are not signed in', async () => {
    const { exitCode, stdout } = await createMachine().run(['whoami', '--json'], { env: { CI: 'true' } });
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([5, 'not-signed-in']);
  });

  test.each(['whoami', 'api GET /x', 'apns set'])('%s with an unknown profile is told so', async (line) => {
    const argv = [...line.split(' '), '--profile', 'nobody', '--json'];
    const { exitCode, stdout } = await createMachine().run(argv, { env: { ...env, MFA_CLI_P12: good } });
    const words = 'No profile "nobody". Profiles: none yet';
    expect([exitCode, JSON.parse(stdout).error]).toMatchObject([2, { code: 'usage', message: words }]);
  });
});

describe('a file that opens here and not at the tenant', () => {
  const legacy = 'apns convert --format p12 --encryption legacy';
  const iterations = 'rejects high iteration counts';
  const files = [
    ['01-default-aes256', { 'p12-aes': 'unreadable' }, [legacy]],
    ['18-iter-600k', { 'p12-iterations': 'limited' }, [iterations]],
    ['18-legacy-iter-600k', { 'p12-iterations': 'limited' }, [iterations]],
  ] as const;
  test.each(isThorough ? files : files.slice(0, 2))('%s, %j', async (file, assumptions, hints) => {
    const { emulator } = await startTenant({ assumptions });
    const { machine } = await signIn(emulator);
    // Millions of hashes, here and at the tenant: patience with a busy machine.
    const args = ['apns', 'set', '--p12', p12Path(file), '--timeout', '300', '--json'];
    const { exitCode, stdout } = await machine.run(args, { env });
    expect(exitCode).toBe(6);
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({
      code: 'tenant-refused',
      hints: hints.map((hint) => expect.stringContaining(hint)),
    });
    expect(await settingsOf(emulator)).toEqual({});
  });
});

test.each([
  ['31-certonly', 'The file contains no private key. [private-key-missing]'],
  ['61-mismatched-pair-mac-ok', 'No certificate in the file matches the private key. [key-mismatch]'],
])('a tenant that refuses %s for its key is no reason to convert it', async (file, finding) => {
  const { machine } = await signedIn();
  const argv = ['apns', 'set', '--p12', p12Path(file), '--force', '--yes', '--topic', 'com.d', '--json'];
  const { exitCode, stdout } = await machine.run(argv, { env });
  const { message, hints } = JSON.parse(stdout).error;
  expect([exitCode, hints]).toEqual([6, [expect.stringContaining('lacks the private key')]]);
  expect(message.split('\n')).toContain(finding);
});

describe('the .p12 and its password', () => {
  const file = p12Bytes('01-default-aes256');
  const base64 = file.toString('base64');
  const lines = base64.replace(/.{64}/g, '$&\n');

  const opens = { env, exit: 0 };
  const none = { MFA_CLI_P12_PASSWORD: '' };
  const typed = (...answers: string[]): Partial<World> => ({ env: {}, answers });
  const from = (stdin: string | Uint8Array, exit: number, variables = {}): World => ({
    env: variables,
    stdin,
    exit,
  });

  /** The words behind `apns inspect`, what is there, and how it ends. */
  interface World extends Pick<RunOptions, 'stdin' | 'answers'> {
    readonly env: Readonly<Record<string, string>>;
    readonly exit: number;
  }

  test.each<[string, string[], World]>([
    ['a file and a variable', [good], opens],
    ['stdin', ['-'], { ...opens, stdin: file }],
    ['base64 in a variable', [], { env: { ...env, MFA_CLI_P12_BASE64: base64 }, exit: 0 }],
    ['base64 in lines', [], { env: { ...env, MFA_CLI_P12_BASE64: lines }, exit: 0 }],
    ['a path in a variable', [], { env: { ...env, MFA_CLI_P12: good }, exit: 0 }],
    ['the option beats the variable', [good], { env: { ...env, MFA_CLI_P12: 'missing.p12' }, exit: 0 }],
    ['two variables', [], { env: { ...env, MFA_CLI_P12: good, MFA_CLI_P12_BASE64: base64 }, exit: 2 }],
    ['no file', [], { env, exit: 2 }],
    ['an empty name', [''], { env, exit: 2 }],
    ['password from stdin', [good, '--password-file', '-'], from('secret\n', 0)],
    ['only one line break is cut', [good, '--password-file', '-'], from('secret\n\n', 3)],
    ['blanks are not cut', [good, '--password-file', '-'], from('secret ', 3)],
    ['both from stdin', ['-', '--password-file', '-'], from(file, 2)],
    [
      'the file beats the variable',
      [good, '--password-file', '-'],
      from('secret', 0, { MFA_CLI_P12_PASSWORD: 'not-it-0' }),
    ],
    ['a prompt', [good], { ...opens, ...typed('secret') }],
    ['a prompt, twice wrong', [good], { ...opens, ...typed('not-it-0', 'not-it-4', 'secret') }],
    [
      'a prompt, three times wrong',
      [good],
      { ...opens, ...typed('not-it-1', 'not-it-2', 'not-it-3'), exit: 3 },
    ],
    ['no password and no terminal', [good], { env: {}, exit: 2 }],
    ['an empty password that does not open it', [good], { env: none, exit: 3 }],
    ['no password where none is needed', [p12Path('21-emptypw')], { env: {}, exit: 0 }],
    ['no password where none is needed, on a terminal', [p12Path('21-emptypw')], { ...opens, ...typed() }],
    ['a password file that is missing', [good, '--password-file', 'missing.txt'], { env: {}, exit: 3 }],
  ])('%s', async (_name, argv, { exit, ...world }) => {
    const { exitCode, stderr } = await createMachine().run(['apns', 'inspect', ...argv], world);
    expect([exitCode, stderr]).toEqual([exit, expect.any(String)]);
  });

  test('a password file with CRLF', async () => {
    const path = join(temporaryDirectory(), 'password.txt');
    writeFileSync(path, 'secret\r\n');
    expect((await createMachine().run(['apns', 'inspect', good, '--password-file', path])).exitCode).toBe(0);
  });
});
