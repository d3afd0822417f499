import { isAbsolute, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { configurationDirectory } from '../../src/auth/profile-store.ts';

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
