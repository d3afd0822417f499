import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/errors/cli-error.ts';
import { projectPath } from '../commands/app/copied-project.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { createMachine } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import {
  cleanEnvironment,
  ctrlC,
  endOnSignal,
  openTerminal,
  startProgram,
} from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';
import { slowFile } from './slow-file.ts';

const env = { MFA_CLI_P12_PASSWORD: 'secret' };

describe('the reading of a file', () => {
  const pack = [
    'apns',
    'pack',
    '--cert',
    applePath('aps.cer'),
    '--key',
    applePath('key.pem'),
    '--out',
    '-',
  ];
  const [inspect, check] = [
    ['apns', 'inspect', p12Path('01-default-aes256')],
    ['app', 'check'],
  ];

  test.each<[late: ErrorCode, words: readonly string[]]>([
    ['pkcs12-unsupported', inspect],
    ['certificate-not-recognized', pack],
    ['key-not-recognized', pack],
    ['project-not-recognized', [...check, projectPath('classic')]],
  ])('ends with %s when its own time is over', async (late, words) => {
    const given = { ...env, MFA_CLI_KEY_PASSWORD: 'secret' };
    const { exitCode, stdout } = await createMachine().run([...words, '--json'], {
      env: given,
      late,
    });
    const { error } = JSON.parse(stdout);
    expect([exitCode, error.code]).toEqual([3, late]);
    expect(error.message).toContain('takes longer than 60 s to read');
  });

  test('is no wait for the network, which --timeout bounds', async () => {
    const argv = [...inspect, '--timeout', '0.000001'];
    expect(await createMachine().run(argv, { env })).toMatchObject({ exitCode: 0 });
  });
});

describe('while a .p12 is opened', () => {
  test('SIGTERM ends with 143 before it is, and leaves nothing behind', async () => {
    const [directory, passwords] = [temporaryDirectory(), join(temporaryDirectory(), 'password')];
    execFileSync('mkfifo', [passwords]);
    const words = [
      'apns',
      'convert',
      slowFile(),
      '--format',
      'pem',
      '--out',
      join(directory, 'out.pem'),
    ];
    const child = startProgram([...words, '--password-file', passwords], cleanEnvironment());
    // Read by a program that is ready for a signal.
    await writeFile(passwords, 'secret');
    await setTimeout(200);
    child.kill('SIGTERM');
    expect((await endOnSignal(child)).exitCode).toBe(143);
    expect(readdirSync(directory)).toEqual([]);
  });

  test.skipIf(isMissing('script'))(
    'Ctrl-C ends with 130 and leaves the terminal as it was',
    async () => {
      const terminal = openTerminal(['apns', 'inspect', slowFile()], cleanEnvironment(env));
      await terminal.read('Opening');
      terminal.type(ctrlC);
      expect(await terminal.end()).toMatchObject({ exitCode: 130, restored: true });
    },
  );
});
