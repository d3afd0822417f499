import type { Profile } from '../../src/auth/profile.ts';
import { decodeProfiles, encodeProfiles } from '../../src/auth/profile-file.ts';
import { testCases } from '../support/cases.ts';
import { sessionAt } from './examples.ts';

const session = sessionAt('https://a.example');
const device = {
  ...{
    tenant: 'https://abc1234.id.cyberark.cloud',
    user: 'user@example.com',
    udid: 'one',
    name: 'phone',
  },
  ...{ osVersion: '18.0', deviceToken: 'ab'.repeat(32) },
  otp: {
    ...{
      key: 'a/key+in=any alphabet',
      keyVersion: '1',
      interval: 30,
      algorithm: 'sha256',
      digits: 8,
    },
    oathProfileUuid: 'profile',
  },
  challenge: { answer: 'challenge', message: 'Sign in?', receivedAt: '2026-11-24T16:00:00.000Z' },
};

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with other members; `ABSENT` takes one away. */
function differing(known: Members, change: Members): Members {
  const changed = Object.entries({ ...known, ...change }).map(([name, value]) => {
    const before = known[name];
    return [name, isMembers(before) && isMembers(value) ? differing(before, value) : value];
  });
  return Object.fromEntries(changed.filter(([, value]) => value !== 'ABSENT'));
}

/** The members of a profile that are as they were written, as they are read, or that it is left alone as a newer version's. */
function read(member: keyof Profile, value: unknown) {
  const text = JSON.stringify({ profiles: { p: { [member]: value } } });
  const { profiles, foreign } = decodeProfiles(text);
  if (foreign !== undefined)
    return JSON.stringify(foreign.p) === JSON.stringify({ [member]: value }) && 'foreign';
  const found = profiles.p?.[member];
  return JSON.stringify(found) === JSON.stringify(value) ? 'as it was written' : found;
}

testCases('auth/profiles', {
  'decodeProfiles: a file': (file: unknown) => {
    try {
      const profiles = decodeProfiles(typeof file === 'string' ? file : JSON.stringify(file));
      return { ...profiles, written: encodeProfiles(profiles) };
    } catch (error) {
      return `${error}`.split(':')[0];
    }
  },
  'a profile, perhaps of a newer version': (profile: Members) =>
    decodeProfiles(JSON.stringify({ profiles: { p: profile } })),
  'a session, by what differs from ada’s': (change: Members) =>
    read('session', differing(session, change)),
  'a virtual phone, by what differs from one that is read': (change: Members) =>
    read('device', differing(device, change)),
});
