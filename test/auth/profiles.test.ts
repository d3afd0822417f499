import { userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Profile, Profiles } from '../../src/auth/profile.ts';
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
import { connectionTo, record, sessionAt, withSession } from './examples.ts';

const session = sessionAt('https://a.example');
const empty = { settings: {}, session: null, certificates: [] };
const full: Profiles = {
  current: 'ci',
  profiles: { ci: { settings: { tenant: 'https://a.example', port: '1' }, session, certificates: [record] } },
};
const ci = profileNamed(full, 'ci');
const signedIn = { tenant: 'https://b.example', 'app-id': 'mfa-cli', 'client-id': 'mfa-cli', scope: 'all' };

describe('changes of profiles', () => {
  const b = 'https://b.example';
  const atB = { ...record, tenant: b };
  const ofKey = { ...record, clientAppKey: 'k' };
  const other = { ...record, fingerprint: 'cd' };
  const platform = connectionTo(b, { profile: 'ci', platformToken: true });
  const newcomer = { settings: { ...signedIn, port: '1', 'platform-token': '1' } };

  test.each<[string, Profiles, Partial<Profile>]>([
    ['a login', withLogin(full, platform, session), newcomer],
    ['a session forgotten', withSession(full, 'ci', null), { session: null }],
    ['a setting', withSetting(full, 'ci', 'port', '2'), { settings: { ...ci.settings, port: '2' } }],
    ['a setting removed', withSetting(full, 'ci', 'port', null), { settings: { tenant: record.tenant } }],
    ['a certificate replaced', withCertificate(full, 'ci', other), { certificates: [other] }],
    ['another tenant’s certificate', withCertificate(full, 'ci', atB), { certificates: [record, atB] }],
    ['another key’s certificate', withCertificate(full, 'ci', ofKey), { certificates: [record, ofKey] }],
    ['a certificate deleted', withoutCertificate(full, 'ci', record), { certificates: [] }],
  ])('%s, over what was there', (_, changed, expected) => {
    expect(changed).toEqual({ ...full, profiles: { ci: { ...ci, ...expected } } });
  });

  const bare = withSetting(noProfiles, 'default', 'platform-token', '1');
  const elsewhere = { ...full, current: 'x' };
  const renamed = (profiles: Profiles, name = 'ci') => withProfileRenamed(profiles, name, 'acme');
  const first = { ...empty, settings: signedIn, session };
  const [bySession, byLogin] = [
    withSession(noProfiles, 'a.b', session),
    withLogin(bare, connectionTo(b), session),
  ];
  test.each<[string, Profiles, string | null, Profiles['profiles']]>([
    ['a first session', bySession, null, { 'a.b': { ...empty, session } }],
    ['a first login, without the platform token', byLogin, 'default', { default: first }],
    ['the current profile renamed', renamed(full), 'acme', { acme: ci }],
    [
      'the default renamed',
      renamed({ current: null, profiles: { default: ci } }, 'default'),
      'acme',
      { acme: ci },
    ],
    ['another one renamed', renamed(elsewhere), 'x', { acme: ci }],
    ['the current profile removed', withoutProfile(full, 'ci'), null, {}],
    ['another one removed', withoutProfile(elsewhere, 'ci'), 'x', {}],
  ])('%s', (_, changed, current, profiles) => {
    expect(changed).toEqual({ current, profiles });
  });

  test.each(['constructor', '__proto__', 'toString', 'absent'])('the profile %s is not inherited', (name) => {
    expect(profileNamed(noProfiles, name)).toEqual(empty);
    const { settings } = profileNamed(withSetting(noProfiles, name, 'scope', 's'), name);
    expect(settings).toEqual({ scope: 's' });
  });

  test('what was handed in stays as it was', () => {
    const before = structuredClone(full);
    withSetting(withCertificate(withSession(full, 'ci', null), 'ci', record), 'ci', 'port', '3');
    expect(full).toEqual(before);
  });
});

describe('how a tenant took the parameters of a certificate', () => {
  const [here, elsewhere] = ['https://a.example', 'https://b.example'];
  const asForm = withSentAs(full, 'ci', here, 'form');
  const takenBy = (profiles: Profiles, tenant: string) => formTakenBy(profileNamed(profiles, 'ci'), tenant);

  test('is remembered by tenant, beside what else the profile holds', () => {
    const both = withSentAs(asForm, 'ci', elsewhere, 'query');
    expect(both.profiles.ci).toEqual({ ...ci, sentAs: { [here]: 'form', [elsewhere]: 'query' } });
    expect([takenBy(both, here), takenBy(both, elsewhere)]).toEqual(['form', 'query']);
  });

  test('is unknown at first, and not inherited from all objects', () => {
    const found = [takenBy(full, here), takenBy(asForm, elsewhere), takenBy(asForm, 'constructor')];
    expect(found).toEqual([null, null, null]);
  });

  test('changes nothing where the next try would begin so anyway', () => {
    expect(withSentAs(full, 'ci', here, 'json')).toBe(full);
    expect(withSentAs(asForm, 'ci', here, 'form')).toBe(asForm);
    expect(takenBy(withSentAs(asForm, 'ci', here, 'json'), here)).toBe('json');
  });
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
    expect(await configurationDirectory({})).toBe(join(userInfo().homedir, 'here', 'mfa-cli'));
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

describe('what this machine set last', () => {
  const later = { ...record, setAt: '2030-02-01T00:00:00.000Z' };
  const elsewhere = { ...record, tenant: 'https://b.example', setAt: '2030-03-01T00:00:00.000Z' };
  const old = { ...record, clientAppKey: 'old', setAt: '2029-01-01T00:00:00.000Z' };
  const all = [later, record, elsewhere, old].reduce(
    (profiles, one, i) => withCertificate(profiles, `p${i}`, one),
    noProfiles,
  );
  const { tenant, clientAppKey } = record;

  test.each<[string, string | null, string | null | undefined, unknown]>([
    ['the last one, whichever profile set it', tenant, clientAppKey, later],
    ['that of another key', tenant, 'old', old],
    ['another tenant’s', 'https://b.example', clientAppKey, elsewhere],
    ['the last one of any key', tenant, undefined, later],
    ['nothing for another key', tenant, 'other', null],
    ['nothing without a tenant', null, clientAppKey, null],
    ['nothing without a key', tenant, null, null],
    ['nothing at another tenant', 'https://c.example', undefined, null],
  ])('%s', (_case, at, key, expected) => {
    expect(latestRecord(all, at, key)).toEqual(expected);
  });
});
