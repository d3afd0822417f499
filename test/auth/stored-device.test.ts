import { describe, expect, test } from 'vitest';
import type { Profiles } from '../../src/auth/profile.ts';
import { decodeProfiles } from '../../src/auth/profile-file.ts';
import {
  latestRecord,
  noProfiles,
  profileNamed,
  withCertificate,
  withoutProfile,
  withProfile,
  withSetting,
} from '../../src/auth/profiles.ts';
import type { StoredDevice } from '../../src/auth/stored-schemas.ts';
import { withSession } from './examples.ts';

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

const decode = (changed: object): Profiles =>
  decodeProfiles(JSON.stringify({ profiles: { phone: { device: { ...device, ...changed } } } }));

describe('the virtual phone of a profile', () => {
  test('is read as it was written', () => {
    const written = withProfile(noProfiles, 'phone', { device: device });
    expect(decodeProfiles(JSON.stringify(written))).toEqual(written);
  });

  test.each([
    { user: null, deviceToken: null, challenge: null },
    { challenge: { ...device.challenge, message: null } },
    { otp: { ...device.otp, interval: 1 } },
    { added: 'by a newer version', otp: { ...device.otp, added: 1, algorithm: 'a newer one' } },
  ])('may be %j', (changed) => {
    expect(decode(changed).profiles.phone?.device).toEqual({ ...device, ...changed });
  });

  test('of an older version is read, with no algorithm', () => {
    const { algorithm, digits, ...otp } = device.otp;
    const earlier = { ...otp, algorithm: null, digits: 6 };
    expect(decode({ otp }).profiles.phone?.device).toEqual({ ...device, otp: earlier });
  });

  test.each([
    { tenant: 1 },
    { user: 1 },
    { udid: null },
    { name: null },
    { osVersion: 18 },
    { deviceToken: 1 },
    { otp: null },
    { otp: { ...device.otp, key: null } },
    { otp: { ...device.otp, keyVersion: 1 } },
    { otp: { ...device.otp, interval: 0 } },
    { otp: { ...device.otp, interval: 1e-300 } },
    { otp: { ...device.otp, interval: '30' } },
    { otp: { ...device.otp, algorithm: 0 } },
    { otp: { ...device.otp, digits: 0 } },
    { otp: { ...device.otp, digits: '6' } },
    { otp: { ...device.otp, oathProfileUuid: null } },
    { challenge: 'x' },
    { challenge: { ...device.challenge, answer: null } },
    { challenge: { ...device.challenge, receivedAt: 'x' } },
  ])('is not %j: the profile is left alone, as it stands', (changed) => {
    const { profiles, foreign } = decode(changed);
    expect([profiles, foreign]).toEqual([{}, { phone: { device: { ...device, ...changed } } }]);
  });

  test('stays when something else of the profile changes, and goes with it', () => {
    const before = withProfile(noProfiles, 'phone', { device: device });
    const changed = withSetting(withSession(before, 'phone', null), 'phone', 'port', '1');
    expect(profileNamed(changed, 'phone').device).toEqual(device);
    expect(profileNamed(withoutProfile(changed, 'phone'), 'phone').device).toBeUndefined();
  });
});

const tenant = 'https://a.example';
const record = (setAt: string, change = {}) => ({
  tenant,
  clientAppKey: 'k',
  topic: 'com.example.app',
  fingerprint: 'ab',
  notAfter: '2031-01-01T00:00:00.000Z',
  setAt,
  ...change,
});
const [first, second] = [record('2030-01-01T00:00:00.000Z'), record('2030-02-01T00:00:00.000Z')];
const elsewhere = record('2030-03-01T00:00:00.000Z', { tenant: 'https://b.example' });
const profiles = [second, first, elsewhere].reduce(
  (all, one, i) => withCertificate(all, `p${i}`, one),
  noProfiles,
);

test.each([
  ['the last one, whichever profile set it', tenant, 'k', second],
  ['another tenant’s', 'https://b.example', 'k', elsewhere],
  ['nothing for another key', tenant, 'other', null],
  ['nothing without a tenant', null, 'k', null],
  ['nothing without a key', tenant, null, null],
])('%s', (_, ofTenant, key, expected) => {
  expect(latestRecord(profiles, ofTenant, key)).toEqual(expected);
});

test.each([
  ['the last one at the tenant, whatever its key', tenant, second],
  ['nothing at an unknown tenant', 'https://c.example', null],
])('%s', (_, at, expected) => {
  expect(
    latestRecord(
      withCertificate(profiles, 'p9', record('2029-01-01T00:00:00.000Z', { clientAppKey: 'old' })),
      at,
    ),
  ).toEqual(expected);
});
