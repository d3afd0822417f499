import { userInfo } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { configurationDirectory } from '../../src/auth/configuration-directory.ts';
import { cleanEnvironment, runShell } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test.each([
  ['as it is', { MFA_CLI_CONFIG_DIR: '/somewhere/else' }, resolve('/somewhere/else')],
  ['a relative one made absolute', { MFA_CLI_CONFIG_DIR: 'here' }, resolve('here')],
])('the directory that the environment names, %s', async (_, env, expected) => {
  expect(await configurationDirectory(env)).toBe(expected);
});

test.each([
  ['unset', {}],
  ['empty', { MFA_CLI_CONFIG_DIR: '' }],
])('the platform’s own where the variable is %s', async (_, env) => {
  const directory = await configurationDirectory(env);
  expect(directory).toMatch(/mfa-cli/);
  expect(directory).not.toMatch(/nodejs/);
  expect(isAbsolute(directory)).toBe(true);
});

test.each([
  ['HOME is set to nothing', { HOME: '' }],
  ['XDG_CONFIG_HOME is relative', { XDG_CONFIG_HOME: 'here' }],
])('nothing is kept in the working directory where %s', async (_, changed) => {
  const env = { ...cleanEnvironment(changed), MFA_CLI_CONFIG_DIR: '' };
  const { stdout } = await runShell(`cd '${temporaryDirectory()}' && mfa-cli doctor --json`, env);
  const { checks } = JSON.parse(stdout);
  const { message } = checks.find(({ code }: { code: string }) => code === 'configuration-directory');
  expect(message.startsWith(`${userInfo().homedir}/`)).toBe(true);
});
