import { expect, test } from 'vitest';
import { cleanEnvironment, runProgram } from '../../support/process.ts';

interface Check {
  readonly code: string;
  readonly level: string;
  readonly message: string;
}

const levelsIn = (stdout: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (JSON.parse(stdout).checks as Check[]).map(({ code, level }) => [code, level]),
  );

test('a user without a home directory is told so, and the rest is checked all the same', async () => {
  const { MFA_CLI_CONFIG_DIR: _, ...env } = cleanEnvironment({ HOME: '' });
  const { exitCode, stdout } = await runProgram(['doctor', '--timeout', '1', '--json'], env);
  expect(exitCode).toBe(4);
  expect(levelsIn(stdout)).toMatchObject({
    'configuration-directory': 'error',
    store: 'not-checked',
    profile: 'warning',
    proxy: 'ok',
    ca: 'ok',
  });
});
