import { copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectPath } from './commands/app/copied-project.ts';
import { writeBuiltApp } from './support/built-app/built-app.ts';
import { p12Path } from './support/fixtures.ts';
import { cleanEnvironment, runShell } from './support/process.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { isMissing } from './support/tools.ts';

const page = readFileSync(new URL('../docs/app.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/(?<!-->\n\n)^```sh\n([\s\S]*?)^```$/gm)];

test.skipIf(isMissing('bash'))('the command lines of docs/app.md run', async () => {
  const directory = temporaryDirectory();
  cpSync(projectPath('classic'), join(directory, 'ios/MyApp'), { recursive: true });
  mkdirSync(join(directory, 'build'));
  writeBuiltApp(join(directory, 'build/MyApp.ipa'), { profileExpires: '2120-01-01T00:00:00Z' });
  copyFileSync(p12Path('01-default-aes256'), join(directory, 'cert.p12'));
  const env = cleanEnvironment({ MFA_CLI_P12_PASSWORD: 'secret' });
  expect(blocks).toHaveLength(2);
  for (const [, lines = ''] of blocks) {
    const { exitCode, stdout, stderr } = await runShell(`set -e; cd '${directory}'\n${lines}`, env);
    expect([lines, exitCode, stderr]).toEqual([lines, 0, '']);
    expect(stdout).toContain('✓ The app ');
  }
});
