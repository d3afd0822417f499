import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { cleanEnvironment, runShell } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

test.skipIf(isMissing('bash')).each([
  ['HOME is set to nothing', { HOME: '' }],
  ['XDG_CONFIG_HOME is relative', { XDG_CONFIG_HOME: 'here' }],
])('nothing is kept in the working directory where %s', async (_, changed) => {
  const env: Record<string, string> = { ...cleanEnvironment(changed), MFA_CLI_CONFIG_DIR: '' };
  const { stdout } = await runShell(`cd '${temporaryDirectory()}' && mfa-cli doctor --json`, env);
  const { checks } = JSON.parse(stdout);
  const { message } = checks.find(({ code }: { code: string }) => code === 'configuration-directory');
  // Of a home that HOME names, doctor says `~`.
  expect(message.startsWith(env.HOME ? '~/' : `${userInfo().homedir}/`)).toBe(true);
});
