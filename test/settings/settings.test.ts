import { expect, test } from 'vitest';
import type { ProfileStore, SettingKey } from '../../src/auth/profile.ts';
import { noProfiles, withSetting } from '../../src/auth/profiles.ts';
import type { Context, Environment } from '../../src/context.ts';
import { readCommandLine } from '../../src/settings/command-line.ts';
import { type Settings, settingsFrom } from '../../src/settings/settings.ts';
import { testCases } from '../support/cases.ts';
import { createMachine } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';

type Options = Parameters<typeof settingsFrom>[0];

/** Settings of these options and variables, over these profiles. */
function settingsOf(
  options: Options,
  env: Environment = {},
  profiles = noProfiles,
  timeout: number | null = null,
): Settings {
  return settingsFrom(options, { store: {} as ProfileStore, profiles }, {
    env,
    timeout,
  } as Context);
}

/** An object with this member; without one if the value is null. */
const only = <T>(name: string, value: T | null): Record<string, T> =>
  value === null ? {} : { [name]: value };

testCases('settings', {
  'a setting: of an option, of a variable, of the profile': (
    key: SettingKey,
    option: string | null,
    variable: string | null,
    held: string | null,
  ) => {
    const name = key.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const env = only(`MFA_CLI_${key.toUpperCase().replaceAll('-', '_')}`, variable);
    const profiles = held === null ? noProfiles : withSetting(noProfiles, 'default', key, held);
    const settings = settingsOf(only(name, option), env, profiles);
    const value = name === 'caFile' ? settings.network.caFile : settings[name as keyof Settings];
    return typeof value === 'function' ? (value as () => unknown)() : value;
  },
  'the profile: of an option, of a variable, the current one': (option, variable, current) =>
    settingsOf(only('profile', option), only('MFA_CLI_PROFILE', variable), {
      ...noProfiles,
      ...only('current', current),
    }).profileName,
  'credentials are found without reading a file': (env: Environment) =>
    settingsOf({}, env).credentials,
  'a secret that is not there': async (env: Record<string, string>) => {
    const set = ['apns', 'set', '--p12', p12Path('01-default-aes256'), '--client-app-key', 'k'];
    const ends = [set, ['whoami']].map(async (words) => {
      const options = { env: { ...secretPassword, ...env } };
      const { exitCode, stdout } = await createMachine().run([...words, '--json'], options);
      const { error } = JSON.parse(stdout);
      return [`${exitCode} ${error.code}`, ...error.hints].join(' · ');
    });
    return (await Promise.all(ends)).join(' ‖ ');
  },
  'a command line': (line: string, env: Environment) => {
    const { flags, words, helpOn, isVersion, secretOption } = readCommandLine(line.split(' '), env);
    const given = Object.entries(flags).filter(([, value]) => value);
    return {
      words: words.join(' '),
      flags: given.map(([name]) => name),
      helpOn,
      isVersion,
      secretOption,
    };
  },
});

test('that a value is set is told of none but a default', () => {
  const profiles = withSetting(noProfiles, 'default', 'port', '8400');
  const settings = settingsOf({ appId: 'mfa-cli' }, { MFA_CLI_SCOPE: 'all' }, profiles);
  const keys = ['app-id', 'scope', 'port', 'client-id', 'tenant'] as const;
  expect(keys.map((key) => settings.isSet(key))).toEqual([true, true, true, false, false]);
});

test('a time-out in seconds bounds the network', () => {
  const bounds = [null, 0.5].map(
    (timeout) => settingsOf({}, {}, noProfiles, timeout).network.timeout,
  );
  expect(bounds).toEqual([30_000, 500]);
});

test('what is wrong is told where it is needed', () => {
  const settings = settingsOf(
    { tenant: 'ftp://wrong', port: 'x' },
    { MFA_CLI_TOKEN: 'two\nlines', MFA_CLI_P12: 'a', MFA_CLI_P12_BASE64: 'b' },
  );
  for (const need of [settings.tenant, settings.port, settings.accessToken, settings.p12.location])
    expect(need).toThrow(expect.objectContaining({ code: 'usage' }));
});
