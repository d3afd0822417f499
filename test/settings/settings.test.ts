import { describe, expect, test } from 'vitest';
import type { ProfileStore, SettingKey } from '../../src/auth/profile.ts';
import { noProfiles, withCurrent, withSetting } from '../../src/auth/profiles.ts';
import type { Context, Environment } from '../../src/context.ts';
import { type Settings, settingsFrom } from '../../src/settings/settings.ts';

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
  const current = withCurrent(noProfiles, 'current');
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
