import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { make, toDer } from '../../src/pkcs12/asn1.ts';
import { copyProject } from '../commands/app/copied-project.ts';
import { encryptedPart, pbes2, pfx } from '../pkcs12/build.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { p12Path } from '../support/fixtures.ts';
import {
  cleanEnvironment,
  ctrlC,
  endOnSignal,
  openTerminal,
  runProgram,
  startProgram,
} from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const env = { MFA_CLI_P12_PASSWORD: 'secret' };

/** A file that takes two seconds of two cores to be found to have another password. */
function slowFile(): string {
  const path = join(temporaryDirectory(), 'slow.p12');
  // In small parts: the end of a process waits for the keys that are being derived.
  const part = () => encryptedPart(pbes2('1.2.840.113549.2.11', 250_000), Buffer.alloc(32));
  writeFileSync(path, pfx(Array.from({ length: 20 }, part)));
  return path;
}

describe('--timeout bounds the reading', () => {
  const waitLonger = 'Wait longer with --timeout SECONDS or MFA_CLI_TIMEOUT.';

  test('of a .p12', async () => {
    const file = slowFile();
    const { exitCode, stdout } = await runProgram(
      ['apns', 'inspect', file, '--timeout', '0.2', '--json'],
      cleanEnvironment(env),
    );
    expect([exitCode, JSON.parse(stdout).error]).toEqual([
      3,
      {
        code: 'pkcs12-unsupported',
        message: `${file} takes longer than 0.2 s to read`,
        hints: [waitLonger],
        exitCode: 3,
      },
    ]);
  });

  const pack = async (cert: string, key: string, seconds: string) => {
    const words = [
      'apns',
      'pack',
      '--cert',
      cert,
      '--key',
      key,
      '--out',
      '-',
      '--timeout',
      seconds,
      '--json',
    ];
    const variables = cleanEnvironment({ ...env, MFA_CLI_KEY_PASSWORD: 'secret' });
    const { exitCode, stdout } = await runProgram(words, variables);
    return [exitCode, JSON.parse(stdout).error];
  };

  test('of a certificate', async () => {
    // So short a time is over before anything is read.
    const outcome = await pack(applePath('aps.cer'), applePath('key.pem'), '0.000001');
    expect(outcome).toMatchObject([3, { code: 'certificate-not-recognised', hints: [waitLonger] }]);
  });

  test('of a key', async () => {
    const key = join(temporaryDirectory(), 'slow.key');
    const algorithm = pbes2('1.2.840.113549.2.12', 2_000_000);
    writeFileSync(key, toDer(make.sequence(algorithm, make.octetString(Buffer.alloc(32)))));
    const outcome = await pack(applePath('aps.cer'), key, '0.5');
    expect(outcome).toMatchObject([3, { code: 'key-not-recognised', hints: [waitLonger] }]);
  });

  test('of an Xcode project', async () => {
    const directory = copyProject('classic', [
      ['Approver.xcodeproj/project.pbxproj', 'objects = {', `objects = {${'/* a */'.repeat(500_000)}`],
    ]);
    const { exitCode, stdout } = await runProgram(
      ['app', 'check', directory, '--timeout', '0.001', '--json'],
      cleanEnvironment(),
    );
    expect([exitCode, JSON.parse(stdout).error]).toMatchObject([
      3,
      {
        code: 'project-not-recognised',
        message: `${directory} takes longer than 0.001 s to read`,
        hints: [waitLonger],
      },
    ]);
  });

  test('a time-out that is none is refused', async () => {
    const { exitCode } = await runProgram(
      ['apns', 'inspect', p12Path('01-default-aes256'), '--timeout', 'soon'],
      cleanEnvironment(env),
    );
    expect(exitCode).toBe(2);
  });
});

describe('while a .p12 is opened', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends with %i before it is, and leaves nothing behind', async (signal, expected) => {
    const [directory, passwords] = [temporaryDirectory(), join(temporaryDirectory(), 'password')];
    execFileSync('mkfifo', [passwords]);
    const words = ['apns', 'convert', slowFile(), '--format', 'pem', '--out', join(directory, 'out.pem')];
    const child = startProgram([...words, '--password-file', passwords, '--json'], cleanEnvironment());
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    await writeFile(passwords, 'secret');
    await setTimeout(200);
    child.kill(signal);
    const { exitCode, died } = await endOnSignal(child);
    expect(exitCode).toBe(expected);
    expect(died || JSON.parse(stdout).error.code).toBe(died || 'interrupted');
    expect(readdirSync(directory)).toEqual([]);
  });

  test.skipIf(isMissing('script'))('Ctrl-C ends with 130 and leaves the terminal as it was', async () => {
    const terminal = openTerminal(['apns', 'inspect', slowFile()], cleanEnvironment(env));
    await terminal.read('Opening');
    terminal.type(ctrlC);
    expect(await terminal.end()).toMatchObject({ exitCode: 130, restored: true });
  });
});
