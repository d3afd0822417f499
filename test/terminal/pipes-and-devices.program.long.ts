import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { orNull } from '../../src/errors/cli-error.ts';
import { createMachine } from '../support/context.ts';
import { p12Bytes, p12Path, secretPassword } from '../support/fixtures.ts';
import { eventually } from '../support/patience.ts';
import {
  cleanEnvironment,
  endOnSignal,
  runProgram,
  runShell,
  startProgram,
} from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { settingsOf, startTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

const bashTest = test.skipIf(isMissing('bash'));
const good = p12Path('01-default-aes256');

function pipeIn(directory: string): string {
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

describe('a named pipe', () => {
  test.runIf(existsSync('/proc/self/fd'))(
    'without a partner is left on SIGTERM, with 143',
    async () => {
      const pipe = pipeIn(temporaryDirectory());
      const child = startProgram(['apns', 'inspect', pipe], cleanEnvironment());
      const fds = `/proc/${child.pid}/fd`;
      const opened = () =>
        readdirSync(fds).some((fd) => orNull(() => readlinkSync(`${fds}/${fd}`)) === pipe);
      await vi.waitUntil(opened, eventually);
      child.kill('SIGTERM');
      expect((await endOnSignal(child)).exitCode).toBe(143);
    },
  );

  bashTest('is read whole, also where its writer comes late and writes in parts', async () => {
    const pipe = pipeIn(temporaryDirectory());
    const { exitCode, stdout } = await runShell(
      `(sleep 0.4; exec > '${pipe}'; head -c 900 '${good}'; sleep 0.2; tail -c +901 '${good}') &
       mfa-cli apns convert '${pipe}'`,
      cleanEnvironment(),
    );
    expect([exitCode, stdout]).toEqual([
      0,
      `${p12Bytes('01-default-aes256').toString('base64')}\n`,
    ]);
  });

  bashTest.each([
    ['a substitution', `mfa-cli apns inspect '${good}' --password-file <(sleep 0.2; echo secret)`],
    [
      '/dev/stdin',
      `cat '${good}' | mfa-cli apns inspect /dev/stdin --password-file <(echo secret)`,
    ],
    [
      '/dev/stdin, a file',
      `mfa-cli apns inspect /dev/stdin --password-file <(echo secret) < '${good}'`,
    ],
  ])('of the shell: %s', async (_name, line) => {
    expect((await runShell(line, cleanEnvironment())).exitCode).toBe(0);
  });

  bashTest('is written into by --out --force, and stays', async () => {
    const pipe = pipeIn(temporaryDirectory());
    const { stdout } = await runShell(
      `(sleep 0.3; cat '${pipe}') & mfa-cli apns convert '${good}' --out '${pipe}' --force --quiet >/dev/null; wait`,
      cleanEnvironment(),
    );
    expect(stdout.trim()).toBe(p12Bytes('01-default-aes256').toString('base64'));
    expect(statSync(pipe).isFIFO()).toBe(true);
  });
});

describe('what cannot be written', () => {
  bashTest('stdout on a full disk ends with 3', async () => {
    expect(
      await runShell(
        `mfa-cli apns inspect '${good}' > /dev/full`,
        cleanEnvironment(secretPassword),
      ),
    ).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(
        /^mfa-cli: error: Cannot write to standard output: no space left on device\n/,
      ),
    });
  });

  bashTest.each(['', '--json'])(
    'a set is done all the same, and stderr says so: %s',
    async (json) => {
      const { emulator } = await startTenant();
      const { user, password } = emulator.serviceUser;
      const env = cleanEnvironment({
        ...secretPassword,
        MFA_CLI_TENANT: emulator.url,
        MFA_CLI_CLIENT_ID: user,
        MFA_CLI_CLIENT_SECRET: password,
      });
      const { exitCode, stderr } = await runShell(
        `mfa-cli apns set '${good}' ${json} > /dev/full`,
        env,
      );
      expect(exitCode).toBe(3);
      expect(stderr.split('\n')).toEqual([
        'mfa-cli: error: Cannot write to standard output: no space left on device',
        'mfa-cli: hint: The result was: ✓ Set the push certificate for com.example.lab',
        '',
      ]);
      expect(Object.keys(await settingsOf(emulator))).toContain('com.example.lab_APNSCert');
    },
  );

  bashTest.each([
    [`apns inspect missing.p12`, 3],
    [`apns inspect '${good}' --no-input`, 2],
  ])('stderr changes no exit code: %s', async (words, expected) => {
    const { exitCode } = await runShell(`mfa-cli ${words} 2> /dev/full`, cleanEnvironment());
    expect(exitCode).toBe(expected);
  });

  bashTest('a limit leaves no half file, and the retry succeeds', async () => {
    const directory = temporaryDirectory();
    const line = `mfa-cli apns convert '${good}' --out '${join(directory, 'x')}'`;
    const { exitCode, stderr } = await runShell(`ulimit -f 1; ${line}`, cleanEnvironment());
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringContaining('cannot be written: file too large'),
    ]);
    expect(readdirSync(directory)).toEqual([]);
    expect((await runShell(line, cleanEnvironment())).exitCode).toBe(0);
    expect(readdirSync(directory)).toEqual(['x']);
  });

  test.each(['there', 'not there yet'])(
    'a link to a file that is %s stays a link',
    async (state) => {
      const directory = temporaryDirectory();
      mkdirSync(join(directory, 'deep'));
      const [target, out] = [join(directory, 'deep', 'target'), join(directory, 'link')];
      symlinkSync('deep/target', out);
      if (state === 'there') writeFileSync(target, 'old');
      const argv = ['apns', 'convert', good, '--out', out];
      expect((await createMachine().run(argv)).exitCode).toBe(2);
      expect((await createMachine().run([...argv, '--force'])).exitCode).toBe(0);
      expect(lstatSync(out).isSymbolicLink()).toBe(true);
      expect(readFileSync(target, 'utf8').trim()).toBe(
        p12Bytes('01-default-aes256').toString('base64'),
      );
      expect(existsSync(target) && statSync(target).mode & 0o777).toBe(0o600);
    },
  );
});

