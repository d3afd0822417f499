import { describe, expect, test } from 'vitest';
import type { Profile, Profiles } from '../../src/auth/profile.ts';
import { decodeProfiles, encodeProfiles } from '../../src/auth/profile-file.ts';
import { noProfiles } from '../../src/auth/profiles.ts';
import type { StoredDevice } from '../../src/auth/stored-schemas.ts';
import { record, sessionAt } from './examples.ts';

const empty: Profile = { settings: {}, session: null, certificates: [] };
const session = sessionAt('https://a.example');
const device: StoredDevice = {
  tenant: 'https://abc1234.id.cyberark.cloud',
  user: 'user@example.com',
  udid: 'one',
  name: 'phone',
  osVersion: '18.0',
  deviceToken: 'ab'.repeat(32),
  otp: {
    key: 'a/key+in=any alphabet',
    keyVersion: '1',
    interval: 30,
    algorithm: 'sha256',
    digits: 8,
    oathProfileUuid: 'profile',
  },
  challenge: { answer: 'challenge', message: 'Sign in?', receivedAt: '2026-11-24T16:00:00.000Z' },
};

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

const texts = ['tenant', 'appId', 'clientId', 'accessToken', 'refreshToken', 'expiresAt', 'scope', 'user'];

test.each<object>([
  { settings: [] },
  { settings: { port: 8400 } },
  { session: 'x' },
  { session: { grant: 'authorization-code', accessToken: 'x' } },
  { session: { ...session, grant: 'another' } },
  { session: { ...session, expiresAt: 'soon' } },
  ...texts.map((name) => ({ session: { ...session, [name]: 7 } })),
  { certificates: {} },
  { certificates: [[]] },
  { certificates: [{}] },
  ...Object.keys(record).map((name) => ({ certificates: [{ ...record, [name]: 7 }] })),
  { certificates: [{ ...record, notAfter: 'soon' }] },
  { certificates: [{ ...record, setAt: 'soon' }] },
  { sentAs: ['form'] },
  { sentAs: { 'https://a.example': 1 } },
  ...[
    [],
    { ...device, tenant: 1 },
    { ...device, user: 1 },
    { ...device, udid: null },
    { ...device, name: null },
    { ...device, osVersion: 18 },
    { ...device, deviceToken: 1 },
    { ...device, otp: null },
    { ...device, challenge: 'x' },
    { ...device, challenge: { ...device.challenge, answer: null } },
    { ...device, challenge: { ...device.challenge, receivedAt: 'x' } },
    ...[
      { key: null },
      { keyVersion: 1 },
      { interval: 0 },
      { interval: 1e-300 },
      { interval: '30' },
      { algorithm: 0 },
      { digits: 0 },
      { digits: '6' },
      { oathProfileUuid: null },
    ].map((change) => ({ ...device, otp: { ...device.otp, ...change } })),
  ].map((device) => ({ device })),
])('the profile %j is of another version', (profile) => {
  const text = JSON.stringify({ profiles: { p: profile } });
  expect(decodeProfiles(text)).toEqual({ current: null, profiles: {}, foreign: { p: profile } });
});

test.each<object>([
  {},
  { user: null, deviceToken: null, challenge: null },
  { challenge: { ...device.challenge, message: null } },
  { otp: { ...device.otp, interval: 1 } },
  { added: 'by a newer version', otp: { ...device.otp, added: 1, algorithm: 'a newer one' } },
])('a virtual phone may be %j', (change) => {
  const phone = { ...device, ...change };
  expect(decodeProfiles(JSON.stringify({ profiles: { p: { device: phone } } })).profiles.p?.device).toEqual(
    phone,
  );
});

test('a virtual phone of an older version has no algorithm and six digits', () => {
  const { algorithm, digits, ...otp } = device.otp;
  const { profiles } = decodeProfiles(JSON.stringify({ profiles: { p: { device: { ...device, otp } } } }));
  expect(profiles.p?.device).toEqual({ ...device, otp: { ...otp, algorithm: null, digits: 6 } });
});
