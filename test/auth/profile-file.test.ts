import { describe, expect, test } from 'vitest';
import type { Profile, Profiles } from '../../src/auth/profile.ts';
import { decodeProfiles, encodeProfiles } from '../../src/auth/profile-file.ts';
import { noProfiles } from '../../src/auth/profiles.ts';
import { sessionAt } from './examples.ts';

const empty: Profile = { settings: {}, session: null, certificates: [] };
const session = sessionAt('https://a.example');

describe('a profile is read as it was written', () => {
  test.each<[string, Profile]>([
    ['empty', empty],
    ['with a person’s session', { ...empty, session }],
    [
      'with a session of client credentials',
      { ...empty, session: { ...session, grant: 'client-credentials' } },
    ],
    ['with a session without an end', { ...empty, session: { ...session, expiresAt: null } }],
    ['with how a tenant took parameters', { ...empty, sentAs: { 'https://a.example': 'form' } }],
  ])('%s', (_, profile) => {
    const profiles: Profiles = { current: 'p', profiles: { p: profile } };
    expect(decodeProfiles(JSON.stringify(encodeProfiles(profiles)))).toEqual(profiles);
  });

  test('nulls and what is absent alike', () => {
    const { refreshToken: _, expiresAt: __, scope: ___, user: ____, ...rest } = session;
    const nulls = { session: null, device: null, sentAs: null, settings: null, certificates: null };
    const profiles = { a: nulls, b: {}, c: { session: rest } };
    expect(decodeProfiles(JSON.stringify({ profiles })).profiles).toMatchObject({
      a: empty,
      b: empty,
      c: { ...empty, session: { ...rest, refreshToken: null, expiresAt: null, scope: null, user: null } },
    });
    expect([decodeProfiles('{}'), decodeProfiles('{"current":null,"profiles":null}')]).toEqual([
      noProfiles,
      noProfiles,
    ]);
  });
});

test.each(['null', '[]', '7', '"x"', '', '{"profiles":7}', '{"current":7}'])(
  '%s is no file of profiles',
  (text) => {
    expect(() => decodeProfiles(text)).toThrow(TypeError);
  },
);

test.each([null, 7, [], 'x'])('the profile %j is left alone, as it stands', (value) => {
  expect(decodeProfiles(JSON.stringify({ profiles: { p: value, q: {} } }))).toEqual({
    current: null,
    profiles: { q: empty },
    foreign: { p: value },
  });
});

test('members that this version does not know are kept, whatever their names', () => {
  const text =
    '{"profiles":{"p":{"settings":{"constructor":1},"toString":2,"session":null,"certificates":[]}},"valueOf":3}';
  expect(encodeProfiles(decodeProfiles(text))).toEqual({ ...JSON.parse(text), current: null });
});

test.each([
  { settings: [] },
  { settings: { port: 8400 } },
  { session: { ...session, grant: 'another' } },
  { session: { ...session, expiresAt: 'soon' } },
  { certificates: {} },
  { certificates: [[]] },
  { device: [] },
  { sentAs: ['form'] },
  { sentAs: { 'https://a.example': 1 } },
])('the profile %j is of another version', (profile) => {
  const text = JSON.stringify({ profiles: { p: profile } });
  expect(decodeProfiles(text)).toEqual({ current: null, profiles: {}, foreign: { p: profile } });
});
