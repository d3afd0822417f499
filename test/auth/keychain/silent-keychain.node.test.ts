import { expect, test } from 'vitest';
import { cleanEnvironment, runProgram } from '../../support/process.ts';

const module = new URL('../../support/silent-keychain.mjs', import.meta.url).href;

test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
  ['--timeout', ['--timeout', '0.5'], {}],
  ['MFA_CLI_TIMEOUT', [], { MFA_CLI_TIMEOUT: '0.5' }],
])('a keychain that never answers is waited for as long as %s says', async (_by, words, more) => {
  const env = cleanEnvironment({ NODE_OPTIONS: `--import ${module}`, ...more });
  const line = ['login', '--tenant', 'http://127.0.0.1:9', '--store', 'keychain', '--json'];
  const { exitCode, stdout } = await runProgram([...line, ...words], env);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'keychain-unavailable',
    message: expect.stringContaining(' within 0.5 seconds'),
    exitCode,
  });
});
