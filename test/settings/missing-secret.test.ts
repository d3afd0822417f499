import { expect, test } from 'vitest';
import { createMachine } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';

const tenant = { MFA_CLI_TENANT: 'http://127.0.0.1:1' };
const named = { ...tenant, MFA_CLI_CLIENT_ID: 'ci@example.com' };

test.each<[string, Record<string, string>, number, string, string]>([
  ['is empty', { ...named, MFA_CLI_CLIENT_SECRET: '' }, 2, 'usage', 'MFA_CLI_CLIENT_SECRET'],
  [
    'has a file that is empty',
    { ...named, MFA_CLI_CLIENT_SECRET_FILE: '' },
    2,
    'usage',
    'MFA_CLI_CLIENT_SECRET_FILE',
  ],
  ['is a token that is empty', { ...tenant, MFA_CLI_TOKEN: '' }, 2, 'usage', 'MFA_CLI_TOKEN'],
  ['is not there, in CI', { ...named, CI: 'true' }, 2, 'usage', 'MFA_CLI_CLIENT_SECRET'],
  ['is empty, with no tenant', { MFA_CLI_CLIENT_SECRET: '' }, 2, 'usage', 'MFA_CLI_CLIENT_SECRET'],
  ['is not there, elsewhere', named, 5, 'not-signed-in', 'mfa-cli login'],
  ['was never meant to be, in CI', { ...tenant, CI: 'true' }, 5, 'not-signed-in', 'mfa-cli login'],
])('a secret that %s', async (_, env, exitCode, code, hint) => {
  for (const words of [
    ['apns', 'set', '--p12', p12Path('01-default-aes256'), '--json', '--client-app-key', 'k'],
    ['whoami', '--json'],
  ]) {
    const result = await createMachine().run(words, { env: { ...secretPassword, ...env } });
    const { error } = JSON.parse(result.stdout);
    expect([words[0], result.exitCode, error?.code]).toEqual([words[0], exitCode, code]);
    expect(error.hints.join(' ')).toContain(hint);
  }
});
