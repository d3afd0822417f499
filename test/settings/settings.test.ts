import { basename, isAbsolute } from 'node:path';
import { expect, test } from 'vitest';
import type { ProfileStore, SettingKey } from '../../src/auth/profile.ts';
import { noProfiles, withSetting } from '../../src/auth/profiles.ts';
import type { Environment } from '../../src/context.ts';
import { givenP12 } from '../../src/settings/certificate.ts';
import { readCommandLine } from '../../src/settings/command-line.ts';
import { globalOptions } from '../../src/settings/global-options.ts';
import {
  clientAppKey,
  connectionOptions,
  p12FileOptions,
  signInOptions,
} from '../../src/settings/options.ts';
import { type ParsedOptions, readOptions } from '../../src/settings/parser.ts';
import { settingsFrom } from '../../src/settings/resolve.ts';
import { orThrow, type Settings } from '../../src/settings/settings.ts';
import { testCases } from '../support/cases.ts';
import { createMachine } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';

const table = { ...globalOptions, ...connectionOptions, ...signInOptions, clientAppKey };

/** Settings of these options and variables, over these profiles. */
function settingsOf(
  parsed: ParsedOptions,
  env: Environment = {},
  profiles = noProfiles,
  timeout: number | null = null,
): Settings {
  const options = readOptions(table, parsed);
  const stored = { store: {} as ProfileStore, profiles };
  return settingsFrom(options, stored, { env, timeout }, options);
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
    if (name === 'caFile') return settings.network.caFile;
    return orThrow(settings[name === 'store' ? 'sessionStore' : (name as keyof Settings)]);
  },
  'the profile: of an option, of a variable, the current one': (option, variable, current) =>
    settingsOf(only('profile', option), only('MFA_CLI_PROFILE', variable), {
      ...noProfiles,
      ...only('current', current),
    }).profileName,
  'the user who must sign in: of an option, of a variable': (option, variable) =>
    settingsOf(only('loginHint', option), only('MFA_CLI_USER', variable)).loginHint,
  'what a sign-in keeps in its profile, besides where it went': (
    options: ParsedOptions,
    env: Environment,
  ) => {
    const told = ([key, value]: readonly [string, string]): string =>
      key === 'ca-file' && isAbsolute(value)
        ? `${key} ${basename(value)}, absolute`
        : `${key} ${value}`;
    return settingsOf(options, env).lasting.map(told);
  },
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
  expect(keys.map((key) => settings.chosenKeys.has(key))).toEqual([true, true, true, false, false]);
});

test('a time-out in seconds bounds the network', () => {
  const bounds = [null, 0.5].map(
    (timeout) => settingsOf({}, {}, noProfiles, timeout).network.timeout,
  );
  expect(bounds).toEqual([30_000, 500]);
});

test('what is wrong is told where it is needed', () => {
  const { tenant, port, accessToken } = settingsOf(
    { tenant: 'ftp://wrong', port: 'x' },
    { MFA_CLI_TOKEN: 'two\nlines' },
  );
  const twice = { MFA_CLI_P12: 'a', MFA_CLI_P12_BASE64: 'b' };
  const { location } = givenP12(readOptions(p12FileOptions, {}), twice);
  for (const given of [tenant, port, accessToken, location])
    expect(() => orThrow<unknown>(given)).toThrow(expect.objectContaining({ code: 'usage' }));
});
