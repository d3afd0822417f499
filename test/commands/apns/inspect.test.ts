import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { secretPassword as env, p12Bytes, p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

const opensslTest = test.skipIf(isMissing('openssl'));
const good = p12Path('01-default-aes256');
const daysBefore = (days: number): Date => new Date(Date.parse('2027-12-24T12:00:00Z') - days * 86_400_000);

describe('apns inspect', () => {
  test('tells everything, as JSON', async () => {
    const { exitCode, stdout } = await createMachine().run(['apns', 'inspect', good, '--json'], { env });
    expect(exitCode).toBe(0);
    await expect(stdout.replace(good, 'cert.p12')).toMatchFileSnapshot('../../golden/inspect.json');
  });

  test('tells everything, to a person', async () => {
    const { stdout } = await createMachine().run(['apns', 'inspect', good], { env });
    await expect(stdout).toMatchFileSnapshot('../../golden/inspect.txt');
  });

  test('tells what is wrong, to a person', async () => {
    const { exitCode, stdout } = await createMachine().run(['apns', 'inspect', p12Path('31-certonly')], {
      env,
    });
    expect(exitCode).toBe(4);
    await expect(stdout).toMatchFileSnapshot('../../golden/inspect-errors.txt');
  });
});

describe('from which findings on a command ends with 4', () => {
  test.each([
    ['error', 0],
    ['warning', 4],
  ] as const)('apns inspect --fail-on %s', async (level, expected) => {
    const argv = ['apns', 'inspect', good, '--fail-on', level, '--json'];
    const { exitCode, stdout } = await createMachine().run(argv, { env });
    // A warning is no error, whatever the command makes of it.
    expect([exitCode, JSON.parse(stdout).ok]).toEqual([expected, true]);
  });

  test.each([
    [31, [], false],
    [31, ['--warn-days', '45'], true],
    [46, ['--warn-days', '45'], false],
    [20, ['--warn-days', '10'], false],
    [20, [], true],
  ] as const)('with %i days left and %j', async (days, words, soon) => {
    const argv = ['apns', 'inspect', good, ...words, '--json'];
    const { stdout } = await createMachine().run(argv, { env, now: daysBefore(days) });
    expect(stdout.includes('certificate-expires-soon')).toBe(soon);
  });
});

describe('apns convert', () => {
  test('to base64 is what set sends, and needs no password', async () => {
    const { exitCode, stdout } = await createMachine().run(['apns', 'convert', p12Path('70-trailing-crlf')]);
    expect([exitCode, stdout]).toEqual([
      0,
      `${p12Bytes('70-trailing-crlf').subarray(0, -2).toString('base64')}\n`,
    ]);
  });

  opensslTest.each(['modern', 'legacy'] as const)('to a %s .p12 that OpenSSL opens', async (encryption) => {
    const directory = temporaryDirectory();
    const [out, passwordFile] = [join(directory, 'new.p12'), join(directory, 'password.txt')];
    writeFileSync(passwordFile, 'pässwörd 🔑\n');
    const machine = createMachine();
    const words = ['--encryption', encryption, '--new-password-file', passwordFile, '--out', out];
    expect(await machine.run(['apns', 'convert', good, ...words], { env })).toMatchObject({ exitCode: 0 });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const pem = execFileSync(
      'openssl',
      ['pkcs12', '-in', out, '-passin', `file:${passwordFile}`, '-nodes', '-legacy'],
      { encoding: 'utf8' },
    );
    expect(pem).toContain('BEGIN PRIVATE KEY');
    expect(pem).toContain('com.example.lab');
    const again = await machine.run(['apns', 'inspect', out, '--password-file', passwordFile, '--json']);
    const before = await machine.run(['apns', 'inspect', good, '--json'], { env });
    expect(JSON.parse(again.stdout).certificate).toEqual(JSON.parse(before.stdout).certificate);
  });

  test('to PEM in a file of mode 0600, never over another one', async () => {
    const out = join(temporaryDirectory(), 'cert.pem');
    const machine = createMachine();
    const argv = ['apns', 'convert', good, '--format', 'pem', '--out', out];
    expect((await machine.run(argv, { env })).exitCode).toBe(0);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(readFileSync(out, 'utf8')).toMatch(/BEGIN PRIVATE KEY[\s\S]*BEGIN CERTIFICATE/);
    writeFileSync(out, 'precious');
    expect((await machine.run(argv, { env })).exitCode).toBe(2);
    expect(readFileSync(out, 'utf8')).toBe('precious');
    expect((await machine.run([...argv, '--force'], { env })).exitCode).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('BEGIN CERTIFICATE');
  });

  test('to PEM says that the key is in the clear, and asks before a terminal shows it', async () => {
    const argv = ['apns', 'convert', good, '--format', 'pem'];
    const clear = /warning: .*private key.* not encrypted/;
    const piped = await createMachine().run(argv, { env });
    expect([piped.exitCode, piped.stdout]).toEqual([0, expect.stringContaining('BEGIN PRIVATE KEY')]);
    expect(piped.stderr).toMatch(clear);
    const out = join(temporaryDirectory(), 'cert.pem');
    expect((await createMachine().run([...argv, '--out', out], { env })).stderr).toMatch(clear);
    const refused = await createMachine().run(argv, { env, answers: [false], terminalOutput: true });
    expect([refused.exitCode, refused.stdout]).toEqual([130, '']);
    expect(refused.questions).toEqual(['Show the private key on this terminal?']);
    const agreed = await createMachine().run(argv, { env, answers: [true], terminalOutput: true });
    expect([agreed.exitCode, agreed.stdout]).toEqual([0, piped.stdout]);
    const nobody = await createMachine().run(argv, { env, terminalOutput: true });
    expect([nobody.exitCode, nobody.stdout]).toEqual([2, '']);
    const none = await createMachine().run([...argv, '--p12', p12Path('31-certonly')].toSpliced(2, 1), {
      env,
    });
    expect(none.stderr).not.toMatch(clear);
  });

  test('to a binary not on a terminal', async () => {
    const argv = ['apns', 'convert', good, '--format', 'p12'];
    expect((await createMachine().run(argv, { env, terminalOutput: true })).exitCode).toBe(2);
  });
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
