import { describe, expect, test } from 'vitest';
import type { Profiles, StoredDevice } from '../../src/auth/profile.ts';
import {
  noProfiles,
  profileNamed,
  withDevice,
  withoutProfile,
  withoutSession,
  withSetting,
} from '../../src/auth/profile-changes.ts';
import { decodeProfiles } from '../../src/auth/profile-file.ts';

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
    const written = withDevice(noProfiles, 'phone', device);
    expect(decodeProfiles(JSON.stringify(written))).toEqual(written);
  });

  test.each([
    { user: null, deviceToken: null, challenge: null },
    { challenge: { ...device.challenge, message: null } },
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
    [{ tenant: 1 }, 'tenant is no text'],
    [{ user: 1 }, 'user is no text'],
    [{ udid: null }, 'udid is no text'],
    [{ name: null }, 'name is no text'],
    [{ osVersion: 18 }, 'osVersion is no text'],
    [{ deviceToken: 1 }, 'deviceToken is no text'],
    [{ otp: null }, 'otp is no object'],
    [{ otp: { ...device.otp, key: null } }, 'key is no text'],
    [{ otp: { ...device.otp, keyVersion: 1 } }, 'keyVersion is no text'],
    [{ otp: { ...device.otp, interval: 0 } }, 'interval is no positive integer'],
    [{ otp: { ...device.otp, interval: 1e-300 } }, 'interval is no positive integer'],
    [{ otp: { ...device.otp, interval: '30' } }, 'interval is no positive integer'],
    [{ otp: { ...device.otp, algorithm: 0 } }, 'algorithm is no text'],
    [{ otp: { ...device.otp, digits: 0 } }, 'digits is no positive integer'],
    [{ otp: { ...device.otp, digits: '6' } }, 'digits is no positive integer'],
    [{ otp: { ...device.otp, oathProfileUuid: null } }, 'oathProfileUuid is no text'],
    [{ challenge: 'x' }, 'challenge is no object'],
    [{ challenge: { ...device.challenge, answer: null } }, 'answer is no text'],
    [{ challenge: { ...device.challenge, receivedAt: 'x' } }, 'receivedAt is no date'],
  ])('is not %j', (changed, message) => {
    expect(() => decode(changed)).toThrow(new TypeError(message));
  });

  test('stays when something else of the profile changes, and goes with it', () => {
    const before = withDevice(noProfiles, 'phone', device);
    const changed = withSetting(withoutSession(before, 'phone'), 'phone', 'port', '1');
    expect(profileNamed(changed, 'phone').device).toEqual(device);
    expect(profileNamed(withoutProfile(changed, 'phone'), 'phone').device).toBeUndefined();
  });
});
