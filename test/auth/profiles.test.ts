import { isAbsolute, resolve } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Profiles, SettingKey } from '../../src/auth/profile.ts';
import { configurationDirectory } from '../../src/auth/profile-store.ts';
import {
  noProfiles,
  profileNamed,
  withLogin,
  withoutProfile,
  withProfileRenamed,
  withSetting,
} from '../../src/auth/profiles.ts';
import { testCases } from '../support/cases.ts';
import { connectionTo, sessionAt, withSession } from './examples.ts';

const session = sessionAt('https://a.example');
const full: Profiles = {
  current: 'ci',
  profiles: {
    ci: { settings: { tenant: 'https://a.example', port: '1' }, session },
  },
};
const kept = {
  ...{ full, noProfiles, elsewhere: { ...full, current: 'x' } },
  default: { current: null, profiles: { default: profileNamed(full, 'ci') } },
  platform: withSetting(noProfiles, 'default', 'platform-token', '1'),
} as const;
type Kept = keyof typeof kept;
const before = structuredClone(full);

/** Profiles with the example’s session by name; what was handed in stays as it was. */
function shown(profiles: Profiles): unknown {
  expect(full).toEqual(before);
  return JSON.parse(JSON.stringify(profiles).replaceAll(JSON.stringify(session), '"SESSION"'));
}

testCases('auth/changes', {
  'withLogin: to profiles, as one of them, at https://b.example': (
    of: Kept,
    profile: string,
    platformToken: boolean,
  ) =>
    shown(
      withLogin(kept[of], connectionTo('https://b.example', { profile, platformToken }), session),
    ),
  'withSession: of profiles, none or the example’s': (of: Kept, name: string, isNone: boolean) =>
    shown(withSession(kept[of], name, isNone ? null : session)),
  withSetting: (of: Kept, name: string, key: SettingKey, value: string | null) =>
    shown(withSetting(kept[of], name, key, value)),
  'withProfileRenamed: to acme': (of: Kept, name: string) =>
    shown(withProfileRenamed(kept[of], name, 'acme')),
  withoutProfile: (of: Kept, name: string) => shown(withoutProfile(kept[of], name)),
  'profileNamed: in no profiles, and with a setting': (name: string) => [
    profileNamed(noProfiles, name),
    profileNamed(withSetting(noProfiles, name, 'scope', 's'), name),
  ],
});

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

test.runIf(process.platform === 'linux')(
  'never the working directory, though HOME is empty and XDG_CONFIG_HOME relative',
  async () => {
    vi.stubEnv('HOME', '');
    vi.stubEnv('XDG_CONFIG_HOME', 'here');
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(configurationDirectory({})).rejects.toThrow('No home directory found');
  },
);

test('below LOCALAPPDATA on Windows, from where no domain copies it', async () => {
  const { platform } = process;
  vi.stubEnv('APPDATA', '/roaming');
  vi.stubEnv('LOCALAPPDATA', '/local');
  Object.defineProperty(process, 'platform', { value: 'win32' });
  try {
    expect(await configurationDirectory({})).toMatch(/^\/local\/mfa-cli/);
  } finally {
    Object.defineProperty(process, 'platform', { value: platform });
    vi.unstubAllEnvs();
  }
});

test.each([
  ['ci', 'ci'],
  [null, 'other'],
])(
  'a sign-in with another profile than the current one, %s, leaves %s current',
  (current, left) => {
    const connection = connectionTo('https://a.example', { profile: 'other' });
    expect(withLogin({ ...full, current }, connection, session).current).toBe(left);
  },
);
