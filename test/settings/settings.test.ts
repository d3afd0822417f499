import { describe, expect, test } from 'vitest';
import type { ProfileStore, SettingKey } from '../../src/auth/profile.ts';
import { noProfiles, withSetting } from '../../src/auth/profiles.ts';
import type { Context, Environment } from '../../src/context.ts';
import { readCommandLine } from '../../src/settings/command-line.ts';
import { type Settings, settingsFrom } from '../../src/settings/settings.ts';
import { createMachine } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';

type Options = Parameters<typeof settingsFrom>[0];

/** Settings of these options and variables, over a profile that holds these. */
function settingsOf(
  options: Options,
  env: Environment = {},
  held: Readonly<Partial<Record<SettingKey, string>>> = {},
  timeout: number | null = null,
): Settings {
  const profiles = Object.entries(held).reduce(
    (kept, [key, value]) => withSetting(kept, 'default', key as SettingKey, value),
    noProfiles,
  );
  return settingsFrom(options, { store: {} as ProfileStore, profiles }, { env, timeout } as Context);
}

/** Of a setting: how an option and the others give it, as one and another value, and what it is without any. */
const settings: readonly (readonly [
  key: SettingKey,
  option: (value: string) => Options,
  values: readonly [option: string, variable: string, profile: string],
  read: (settings: Settings) => unknown,
  meant: (value: string) => unknown,
  unset: unknown,
])[] = [
  [
    'tenant',
    (tenant) => ({ tenant }),
    ['a.example.com', 'b.example.com', 'c.example.com'],
    ({ tenant }) => tenant(),
    (host) => `https://${host}`,
    null,
  ],
  ['app-id', (appId) => ({ appId }), ['a', 'b', 'c'], ({ appId }) => appId, String, 'mfa-cli'],
  ['client-id', (clientId) => ({ clientId }), ['a', 'b', 'c'], ({ clientId }) => clientId, String, 'mfa-cli'],
  ['scope', (scope) => ({ scope }), ['a', 'b', 'c'], ({ scope }) => scope, String, 'all'],
  ['port', (port) => ({ port }), ['1', '2', '3'], ({ port }) => port(), Number, 8400],
  [
    'client-app-key',
    (clientAppKey) => ({ clientAppKey }),
    ['a', 'b', 'c'],
    ({ clientAppKey }) => clientAppKey,
    String,
    null,
  ],
  ['ca-file', (caFile) => ({ caFile }), ['a', 'b', 'c'], ({ network }) => network.caFile, String, null],
  [
    'platform-token',
    () => ({ platformToken: true }),
    ['1', '0', '1'],
    ({ platformToken }) => platformToken,
    (value) => value === '1',
    false,
  ],
];

describe.each(settings)('%s', (key, option, [first, second, third], read, meant, unset) => {
  const variable = `MFA_CLI_${key.toUpperCase().replaceAll('-', '_')}`;
  test.each<[string, Settings, unknown]>([
    [
      'an option goes first',
      settingsOf(option(first), { [variable]: second }, { [key]: third }),
      meant(first),
    ],
    [`then ${variable}`, settingsOf({}, { [variable]: second }, { [key]: third }), meant(second)],
    ['which is unset where it is empty', settingsOf({}, { [variable]: '' }, { [key]: third }), meant(third)],
    ['then the profile', settingsOf({}, {}, { [key]: third }), meant(third)],
    ['then a default', settingsOf({}), unset],
  ])('%s', (_rule, resolved, expected) => {
    expect(read(resolved)).toBe(expected);
  });
});

describe('the profile', () => {
  const current = { ...noProfiles, current: 'current' };
  test.each<[string, Options, Environment, typeof noProfiles, string]>([
    ['an option goes first', { profile: 'option' }, { MFA_CLI_PROFILE: 'variable' }, current, 'option'],
    ['then MFA_CLI_PROFILE', {}, { MFA_CLI_PROFILE: 'variable' }, current, 'variable'],
    ['then the current one', {}, { MFA_CLI_PROFILE: '' }, current, 'current'],
    ['then default', {}, {}, noProfiles, 'default'],
  ])('%s', (_rule, options, env, profiles, expected) => {
    const context = { env, timeout: null } as Context;
    expect(settingsFrom(options, { store: {} as ProfileStore, profiles }, context).profileName).toBe(
      expected,
    );
  });
});

