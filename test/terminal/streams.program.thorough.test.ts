import { describe, expect, test } from 'vitest';
import { commandWords } from '../support/command-words.ts';
import { p12Path } from '../support/fixtures.ts';
import { isThorough, patience } from '../support/patience.ts';
import { cleanEnvironment, runProgram, runShell } from '../support/process.ts';
import { isMissing } from '../support/tools.ts';

const bashTest = test.skipIf(isMissing('bash'));
const good = p12Path('01-default-aes256');

describe('without a terminal, with stdin closed,', () => {
  const others = commandWords.filter((words) => words !== 'emulator');
  bashTest.each(others.filter((_words, index) => isThorough || index % 10 === 0))(
    '%s ends in time and answers in JSON',
    async (words) => {
      const started = performance.now();
      const { exitCode, stdout } = await runShell(
        `cd "$HOME" && mfa-cli ${words} --json <&-`,
        cleanEnvironment(),
      );
      expect(performance.now() - started).toBeLessThan(20_000 * patience);
      expect([0, 2, 3, 4, 5]).toContain(exitCode);
      expect(JSON.parse(stdout)).toBeTypeOf('object');
    },
  );

  test('a password that is needed ends with 2', async () => {
    const { exitCode, stdout, stderr } = await runProgram(
      ['apns', 'inspect', good],
      cleanEnvironment(),
    );
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--password-file');
  });
});

describe.skipIf(isMissing('bash'))('a closed pipe', () => {
  test.each(['--help', `apns inspect ${good}`])('mfa-cli %s | head -1 is quiet', async (line) => {
    const { exitCode, stderr } = await runShell(
      `set -o pipefail; mfa-cli ${line} | head -1 >/dev/null`,
      cleanEnvironment({ MFA_CLI_P12_PASSWORD: 'secret' }),
    );
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  test('a large answer comes whole', async () => {
    const { stdout } = await runShell(
      `mfa-cli apns convert ${p12Path('71-1MB-friendlyname')} | wc -c`,
      cleanEnvironment(),
    );
    expect(Number(stdout)).toBeGreaterThan(1_300_000);
  });
});
