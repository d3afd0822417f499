import { isAbsolute, resolve } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Profiles, SettingKey } from '../../src/auth/profile.ts';
import { configurationDirectory } from '../../src/auth/profile-store.ts';
import {
  formTakenBy,
  latestRecord,
  noProfiles,
  profileNamed,
  withCertificate,
  withLogin,
  withoutCertificate,
  withoutProfile,
  withProfileRenamed,
  withSentAs,
  withSetting,
} from '../../src/auth/profiles.ts';
import { testCases } from '../support/cases.ts';
import { connectionTo, record, sessionAt, withSession } from './examples.ts';

const session = sessionAt('https://a.example');
const full: Profiles = {
  current: 'ci',
  profiles: {
    ci: { settings: { tenant: 'https://a.example', port: '1' }, session, certificates: [record] },
  },
};
const kept = {
  ...{ full, noProfiles, elsewhere: { ...full, current: 'x' } },
  default: { current: null, profiles: { default: profileNamed(full, 'ci') } },
  platform: withSetting(noProfiles, 'default', 'platform-token', '1'),
} as const;
type Kept = keyof typeof kept;
const before = structuredClone(full);

/** Profiles with the example’s session and certificate by name; what was handed in stays as it was. */
function shown(profiles: Profiles): unknown {
  expect(full).toEqual(before);
  const known = [session, record].map((one, index) => [
    JSON.stringify(one),
    index === 0 ? '"SESSION"' : '"RECORD"',
  ]);
  const text = known.reduce(
    (all, [one = '', name = '']) => all.replaceAll(one, name),
    JSON.stringify(profiles),
  );
  return JSON.parse(text);
}

const later = { ...record, setAt: '2030-02-01T00:00:00.000Z' };
const elsewhere = { ...record, tenant: 'https://b.example', setAt: '2030-03-01T00:00:00.000Z' };
const old = { ...record, clientAppKey: 'old', setAt: '2029-01-01T00:00:00.000Z' };
const all = [later, record, elsewhere, old].reduce(
  (profiles, one, index) => withCertificate(profiles, `p${index}`, one),
  noProfiles,
);

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
  'withCertificate: with what differs from the kept one': (
    of: Kept,
    name: string,
    change: object,
  ) => shown(withCertificate(kept[of], name, { ...record, ...change })),
  'withoutCertificate: with what differs from the kept one': (
    of: Kept,
    name: string,
    change: object,
  ) => shown(withoutCertificate(kept[of], name, { ...record, ...change })),
  'withProfileRenamed: to acme': (of: Kept, name: string) =>
    shown(withProfileRenamed(kept[of], name, 'acme')),
  withoutProfile: (of: Kept, name: string) => shown(withoutProfile(kept[of], name)),
  'profileNamed: in no profiles, and with a setting': (name: string) => [
    profileNamed(noProfiles, name),
    profileNamed(withSetting(noProfiles, name, 'scope', 's'), name),
  ],
  'withSentAs: tenants and forms, and what the last tenant takes then': (...pairs: string[]) => {
    let profiles: Profiles = full;
    for (let at = 0; at + 1 < pairs.length; at += 2)
      profiles = withSentAs(profiles, 'ci', pairs[at] ?? '', pairs[at + 1] ?? '');
    const taken = formTakenBy(
      profileNamed(profiles, 'ci'),
      pairs.at(-1 - ((pairs.length + 1) % 2)) ?? '',
    );
    return [profiles === full ? 'unchanged' : profiles.profiles.ci?.sentAs, taken];
  },
  'latestRecord: at a tenant, of a key or of any': (tenant: string | null, key?: string | null) => {
    const found = latestRecord(all, tenant, key);
    return found && [found.tenant, found.clientAppKey, found.setAt];
  },
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