test('that a value is set is told of none but a default', () => {
  const settings = settingsOf({ appId: 'mfa-cli' }, { MFA_CLI_SCOPE: 'all' }, { port: '8400' });
  const keys = ['app-id', 'scope', 'port', 'client-id', 'tenant'] as const;
  expect(keys.map((key) => settings.isSet(key))).toEqual([true, true, true, false, false]);
});

test.each([
  [null, 30_000],
  [0.5, 500],
])('a time-out of %j s bounds the network with %i ms', (timeout, expected) => {
  expect(settingsOf({}, {}, {}, timeout).network.timeout).toBe(expected);
});

test.each<[Environment, Settings['credentials']]>([
  [{}, null],
  [{ MFA_CLI_TOKEN: '', MFA_CLI_CLIENT_SECRET: '' }, null],
  [{ MFA_CLI_TOKEN: 'token', MFA_CLI_CLIENT_SECRET: 'secret' }, 'token'],
  [{ MFA_CLI_CLIENT_SECRET: 'secret' }, 'client-secret'],
  [{ MFA_CLI_CLIENT_SECRET_FILE: 'no-such-file' }, 'client-secret'],
])('credentials of %j are found without reading a file', (env, expected) => {
  expect(settingsOf({}, env).credentials).toBe(expected);
});

test('what is wrong is told where it is needed', () => {
  const settings = settingsOf(
    { tenant: 'ftp://wrong', port: 'x' },
    { MFA_CLI_TOKEN: 'two\nlines', MFA_CLI_P12: 'a', MFA_CLI_P12_BASE64: 'b' },
  );
  for (const need of [settings.tenant, settings.port, settings.accessToken, settings.p12.location])
    expect(need).toThrow(expect.objectContaining({ code: 'usage' }));
});

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
  ['and a tenant are not there', { MFA_CLI_CLIENT_ID: 'ci@example.com' }, 2, 'usage', '--tenant'],
  ['is empty, with no tenant', { MFA_CLI_CLIENT_SECRET: '' }, 2, 'usage', 'MFA_CLI_CLIENT_SECRET'],
  ['is not there, elsewhere', named, 2, 'usage', 'MFA_CLI_CLIENT_SECRET'],
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

const none = { json: false, compact: false, quiet: false, debug: false, noColor: false, noInput: false };

describe('the flags', () => {
  test.each<[string, Record<string, string>, Partial<typeof none>]>([
    ['whoami', {}, {}],
    ['whoami --json --compact --quiet --debug --no-color --no-input', {}, all(true)],
    ['--json whoami', {}, { json: true }],
    ['no-such-command --json', {}, { json: true }],
    // The parser refuses it as a value, and its error is said as JSON.
    ['push send --challenge --json', {}, { json: true }],
    ['whoami -- --json', {}, {}],
    ['whoami --json=1', {}, {}],
    ['whoami', { MFA_CLI_DEBUG: '1', CI: 'true' }, { debug: true, noInput: true }],
    ['whoami', { MFA_CLI_DEBUG: '0', CI: 'false' }, {}],
    ['whoami', { CI: '' }, {}],
  ])('of `%s` with %j', (line, env, flags) => {
    expect(readCommandLine(line.split(' '), env).flags).toEqual({ ...none, ...flags });
  });
});

function all(value: boolean): typeof none {
  return { json: value, compact: value, quiet: value, debug: value, noColor: value, noInput: value };
}

test.each<[string, string, readonly string[] | null]>([
  ['apns set --json', 'apns set --json', null],
  ['help', '--help', []],
  ['help apns set --json', 'apns set --json --help', ['apns', 'set']],
  ['apns help', 'apns help', null],
])('`%s` is parsed as `%s`', (line, words, helpOn) => {
  expect(readCommandLine(line.split(' '), {})).toMatchObject({ words: words.split(' '), helpOn });
});

test.each<[string, boolean]>([
  ['--version', true],
  ['-V', true],
  ['--version --json', false],
  ['version', false],
])('`%s` asks for the bare version: %j', (line, isVersion) => {
  expect(readCommandLine(line.split(' '), {}).isVersion).toBe(isVersion);
});

test.each<[string, string | null]>([
  ['login --password hunter2', 'password'],
  ['login --token=hunter2', 'token'],
  ['--client-secret', 'client-secret'],
  ['login --token x --password y', 'token'],
  ['login --password-file pw', null],
  ['login -- --password', null],
])('`%s` gives a secret in --%s', (line, option) => {
  expect(readCommandLine(line.split(' '), {}).secretOption).toBe(option);
});
