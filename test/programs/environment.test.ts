import { expect, test } from 'vitest';
import { takeEnvironment } from '../../src/programs/environment.ts';
import { unknownVariables } from '../../src/settings/table.ts';

test('children inherit nothing that is meant for this program alone, and no password of a proxy', () => {
  const original = {
    PATH: '/bin',
    MFA_CLI_TOKEN: 'token',
    MFA_CLI_P12_PASSWORD: '',
    mfa_cli_client_secret: 'secret',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    HTTPS_PROXY: 'http://ada:s3cret@proxy.example:3128',
    http_proxy: 'ada:p@ss@proxy.example:3128',
    ALL_PROXY: 'socks5://ada:a/b@proxy.example',
    NO_PROXY: 'localhost,.example.com',
    npm_config_https_proxy: 'http://x:y@[::1]:3128/',
  };
  const variables = { ...original };
  expect(takeEnvironment(variables)).toEqual(original);
  expect(variables).toEqual({
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy.example:3128',
    http_proxy: 'proxy.example:3128',
    ALL_PROXY: 'socks5://proxy.example',
    NO_PROXY: 'localhost,.example.com',
    npm_config_https_proxy: 'http://[::1]:3128/',
  });
});

test.each([
  ['MFA_CLI_TENNANT', 'MFA_CLI_TENANT'],
  ['MFA_CLI_CLIENTID', 'MFA_CLI_CLIENT_ID'],
  ['MFA_CLI_P12_PASS', 'MFA_CLI_P12_PASSWORD'],
  ['MFA_CLI_CLIENT_SECRETS', 'MFA_CLI_CLIENT_SECRET'],
  ['MFA_CLI_COLOUR', undefined],
  ['MFA_CLI_', undefined],
  [`MFA_CLI_${'X'.repeat(10_000)}`, undefined],
])('%s is not read; what was meant is %s', (name, meant) => {
  const guess = meant === undefined ? '' : `; did you mean ${meant}?`;
  expect(unknownVariables({ [name]: 'value', MFA_CLI_TENANT: 'x', PATH: '/bin' })).toEqual([
    `${name} is not a variable that mfa-cli reads${guess}`,
  ]);
});

test('what a name of a variable holds reaches no terminal', () => {
  expect(unknownVariables({ 'MFA_CLI_\u001b[8m': '' })).toEqual([expect.not.stringContaining('\u001b')]);
});
