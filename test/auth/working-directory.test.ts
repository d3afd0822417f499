import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { cleanEnvironment, runShell } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

test.skipIf(isMissing('bash'))(
  'nothing is kept in the working directory where HOME is set to nothing and XDG_CONFIG_HOME is relative',
  async () => {
    const env = cleanEnvironment({ HOME: '', XDG_CONFIG_HOME: 'here', MFA_CLI_CONFIG_DIR: '' });
    const { stdout } = await runShell(`cd '${temporaryDirectory()}' && mfa-cli doctor --json`, env);
    const { checks } = JSON.parse(stdout);
    const { message } = checks.find(({ code }: { code: string }) => code === 'configuration-directory');
    expect(message.startsWith(`${userInfo().homedir}/here/mfa-cli`)).toBe(true);
  },
);
