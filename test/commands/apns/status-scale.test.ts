import { expect, test } from 'vitest';
import type { Profiles } from '../../../src/auth/profile.ts';
import { emptyProfile } from '../../../src/auth/profiles.ts';
import { status } from '../../../src/commands/apns/status.ts';
import { testNow } from '../../support/context.ts';

/** Profiles with a certificate each, and how often one of their records was read. */
function countedProfiles(count: number) {
  let reads = 0;
  const entries = Array.from({ length: count }, (_, index) => {
    const record = {
      tenant: `https://tenant-${index}.example`,
      clientAppKey: 'com.example.app',
      topic: 'com.example.app',
      fingerprint: 'ab'.repeat(32),
      notAfter: '2027-12-24T00:00:00Z',
      setAt: '2026-11-01T00:00:00Z',
    };
    const certificate = Object.defineProperty({ ...record }, 'tenant', {
      enumerable: true,
      get: () => {
        reads++;
        return record.tenant;
      },
    });
    return [`p${index}`, { ...emptyProfile, certificates: [certificate] }] as const;
  });
  const profiles: Profiles = { current: 'p0', profiles: Object.fromEntries(entries) };
  return { profiles, reads: () => reads };
}

async function readsFor(count: number): Promise<number> {
  const { profiles, reads } = countedProfiles(count);
  const context = {
    env: {},
    now: () => testNow,
    profiles: async () => ({ read: async () => profiles }),
    terminal: { flags: { json: true } },
  };
  const { certificates } = await status({ allProfiles: true } as never, context as never);
  expect(certificates).toHaveLength(count);
  return reads();
}

test('status of all profiles reads each record a few times, however many there are', async () => {
  const [few, many] = [await readsFor(100), await readsFor(400)];
  expect(few).toBeGreaterThanOrEqual(100);
  expect(many).toBe(4 * few);
});