describe('names in messages', () => {
  test('a password in place of its file is not shown', async () => {
    const argv = ['apns', 'inspect', good, '--json', '--debug', '--password-file', 'hunter2'];
    const { exitCode, stdout, stderr } = await createMachine().run(argv);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('The file of --password-file does not exist');
    expect(stdout + stderr).not.toContain('hunter2');
  });

  test('base64 in place of a path is not shown whole', async () => {
    const text = p12Bytes('01-default-aes256').toString('base64');
    const { exitCode, stderr } = await createMachine().run(['apns', 'inspect'], {
      env: { MFA_CLI_P12: text },
    });
    expect(exitCode).toBe(3);
    expect(stderr).toBe(
      `mfa-cli: error: MFA_CLI_P12: ${text.slice(0, 40)}… is not a file: it looks like base64, which MFA_CLI_P12_BASE64 accepts\nmfa-cli: hint: Correct MFA_CLI_P12, or unset it.\n`,
    );
  });

  test('a password file over the limit is not judged as a .p12', async () => {
    const path = join(temporaryDirectory(), 'password');
    writeFileSync(path, 'x'.repeat(70_000));
    const { stderr } = await createMachine().run([
      'apns',
      'inspect',
      good,
      '--password-file',
      path,
    ]);
    expect(stderr).toBe('mfa-cli: error: The file of --password-file is larger than 64 KiB\n');
  });
});

describe('a named pipe without a writer is not waited for beyond the time-out', () => {
  test.each<[string, (pipe: string) => readonly string[], Readonly<Record<string, string>>]>([
    ['the .p12', (pipe) => ['apns', 'inspect', pipe], {}],
    ['its password', (pipe) => ['apns', 'inspect', good, '--password-file', pipe], {}],
    [
      'the CA file',
      (pipe) => ['whoami', '--ca-file', pipe],
      { MFA_CLI_TENANT: 'https://127.0.0.1:9' },
    ],
    ['the data of a request', (pipe) => ['api', 'POST', '/x', '--data', `@${pipe}`], {}],
  ])('%s', async (_case, words, extra) => {
    const env = { MFA_CLI_P12_PASSWORD: 'secret', MFA_CLI_TOKEN: 'opaque', ...extra };
    const argv = [...words(pipeIn(temporaryDirectory())), '--timeout', '1'];
    const { exitCode, stdout, stderr } = await createMachine().run(argv, { env });
    expect(stdout + stderr).toContain(' is a pipe that delivered nothing in time');
    expect([3, 4]).toContain(exitCode);
  });

  test('the .p12, of the program', async () => {
    const words = ['apns', 'inspect', pipeIn(temporaryDirectory()), '--timeout', '0.5'];
    const { exitCode, stderr } = await runProgram(words, cleanEnvironment());
    expect(exitCode).toBe(3);
    expect(stderr).toContain(' is a pipe that delivered nothing');
  });

  test.each([
    ['--state', 3, 'is not a regular file'],
    ['--apns-ca', 2, 'already exists'],
  ])('what the emulator keeps: %s', async (option, expected, why) => {
    const pipe = pipeIn(temporaryDirectory());
    const words = ['emulator', '--port', '0', option, pipe, '--timeout', '1'];
    const { exitCode, stderr } = await createMachine().run(words);
    expect([exitCode, stderr]).toEqual([expected, expect.stringContaining(`${pipe} ${why}`)]);
  });
});
