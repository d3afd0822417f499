import { decodeProfiles, encodeProfiles } from '../../../src/auth/profile-file.ts';
import { bytesOf, written } from '../fixtures.ts';
import { mutateJson } from '../mutate-json.ts';
import { type Target, Violation } from '../target.ts';

const tenant = 'abc1234.id.cyberark.cloud';
const profile = {
  settings: { tenant, appId: 'mfa-cli' },
  session: {
    tenant,
    appId: 'mfa-cli',
    clientId: 'mfa-cli',
    grant: 'authorization-code',
    accessToken: 'access',
    refreshToken: 'refresh',
    expiresAt: '2026-11-24T16:00:00.000Z',
    scope: 'all',
    user: 'ada@example.com',
  },
  certificates: [
    {
      tenant,
      clientAppKey: 'key',
      topic: 'com.example.app',
      fingerprint: '00',
      notAfter: '2026-11-24T16:00:00.000Z',
      setAt: '2026-11-24T16:00:00.000Z',
    },
  ],
  device: {
    tenant,
    user: 'ada@example.com',
    udid: 'udid',
    name: 'Phone',
    osVersion: '18.0',
    deviceToken: null,
    otp: { key: 'a2V5', keyVersion: '4', interval: 45, algorithm: null, digits: 8, oathProfileUuid: 'uuid' },
    challenge: { answer: '42', message: null, receivedAt: '2026-11-24T16:00:00.000Z' },
  },
};

/** The file of profiles. Its reader reports an invalid one with a TypeError; what it does read is kept whole. */
export const profiles: Target = {
  name: 'profiles',
  bytesLimit: 1024 * 1024,
  seconds: 3,
  seeds: () =>
    written(
      JSON.stringify(
        { current: 'default', profiles: { default: profile, other: { settings: {} } } },
        null,
        2,
      ),
      JSON.stringify({ profiles: {}, later: { version: 2 } }),
    ),
  mutate: ({ bytes }, all, random) => mutateJson(bytes, bytesOf(all), random),
  async judge(bytes) {
    const read = decoded(Buffer.from(bytes).toString('utf8'));
    if (read === null) return;
    const text = JSON.stringify(encodeProfiles(read));
    const again = decoded(text);
    if (again === null || JSON.stringify(encodeProfiles(again)) !== text)
      throw new Violation('reads other profiles from what it has written');
  },
};

function decoded(text: string): ReturnType<typeof decodeProfiles> | null {
  try {
    return decodeProfiles(text);
  } catch (error) {
    if (error instanceof TypeError && /^× /.test(error.message)) return null;
    throw error;
  }
}
