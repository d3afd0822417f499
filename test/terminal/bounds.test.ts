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
import { createMachine } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import { cleanEnvironment, ctrlC, endOnSignal, openTerminal, startProgram } from '../support/process.ts';
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
  const waitLonger = 'Allow more time with --timeout SECONDS or MFA_CLI_TIMEOUT.';

  const pack = (cert: string, key: string) => ['apns', 'pack', '--cert', cert, '--key', key, '--out', '-'];
  const slowKey = (): string => {
    const key = join(temporaryDirectory(), 'slow.key');
    const algorithm = pbes2('1.2.840.113549.2.12', 2_000_000);
    writeFileSync(key, toDer(make.sequence(algorithm, make.octetString(Buffer.alloc(32)))));
    return key;
  };
  const slowProject = () =>
    copyProject('classic', [`pbxproj ¦objects = {¦objects = {${'/* a */'.repeat(500_000)}`]);

  // So short a time is over before anything is read.
  test.each<[string, string, () => readonly string[]]>([
    ['a .p12', 'pkcs12-unsupported', () => ['apns', 'inspect', p12Path('01-default-aes256')]],
    ['a certificate', 'certificate-not-recognised', () => pack(applePath('aps.cer'), applePath('key.pem'))],
    ['a key', 'key-not-recognised', () => pack(applePath('aps.cer'), slowKey())],
    ['an Xcode project', 'project-not-recognised', () => ['app', 'check', slowProject()]],
  ])('of %s', async (what, code, words) => {
    // What stands before the key in the command line is read in time.
    const seconds = what === 'a key' ? '0.5' : '0.000001';
    const argv = [...words(), '--timeout', seconds, '--json'];
    const given = { ...env, MFA_CLI_KEY_PASSWORD: 'secret' };
    const { exitCode, stdout } = await createMachine().run(argv, { env: given });
    const { error } = JSON.parse(stdout);
    expect([exitCode, error]).toMatchObject([3, { code, hints: [waitLonger] }]);
    expect(error.message).toContain(`takes longer than ${Number(seconds)} s to read`);
  });
});

describe('while a .p12 is opened', () => {
  test('SIGTERM ends with 143 before it is, and leaves nothing behind', async () => {
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
    child.kill('SIGTERM');
    const { exitCode, died } = await endOnSignal(child);
    expect(exitCode).toBe(143);
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
