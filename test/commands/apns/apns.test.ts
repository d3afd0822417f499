import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { secretPassword as env, p12Bytes, p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { shareTenant, signIn } from '../../support/tenant.ts';
import { isMissing } from '../../support/tools.ts';

const opensslTest = test.skipIf(isMissing('openssl'));
const good = p12Path('01-default-aes256');
const key = 'com.example.lab';
const signedIn = shareTenant();

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

describe('apns status', () => {
  test.each([
    ['2026-11-24', 0, 'valid'],
    ['2027-11-30', 4, 'expires-soon'],
    ['2028-01-01', 4, 'expired'],
  ])('on %s ends with %i: %s', async (day, expected, state) => {
    const { machine, set } = await signedIn();
    await set();
    const now = new Date(`${day}T12:00:00Z`);
    const { exitCode, stdout } = await machine.run(['apns', 'status', '--json'], { now });
    expect(exitCode).toBe(expected);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ source: 'machine', warnDays: 30, ok: expected === 0 });
    expect(report.certificates).toEqual([
      expect.objectContaining({ profile: 'default', clientAppKey: key, state }),
    ]);
    const text = await machine.run(['apns', 'status'], { now });
    expect(text.stdout).toContain('this machine set last');
  });

  test('of all profiles, fewest days first', async () => {
    const { emulator } = await signedIn();
    const { machine } = await signIn(emulator, createMachine(), 'b');
    const { set } = await signIn(emulator, machine, 'a');
    await set(['--client-app-key', 'one', '--profile', 'a']);
    await machine.run(
      ['apns', 'set', '--p12', p12Path('30-exp'), '--client-app-key', 'two', '--profile', 'b', '--force'],
      { env },
    );
    const { stdout } = await machine.run(['apns', 'status', '--all-profiles', '--json']);
    const rows = JSON.parse(stdout).certificates.map((row: { profile: string; clientAppKey: string }) => [
      row.profile,
      row.clientAppKey,
    ]);
    expect(rows).toEqual([
      ['b', 'two'],
      ['a', 'one'],
    ]);
    const own = await machine.run(['apns', 'status', '--profile', 'a', '--json']);
    expect(JSON.parse(own.stdout).certificates).toHaveLength(1);
  });

  test('with nothing set is fine', async () => {
    expect(await createMachine().run(['apns', 'status'])).toMatchObject({
      exitCode: 0,
      stdout: 'No certificate is on record for the profile "default".\n',
    });
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
